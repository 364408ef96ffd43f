"""How times and distances of a plan are written."""

from django import template

from kexie.contexts.touring.rules import days

register = template.Library()


@register.filter
def clock(minutes: int) -> str:
    """Return minutes after midnight as 08:30."""
    return f"{days.clock(minutes):%H:%M}"


@register.filter
def km(metres: int) -> int:
    """Return metres as whole kilometres."""
    return round(metres / 1000)


@register.filter
def plain(value: float) -> str:
    """Return a number as SVG reads it, in every language."""
    return str(value)
