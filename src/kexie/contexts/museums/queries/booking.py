"""What booking needs to know of a slot, remembered for a moment by each process; reservations of a visitor."""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from kexie.contexts.museums.models import BookingRules, Slot
from kexie.contexts.museums.queries.rules import rules_on
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Offer, Reservation

_SECONDS, _RENEWED_AFTER = 2.0, 1.5
_MOST = 5000


@dataclass(frozen=True, kw_only=True)
class SlotFacts:
    """A slot with its offer, counters by channel ("" is the total) and the rules in force on its day."""

    id: UUID
    association_id: UUID
    museum_id: UUID
    venue_id: UUID
    unit_path: str
    code: str
    museum: str
    kind: str
    title: str
    offer: Offer
    pools: Mapping[str, UUID]
    rules: BookingRules

    @property
    def day(self) -> dt.date:
        """The day of the visit."""
        return self.offer.day

    def counters(self, channel: str) -> tuple[UUID, ...]:
        """Return the counters an order of this channel raises: total, the channel's quota if any, shared ones."""
        own = (self.pools[""], *((self.pools[channel],) if channel in self.pools else ()))
        return (*own, *self.offer.shared)


def slot_facts(slot_id: UUID, scope: Scope) -> SlotFacts:
    """Return the facts of one slot in scope, or raise NotFound; three statements."""
    rows = Slot.objects.filter(scope.q("museum__unit")).select_related("offer", "museum__unit")
    slot = rows.filter(pk=slot_id).first()
    if slot is None:
        raise NotFound("slot")
    unit = slot.museum.unit
    return SlotFacts(
        id=slot.pk,
        association_id=slot.association_id,
        museum_id=slot.museum_id,
        venue_id=unit.pk,
        unit_path=unit.path,
        code=unit.code,
        museum=slot.museum.name,
        kind=slot.kind,
        title=slot.title,
        offer=slot.offer,
        pools=dict(slot.offer.pools.values_list("channel", "pk")),
        rules=rules_on(slot.museum_id, slot.offer.day, Scope(association_id=slot.association_id)),
    )


_remembered: dict[tuple[UUID, UUID], tuple[SlotFacts, float]] = {}
_renewing: dict[UUID, float] = {}


def recent_slot_facts(slot_id: UUID, association_id: UUID) -> SlotFacts:
    """As slot_facts over the whole association, at most two seconds old.

    What must be exact (places, whether the counter is open) is asked again under its lock.
    """
    found = _remembered.get((association_id, slot_id))
    if found and time.monotonic() - found[1] < _RENEWED_AFTER:
        return found[0]
    return _remember(slot_id, association_id)


def remembered_slot_facts(slot_id: UUID, association_id: UUID) -> SlotFacts | None:
    """As recent_slot_facts, but None when the database would have to be asked.

    Of those who ask for what will soon be too old, one is told so early, to read it anew while the others go on.
    """
    found = _remembered.get((association_id, slot_id))
    age = time.monotonic() - found[1] if found else _SECONDS
    if found is None or age >= _SECONDS:
        return None
    if age > _RENEWED_AFTER and time.monotonic() - _renewing.get(slot_id, 0.0) > _SECONDS:
        _renewing[slot_id] = time.monotonic()
        return None
    return found[0]


def _remember(slot_id: UUID, association_id: UUID) -> SlotFacts:
    if len(_remembered) > _MOST:
        _remembered.clear()
        _renewing.clear()
    facts = slot_facts(slot_id, Scope(association_id=association_id))
    _remembered[association_id, slot_id] = (facts, time.monotonic())
    return facts


def forget_slots() -> None:
    """Forget remembered slots (between tests)."""
    _remembered.clear()
    _renewing.clear()


def reservations_of(visitor_id: UUID, association_id: UUID) -> QuerySet[Reservation]:
    """Return a visitor's reservations, the latest visit first."""
    rows = Reservation.objects.filter(association_id=association_id, holder_id=visitor_id)
    return rows.select_related("offer").order_by("-day", "-made_at")


def own_reservation(code: str, visitor_id: UUID, association_id: UUID) -> Reservation:
    """Return one reservation of a visitor by its code, or raise NotFound: somebody else's is not there."""
    found = reservations_of(visitor_id, association_id).filter(code=code.lower()).first()
    if found is None:
        raise NotFound("reservation")
    return found


def slot_of(reservation: Reservation) -> SlotFacts:
    """Return the slot that a reservation is for."""
    slot = Slot.objects.only("pk").get(
        association_id=reservation.association_id, offer_id=reservation.offer_id
    )
    return recent_slot_facts(slot.pk, reservation.association_id)
