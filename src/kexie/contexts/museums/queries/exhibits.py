"""Reads of exhibits: where they stand, whether they work, what was done to them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Exhibit, ExhibitStage, Hall, SpareMovement, WorkOrder
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

Stage = ExhibitStage.Stage


@dataclass(frozen=True)
class Outage:
    """A time in which an exhibit was out of use; `until` is None while it still is."""

    since: dt.date
    until: dt.date | None
    days: int


def exhibits(scope: Scope) -> QuerySet[Exhibit]:
    """Return the exhibits in sight, each with its `stage` (drafts count: a fault cannot wait) and its `open_orders`."""
    latest = _said().filter(exhibit=OuterRef("pk")).order_by("-occurred_on", "-id")
    rows = Exhibit.objects.filter(scope.q()).select_related("hall", "unit")
    return rows.annotate(
        stage=Subquery(latest.values("stage")[:1]),
        open_orders=_open_orders(),
    ).order_by("number", "id")


def exhibit(scope: Scope, pk: UUID) -> Exhibit:
    """Return one exhibit in sight, or raise NotFound."""
    return _one(exhibits(scope).filter(pk=pk))


def by_token(association_id: UUID, token: str) -> Exhibit:
    """Return the exhibit whose label bears this code; the code is what one must know."""
    rows = exhibits(Scope(association_id=association_id))
    return _one(rows.select_related("hall", "unit__place", "unit__area").filter(token=token))


def halls(scope: Scope) -> QuerySet[Hall]:
    """Return the halls in sight."""
    return Hall.objects.filter(scope.q()).order_by("floor", "name")


def condition(exhibit: Exhibit) -> ExhibitStage | None:
    """Return the latest record of an exhibit's condition, confirmed or waiting for it."""
    rows = _said().filter(association_id=exhibit.association_id, exhibit=exhibit)
    return rows.order_by("-occurred_on", "-id").first()


def stages(exhibit: Exhibit, scope: Scope) -> list[ExhibitStage]:
    """Return the history of an exhibit's condition, latest first."""
    rows = ExhibitStage.objects.filter(scope.q(), exhibit=exhibit).exclude(state=State.REVERSED)
    return list(rows.select_related("recorded_by").order_by("-occurred_on", "-id"))


def outages(history: list[ExhibitStage], today: dt.date) -> list[Outage]:
    """Return the times out of use that a history (latest first) tells, latest first."""
    found, until = [], None
    for one in history:
        if one.stage == Stage.FAULTY:
            found.append(Outage(one.occurred_on, until, ((until or today) - one.occurred_on).days))
        until = one.occurred_on
    return found


def open_order(exhibit: Exhibit, kind: str) -> WorkOrder | None:
    """Return the order about the same fault of the exhibit on which work is not finished, if any."""
    working = [state for state in WorkOrder.OPEN if state != WorkOrder.State.DONE]
    rows = WorkOrder.objects.filter(
        association_id=exhibit.association_id, exhibit=exhibit, kind=kind, state__in=working
    )
    return rows.order_by("reported_at").first()


def orders_of(exhibit: Exhibit, scope: Scope) -> list[WorkOrder]:
    """Return the work orders of an exhibit, latest first."""
    rows = WorkOrder.objects.filter(scope.q(), exhibit=exhibit).select_related("assignee")
    return list(rows.order_by("-reported_at"))


def parts_of(exhibit: Exhibit, scope: Scope) -> list[SpareMovement]:
    """Return the spare parts used on an exhibit, latest first."""
    rows = SpareMovement.objects.filter(scope.q("spare__unit"), order__exhibit=exhibit)
    return list(rows.select_related("spare", "order").order_by("-at"))


def _said() -> QuerySet[ExhibitStage]:
    return ExhibitStage.objects.exclude(state=State.REVERSED)


def _open_orders() -> Subquery:
    rows = WorkOrder.objects.filter(exhibit=OuterRef("pk"), state__in=WorkOrder.OPEN).order_by()
    return Subquery(rows.values("exhibit").annotate(n=Count("pk")).values("n")[:1])


def _one(rows: QuerySet[Exhibit]) -> Exhibit:
    found = rows.first()
    if found is None:
        raise NotFound(_("没有找到这件展品。"))
    return found


def named(text: str) -> Q:
    """Return the filter for exhibits that a text names by number, name or theme."""
    return Q(number__icontains=text) | Q(name__icontains=text) | Q(theme__icontains=text)
