"""What the facilities' desk reads: the registry, one facility with all about it, faults."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    Accreditation,
    Asset,
    Facility,
    FacilityFault,
    FacilityHandover,
    FacilityPhoto,
    FacilityStage,
    FacilityVisits,
    OpenDay,
    OpenHours,
)
from kexie.contexts.facilities.queries import IN_USE, valid_accreditations
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

# Departments and strangers keep no facilities.
_NO_TAKERS = (Kind.ASSOCIATION, Kind.DEPARTMENT, Kind.OUTSIDE)
_COUNTY = len("341200")
_OPEN_FAULTS = (FacilityFault.State.REPORTED, FacilityFault.State.ACCEPTED)


def registry(scope: Scope) -> QuerySet[Facility]:
    """Return the facilities with `stage` (the latest confirmed), `last_visit` (the day) and `faults` (open ones)."""
    stages = FacilityStage.objects.filter(facility=OuterRef("pk"), state=State.CONFIRMED)
    visits = FacilityVisits.objects.filter(facility=OuterRef("pk"), state=State.CONFIRMED)
    faults = FacilityFault.objects.filter(facility=OuterRef("pk"), state__in=_OPEN_FAULTS)
    return (
        Facility.objects.filter(scope.q())
        .select_related("area", "unit", "host")
        .annotate(
            stage=Subquery(stages.order_by("-occurred_on", "-id").values("stage")[:1]),
            last_visit=_one(visits, Max("occurred_on")),
            faults=_one(faults, Count("pk")),
        )
    )


def with_title(found: QuerySet[Facility], title: str, day: dt.date, scope: Scope) -> QuerySet[Facility]:
    """Return the facilities whose host bears a title on a day."""
    borne = valid_accreditations(day, scope).filter(title=title, holder=OuterRef("host")).order_by()
    return found.filter(Exists(borne))


def counts(found: QuerySet[Facility]) -> dict[str, int]:
    """Return how many facilities (of `registry`) were ever built, are in use, and were suspended or withdrawn."""
    built = FacilityStage.objects.filter(facility=OuterRef("pk"), state=State.CONFIRMED, stage="ACCEPTED")
    counted = found.order_by().annotate(was_built=Exists(built))
    return counted.aggregate(
        built=Count("pk", filter=Q(was_built=True)),
        in_use=Count("pk", filter=Q(stage__in=IN_USE)),
        suspended=Count("pk", filter=Q(stage="SUSPENDED")),
        ended=Count("pk", filter=Q(stage__in=("WITHDRAWN", "TRANSFERRED"))),
    )


def facility(scope: Scope, pk: UUID) -> Facility:
    """Return one facility of the registry; NotFound where there is none in sight."""
    found = registry(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这处设施，或您无权查看。"))
    return found


def stages(one: Facility) -> QuerySet[FacilityStage]:
    """Return every stage, also drafts and reversed ones, latest first."""
    rows = FacilityStage.objects.filter(facility=one).select_related(
        "recorded_by", "confirmed_by", "reversed_by"
    )
    return rows.order_by("-occurred_on", "-id")


def handovers(one: Facility) -> list[FacilityHandover]:
    """Return who gave the facility to whom, also what was undone, latest first."""
    return list(one.handovers.select_related("from_unit", "to_unit", "made_by"))


def takers(one: Facility, scope: Scope) -> QuerySet[Unit]:
    """Return the units of the facility's county that may look after it."""
    area = one.area or one.unit.area
    found = Unit.objects.filter(scope.q(unit=""), area__code__startswith=str(area.pk)[:_COUNTY])
    return found.exclude(pk=one.unit_id).exclude(kind__in=_NO_TAKERS).order_by("name")


def visits(one: Facility) -> QuerySet[FacilityVisits]:
    """Return every entry of visits, latest first."""
    return FacilityVisits.objects.filter(facility=one).order_by("-occurred_on", "-id")


def hours(one: Facility) -> list[OpenHours]:
    """Return the hours of the week."""
    return list(OpenHours.objects.filter(facility=one))


def changed_days(one: Facility, since: dt.date) -> list[OpenDay]:
    """Return the days unlike their week from a day on."""
    return list(OpenDay.objects.filter(facility=one, on__gte=since))


def assets(one: Facility) -> list[Asset]:
    """Return the list of assets."""
    return list(Asset.objects.filter(facility=one))


def photos(one: Facility) -> list[FacilityPhoto]:
    """Return the photographs."""
    return list(FacilityPhoto.objects.filter(facility=one).select_related("file"))


def titles(one: Facility) -> list[Accreditation]:
    """Return the confirmed titles of the facility's host, latest first."""
    if one.host_id is None:
        return []
    rows = Accreditation.objects.filter(holder_id=one.host_id, state=State.CONFIRMED)
    return list(rows.order_by("-occurred_on"))


def faults(scope: Scope) -> QuerySet[FacilityFault]:
    """Return the faults of facilities in sight."""
    return FacilityFault.objects.filter(scope.q("facility__unit")).select_related(
        "facility__area", "photo", "handled_by"
    )


def fault(scope: Scope, pk: UUID) -> FacilityFault:
    """Return one fault; NotFound where there is none in sight."""
    found = faults(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这条问题，或您无权查看。"))
    return found


def _one(rows: QuerySet[FacilityVisits] | QuerySet[FacilityFault], what: Max | Count) -> Subquery:
    """Return an aggregate over rows of one facility."""
    return Subquery(rows.order_by().values("facility").annotate(found=what).values("found"))
