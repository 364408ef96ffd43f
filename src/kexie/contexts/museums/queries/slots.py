"""Slots with their places and who is booked in them: for lists, calendars and changes of many at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, Slot, SlotChange
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Offer, Pool, Reservation

TOTAL = ""


@dataclass(frozen=True)
class Selection:
    """Which slots of a museum: days, weekdays (1 to 7), times of beginning, kind, or single ones by id."""

    period: Period
    weekdays: str = "1234567"
    since_time: dt.time | None = None
    until_time: dt.time | None = None
    kind: str = ""
    state: str = ""
    ids: frozenset[UUID] = frozenset()

    def takes(self, slot: Slot) -> bool:
        """Whether a slot of the period belongs to it."""
        starts = timezone.localtime(slot.offer.starts_at)
        if self.ids and slot.pk not in self.ids:
            return False
        early = self.since_time is not None and starts.time() < self.since_time
        late = self.until_time is not None and starts.time() > self.until_time
        return str(starts.isoweekday()) in self.weekdays and not early and not late


@dataclass(frozen=True, kw_only=True)
class SlotRow:
    """A slot with its counters by channel ("" is the total) and who is booked: reservations and people."""

    slot: Slot
    pools: Mapping[str, Pool] = field(default_factory=dict)
    reservations: int = 0
    people: int = 0

    @property
    def offer(self) -> Offer:
        """The offer that holds times and state."""
        return self.slot.offer

    @property
    def total(self) -> Pool:
        """The counter of all places."""
        return self.pools[TOTAL]

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self.total.taken

    @property
    def is_sinking(self) -> bool:
        """Whether fewer places are wanted than are taken."""
        return self.total.wanted < self.total.capacity

    @property
    def span(self) -> str:
        """The times of the slot."""
        return span(self.offer)


@dataclass(frozen=True, kw_only=True)
class DaySum:
    """All entry slots of a day together."""

    slots: int = 0
    capacity: int = 0
    taken: int = 0


def span(offer: Offer) -> str:
    """Return an offer's times, as in 09:00–12:00."""
    starts, ends = timezone.localtime(offer.starts_at), timezone.localtime(offer.ends_at)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def slots(museum: Museum, period: Period, scope: Scope) -> QuerySet[Slot]:
    """Return a museum's slots of some days with their times, the earliest first."""
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, offer__day__lt=period.end)
    if period.start:
        rows = rows.filter(offer__day__gte=period.start)
    rows = rows.select_related("offer", "hall", "series", "pattern")
    return rows.order_by("offer__starts_at", "kind", "id")


def select(museum: Museum, selection: Selection, scope: Scope) -> list[SlotRow]:
    """Return the slots of a selection with their places and people: three queries."""
    rows = slots(museum, selection.period, scope)
    if selection.kind:
        rows = rows.filter(kind=selection.kind)
    if selection.state:
        rows = rows.filter(offer__state=selection.state)
    return with_places([slot for slot in rows if selection.takes(slot)])


def slot_row(museum: Museum, slot_id: UUID, scope: Scope) -> SlotRow:
    """Return one slot of a museum, or raise NotFound."""
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, pk=slot_id)
    found = rows.select_related("offer", "hall", "series", "pattern").first()
    if found is None:
        raise NotFound(_("没有找到这个时段。"))
    return with_places([found])[0]


def by_id(museum: Museum, ids: Collection[UUID], scope: Scope) -> list[SlotRow]:
    """Return these slots of a museum, the earliest first."""
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, pk__in=ids)
    return with_places(
        list(rows.select_related("offer", "hall", "series", "pattern").order_by("offer__starts_at", "id"))
    )


# What people come for: entry, or one show. They can be moved to what is the same.
OnAt = tuple[str, UUID | None]


def what_is_on(slot: Slot) -> OnAt:
    """Return what a slot is for."""
    return slot.kind, slot.series_id if slot.kind == Slot.Kind.SHOW else None


def on_at(ids: Collection[UUID]) -> frozenset[OnAt]:
    """Return for what slots are that were chosen from a museum's own; no query where none were."""
    rows = Slot.objects.filter(pk__in=ids).only("kind", "series_id") if ids else ()
    return frozenset(what_is_on(slot) for slot in rows)


def with_places(found: Sequence[Slot]) -> list[SlotRow]:
    """Return slots with their counters and the number of reservations and people: two queries."""
    ids = [slot.offer_id for slot in found]
    pools: dict[UUID, dict[str, Pool]] = defaultdict(dict)
    for pool in Pool.objects.filter(offer__in=ids):
        if pool.offer_id is not None:
            pools[pool.offer_id][pool.channel] = pool
    booked = _booked(ids)
    return [
        SlotRow(
            slot=slot,
            pools=pools[slot.offer_id],
            reservations=booked.get(slot.offer_id, (0, 0))[0],
            people=booked.get(slot.offer_id, (0, 0))[1],
        )
        for slot in found
    ]


def _booked(offers: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    rows = Reservation.objects.filter(offer__in=offers, state__in=Reservation.ACTIVE)
    found = rows.values_list("offer").annotate(Count("id"), Sum("size"))
    return {offer: (count, people) for offer, count, people in found}


def day_sums(rows: Iterable[SlotRow]) -> dict[dt.date, DaySum]:
    """Return the entry slots of each day together; cancelled ones offer nothing."""
    grouped: dict[dt.date, list[SlotRow]] = defaultdict(list)
    for row in rows:
        if row.slot.kind == Slot.Kind.ENTRY and row.offer.state != Offer.State.CANCELLED:
            grouped[row.offer.day].append(row)
    return {
        day: DaySum(
            slots=len(many),
            capacity=sum(row.total.capacity for row in many),
            taken=sum(row.taken for row in many),
        )
        for day, many in grouped.items()
    }


def active(offers: Collection[UUID]) -> QuerySet[Reservation]:
    """Return the reservations and holds of offers that still stand, the latest made first."""
    rows = Reservation.objects.filter(offer__in=offers, state__in=Reservation.ACTIVE)
    return rows.order_by("-made_at", "-id")


def changes(museum: Museum, scope: Scope) -> QuerySet[SlotChange]:
    """Return what was changed of a museum's slots, the latest first."""
    rows = SlotChange.objects.filter(scope.q("museum__unit"), museum=museum)
    return rows.select_related("made_by", "undone_by").order_by("-made_at")


def change(museum: Museum, change_id: UUID, scope: Scope) -> SlotChange:
    """Return one change, or raise NotFound."""
    found = changes(museum, scope).filter(pk=change_id).first()
    if found is None:
        raise NotFound(_("没有找到这次调整。"))
    return found
