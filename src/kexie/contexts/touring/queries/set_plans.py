"""What a rotation is planned from: applications accepted, venues' calendars, school terms, where the sets are."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    PlannedTourStop,
    SchoolTerm,
    SetDays,
    TourApplication,
    TouringSet,
    TourStop,
    TourVenue,
)
from kexie.kernel.holidays import is_day_off
from kexie.kernel.scope import Scope

WEDNESDAY, FIRST_WEEKEND_DAY, DAYS_A_MONTH = 2, 5, 30
# Counties that have never had a set have waited longest.
NEVER = 60
A_WISH = 30
_SUMMER = (7, 8)
_WINTER = ((1, 20), (2, 20))
ONE_DAY = dt.timedelta(days=1)


def inputs(scope: Scope, *, first_on: dt.date, last_on: dt.date, setup: int, spacing: int) -> dict[str, Any]:
    """Return what `rules.rotation.from_json` reads, with notes in words on what was assumed."""
    lessons = _Lessons(scope, first_on, last_on)
    seen = _last_visits(scope)
    asks = TourApplication.objects.filter(scope.q(), state=TourApplication.State.ACCEPTED)
    asks = asks.filter(year__range=(first_on.year, last_on.year)).select_related("unit", "venue")
    rows = asks.prefetch_related("venue__closures").order_by("unit__path", "pk")
    span = _Span(first_on, last_on, setup, spacing)
    return {
        "length": (last_on - first_on).days + 1,
        "setup": setup,
        "asks": [_ask(one, span, lessons, seen.get(one.unit_id)) for one in rows],
        "sets": _sets(scope, first_on, last_on),
        "notes": [lessons.note, _("运输里程按直线距离×1.3估算；没有坐标的场馆不计里程。")],
    }


class _Span:
    def __init__(self, first: dt.date, last: dt.date, setup: int, spacing: int) -> None:
        self.first, self.last, self.setup, self.spacing = first, last, setup, spacing

    def days(self) -> Iterable[dt.date]:
        """Yield the Wednesdays on which a stop may open."""
        day = self.first + self.setup * ONE_DAY
        day += (WEDNESDAY - day.weekday()) % 7 * ONE_DAY
        while day <= self.last:
            yield day
            day += 7 * ONE_DAY


class _Lessons:
    """On which days pupils are at school, by county: the terms kept, else the usual holidays."""

    def __init__(self, scope: Scope, first: dt.date, last: dt.date) -> None:
        rows = SchoolTerm.objects.filter(
            association_id=scope.association_id, starts_on__lte=last, ends_on__gte=first
        )
        self.terms = list(rows)
        self.known: dict[str, set[dt.date]] = {}
        self.first, self.last = first, last
        self.note = (
            _("上学日按已登记的学期计算。")
            if self.terms
            else _("没有登记学期：按7、8月和1月20日至2月20日放假估算上学日。")
        )

    def count(self, area: str, first: dt.date, last: dt.date) -> int:
        """Return the school days from Wednesday to Friday between two days."""
        if area not in self.known:
            every = (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))
            self.known[area] = {day for day in every if self._is_school_day(area, day)}
        return sum(first <= day <= last for day in self.known[area])

    def _is_school_day(self, area: str, day: dt.date) -> bool:
        if not WEDNESDAY <= day.weekday() < FIRST_WEEKEND_DAY or is_day_off(day):
            return False
        if not self.terms:
            return day.month not in _SUMMER and not _WINTER[0] <= (day.month, day.day) <= _WINTER[1]
        own = [term for term in self.terms if term.area_id == area] or self.terms
        return any(
            term.starts_on <= day <= term.ends_on and day.isoformat() not in term.off_days for term in own
        )


def _ask(one: TourApplication, span: _Span, lessons: _Lessons, seen: dt.date | None) -> dict[str, Any]:
    area = one.unit.area_id
    closed = [(c.first_on, c.last_on) for c in one.venue.closures.all()]
    reasons: set[str] = set()
    starts = []
    for day in span.days():
        last = day + (one.days - 1) * ONE_DAY
        if why := _why_not(one, (day, last), span, closed=closed, seen=seen):
            reasons.add(why)
            continue
        wish = A_WISH if not one.months or day.month in one.months else 0
        starts.append([(day - span.first).days, lessons.count(area, day, last) + wish])
    waited = NEVER if seen is None else max(0, (span.first - seen).days // DAYS_A_MONTH)
    return {
        "key": str(one.pk), "name": one.unit.name, "days": one.days, "waited": waited, "starts": starts,
        "point": _point(one.venue), "why_not": "" if starts else "".join(sorted(reasons)),
    }  # fmt: skip


def _why_not(
    one: TourApplication,
    show: tuple[dt.date, dt.date],
    span: _Span,
    *,
    closed: list[tuple[dt.date, dt.date]],
    seen: dt.date | None,
) -> str:
    day, last = show
    if last > span.last:
        return _("方案期限内放不下%(days)d天的展期。") % {"days": one.days}
    if seen is not None and (day - seen).days < span.spacing:
        return _("上一站%(day)s才闭展，间隔不足%(days)d天。") % {"day": seen, "days": span.spacing}
    if any(first <= last and until >= day for first, until in closed):
        return _("场馆在这些日子不可用。")
    return ""


def _last_visits(scope: Scope) -> dict[Any, dt.date]:
    records = TourStop.objects.filter(scope.q()).exclude(state="REVERSED").order_by()
    found = dict(records.values_list("unit").annotate(Max("ended_on")))
    arranged = PlannedTourStop.objects.filter(scope.q(), state=PlannedTourStop.State.PLANNED).order_by()
    for unit, day in arranged.values_list("unit").annotate(Max("last_on")):
        found[unit] = max(day, found.get(unit, day))
    return found


def _sets(scope: Scope, first_on: dt.date, last_on: dt.date) -> list[dict[str, Any]]:
    sets = TouringSet.objects.filter(scope.q(), returned_on=None).order_by("serial")
    days: dict[Any, list[list[int]]] = {}
    for row in SetDays.objects.filter(touring_set__in=sets, last_on__gte=first_on, first_on__lte=last_on):
        from_day, to_day = (row.first_on - first_on).days, (row.last_on - first_on).days
        days.setdefault(row.touring_set_id, []).append([from_day, to_day])
    where: dict[Any, Any] = {}
    stops = PlannedTourStop.objects.filter(scope.q(), touring_set__in=sets).exclude(state="CANCELLED")
    for stop in stops.select_related("venue").order_by("last_on"):
        where[stop.touring_set_id] = _point(stop.venue)
    return [
        {"key": str(one.pk), "name": one.serial, "taken": days.get(one.pk, []), "point": where.get(one.pk)}
        for one in sets
    ]


def _point(venue: TourVenue) -> list[float] | None:
    return None if venue.longitude is None or venue.latitude is None else [venue.longitude, venue.latitude]
