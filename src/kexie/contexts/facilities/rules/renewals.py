"""When holders are reminded that a title ends, and how long after its end it may still be renewed as such."""

import datetime as dt

# Days before the last day of a term; 0 is that day.
REMINDED_BEFORE = (90, 30, 0)
# A reminder that fell due while nothing ran is still sent this long after the last day.
CAUGHT_UP_WITHIN = dt.timedelta(days=14)
# Afterwards one applies anew, without what was said for the old title.
LATE_WITHIN = dt.timedelta(days=365)


def reminder_due(valid_to: dt.date, day: dt.date) -> int | None:
    """Return which reminder a title is due for on a day: 90, 30 or 0; None for none.

    Who comes into sight late gets the nearest one only, not those that were missed.
    """
    if day > valid_to + CAUGHT_UP_WITHIN:
        return None
    left = (valid_to - day).days
    return min((days for days in REMINDED_BEFORE if left <= days), default=None)
