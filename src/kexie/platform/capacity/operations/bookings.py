"""Confirming, cancelling and moving reservations, and giving places back."""

import contextlib
import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.capacity import engine, locks, memory
from kexie.platform.capacity.models import Pool, Reservation, Seat, Wish
from kexie.platform.capacity.operations import waiting
from kexie.platform.capacity.orders import Answer, Order, Placed, Reason, Refused
from kexie.platform.capacity.states import RESERVATION
from kexie.platform.outbox import operations as outbox

State = Reservation.State


class NotPossible(UserError):
    """The reservation is no longer in a state in which this can be done."""


class SeatTaken(UserError):
    """Somebody of the party has a place in this window already."""


@transaction.atomic
def confirm(
    *,
    reservation_id: UUID,
    details: bytes,
    identities: Sequence[str],
    window: UUID,
    actor: audit.Actor | None,
    now: dt.datetime,
) -> Reservation:
    """Turn a hold into a reservation with the persons it is for.

    Raises NotPossible when the hold has lapsed (by the clock, however late the sweep), SeatTaken when one of the
    persons has a seat in the window.
    """
    held = _locked([reservation_id], {State.HELD})
    if not held or held[0].held_until is None or held[0].held_until <= now:
        raise NotPossible(_("名额保留时间已过，请重新选择时段。"))
    reservation = held[0]
    _seat(reservation, identities, window)
    reservation.details, reservation.state = details, State.CONFIRMED
    reservation.confirmed_at, reservation.held_until = now, None
    reservation.save(update_fields=["details", "state", "confirmed_at", "held_until"])
    _tell([reservation], "confirmed", actor, now)
    return reservation


@transaction.atomic
def extend(
    *, reservation_id: UUID, until: dt.datetime, actor: audit.Actor | None, now: dt.datetime
) -> Reservation:
    """Keep a hold until a later moment. Raises NotPossible when it has lapsed."""
    held = _locked([reservation_id], {State.HELD})
    if not held or held[0].held_until is None or held[0].held_until <= now:
        raise NotPossible(_("名额保留时间已过，请重新选择时段。"))
    held[0].held_until = until
    held[0].save(update_fields=["held_until"])
    audit.append(
        association_id=held[0].association_id, actor=actor, action="capacity.extend", subject=held[0],
        detail={"until": until}, now=now,
    )  # fmt: skip
    return held[0]


def _seat(reservation: Reservation, identities: Sequence[str], window: UUID) -> None:
    seats = [
        Seat(
            association_id=reservation.association_id,
            reservation=reservation,
            window=window,
            identity=identity,
        )
        for identity in sorted(identities)  # two parties with the same persons never wait in a circle
    ]
    try:
        with transaction.atomic():
            Seat.objects.bulk_create(seats)
    except IntegrityError as error:
        raise SeatTaken(_("同行人中有人已经预约过，同一证件不能重复预约。")) from error


def cancel(
    *,
    reservation_ids: Collection[UUID],
    reason: str,
    actor: audit.Actor | None,
    now: dt.datetime,
) -> list[Reservation]:
    """Cancel reservations and holds that are still active; give their places to who waits, else back to all.

    `reason` is a code of at most 30 letters (VISITOR, CLOSED_DAY …). Returns those that were cancelled by this call.
    """
    return _end(reservation_ids, State.CANCELLED, reason, actor, now)


def expire(*, now: dt.datetime, limit: int = 500) -> int:
    """Let holds go whose time is over; return how many."""
    late = Reservation.objects.filter(state=State.HELD, held_until__lte=now).order_by("held_until")
    ids = list(late.values_list("pk", flat=True)[:limit])
    return len(_end(ids, State.EXPIRED, "HELD_TOO_LONG", None, now))


class _Offered(Exception):
    """A wish was offered places, or lost them, while it was being locked."""


def withdraw(*, wish_id: UUID, actor: audit.Actor | None, now: dt.datetime) -> Wish:
    """Leave the waiting list; what was held goes to the next. Raises waiting.CannotWait when the wish has ended."""
    while True:
        with contextlib.suppress(_Offered):
            return _withdraw(wish_id, actor, now)


