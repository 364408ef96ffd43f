"""What a museum's gates need: the day's list, and who a ticket belongs to."""

import datetime as dt
import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.queries.rules import rules_on
from kexie.foundation.visitors import details
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.capacity.models import Block, Channel, Device, Offer, Passage, Reservation, Seat
from kexie.platform.capacity.operations import passages
from kexie.platform.tickets import daylist
from kexie.platform.tickets.daylist import Head, Person, Row, State
from kexie.platform.tickets.token import Flags, tag_of

# What was committed a little late must not be missed: changes are asked for from this long before the last list.
_OVERLAP = dt.timedelta(seconds=30)
_TAIL_KEY_BYTES = 16
_DAY_MINUTES = 24 * 60
_FLAGS: dict[str, Flags] = {Channel.GROUP: Flags.GROUP, Channel.PRIORITY: Flags.PRIORITY}
_STATES = {
    "HELD": State.HELD,
    "CONFIRMED": State.CONFIRMED,
    "CANCELLED": State.CANCELLED,
    "EXPIRED": State.EXPIRED,
    "USED": State.CONFIRMED,
    "NO_SHOW": State.CONFIRMED,  # whoever comes late on the same day has a ticket all the same
}


class _Booked(NamedTuple):
    """What is read of a reservation: a quarter of a million of them become no model instances."""

    id: UUID
    code: str
    offer_id: UUID
    size: int
    state: str
    channel: str
    details: bytes
    key: str


@dataclass(frozen=True)
class _Gone:
    """How many of a reservation went in and out, and when and where the first did."""

    entered: int
    left: int
    first: Passage | None


_NOBODY = _Gone(0, 0, None)


def venue_of(museum: Museum) -> UUID:
    """Return the id by which capacity knows the museum."""
    return museum.unit_id


def museum_of(device: Device) -> Museum:
    """Return the museum whose gates the device stands at."""
    scope = Scope(association_id=device.association_id)
    return Museum.objects.filter(scope.q()).select_related("unit").get(unit_id=device.venue_id)


def tail_key(venue_id: UUID, day: dt.date) -> bytes:
    """Return the key of the digests in one day's list; it says nothing about another day's."""
    digest = crypto.keyed_digest(f"gate tails:{venue_id}:{day}")
    return bytes.fromhex(digest)[:_TAIL_KEY_BYTES]


def day_list(
    museum: Museum, day: dt.date, *, now: dt.datetime, since: dt.datetime | None = None
) -> tuple[Head, list[Row]]:
    """Return the day's list; with `since`, the rows that changed from that moment on."""
    of = _Day(museum, day)
    found = of.reservations()
    if since:
        found = found.filter(of.changed(since - _OVERLAP))
    return of.head(now=now, is_full=since is None), of.rows(found)


def rows_of(museum: Museum, day: dt.date, ids: Iterable[UUID], *, now: dt.datetime) -> tuple[Head, list[Row]]:
    """Return only these reservations of the day, as changes of its list."""
    of = _Day(museum, day)
    return of.head(now=now, is_full=False), of.rows(of.reservations().filter(pk__in=list(ids)))


