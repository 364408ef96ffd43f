"""Formatting of the museums' pages only."""

from django import template

register = template.Library()


@register.filter
def museum_taken(change: int) -> int:
    """Return how many parts a movement took out, without its sign."""
    return -change
