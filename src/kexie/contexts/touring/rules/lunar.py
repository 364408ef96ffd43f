"""The day of the lunar month, by which country markets are held (逢一逢六)."""

import datetime as dt
from functools import cache

_FIRST_YEAR, _NEW_YEAR = 2020, dt.date(2020, 1, 25)
# One number a year from 2020: bits 4 to 15 are the months (set: 30 days, clear: 29), the lowest four name the leap
# month, bit 16 is set where that has 30 days.
_YEARS = (
    0x07954, 0x06AA0, 0x0AD50, 0x05B52, 0x04B60, 0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530,
    0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6, 0x0D250, 0x0D520, 0x0DD45,
)  # fmt: skip


@cache
def _months() -> tuple[tuple[dt.date, int], ...]:
    """The first day of every lunar month with its number, through all years known; a last one closes them."""
    found, first = [], _NEW_YEAR
    for year in _YEARS:
        for month in range(1, 13):
            found.append((first, month))
            first += dt.timedelta(days=30 if year & (0x10000 >> month) else 29)
            if month == year & 0xF:
                found.append((first, month))
                first += dt.timedelta(days=30 if year & 0x10000 else 29)
    return (*found, (first, 1))


def day_of_month(day: dt.date) -> int | None:
    """Return the day of the lunar month, 1 to 30; None outside the years known (2020 to 2039)."""
    firsts = [first for first, _month in _months()]
    if not firsts[0] <= day < firsts[-1]:
        return None
    return (day - max(first for first in firsts if first <= day)).days + 1
