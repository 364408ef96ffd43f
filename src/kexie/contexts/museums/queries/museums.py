"""Museums, their stages, closed days and regular shows."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage, ShowTime
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock, known


def museums(scope: Scope) -> QuerySet[Museum]:
    """Return the museums in sight, the city's own first."""
    rows = Museum.objects.filter(scope.q()).select_related("unit__place", "area")
    return rows.order_by("level", "area_id", "name")


def museum(scope: Scope, code: str) -> Museum:
    """Return the museum whose unit has this code, if it is in sight."""
    found = museums(scope).filter(unit__code=code).first()
    if found is None:
        raise NotFound(_("没有找到这座科技馆。"))
    return found


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


def stages_over(period: Period, scope: Scope) -> dict[UUID, list[MuseumStage]]:
    """Return every stage that each museum entered before a period ends, in order, by museum."""
    rows = MuseumStage.objects.filter(scope.q(), known(None), occurred_on__lt=period.end)
    found: dict[UUID, list[MuseumStage]] = defaultdict(list)
    for row in rows.order_by("occurred_on", "id"):
        found[row.museum_id].append(row)
    return found


def show_times(period: Period, scope: Scope) -> list[ShowTime]:
    """Return the regular shows with a day in a period, earliest in the day first (see `ShowTime.is_on`)."""
    current = Q(valid_to=None) | Q(valid_to__gte=period.start or period.last_day)
    rows = ShowTime.objects.filter(scope.q(), current, valid_from__lte=period.last_day)
    return list(rows.select_related("series", "hall", "unit").order_by("starts_at", "name"))
