"""A visitor's own bookings, waiting list entries, groups and blocks."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from kexie.contexts.museums.models import GroupRequest, Museum, Slot
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Block, Channel, Reservation, Wish


@dataclass(frozen=True)
class Visit:
    """A reservation with the slot and museum it is for."""

    reservation: Reservation
    slot: Slot

    @property
    def museum(self) -> Museum:
        """The museum."""
        return self.slot.museum


def own(visitor_id: UUID, scope: Scope) -> QuerySet[Reservation]:
    """Return a visitor's reservations but for holds that came to nothing."""
    rows = Reservation.objects.filter(association_id=scope.association_id, holder_id=visitor_id)
    return (
        rows.exclude(state=Reservation.State.EXPIRED).exclude(channel=Channel.GROUP).select_related("offer")
    )


def coming(visitor_id: UUID, scope: Scope, *, now: dt.datetime) -> QuerySet[Reservation]:
    """Return those that are still to come, the nearest first."""
    held = Q(state=Reservation.State.HELD, held_until__gt=now)
    today = timezone.localdate(now)
    rows = own(visitor_id, scope).filter(held | Q(state=Reservation.State.CONFIRMED, day__gte=today))
    return rows.order_by("offer__starts_at", "pk")


def past(visitor_id: UUID, scope: Scope, *, now: dt.datetime) -> QuerySet[Reservation]:
    """Return those that are over or were called off, the latest first; holds given back are left out."""
    today = timezone.localdate(now)
    ended = Q(state__in=("USED", "NO_SHOW")) | Q(state="CONFIRMED", day__lt=today)
    called_off = Q(state="CANCELLED", confirmed_at__isnull=False)
    return own(visitor_id, scope).filter(ended | called_off).order_by("-day", "-made_at", "pk")


def visits(reservations: Iterable[Reservation], scope: Scope) -> list[Visit]:
    """Return reservations with their slots and museums: one statement for all."""
    found = list(reservations)
    slots = _slots([one.offer_id for one in found], scope)
    return [Visit(one, slots[one.offer_id]) for one in found if one.offer_id in slots]


def _slots(offers: Sequence[UUID], scope: Scope) -> Mapping[UUID, Slot]:
    rows = Slot.objects.filter(scope.q("museum__unit"), offer__in=offers)
    rows = rows.select_related("museum__unit__place", "offer", "hall")
    return {slot.offer_id: slot for slot in rows}


@dataclass(frozen=True)
class Waiting:
    """A waiting list entry with the slots it is for, and what is held for it now."""

    wish: Wish
    slots: tuple[Slot, ...]
    offered: Slot | None

    @property
    def museum(self) -> Museum:
        """The museum; all slots are of one."""
        return self.slots[0].museum


def waiting(visitor_id: UUID, scope: Scope) -> list[Waiting]:
    """Return a visitor's entries, what is offered first, then what waits, then the latest of the others."""
    rows = Wish.objects.filter(association_id=scope.association_id, holder_id=visitor_id)
    wishes = list(rows.select_related("reservation__offer").order_by("-made_at")[:50])
    slots = _slots([offer for wish in wishes for offer in wish.offers], scope)
    order = {Wish.State.OFFERED: 0, Wish.State.WAITING: 1}
    shown = [_waiting(wish, slots) for wish in wishes if any(one in slots for one in wish.offers)]
    return sorted(shown, key=lambda one: order.get(Wish.State(one.wish.state), 2))


def _waiting(wish: Wish, slots: Mapping[UUID, Slot]) -> Waiting:
    found = sorted((slots[one] for one in wish.offers if one in slots), key=lambda one: one.offer.starts_at)
    held = wish.reservation if wish.state == Wish.State.OFFERED else None
    return Waiting(wish, tuple(found), slots.get(held.offer_id) if held else None)


def own_wish(wish_id: UUID, visitor_id: UUID, scope: Scope) -> Wish:
    """Return one of a visitor's entries, or raise NotFound."""
    rows = Wish.objects.filter(association_id=scope.association_id, holder_id=visitor_id)
    found = rows.select_related("reservation").filter(pk=wish_id).first()
    if found is None:
        raise NotFound("wish")
    return found


def groups_of(visitor_id: UUID, scope: Scope) -> QuerySet[GroupRequest]:
    """Return the groups that a visitor asked for, the latest first."""
    rows = GroupRequest.objects.filter(scope.q("slot__museum__unit"), visitor_id=visitor_id)
    return rows.select_related("slot__offer", "slot__museum__unit", "reservation").order_by("-made_at")


def own_group(code: str, visitor_id: UUID, scope: Scope) -> GroupRequest:
    """Return one of a visitor's groups by its code, or raise NotFound."""
    found = groups_of(visitor_id, scope).filter(code=code.lower()).first()
    if found is None:
        raise NotFound("group")
    return found


@dataclass(frozen=True)
class Restriction:
    """A block of the visitor's account at a museum."""

    block: Block
    museum: Museum
    is_in_force: bool


def restrictions(visitor_id: UUID, scope: Scope, *, now: dt.datetime) -> list[Restriction]:
    """Return the blocks of a visitor's account, those in force first; old ones only if they were appealed against."""
    rows = Block.objects.filter(
        Q(until__gt=now, lifted_at=None) | ~Q(appeal=""),
        association_id=scope.association_id, holder_id=visitor_id,
    ).order_by("-until")[:20]  # fmt: skip
    found = list(rows)
    museums = Museum.objects.filter(scope.q(), unit__in=[one.venue_id for one in found]).select_related(
        "unit"
    )
    by_unit = {museum.unit_id: museum for museum in museums}
    shown = [
        Restriction(one, by_unit[one.venue_id], one.lifted_at is None and one.until > now)
        for one in found
        if one.venue_id in by_unit
    ]
    return sorted(shown, key=lambda one: not one.is_in_force)


def own_block(block_id: UUID, visitor_id: UUID, scope: Scope) -> Block:
    """Return one block of a visitor's account, or raise NotFound."""
    found = Block.objects.filter(
        association_id=scope.association_id, holder_id=visitor_id, pk=block_id
    ).first()
    if found is None:
        raise NotFound("block")
    return found


def moved_to(reservation: Reservation) -> Reservation | None:
    """Return the reservation that a visitor moved this one to."""
    rows = Reservation.objects.filter(
        association_id=reservation.association_id,
        holder_id=reservation.holder_id,
        moved_from_id=reservation.pk,
    )
    return rows.select_related("offer").first()
