"""Reads of the museums' data; every one takes a scope."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage, ShowTime
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock, known


def museums(scope: Scope) -> QuerySet[Museum]:
    """Return the museums in sight, the city's own first."""
    rows = Museum.objects.filter(scope.q()).select_related("unit__place", "area")
    return rows.order_by("level", "area_id", "name")


def stages_on(day: dt.date, scope: Scope) -> dict[UUID, MuseumStage]:
    """Return each museum's stage on a day, by museum."""
    confirmed = MuseumStage.objects.filter(scope.q(), known(None))
    latest = LatestStock("museum", tuple(MuseumStage.Stage.values)).narrow(confirmed, Period.until(day))
    return {stage.museum_id: stage for stage in latest}


def opened_on(scope: Scope) -> dict[UUID, dt.date]:
    """Return the day on which each museum first let people in, by museum."""
    rows = MuseumStage.objects.filter(scope.q(), known(None), stage__in=("TRIAL", "OPEN"))
    found = rows.order_by("-occurred_on", "-id").values_list("museum_id", "occurred_on")
    return dict(found)


def closed_days(period: Period, scope: Scope) -> dict[tuple[UUID, dt.date], ClosedDay]:
    """Return the closed days of a period by unit and day; drafts count too, a notice cannot wait for an office."""
    rows = ClosedDay.objects.filter(scope.q(), occurred_on__lt=period.end).exclude(state="REVERSED")
    if period.start:
        rows = rows.filter(occurred_on__gte=period.start)
    return {(row.unit_id, row.occurred_on): row for row in rows}


def show_times(day: dt.date, scope: Scope) -> QuerySet[ShowTime]:
    """Return the regular shows of a day's weekday, earliest first (whether the museum opens is another question)."""
    current = Q(valid_to=None) | Q(valid_to__gte=day)
    rows = ShowTime.objects.filter(
        scope.q(), current, valid_from__lte=day, weekdays__contains=str(day.isoweekday())
    )
    return rows.select_related("series", "hall", "unit").order_by("starts_at", "name")
