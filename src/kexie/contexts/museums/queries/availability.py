"""Which slots and shows a museum offers, and how many places are left: two statements, however many days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from kexie.contexts.museums.models import Museum, Slot
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Channel, Offer, Pool


class Stand(StrEnum):
    """What a visitor can do about a slot."""

    FREE = "FREE"
    FULL = "FULL"
    NOT_YET = "NOT_YET"
    OVER = "OVER"
    PAUSED = "PAUSED"
    NO_BOOKING = "NO_BOOKING"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One slot or show with the places a visitor may still take."""

    id: UUID
    offer_id: UUID
    kind: str
    title: str
    hall: str
    audience: str
    needs_booking: bool
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    last_entry_at: dt.datetime
    opens_at: dt.datetime
    closes_at: dt.datetime
    state: str
    capacity: int
    left: int

    def stand(self, now: dt.datetime) -> Stand:
        """Return how it stands at a moment."""
        if now >= self.closes_at:
            return Stand.OVER
        if self.state != Offer.State.OPEN:
            return Stand.PAUSED
        if not self.needs_booking:
            return Stand.NO_BOOKING
        if now < self.opens_at:
            return Stand.NOT_YET
        return Stand.FREE if self.left > 0 else Stand.FULL

    def can_wait(self, now: dt.datetime) -> bool:
        """Whether the waiting list takes people for it."""
        return self.stand(now) == Stand.FULL


# Channel, capacity and what is left of a counter.
Counter = tuple[str, int, int]


def places(
    museum: Museum, period: Period, scope: Scope, *, channel: str = Channel.PUBLIC, kind: str = ""
) -> list[Place]:
    """Return a museum's slots and shows of some days that are not cancelled, the earliest first."""
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, offer__day__lt=period.end)
    rows = rows.exclude(offer__state=Offer.State.CANCELLED)
    if period.start:
        rows = rows.filter(offer__day__gte=period.start)
    if kind:
        rows = rows.filter(kind=kind)
    # Plain values: a month has hundreds, and making instances of them would be most of the work.
    found = list(rows.order_by("offer__starts_at", "pk").values_list("offer__shared", *_COLUMNS))
    shared_pools = {pool for shared, *_rest in found for pool in shared}
    counters = _counters([row[_OFFER] for row in found], shared_pools, channel)
    return [_place(shared, values, counters) for shared, *values in found]


# As `Place` has them.
_COLUMNS = {
    "pk": "id",
    "offer_id": "offer_id",
    "kind": "kind",
    "title": "title",
    "hall__name": "hall",
    "audience": "audience",
    "needs_booking": "needs_booking",
    "offer__day": "day",
    "offer__starts_at": "starts_at",
    "offer__ends_at": "ends_at",
    "offer__last_entry_at": "last_entry_at",
    "offer__opens_at": "opens_at",
    "offer__closes_at": "closes_at",
    "offer__state": "state",
}
_NAMES, _OFFER = tuple(_COLUMNS.values()), 2


def _counters(offers: Sequence[UUID], shared: Iterable[UUID], channel: str) -> Mapping[UUID, list[Counter]]:
    """Return the counters of each offer, and each shared counter by its own id."""
    found: dict[UUID, list[Counter]] = defaultdict(list)
    own = Q(offer__in=offers, channel__in=("", channel))
    pools = Pool.objects.filter(own | Q(pk__in=set(shared)))
    # A shared counter belongs to no offer.
    values: Iterable[tuple[UUID, UUID | None, str, int, int, bool]] = pools.values_list(
        "pk", "offer_id", "channel", "capacity", "taken", "is_open"
    )
    for pk, offer, of, capacity, taken, is_open in values:
        found[offer or pk].append((of, capacity, capacity - taken if is_open else 0))
    return found


def _place(shared: Iterable[UUID], values: Sequence[Any], counters: Mapping[UUID, list[Counter]]) -> Place:
    named = dict(zip(_NAMES, values, strict=True))
    own = counters.get(named["offer_id"], [])
    others = [one for pool in shared for one in counters.get(pool, [])]
    left = min((left for _channel, _capacity, left in (*own, *others)), default=0)
    named["hall"] = named["hall"] or ""
    capacity = min((capacity for _channel, capacity, _left in own), default=0)
    return Place(**named, capacity=capacity, left=max(left, 0))
