"""How visitors stand with a museum: blocks, appeals, no-shows and cancellations. Nobody is named; accounts are masked."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, Slot
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.capacity.models import Block, Conduct, Reservation

SHOWS = ("in_force", "appeals", "over", "all")


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A no-show or cancellation with whom it is counted against and the reservation it is about."""

    conduct: Conduct
    who: str
    reservation: Reservation | None


def _of(museum: Museum, scope: Scope) -> dict[str, UUID]:
    if not scope.covers(museum.unit.path):
        raise NotFound(_("没有找到这座科技馆。"))
    return {"association_id": scope.association_id, "venue_id": museum.unit_id}


def blocks(museum: Museum, scope: Scope, *, show: str = "in_force", now: dt.datetime) -> QuerySet[Block]:
    """Return a museum's blocks: in force, with an open appeal, over, or all; the latest first."""
    rows = Block.objects.filter(**_of(museum, scope))
    in_force = Q(lifted_at=None, until__gt=now, since__lte=now)
    which = {"in_force": in_force, "appeals": Q(appeal=Block.Appeal.OPEN), "over": ~in_force}
    return rows.filter(which.get(show, Q())).order_by("-since", "-pk")


def block(museum: Museum, pk: UUID, scope: Scope) -> Block:
    """Return one of a museum's blocks, or raise NotFound."""
    found = Block.objects.filter(**_of(museum, scope), pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次限制。"))
    return found


def appeal_of(found: Block) -> str:
    """Return what the visitor wrote, "" where nothing was or the key was lost."""
    if not found.appeal_text:
        return ""
    try:
        return crypto.decrypt(bytes(found.appeal_text), context=found.pk.bytes).decode()
    except crypto.Unreadable:
        return ""


def conduct_of(found: Block) -> list[Noted]:
    """Return what is counted against whom a block is about, up to the block, the latest first."""
    rows = Conduct.objects.filter(
        association_id=found.association_id,
        venue_id=found.venue_id,
        subject=found.subject,
        at__lte=found.since,
    )
    return noted(list(rows.order_by("-at")[:30]), found.association_id)


def conduct(museum: Museum, scope: Scope, *, kind: str = "", standing: str = "") -> QuerySet[Conduct]:
    """Return what is counted at a museum, the latest first; `standing`: "counts" or "forgiven"."""
    rows = Conduct.objects.filter(**_of(museum, scope))
    if kind in Conduct.Kind.values:
        rows = rows.filter(kind=kind)
    if standing in {"counts", "forgiven"}:
        rows = rows.filter(forgiven_at__isnull=standing == "counts")
    return rows.order_by("-at", "-pk")


def noted(rows: Sequence[Conduct], association_id: UUID) -> list[Noted]:
    """Return rows with their reservations and masked accounts; two statements."""
    found = Reservation.objects.filter(pk__in={one.reservation_id for one in rows}).select_related("offer")
    reservations = {one.pk: one for one in found}
    words = subjects([one.subject for one in rows], association_id)
    return [
        Noted(conduct=one, who=words[one.subject], reservation=reservations.get(one.reservation_id))
        for one in rows
    ]


def subjects(given: Iterable[str], association_id: UUID) -> dict[str, str]:
    """Return how subjects are called: an account by its masked number, a person only as one; one statement."""
    ids = {one: UUID(one.removeprefix("visitor:")) for one in given if one.startswith("visitor:")}
    rows = Visitor.objects.filter(association=association_id, pk__in=ids.values())
    phones = {one.pk: one.masked_phone for one in rows}
    gone, person = _("已注销的账号"), _("同行成人（按证件）")
    return {one: (phones.get(ids[one]) or gone) if one in ids else person for one in given}


def to_forgive(
    museum: Museum, scope: Scope, *, since: dt.date, until: dt.date, slot: Slot | None = None
) -> QuerySet[Conduct]:
    """Return the no-shows of visits in a period (both days included), or of one slot, that still count."""
    where = _of(museum, scope)
    visits = Reservation.objects.filter(**where, day__gte=since, day__lte=until)
    if slot:
        visits = visits.filter(offer=slot.offer_id)
    rows = Conduct.objects.filter(**where, kind=Conduct.Kind.NO_SHOW, forgiven_at=None)
    return rows.filter(reservation_id__in=visits.values("pk"))


def slots_between(museum: Museum, scope: Scope, since: dt.date, until: dt.date) -> list[Slot]:
    """Return a museum's slots of a period, for choosing one."""
    rows = Slot.objects.filter(
        scope.q("museum__unit"), museum=museum, offer__day__gte=since, offer__day__lte=until
    )
    return list(rows.select_related("offer").order_by("-offer__starts_at")[:200])
