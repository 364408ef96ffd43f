"""Formatting of what only the desk shows."""

from django import template

register = template.Library()


@register.filter(name="hex")
def as_hex(value: bytes) -> str:
    """Bytes as hexadecimal digits."""
    return bytes(value).hex()
