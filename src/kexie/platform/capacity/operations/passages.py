"""What the gates tell: taking in a device's notes, deciding about double entries, and the running count of the day.

A device sends its notes in batches and repeats a batch until it is answered; each note counts once, by its id. What
several devices send at once is taken in together (`gates`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity import batching, gates
from kexie.platform.capacity.engine import plain_cursor
from kexie.platform.capacity.gates import COUNTED, Batch, Handed, Note, Receipt, tally_of
from kexie.platform.capacity.models import Device, Passage, Reservation, Tally
from kexie.platform.capacity.operations import devices

_KIND, _VERDICT, _DIRECTION = Passage.Kind, Passage.Verdict, Passage.Direction
MAX_NOTES = 500
__all__ = ["COUNTED", "MAX_NOTES", "Batch", "NoReason", "Note", "Receipt", "by_hand", "doubles", "first_entries", "handed_in",
           "receive", "recount", "settle", "stop", "take_in", "tally_of"]  # fmt: skip


class NoReason(UserError):
    """A decision about a double entry needs a reason."""


@transaction.atomic
def receive(*, device: Device, batch: Batch, now: dt.datetime) -> Receipt:
    """Take in a batch; repeating it changes nothing."""
    return _one(Handed(batch=batch, now=now, device=device))


def _one(handed: Handed) -> Receipt:
    (receipt,) = gates.take_in([handed], cursor=plain_cursor())
    assert isinstance(receipt, Receipt)  # noqa: S101  its device is known
    return receipt


def _decided(handed: Sequence[Handed]) -> list[Receipt | Device | None]:
    batching.connect()
    with transaction.atomic():
        return gates.take_in(handed, cursor=plain_cursor())


_gates: batching.Batches[Handed, Receipt | Device | None] = batching.Batches("gate-writer", _decided)
stop = _gates.stop


def handed_in(*, token: str, batch: Batch, now: dt.datetime) -> Future[Receipt | Device | None]:
    """Have what a device sent taken in soon, with what others send.

    The promise gives a receipt; the device alone, when it was taken away; or None, when nobody holds this token.
    """
    return _gates.ask_soon(Handed(batch=batch, now=now, token_digest=devices.token_digest(token)))


def take_in(*, token: str, batch: Batch, now: dt.datetime) -> Receipt | Device | None:
    """As handed_in, and wait for it."""
    return _gates.ask(Handed(batch=batch, now=now, token_digest=devices.token_digest(token)))


stop = _gates.stop


def recount(association_id: UUID, venue_id: UUID, day: dt.date) -> Tally:
    """Return the day's count as its passages add up; the kept one must be equal."""
    where = {"association_id": association_id, "venue_id": venue_id, "day": day}
    sums = Passage.objects.filter(**where, verdict__in=COUNTED).aggregate(
        entered=Sum("count", filter=Q(direction="IN"), default=0),
        left=Sum("count", filter=Q(direction="OUT"), default=0),
        walk_ins=Sum("count", filter=Q(direction="IN") & ~Q(kind=_KIND.TICKET), default=0),
    )
    return Tally(**where, **sums)


def doubles(association_id: UUID, venue_id: UUID, day: dt.date) -> QuerySet[Passage]:
    """Return the double entries of a day that nobody has decided about, with device and reservation."""
    found = Passage.objects.filter(
        association_id=association_id, venue_id=venue_id, day=day, verdict=_VERDICT.DOUBLE, settled_at=None
    )
    return found.select_related("device", "reservation").order_by("at", "pk")


def first_entries(reservation_ids: Collection[UUID]) -> dict[UUID, Passage]:
    """Return the first entry that counts of each reservation, with its device."""
    found = Passage.objects.filter(
        reservation_id__in=reservation_ids, direction=_DIRECTION.IN, verdict__in=COUNTED
    )
    rows = found.select_related("device").order_by("reservation_id", "at", "device_id", "sequence")
    return {one.reservation_id: one for one in rows.distinct("reservation_id") if one.reservation_id}


@transaction.atomic
def settle(*, passage: Passage, came_in: bool, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Decide about a double entry: others came in on the ticket, so they count; or it was read twice, so they do not."""
    if came_in and not reason.strip():
        raise NoReason(fields={"reason": _("请写明为何计入，例如：同行人误用同一张票。")})
    reservation = Reservation.objects.select_for_update(no_key=True).get(passages=passage.pk)
    found = list(Passage.objects.filter(reservation=reservation).exclude(verdict=_VERDICT.REFUSED))
    decided = next((one for one in found if one.pk == passage.pk), None)
    if decided is None or decided.verdict != _VERDICT.DOUBLE or decided.settled_at:
        return
    change = gates.Change()
    change.remove(found)
    decided.verdict = _VERDICT.OVERRIDE if came_in else _VERDICT.DOUBLE
    decided.reason, decided.settled_at, decided.settled_by_id = reason.strip(), now, actor.id
    decided.save()
    ticket = gates.ticket(reservation)
    gates.settle_verdicts(ticket, found)
    change.add(found)
    gates.put_down(passages=found, tickets=[ticket], change=change, cursor=plain_cursor())
    audit.append(
        association_id=passage.association_id,
        actor=actor,
        action="capacity.settle_double",
        subject=passage,
        detail={"came_in": came_in, "count": passage.count},
        reason=reason.strip(),
        now=now,
    )


@transaction.atomic
def by_hand(
    *, association_id: UUID, venue_id: UUID, notes: Sequence[Note], actor: Actor | None, now: dt.datetime
) -> Receipt:
    """Take in what staff note without a device (checking in at the desk, closing the day's count)."""
    desk = Device(id=None, association_id=association_id, venue_id=venue_id)
    batch = Batch(sent_at=now, notes=notes)
    return _one(Handed(batch=batch, now=now, device=desk, is_by_hand=True, by_id=actor.id if actor else None))