@transaction.atomic
def _withdraw(wish_id: UUID, actor: audit.Actor | None, now: dt.datetime) -> Wish:
    held: UUID | None = Wish.objects.values_list("reservation_id", flat=True).get(pk=wish_id)
    _lock_counters(_locked([held] if held else [], Reservation.ACTIVE), now)
    wish = Wish.objects.select_for_update().get(pk=wish_id)
    if wish.reservation_id != held:
        raise _Offered
    if wish.state not in {Wish.State.WAITING, Wish.State.OFFERED}:
        raise waiting.CannotWait(_("这个候补已经结束。"))
    wish.state, wish.ended_at = Wish.State.WITHDRAWN, now
    wish.save(update_fields=["state", "ended_at"])
    audit.append(
        association_id=wish.association_id, actor=actor, action="capacity.withdraw", subject=wish,
        detail={}, now=now,
    )  # fmt: skip
    if held:
        cancel(reservation_ids=[held], reason="WITHDRAWN", actor=actor, now=now)
    return wish


@transaction.atomic
def move(*, reservation_id: UUID, order: Order, actor: audit.Actor | None, now: dt.datetime) -> Answer:
    """Take the places of another offer for the same party and give the old ones back: both or neither.

    `order` is complete but for the link to the old reservation; a hold may be moved too. A refusal changes nothing.
    """
    old = _locked([reservation_id], Reservation.ACTIVE, admitted=0)
    if not old:
        return _moved_before(reservation_id, order)
    if old[0].held_until and old[0].held_until <= now:
        raise NotPossible(_("名额保留时间已过，请重新选择时段。"))
    linked = dataclasses.replace(order, moved_from=old[0].pk, moves=old[0].moves + 1)
    offers = _lock_counters(old, now, pools=order.pools)
    point = transaction.savepoint()
    _end([old[0].pk], State.CANCELLED, "MOVED", actor, now, offers_freed=False)
    (answer,) = engine.place([linked], now=now)
    if not isinstance(answer, Placed) or not answer.is_new:
        transaction.savepoint_rollback(point)
        return answer if isinstance(answer, Refused) else Refused(Reason.KEY_REUSED)
    transaction.savepoint_commit(point)
    waiting.offer_places(offer_ids=offers, now=now)
    return answer


def _moved_before(reservation_id: UUID, order: Order) -> Answer:
    """Return what an earlier attempt under the same key got: its answer may have been lost on the way."""
    if Reservation.objects.filter(
        association_id=order.association_id, key=order.key, moved_from_id=reservation_id
    ).exists():
        (answer,) = engine.find_known([order], cursor=engine.plain_cursor())
        if answer:
            return answer
    raise NotPossible(_("这个预约已取消或已使用，不能改签。"))


@transaction.atomic
def shrink(
    *,
    reservation_id: UUID,
    identities: Collection[str],
    details: bytes,
    actor: audit.Actor | None,
    now: dt.datetime,
) -> Reservation:
    """Take persons off a confirmed reservation and give their places back; `details` are those of who remains."""
    found = _locked([reservation_id], {State.CONFIRMED})
    seats = Seat.objects.filter(reservation__in=found, identity__in=identities, is_active=True)
    count = len(seats)
    if not found or not 0 < count < found[0].size - found[0].admitted or count < len(set(identities)):
        raise NotPossible(_("这个预约已取消、已使用，或没有可减少的人。"))
    one = found[0]
    # A counter that was raised by the whole party counts persons; others (orders of an account) stay.
    by_person = [amount == one.size for amount in one.amounts]
    lowered = Reservation(pools=[pool for pool, each in zip(one.pools, by_person, strict=True) if each])
    lowered.amounts = [count] * len(lowered.pools)
    _lock_counters(found, now)
    give_back([lowered])
    seats.update(is_active=False)
    one.amounts = [
        amount - count if each else amount for amount, each in zip(one.amounts, by_person, strict=True)
    ]
    one.size, one.details = one.size - count, details
    one.save(update_fields=["size", "amounts", "details"])
    _tell([one], "changed", actor, now)
    waiting.offer_places(offer_ids=[one.offer_id], now=now)
    return one


