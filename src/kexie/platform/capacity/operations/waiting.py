"""The waiting list: a party waits for all its places at once, in any of several offers.

Places given back are offered to who waits in the same transaction, so nobody who came later can take them.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.capacity import engine
from kexie.platform.capacity.locks import Counter, concerned, lock_counters
from kexie.platform.capacity.models import Offer, Pool, Reservation, Wish
from kexie.platform.capacity.orders import Order, Placed
from kexie.platform.outbox import operations as outbox

State = Wish.State
MOST_MISSED = 2  # offers let go before a wish lapses
OFFER_MINUTES = 30


class CannotWait(UserError):
    """The waiting list does not take this wish."""


@transaction.atomic
def wait(
    *,
    association_id: UUID,
    venue_id: UUID,
    key: str,
    offer_ids: Sequence[UUID],
    channel: str,
    holder_id: UUID,
    size: int,
    details: bytes,
    actor: audit.Actor | None,
    now: dt.datetime,
) -> Wish:
    """Put a party on the waiting list of any of some open offers of one venue; the same key again is the same wish."""
    if again := _same(association_id, key, holder_id):
        return again
    offers = list(Offer.objects.filter(pk__in=offer_ids, association_id=association_id, venue_id=venue_id))
    coming = [
        one for one in offers if one.opens_at <= now < one.closes_at and one.state != Offer.State.CANCELLED
    ]
    if not coming:
        raise CannotWait(_("所选时段尚未开始或已停止预约，请选择其他时段候补。"))
    # Locked before anything is read: of two requests at once the second sees what the first has done, and whoever
    # gives places back sees this wish, or is seen by it.
    lock_counters(offers=concerned([one.pk for one in coming], now=now))
    if again := _same(association_id, key, holder_id):
        return again
    _refuse_second(association_id, holder_id, coming)
    wish = Wish.objects.create(
        association_id=association_id,
        venue_id=venue_id,
        key=key,
        offers=[one.pk for one in coming],
        channel=channel,
        holder_id=holder_id,
        size=size,
        details=details,
        made_at=now,
        expires_at=max(one.closes_at for one in coming),
    )
    audit.append(
        association_id=association_id, actor=actor, action="capacity.wait", subject=wish,
        detail={"size": size, "offers": [str(one.pk) for one in coming]}, now=now,
    )  # fmt: skip
    offer_places(offer_ids=[one.pk for one in coming], now=now)
    wish.refresh_from_db()
    return wish


def _same(association_id: UUID, key: str, holder_id: UUID) -> Wish | None:
    """Return the wish made under this key, if it is the same person's."""
    wish = Wish.objects.filter(association_id=association_id, key=key).first()
    if wish and wish.holder_id != holder_id:
        raise CannotWait(_("这次提交与之前的不一致，请返回重新选择。"))
    return wish


def _refuse_second(association_id: UUID, holder_id: UUID, offers: Iterable[Offer]) -> None:
    mine = Wish.objects.filter(
        association_id=association_id,
        holder_id=holder_id,
        state__in=(State.WAITING, State.OFFERED),
        offers__overlap=[one.pk for one in offers],
    )
    if mine.exists():
        raise CannotWait(_("您已在候补这个时段，请在“我的候补”中查看。"))


@transaction.atomic
def offer_places(*, offer_ids: Collection[UUID], now: dt.datetime, minutes: int | None = None) -> int:
    """Hold free places of these offers, and of offers that share counters with them, for who waits.

    First come first, as many as fit; returns how many wishes. A large party that does not fit is passed over by a
    smaller one behind it, and keeps its place. Whoever gave places back holds the counters' locks already: a wish that
    is not seen here is written by somebody who waits for these locks, and finds the places himself.
    """
    offers = _open(concerned(offer_ids, now=now), now)
    if not offers or not _candidates(offers.values(), most=None).exists():
        return 0
    free = _Free(offers.values(), lock_counters(offers=offers))
    made = 0
    for wish in _candidates(offers.values(), most=free.most()).defer("details"):
        fitting = next((one for one in offers.values() if free.fits(one, wish)), None)
        if fitting and _offer(wish.pk, fitting, free, now, minutes):
            made += 1
    return made


def _open(offer_ids: Collection[UUID], now: dt.datetime) -> dict[UUID, Offer]:
    rows = Offer.objects.filter(
        pk__in=offer_ids, state=Offer.State.OPEN, opens_at__lte=now, closes_at__gt=now
    )
    return {one.pk: one for one in rows.order_by("starts_at", "pk")}


def _candidates(offers: Collection[Offer], *, most: int | None) -> QuerySet[Wish]:
    """Who waits for one of these offers, in order, with at most so many persons."""
    rows = Wish.objects.filter(
        association_id__in={one.association_id for one in offers},
        venue_id__in={one.venue_id for one in offers},
        state=State.WAITING,
        offers__overlap=[one.pk for one in offers],
    )
    return (rows if most is None else rows.filter(size__lte=most)).order_by("made_at", "id")


