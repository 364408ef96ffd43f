"""Spare parts come in, go out and are counted. The stock is what the movements leave; it never falls below nothing."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Spare, SpareMovement, WorkNote, WorkOrder
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit

MOST = 100_000
Kind = SpareMovement.Kind


class StockRefused(UserError):
    """A movement that cannot be: more than there is, or nothing at all."""


@transaction.atomic
def bring_in(
    *, spare: Spare, quantity: int, note: str, actor: Account, now: dt.datetime, scope: Scope
) -> SpareMovement:
    """Add parts that were bought or given back."""
    return _move(spare, Kind.IN, _positive(quantity), actor=actor, now=now, scope=scope, note=note)


@transaction.atomic
def take_out(
    *,
    spare: Spare,
    quantity: int,
    note: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    order: WorkOrder | None = None,
) -> SpareMovement:
    """Take parts, for an order if given (then its history says so, in the same transaction)."""
    if order is not None and (not order.is_open or order.state == WorkOrder.State.REPORTED):
        raise StockRefused(_("工单受理以后、验收以前才能领用备件。"))
    found = _move(
        spare, Kind.OUT, -_positive(quantity), actor=actor, now=now, scope=scope, note=note, order=order
    )
    if order is not None:
        _tell(order, spare, quantity, actor, now)
    return found


@transaction.atomic
def count(
    *, spare: Spare, counted: int, note: str, actor: Account, now: dt.datetime, scope: Scope
) -> SpareMovement:
    """Set the stock to what was counted on the shelf; the difference stays on the books."""
    if not 0 <= counted <= MOST:
        raise StockRefused(fields={"quantity": _("请填写0至100000之间的整数。")})
    locked = Spare.objects.select_for_update(of=("self",)).filter(scope.q(), pk=spare.pk).first()
    if locked is None:
        raise StockRefused(_("没有找到这种备件，或您无权办理。"))
    change = counted - locked.stock
    if change and not note.strip():
        raise StockRefused(fields={"note": _("盘点数与账面不符，请写明原因。")})
    return _move(locked, Kind.COUNT, change, actor=actor, now=now, scope=scope, note=note)


def _move(
    spare: Spare,
    kind: str,
    change: int,
    *,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    note: str,
    order: WorkOrder | None = None,
) -> SpareMovement:
    rows = Spare.objects.filter(pk__in=Spare.objects.filter(scope.q(), pk=spare.pk).values("pk"))
    if not rows.filter(stock__gte=-change).update(stock=F("stock") + change):
        raise _too_few(spare, scope)
    spare.refresh_from_db(fields=["stock"])
    movement = SpareMovement.objects.create(
        association_id=spare.association_id, spare=spare, kind=kind, change=change, after=spare.stock,
        order=order, note=texts.clean(note)[:200], at=now, by=actor,
    )  # fmt: skip
    audit.append(
        association_id=spare.association_id,
        actor=actor,
        action="museums.move_spare",
        subject=spare,
        detail={"kind": str(kind), "change": change, "after": spare.stock},
        now=now,
    )
    return movement


def _positive(quantity: int) -> int:
    if not 0 < quantity <= MOST:
        raise StockRefused(fields={"quantity": _("请填写1至100000之间的整数。")})
    return quantity


def _too_few(spare: Spare, scope: Scope) -> StockRefused:
    found = Spare.objects.filter(scope.q(), pk=spare.pk).first()
    if found is None:
        return StockRefused(_("没有找到这种备件，或您无权办理。"))
    values = {"stock": found.stock, "measure": found.measure}
    return StockRefused(
        fields={"quantity": _("库存只有%(stock)d%(measure)s，不够领用；请先办理入库，或减少数量。") % values}
    )


def _tell(order: WorkOrder, spare: Spare, quantity: int, actor: Account, now: dt.datetime) -> None:
    values = {"name": spare.name, "quantity": quantity, "measure": spare.measure}
    said = _("领用备件：%(name)s %(quantity)d%(measure)s") % values
    WorkNote.objects.create(association_id=order.association_id, order=order, at=now, by=actor, text=said)
