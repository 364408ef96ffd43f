"""A museum's day for the tests of the desk: people book, come or do not come."""

import datetime as dt
import itertools
from functools import cached_property

from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries import booking as queries
from kexie.foundation.visitors import details
from kexie.foundation.visitors import operations as visitors
from kexie.kernel.codes import synthetic_resident_id
from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Device, Reservation
from kexie.platform.capacity.operations.passages import Batch, Note, receive
from tests.museums.opening.build import Place

# Wednesday, the day before it (when people book), and after the morning's slot with its grace time.
DAY = dt.date(2025, 7, 2)
BOOKED_AT = dt.datetime(2025, 7, 1, 6, 0, tzinfo=dt.UTC)
MORNING = dt.datetime(2025, 7, 2, 2, 0, tzinfo=dt.UTC)
NOON = dt.datetime(2025, 7, 2, 4, 40, tzinfo=dt.UTC)
EVENING = dt.datetime(2025, 7, 2, 10, 0, tzinfo=dt.UTC)
_number = itertools.cycle(range(100, 500))  # more people than any test has; an explicit serial stays below


def number(born: str = "19800101", serial: int | None = None) -> str:
    """A resident number with a right check digit that nobody has."""
    birth = dt.datetime.strptime(born, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    return synthetic_resident_id(serial or next(_number), birth_date=birth, is_male=True)


def person(name: str = "张晓明", born: str = "19800101", serial: int | None = None) -> details.Person:
    """Somebody with an identity card."""
    birth = dt.datetime.strptime(born, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    return details.Person(name=name, number=number(born, serial), birth_date=birth)


class House(Place):
    """The open museum with a morning and an afternoon slot of 100, its gate, and visitors."""

    @cached_property
    def ready(self):
        self.pattern("上午", 9, 12)
        self.pattern("下午", 13, 16)
        self.generate()
        return True

    def slot_on(self, day=DAY, title="上午"):
        assert self.ready
        return self.slots(offer__day=day, title=title).get()

    def facts(self, day=DAY, title="上午"):
        return queries.slot_facts(self.slot_on(day, title).pk, self.world.scope)

    def visitor(self, phone="13800000001"):
        return visitors.ensure(association=self.world.association, phone=phone, now=BOOKED_AT)

    def book(self, *party, phone="13800000001", title="上午", day=DAY, now=None, **values):
        """A reservation by a visitor, for one adult unless said otherwise."""
        wanted = booking.Wanted(
            slot=self.facts(day, title), key=str(uuid7()), visitor_id=self.visitor(phone).pk,
            party=party or (person(),), **values,
        )  # fmt: skip
        placed = booking.book(
            wanted, now=now or dt.datetime.combine(day, dt.time(0), dt.UTC) - dt.timedelta(hours=12)
        )
        return Reservation.objects.get(pk=placed.id)

    @cached_property
    def device(self):
        return Device.objects.create(
            association_id=self.museum.association_id, venue_id=self.museum.unit_id, name="1号门", gate="1号门",
            made_at=BOOKED_AT, paired_at=BOOKED_AT, token_digest="t", seen_at=BOOKED_AT,
        )  # fmt: skip

    def gate(self, *notes, now=MORNING):
        """Let the gate tell these notes now."""
        return receive(device=self.device, batch=Batch(sent_at=now, notes=notes), now=now)

    def note(self, reservation=None, count=1, at=MORNING, **values):
        given = {"direction": "IN", "kind": "TICKET" if reservation else "WALK_IN", **values}
        return Note(
            id=uuid7(), sequence=next(_number), at=at, count=count,
            reservation_id=reservation.pk if reservation else None, **given,
        )  # fmt: skip

    def come(self, reservation, count=None, now=MORNING):
        self.gate(self.note(reservation, count or reservation.size, at=now), now=now)
        reservation.refresh_from_db()
        return reservation


__all__ = ["BOOKED_AT", "DAY", "EVENING", "MORNING", "NOON", "House", "number", "person"]
