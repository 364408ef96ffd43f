"""Reads of work orders, of who may repair, and of spare parts."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import (
    FaultReport,
    Museum,
    Spare,
    SpareMovement,
    WorkNote,
    WorkOrder,
)
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope


def orders(scope: Scope) -> QuerySet[WorkOrder]:
    """Return the work orders in sight, each with how many `times` it was reported."""
    rows = WorkOrder.objects.filter(scope.q()).select_related("exhibit__hall", "assignee")
    return rows.annotate(times=Count("reports"))


def order(scope: Scope, pk: UUID) -> WorkOrder:
    """Return one order in sight, or raise NotFound."""
    rows = WorkOrder.objects.filter(scope.q(), pk=pk)
    found = rows.select_related(
        "exhibit__hall", "exhibit__unit__area", "assignee", "reported_by", "duplicate_of"
    )
    one = found.first()
    if one is None:
        raise NotFound(_("没有找到这张工单。"))
    return one


def late(day: dt.date) -> Q:
    """Return the filter for orders that should be finished by now."""
    working = [state for state in WorkOrder.OPEN if state != WorkOrder.State.DONE]
    return Q(state__in=working, due_on__lt=day)


def reports_of(order: WorkOrder) -> list[FaultReport]:
    """Return what was reported, earliest first."""
    rows = FaultReport.objects.filter(association_id=order.association_id, order=order)
    return list(rows.select_related("photo", "reported_by").order_by("said_at"))


def notes_of(order: WorkOrder) -> list[WorkNote]:
    """Return an order's history, latest first."""
    rows = WorkNote.objects.filter(association_id=order.association_id, order=order)
    return list(rows.select_related("by").order_by("-at", "-id"))


def parts_of(order: WorkOrder) -> list[SpareMovement]:
    """Return the parts used on an order."""
    rows = SpareMovement.objects.filter(association_id=order.association_id, order=order)
    return list(rows.select_related("spare", "by").order_by("at"))


def others_open(order: WorkOrder) -> list[WorkOrder]:
    """Return the other orders on the same exhibit that are not finished."""
    rows = WorkOrder.objects.filter(
        association_id=order.association_id, exhibit_id=order.exhibit_id, state__in=WorkOrder.OPEN
    )
    return list(rows.exclude(pk=order.pk).order_by("reported_at"))


def report(association_id: UUID, code: str) -> FaultReport:
    """Return the report with this public number; the number is what one must know."""
    rows = FaultReport.objects.filter(association_id=association_id, code=code)
    found = rows.select_related("order__exhibit__unit", "order__duplicate_of").first()
    if found is None:
        raise NotFound(_("没有找到这个报修号。"))
    return found


def repairers(museum: Museum) -> QuerySet[Account]:
    """Return the accounts of the museum's unit, to whom its repairs are given."""
    rows = Account.objects.filter(association_id=museum.association_id, is_active=True)
    return rows.filter(unit__path__startswith=museum.unit.path).order_by("display_name")


def spares(scope: Scope) -> QuerySet[Spare]:
    """Return the parts in sight."""
    return Spare.objects.filter(scope.q()).order_by("name", "spec", "id")


def spare(scope: Scope, pk: UUID) -> Spare:
    """Return one part in sight, or raise NotFound."""
    found = spares(scope).filter(pk=pk).select_related("unit").first()
    if found is None:
        raise NotFound(_("没有找到这种备件。"))
    return found


def low() -> Q:
    """Return the filter for parts that should be bought."""
    return Q(stock__lte=F("reorder_level"))


def movements_of(spare: Spare) -> QuerySet[SpareMovement]:
    """Return a part's movements, latest first."""
    rows = SpareMovement.objects.filter(association_id=spare.association_id, spare=spare)
    return rows.select_related("order", "by").order_by("-at", "-id")