@transaction.atomic
def settle(
    *, reservation_ids: Collection[UUID], state: str, actor: audit.Actor | None, now: dt.datetime
) -> list[Reservation]:
    """Say at the end of a day that reservations were USED or ended as a NO_SHOW; places are not given back."""
    before = {State(one) for one, after in RESERVATION.items() if one and state in after}
    ended = _locked(reservation_ids, before)
    for one in ended:
        one.state, one.ended_at = State(state), now
    Reservation.objects.bulk_update(ended, ["state", "ended_at"], batch_size=500)
    Seat.objects.filter(reservation__in=ended).update(is_active=False)
    _tell(ended, "used" if state == State.USED else "no_show", actor, now)
    return ended


@transaction.atomic
def _end(
    ids: Collection[UUID],
    state: str,
    reason: str,
    actor: audit.Actor | None,
    now: dt.datetime,
    *,
    offers_freed: bool = True,
) -> list[Reservation]:
    before = {State(one) for one, after in RESERVATION.items() if one and state in after}
    also = {"held_until__lte": now} if state == State.EXPIRED else {}
    ended = _locked(ids, before, admitted=0, **also)
    if not ended:
        return []
    offers = _lock_counters(ended, now)
    give_back(ended)
    for one in ended:
        one.state, one.ended_at, one.end_reason, one.held_until = State(state), now, reason, None
    Reservation.objects.bulk_update(ended, ["state", "ended_at", "end_reason", "held_until"], batch_size=500)
    Seat.objects.filter(reservation__in=ended).update(is_active=False)
    _tell(ended, "expired" if state == State.EXPIRED else "cancelled", actor, now)
    waiting.note_lapsed(reservations=ended, now=now)
    if offers_freed:
        waiting.offer_places(offer_ids=offers, now=now)
    return ended


def _offers(reservations: Iterable[Reservation]) -> set[UUID]:
    """Return where places become free, and where else those may be who go back to waiting when these end."""
    found = {one.offer_id for one in reservations}
    if held := [one.pk for one in reservations if one.key.startswith("wish:")]:
        back = Wish.objects.filter(reservation__in=held, state=Wish.State.OFFERED)
        found.update(*back.values_list("offers", flat=True))
    return found


def _lock_counters(
    reservations: Sequence[Reservation], now: dt.datetime, pools: Iterable[UUID] = ()
) -> set[UUID]:
    """Lock the counters of reservations, and those in which their places may be offered; return in which offers."""
    offers = _offers(reservations)
    if reservations:
        locks.lock_counters(
            pools=[*pools, *(pool for one in reservations for pool in one.pools)],
            offers=locks.concerned(offers, now=now),
        )
    return offers


def give_back(reservations: Iterable[Reservation]) -> None:
    """Lower the counters that reservations had raised; a pool that was to sink sinks with them."""
    amounts: dict[UUID, int] = defaultdict(int)
    for one in reservations:
        for pool, amount in zip(one.pools, one.amounts, strict=True):
            amounts[pool] += amount
    pools = sorted(amounts)
    list(Pool.objects.select_for_update().filter(pk__in=pools).order_by("pk").values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(_LOWER, {"pools": pools, "amounts": [amounts[pool] for pool in pools]})
    transaction.on_commit(memory.forget)


_LOWER = """
UPDATE capacity_pool p
SET taken = p.taken - d.amount, capacity = GREATEST(p.wanted, p.taken - d.amount)
FROM unnest(%(pools)s::uuid[], %(amounts)s::int[]) AS d(id, amount) WHERE p.id = d.id
"""


def _locked(ids: Collection[UUID], states: Collection[str], **also: object) -> list[Reservation]:
    rows = Reservation.objects.select_for_update().filter(
        pk__in=sorted(ids), state__in=sorted(states), **also
    )
    return list(rows.order_by("pk"))


def _tell(
    reservations: Sequence[Reservation], what: str, actor: audit.Actor | None, now: dt.datetime
) -> None:
    """Write what happened to the audit log and the outbox."""
    for one in reservations:
        facts = {"offer": str(one.offer_id), "size": one.size, "channel": one.channel, "why": one.end_reason}
        audit.append(
            association_id=one.association_id, actor=actor, action=f"capacity.{what}", subject=one,
            detail=facts, now=now,
        )  # fmt: skip
        payload = {**facts, "venue": str(one.venue_id), "day": one.day.isoformat(), "code": one.code}
        outbox.append(
            association_id=one.association_id, kind=f"reservation.{what}", subject_id=one.pk,
            payload=payload, now=now,
        )  # fmt: skip
