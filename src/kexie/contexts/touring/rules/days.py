"""On which days and at which hours a site may be visited."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from kexie.contexts.touring.rules import lunar
from kexie.kernel.holidays import is_day_off

Window = tuple[int, int]
FRIDAY = 5
# Minutes after midnight: lessons' mornings and afternoons; daylight elsewhere; markets are over by noon.
_SCHOOL: tuple[Window, ...] = ((510, 690), (840, 990))
_MARKET: tuple[Window, ...] = ((480, 690),)
_OTHERS: tuple[Window, ...] = ((510, 1050),)


@dataclass(frozen=True)
class Term:
    """A school term of the areas whose codes start so."""

    prefix: str
    starts_on: dt.date
    ends_on: dt.date
    off_days: frozenset[dt.date] = frozenset()

    def has(self, day: dt.date) -> bool:
        """Whether there are lessons on a day."""
        return self.starts_on <= day <= self.ends_on and day not in self.off_days


@dataclass(frozen=True)
class Opening:
    """What of a site decides when it may be visited: plain values, as they are kept with a plan."""

    kind: str
    area: str
    windows: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    market: Mapping[str, Any] = field(default_factory=dict)
    market_use: str = "ANY"


def closed_because(one: Opening, day: dt.date, terms: Iterable[Term]) -> str:
    """Return why a site cannot be visited on a day, "" if it can."""
    if one.kind == "SCHOOL" and (reason := _no_lessons(one, day, terms)):
        return reason
    if one.market_use != "ANY" and one.market:
        is_market = is_market_day(one.market, day)
        if one.market_use == "ONLY" and not is_market:
            return _("这天不是集日，该点位只在集日去")
        if one.market_use == "NEVER" and is_market:
            return _("这天是集日，该点位避开集日")
    return "" if hours(one, day) else _("这天是%(day)s，该点位不开放") % {"day": WEEKDAYS[day.weekday()]}


def hours(one: Opening, day: dt.date) -> tuple[Window, ...]:
    """Return the windows of a day in minutes after midnight. A Saturday with lessons is like a Friday."""
    weekday = day.isoweekday()
    if one.kind == "SCHOOL" and weekday > FRIDAY and not is_day_off(day):
        weekday = FRIDAY
    if one.windows:
        return tuple((minutes(a), minutes(b)) for a, b in one.windows.get(str(weekday), ()))
    if one.kind == "SCHOOL":
        return _SCHOOL if weekday <= FRIDAY else ()
    return _MARKET if one.kind == "MARKET" else _OTHERS


def is_market_day(market: Mapping[str, Any], day: dt.date) -> bool:
    """Whether a market is held: by weekday (1 to 7), day of the month, or last digit of the lunar or solar day."""
    days, kind = set(market.get("days", ())), market.get("kind", "")
    if kind == "WEEKDAYS":
        return day.isoweekday() in days
    number = lunar.day_of_month(day) if kind == "LUNAR" else day.day
    # 逢一逢六 means the 1st, 6th, 11th, 16th, 21st, 26th; 逢十 is 10, 20, 30.
    return number is not None and number % 10 in {one % 10 for one in days}


def minutes(text: str) -> int:
    """Return minutes after midnight of 08:30."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def clock(value: int) -> dt.time:
    """Return minutes after midnight as a time of day."""
    return dt.time(min(value // 60, 23), value % 60 if value < 24 * 60 else 59)


def _no_lessons(one: Opening, day: dt.date, terms: Iterable[Term]) -> str:
    if is_day_off(day):
        return _("这天是周末或节假日，学校不上课")
    known = [term for term in terms if one.area.startswith(term.prefix)]
    # A county's own terms stand before the city's.
    nearest = max((len(term.prefix) for term in known), default=0)
    mine = [term for term in known if len(term.prefix) == nearest]
    if mine and not any(term.has(day) for term in mine):
        return _("这天不在学期内或学校停课")
    return ""
