"""Times of day as pages and messages write them."""

import datetime as dt

from django.utils import timezone


def hours_in_words(start: dt.datetime, end: dt.datetime) -> str:
    """9:00–11:00."""
    return "–".join(f"{one.hour}:{one:%M}" for one in map(timezone.localtime, (start, end)))
