"""When whoever looks after a caravan is told that a paper ends, and that the vehicle may be replaced."""

import datetime as dt

from kexie.contexts.touring.models import CaravanReminder
from kexie.contexts.touring.rules import REPLACE_AFTER_KM, REPLACE_AFTER_YEARS

About = CaravanReminder.About
# Days before the last day of a paper; 0 is that day.
REMINDED_BEFORE = (30, 7, 0)
# A reminder that fell due while nothing ran is still sent this long after the last day.
CAUGHT_UP_WITHIN = dt.timedelta(days=14)


def paper_due(valid_to: dt.date, day: dt.date) -> int | None:
    """Return which reminder a paper is due for on a day: 30, 7 or 0; None for none.

    A paper that is entered late gets the nearest one only, not those that were missed.
    """
    if day > valid_to + CAUGHT_UP_WITHIN:
        return None
    left = (valid_to - day).days
    return min((days for days in REMINDED_BEFORE if left <= days), default=None)


def replacement_due(*, bought_on: dt.date, odometer: int, on: dt.date) -> list[str]:
    """Return which of the two limits a vehicle has reached; each is told of once in its life."""
    years = on.year - bought_on.year - ((on.month, on.day) < (bought_on.month, bought_on.day))
    reached = {About.YEARS: years >= REPLACE_AFTER_YEARS, About.KILOMETRES: odometer >= REPLACE_AFTER_KM}
    return [about for about, is_reached in reached.items() if is_reached]
