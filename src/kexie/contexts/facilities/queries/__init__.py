"""Reads of facilities and titles; every one takes a scope."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from kexie.contexts.facilities.models import Accreditation, Facility, FacilityStage
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock, RevocableStock, known

IN_USE = ("ACCEPTED", "OPERATING")


def in_use(day: dt.date, scope: Scope, *, kind: str = "", county: str = "") -> QuerySet[Facility]:
    """Return the facilities in use on a day, of one kind and in one county (six digits) if given."""
    confirmed = FacilityStage.objects.filter(scope.q(), known(None))
    latest = LatestStock("facility", IN_USE).narrow(confirmed, Period.until(day))
    rows = Facility.objects.filter(scope.q(), pk__in=latest.values("facility_id"))
    rows = rows.filter(area__code__startswith=county) if county else rows
    rows = rows.filter(kind=kind) if kind else rows
    return rows.select_related("area", "host").order_by("kind", "area_id", "name")


def facility(scope: Scope, facility_id: UUID) -> Facility | None:
    """Return one facility in sight, or None."""
    return Facility.objects.filter(scope.q(), pk=facility_id).select_related("area", "host", "unit").first()


def stages_of(facility_id: UUID, scope: Scope) -> QuerySet[FacilityStage]:
    """Return a facility's confirmed stages, latest first."""
    rows = FacilityStage.objects.filter(scope.q(), known(None), facility_id=facility_id)
    return rows.order_by("-occurred_on", "-id")


def valid_accreditations(day: dt.date, scope: Scope) -> QuerySet[Accreditation]:
    """Return the titles whose term includes a day and that were not taken back, those that end first at the top."""
    confirmed = Accreditation.objects.filter(scope.q(), known(None))
    rows = RevocableStock().narrow(confirmed, Period.until(day))
    return rows.select_related("holder", "area").order_by("valid_to", "title", "holder__name")


def public_facility(scope: Scope, facility_id: UUID) -> Facility | None:
    """Return a facility of which something is confirmed, or None."""
    found = facility(scope, facility_id)
    return found if found is not None and stages_of(facility_id, scope).exists() else None
