"""When a museum is open, and what is arranged for its days."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kexie.contexts.museums.models import (
    BookingRules,
    ClosedDay,
    Museum,
    MuseumStage,
    ShowTime,
    SlotPattern,
    SpecialDay,
)
from kexie.contexts.museums.queries.rules import defaults, history
from kexie.contexts.museums.rules.opening import Calendar
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known


@dataclass(frozen=True)
class RulesByDay:
    """A museum's rules, the latest first; each day has its own without a further query."""

    rows: tuple[BookingRules, ...]
    otherwise: BookingRules

    def on(self, day: dt.date) -> BookingRules:
        """Return what holds for visits on a day."""
        return next((row for row in self.rows if row.valid_from <= day), self.otherwise)


def calendar(museum: Museum, period: Period, scope: Scope) -> Calendar:
    """Return what decides when a museum is open in a period: three queries, however long it is."""
    closed = ClosedDay.objects.filter(scope.q(), _inside("occurred_on", period), unit=museum.unit_id)
    special = SpecialDay.objects.filter(scope.q("museum__unit"), _inside("day", period), museum=museum)
    return Calendar(
        museum=museum,
        stages=tuple(stages(museum, scope)),
        closed={row.occurred_on: row for row in closed.exclude(state="REVERSED")},
        special={row.day: row for row in special},
    )


def stages(museum: Museum, scope: Scope) -> QuerySet[MuseumStage]:
    """Return a museum's confirmed stages, the earliest first."""
    rows = MuseumStage.objects.filter(scope.q(), known(None), museum=museum)
    return rows.order_by("occurred_on", "id")


def waiting_stages(museum: Museum, scope: Scope) -> QuerySet[MuseumStage]:
    """Return a museum's stages that wait for confirmation."""
    return MuseumStage.objects.filter(scope.q(), museum=museum, state="DRAFT").order_by("occurred_on", "id")


def special_days(period: Period, scope: Scope) -> Mapping[tuple[object, dt.date], SpecialDay]:
    """Return the days on which museums open against their pattern, by museum and day."""
    rows = SpecialDay.objects.filter(scope.q("museum__unit"), _inside("day", period))
    return {(row.museum_id, row.day): row for row in rows}


def patterns(museum: Museum, scope: Scope, *, since: dt.date | None = None) -> QuerySet[SlotPattern]:
    """Return a museum's slot patterns, those of the day first; `since`: only those still valid then."""
    rows = SlotPattern.objects.filter(scope.q(), museum=museum)
    if since:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=since))
    return rows.order_by("starts_at", "day_kind", "valid_from", "id")


def regular_shows(museum: Museum, scope: Scope, *, since: dt.date | None = None) -> QuerySet[ShowTime]:
    """Return a museum's regular shows, the earliest first; `since`: only those still valid then."""
    rows = ShowTime.objects.filter(scope.q(), unit=museum.unit_id)
    if since:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=since))
    return rows.select_related("series", "hall").order_by("starts_at", "weekdays", "id")


def rules_by_day(museum: Museum, day: dt.date, scope: Scope) -> RulesByDay:
    """Return a museum's rules for asking about many days."""
    return RulesByDay(tuple(history(museum.pk, scope)), defaults(museum.pk, day, scope))


def _inside(field: str, period: Period) -> Q:
    found = Q(**{f"{field}__lt": period.end})
    return found & Q(**{f"{field}__gte": period.start}) if period.start else found