class _Free:
    """What is free in locked counters of offers."""

    def __init__(self, offers: Iterable[Offer], counters: Iterable[Counter]) -> None:
        counters = list(counters)
        self.left = {one.id: one.left for one in counters}
        self.own: dict[UUID, dict[str, UUID]] = {one.pk: {} for one in offers}
        for one in counters:
            if one.offer_id in self.own:
                self.own[one.offer_id][one.channel] = one.id

    def most(self) -> int:
        """The largest party that could fit anywhere."""
        return max((self.left[own[""]] for own in self.own.values() if "" in own), default=0)

    def pools(self, offer: Offer, channel: str) -> tuple[UUID, ...]:
        """The counters of an order: the total, the channel's quota if any, shared ones."""
        own = self.own[offer.pk]
        return (*(own[one] for one in dict.fromkeys(("", channel)) if one in own), *offer.shared)

    def fits(self, offer: Offer, wish: Wish) -> bool:
        """Whether a wish is for this offer, and has room there."""
        if offer.pk not in wish.offers or "" not in self.own[offer.pk]:
            return False
        return all(self.left.get(one, 0) >= wish.size for one in self.pools(offer, wish.channel))

    def take(self, pools: Iterable[UUID], size: int) -> None:
        """Note that places were taken."""
        for one in pools:
            self.left[one] -= size


def _offer(wish_id: UUID, offer: Offer, free: _Free, now: dt.datetime, minutes: int | None) -> bool:
    """Hold places for one wish; False when it waits no longer or the engine refuses."""
    wish = Wish.objects.select_for_update().filter(pk=wish_id, state=State.WAITING).first()
    if wish is None:
        return False
    until = min(now + dt.timedelta(minutes=minutes or offer.wish_minutes), offer.closes_at)
    order = Order(
        association_id=wish.association_id,
        key=f"wish:{wish.pk}:{wish.missed}",
        offer_id=offer.pk,
        venue_id=offer.venue_id,
        day=offer.day,
        channel=wish.channel,
        size=wish.size,
        pools=free.pools(offer, wish.channel),
        window=offer.pk,
        holder_id=wish.holder_id,
        held_until=until,
    )
    (answer,) = engine.place([order], now=now)
    if not isinstance(answer, Placed) or not answer.is_new:
        return False
    free.take(order.pools, order.size)
    wish.state, wish.reservation_id, wish.offered_at = State.OFFERED, answer.id, now
    wish.save(update_fields=["state", "reservation_id", "offered_at"])
    _tell(wish, "offered", now, offer=str(offer.pk), until=until.isoformat())
    return True


def pools_of(offer: Offer, channel: str) -> tuple[UUID, ...]:
    """Return the counters an order of this channel raises: the total, the channel's quota if any, shared ones."""
    own = Pool.objects.filter(offer=offer, channel__in=("", channel)).values_list("pk", flat=True)
    return (*own, *offer.shared)


@transaction.atomic
def take_up(*, wish: Wish, now: dt.datetime) -> None:
    """Note that the held places of a wish were confirmed (`bookings.confirm`, in the same transaction)."""
    changed = Wish.objects.filter(pk=wish.pk, state=State.OFFERED).update(state=State.TAKEN, ended_at=now)
    if not changed:
        raise CannotWait(_("这次候补名额已失效，请查看候补状态。"))
    _tell(wish, "taken", now)


def note_lapsed(*, reservations: Iterable[Reservation], now: dt.datetime) -> None:
    """Let wishes whose offered hold ended wait on, or lapse after too many misses."""
    ended = [one.pk for one in reservations]
    offered = Wish.objects.select_for_update().filter(reservation__in=ended, state=State.OFFERED)
    for wish in offered.order_by("pk"):
        wish.missed += 1
        wish.state = State.WAITING if wish.missed < MOST_MISSED else State.LAPSED
        wish.made_at = now  # to the end of the list
        wish.ended_at = None if wish.state == State.WAITING else now
        wish.save(update_fields=["missed", "state", "made_at", "ended_at"])
        _tell(wish, "lapsed", now, waits_on=wish.state == State.WAITING)


@transaction.atomic
def lapse(*, now: dt.datetime) -> int:
    """End wishes for which there is nothing left to wait; return how many."""
    over = list(
        Wish.objects.select_for_update(skip_locked=True).filter(state=State.WAITING, expires_at__lte=now)[
            :500
        ]
    )
    for wish in over:
        wish.state, wish.ended_at = State.LAPSED, now
        _tell(wish, "lapsed", now, waits_on=False)
    Wish.objects.bulk_update(over, ["state", "ended_at"])
    return len(over)


@transaction.atomic
def give_up(*, association_id: UUID, offer_ids: Collection[UUID], now: dt.datetime) -> int:
    """End at once the wishes for offers that will not be, unless another of their offers still may have places.

    Return how many ended. Whoever calls holds these offers' counters, or has closed them.
    """
    rows = Wish.objects.select_for_update().filter(
        association_id=association_id, state=State.WAITING, offers__overlap=list(offer_ids)
    )
    waiting_on = list(rows.order_by("pk"))
    hoped = {one for wish in waiting_on for one in wish.offers} - set(offer_ids)
    alive = Offer.objects.filter(pk__in=hoped, closes_at__gt=now).exclude(state=Offer.State.CANCELLED)
    still = set(alive.values_list("pk", flat=True))
    over = [wish for wish in waiting_on if still.isdisjoint(wish.offers)]
    for wish in over:
        wish.state, wish.ended_at = State.LAPSED, now
        _tell(wish, "lapsed", now, waits_on=False, why="CANCELLED")
    Wish.objects.bulk_update(over, ["state", "ended_at"])
    return len(over)


def _tell(wish: Wish, what: str, now: dt.datetime, **payload: object) -> None:
    outbox.append(
        association_id=wish.association_id,
        kind=f"wish.{what}",
        subject_id=wish.pk,
        payload={"venue": str(wish.venue_id), "size": wish.size, **payload},
        now=now,
    )