class _Day:
    """One day of a museum, with what all rows of its list share, each read once."""

    def __init__(self, museum: Museum, day: dt.date) -> None:
        self.museum, self.day = museum, day
        self.where = {"association_id": museum.association_id, "venue_id": venue_of(museum)}
        self.key = tail_key(venue_of(museum), day)

    def head(self, *, now: dt.datetime, is_full: bool) -> Head:
        return Head(
            venue_tag=tag_of(venue_of(self.museum)),
            day=self.day,
            cursor=now.isoformat(),
            is_full=is_full,
            slots=[
                (_minute(one.starts_at), _minute(one.last_entry_at), _minute(one.ends_at))
                for one in self.offers
            ],
            gates=[one.gate or one.name for one in self.devices],
            tail_key=self.key,
            settings={
                "early": rules_on(
                    self.museum.pk, self.day, Scope(association_id=self.museum.association_id)
                ).early_minutes,
                "cap": self.museum.instant_cap or 0,
                "names": [one.label for one in self.offers],
                "offset": _utc_offset(now),
            },
        )

    def rows(self, found: QuerySet[Reservation]) -> list[Row]:
        plain = found.values_list(*_Booked._fields)
        with _uncollected():
            return [self._row(_Booked(*one)) for one in plain.iterator(chunk_size=5000)]

    @cached_property
    def offers(self) -> list[Offer]:
        return list(Offer.objects.filter(**self.where, day=self.day).order_by("starts_at", "pk"))

    @cached_property
    def devices(self) -> list[Device]:
        found = Device.objects.filter(**self.where).order_by("made_at", "pk")
        return list(found[: daylist.NO_GATE])

    @cached_property
    def _places(self) -> dict[UUID, int]:
        return {one.pk: number for number, one in enumerate(self.offers)}

    @cached_property
    def _gates(self) -> dict[UUID | None, int]:
        return {one.pk: number for number, one in enumerate(self.devices)}

    def reservations(self) -> QuerySet[Reservation]:
        return Reservation.objects.filter(**self.where, day=self.day)

    def changed(self, since: dt.datetime) -> Q:
        """Reservations that were made, confirmed or ended, and those with something at a gate, since a moment."""
        seen = self._passages().filter(Q(received_at__gte=since) | Q(settled_at__gte=since))
        moments = Q(made_at__gte=since) | Q(confirmed_at__gte=since) | Q(ended_at__gte=since)
        return moments | Q(pk__in=seen.values("reservation_id"))

    def _passages(self) -> QuerySet[Passage]:
        return Passage.objects.filter(**self.where, day=self.day, reservation__isnull=False)

    @cached_property
    def _gone(self) -> dict[UUID, _Gone]:
        """Return who went in and out, by reservation; reservations nobody came for are not in it."""
        counted = self._passages().filter(verdict__in=passages.COUNTED)
        sums = counted.values("reservation_id").annotate(
            entered=Sum("count", filter=Q(direction="IN"), default=0),
            left=Sum("count", filter=Q(direction="OUT"), default=0),
        )
        firsts = counted.filter(direction="IN").order_by("reservation_id", "at", "device_id", "sequence")
        first = {one.reservation_id: one for one in firsts.distinct("reservation_id")}
        return {
            one["reservation_id"]: _Gone(one["entered"], one["left"], first.get(one["reservation_id"]))
            for one in sums
        }

    @cached_property
    def _barred(self) -> set[UUID]:
        """Return the reservations with somebody whom staff barred from the museum by hand.

        Blocks that follow from not coming stop further bookings only; what was booked before stays good.
        """
        barred = Block.objects.filter(
            **self.where,
            made_by_id__isnull=False,
            lifted_at=None,
            since__date__lte=self.day,
            until__date__gte=self.day,
        )
        seats = Seat.objects.filter(
            association_id=self.museum.association_id,
            is_active=True,
            identity__in=barred.values("subject"),
            reservation__venue_id=venue_of(self.museum),
            reservation__day=self.day,
        )
        return set(seats.values_list("reservation_id", flat=True))

    def _row(self, one: _Booked) -> Row:
        people, gone = _opened(one.details, one.key), self._gone.get(one.id, _NOBODY)
        state = _STATES[one.state]
        return Row(
            id=one.id,
            code=one.code,
            slot=self._places.get(one.offer_id, 0),
            size=one.size,
            state=State.BLOCKED if state is State.CONFIRMED and one.id in self._barred else state,
            entered=gone.entered,
            left=gone.left,
            gate=self._gates.get(gone.first.device_id, daylist.NO_GATE) if gone.first else daylist.NO_GATE,
            minute=_minute(gone.first.at) if gone.first else 0,
            flags=_FLAGS.get(one.channel, Flags.NONE) | _minors(people, self.day),
            people=tuple(Person(person.masked_name, self._tail(person)) for person in people),
        )

    def _tail(self, person: details.Person) -> bytes:
        return daylist.tail_of(person.number or person.name, self.key)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: all that is made here stays, and each look would go through the whole of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def party(one: Reservation) -> tuple[details.Person, ...]:
    """Return the persons of a reservation; nobody where no names were given (a walk-in, a group without roster yet)."""
    return _opened(bytes(one.details), one.key)


def _opened(sealed: bytes, key: str) -> tuple[details.Person, ...]:
    if not sealed:
        return ()
    try:
        return details.from_bytes(sealed, context=key.encode())
    except crypto.Unreadable:
        return ()  # a key was lost: the ticket still opens the gate, only without names


def by_number(museum: Museum, day: dt.date, number: str) -> list[UUID]:
    """Return the reservations of the day with the person who has this document number, whatever kind it is."""
    identities = [
        details.Person(name="", document=document, number=number).digest
        for document, _label in details.DOCUMENTS
        if document != details.NO_DOCUMENT
    ]
    seats = Seat.objects.filter(
        association_id=museum.association_id,
        identity__in=set(identities),
        reservation__venue_id=venue_of(museum),
        reservation__day=day,
    )
    return list(seats.values_list("reservation_id", flat=True).distinct())


def _minors(people: Iterable[details.Person], day: dt.date) -> Flags:
    return Flags.MINORS if any(person.is_child_on(day) for person in people) else Flags.NONE


def _utc_offset(now: dt.datetime) -> int:
    """Return how many minutes the venue's clocks are ahead of UTC."""
    return (timezone.localtime(now).utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)


def _minute(moment: dt.datetime) -> int:
    local = timezone.localtime(moment)
    return min(local.hour * 60 + local.minute, _DAY_MINUTES)
