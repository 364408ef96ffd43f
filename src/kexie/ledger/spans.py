"""Whole months and loose days of a period, as roll-ups keep them."""

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from kexie.kernel.periods import Period


def split(period: Period) -> tuple[Period, list[Period]]:
    """Return the whole months of a period, and the loose days before and after them."""
    last = period.end.replace(day=1)
    if period.start is None:
        return Period(None, last), [Period(last, period.end)] if last < period.end else []
    first = period.start if period.start.day == 1 else next_month(period.start)
    if first > last:
        return Period(last, last), [period]
    loose = [Period(period.start, first), Period(last, period.end)]
    return Period(first, last), [days for days in loose if days.start != days.end]


def next_month(day: dt.date) -> dt.date:
    """Return the first day of the month after."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def inside(period: Period) -> Q:
    """Return what tells the cells of a period by their `day`."""
    found = Q(day__lt=period.end)
    return found if period.start is None else found & Q(day__gte=period.start)


def any_of(periods: Sequence[Period]) -> Q:
    """Return what tells the cells of any of the periods; of none, nothing."""
    nothing = Q(pk__in=[])
    return reduce(or_, (inside(period) for period in periods), nothing)
