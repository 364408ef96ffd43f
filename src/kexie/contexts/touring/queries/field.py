"""What a phone takes along, the logs at the desk, and the phones."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Caravan, CrewMember, FieldLog, FieldPhone, PlannedStop, Site
from kexie.contexts.touring.queries import fleet
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

MOST_SITES = 2_000


def pack(scope: Scope, day: dt.date) -> dict[str, Any]:
    """Return what a phone needs without a network: vehicles with their last reading, drivers, places, the day's sheet."""
    vans = list(Caravan.objects.filter(scope.q()).exclude(state=Caravan.State.RETIRED).order_by("name"))
    read = fleet.last_readings(vans)
    crew = CrewMember.objects.filter(scope.q(), job__in=CrewMember.DRIVES, left_on=None).order_by("name")
    sites = Site.objects.filter(scope.q()).order_by("name")[:MOST_SITES]
    return {
        "day": day.isoformat(),
        "vans": [{"id": str(one.pk), "name": f"{one.name} {one.plate}", "km": read[one.pk]} for one in vans],
        "drivers": [{"id": str(one.pk), "name": one.name} for one in crew],
        "sites": [{"id": str(one.pk), "name": one.name} for one in sites],
        "planned": _planned(scope, day),
    }


def logs(scope: Scope) -> QuerySet[Any]:
    """Return the days of the scope's caravans, with how many notes stand and how many came after the drafts."""
    standing = Q(notes__set_aside_at=None)
    rows = FieldLog.objects.filter(scope.q("caravan__unit")).select_related("caravan__unit", "trip")
    return rows.annotate(count=Count("notes", filter=standing), phones=Count("notes__phone", distinct=True))


def log(scope: Scope, pk: UUID) -> FieldLog:
    """Return one or raise NotFound."""
    found = logs(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这份现场记录。"))
    return found  # type: ignore[no-any-return]  # annotated rows are logs


def phones(scope: Scope) -> QuerySet[FieldPhone]:
    """Return the phones of the scope's units."""
    return FieldPhone.objects.filter(scope.q()).select_related("account", "unit")


def phone(scope: Scope, pk: UUID) -> FieldPhone:
    """Return one or raise NotFound."""
    found = phones(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这台现场手机。"))
    return found


def _planned(scope: Scope, day: dt.date) -> list[dict[str, str]]:
    """Return the stops of the day in published plans, in order."""
    rows = (
        PlannedStop.objects.filter(
            scope.q("site__unit"), trip__plan__published_at__isnull=False, trip__day=day
        )
        .select_related("trip__van", "site")
        .order_by("trip_id", "position")
    )
    return [
        {"van": str(one.trip.van.caravan_id), "site": str(one.site_id), "name": one.site.name}
        for one in rows
    ]  # fmt: skip
