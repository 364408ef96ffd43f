"""On which days a stop is open, and how many months it counts."""

import datetime as dt
from collections.abc import Iterator, Mapping

from kexie.contexts.touring.models import PlannedTourStop

DAYS_A_MONTH = 30


def is_open(stop: PlannedTourStop, day: dt.date, changed: Mapping[dt.date, bool]) -> bool:
    """Whether a stop is open on a day: by its week, unless the day was changed."""
    if not stop.first_on <= day <= stop.last_on:
        return False
    return changed.get(day, day.weekday() in stop.open_weekdays)


def open_days(stop: PlannedTourStop, changed: Mapping[dt.date, bool]) -> Iterator[dt.date]:
    """Yield the days on which a stop is open."""
    for n in range((stop.last_on - stop.first_on).days + 1):
        day = stop.first_on + dt.timedelta(days=n)
        if is_open(stop, day, changed):
            yield day


def months(first_on: dt.date, last_on: dt.date) -> int:
    """Return the months a stop counts (the rule of the measure touring.months): days by 30, half up, at least 1."""
    days = (last_on - first_on).days + 1
    return max(1, (2 * days + DAYS_A_MONTH) // (2 * DAYS_A_MONTH))
