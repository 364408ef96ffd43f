"""A museum that is open, for the tests of opening, slots and shows."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

from kexie.contexts.museums.models import (
    BookingRules,
    ClosedDay,
    Hall,
    Museum,
    MuseumStage,
    ShowTime,
    Slot,
    SlotPattern,
    SpecialDay,
)
from kexie.contexts.museums.operations import generation
from kexie.ledger import operations as ledger
from kexie.ledger.models import Series
from kexie.platform.capacity.models import Offer, Pool, Reservation
from tests.ledger import build

# A Tuesday morning in Fuyang.
NOW = dt.datetime(2025, 7, 1, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 7, 1)
WEDNESDAY, SATURDAY, NEXT_TUESDAY = dt.date(2025, 7, 2), dt.date(2025, 7, 5), dt.date(2025, 7, 8)


@dataclass
class Place:
    """A world with one open museum (Wednesday to Sunday, 9:00 to 16:30, 400 a day, 150 at once)."""

    world: build.World

    @cached_property
    def museum(self) -> Museum:
        unit = self.world.museums[0]
        museum = Museum.objects.create(
            association=self.world.association, unit=unit, area=unit.area, name=unit.name, level="COUNTY",
            opens_at=dt.time(9), closes_at=dt.time(16, 30), last_entry_at=dt.time(16), instant_cap=150,
            daily_cap=400, exhibition_area=1000,
        )  # fmt: skip
        self.stage(museum, "OPEN", dt.date(2024, 1, 1))
        return museum

    def stage(self, museum, stage, day):
        record = MuseumStage(
            association=museum.association, unit=museum.unit, area=museum.area, museum=museum, stage=stage, occurred_on=day
        )  # fmt: skip
        ledger.draft(record=record, actor=self.actor, now=build.NOW, scope=self.world.scope)
        ledger.confirm(records=[record], actor=self.actor, now=build.NOW, scope=self.world.scope)

    @property
    def actor(self):
        return self.world.account

    def own(self, **values):
        museum = self.museum
        return {"association": museum.association, "unit": museum.unit, "area": museum.area, **values}

    def pattern(self, name="上午", start=9, end=12, **values):
        given = {"capacity": 100, "valid_from": dt.date(2025, 1, 1), **values}
        return SlotPattern.objects.create(
            **self.own(name=name, museum=self.museum),
            starts_at=dt.time(start), ends_at=dt.time(end), last_entry_at=dt.time(end - 1, 30), **given,
        )  # fmt: skip

    def hall(self, seats=60, name="科学剧场"):
        return Hall.objects.create(**self.own(name=name, use="THEATRE", seats=seats))

    def show(self, hall, hour=10, name="液氮奇境", **values):
        series, _made = Series.objects.get_or_create(
            association=self.museum.association, kind="SHOW", name=name, defaults={"unit": self.museum.unit}
        )
        given = {"weekdays": "34567", "minutes": 30, "valid_from": dt.date(2025, 1, 1), **values}
        return ShowTime.objects.create(
            **self.own(name=name), series=series, hall=hall, starts_at=dt.time(hour), **given
        )

    def rules(self, day=dt.date(2025, 1, 1), **values):
        return BookingRules.objects.create(
            association=self.museum.association, museum=self.museum, valid_from=day, made_at=NOW, **values
        )

    def closed(self, day, **values):
        record = ClosedDay(**self.own(occurred_on=day, reason="POWER", **values))
        return ledger.draft(record=record, actor=self.actor, now=NOW, scope=self.world.scope)

    def special(self, day, **values):
        return SpecialDay.objects.create(
            association=self.museum.association, museum=self.museum, day=day, made_by=self.actor, made_at=NOW, **values
        )  # fmt: skip

    def generate(self, days=14, now=NOW):
        until = TODAY + dt.timedelta(days=days)
        self.museum.refresh_from_db()
        return generation.generate(museum=self.museum, until=until, actor=None, now=now)

    def slots(self, **values):
        return (
            Slot.objects.filter(museum=self.museum, **values)
            .select_related("offer")
            .order_by("offer__starts_at")
        )

    def slot(self, day, **values):
        return self.slots(offer__day=day, **values).first()

    def pool(self, slot, channel=""):
        return Pool.objects.get(offer=slot.offer_id, channel=channel)

    def take(self, slot, size, **values):
        """Take places as the engine leaves them, in the day's pool too."""
        offer = Offer.objects.get(pk=slot.offer_id)
        pools = [self.pool(slot), *Pool.objects.filter(pk__in=offer.shared)]
        for pool in pools:
            Pool.objects.filter(pk=pool.pk).update(taken=pool.taken + size)
        given = {"channel": "PUBLIC", "state": "CONFIRMED", "confirmed_at": NOW, **values}
        return Reservation.objects.create(
            association_id=offer.association_id, key=str(uuid4()), code=str(uuid4())[:12], offer=offer,
            venue_id=offer.venue_id, day=offer.day, size=size, pools=[pool.pk for pool in pools],
            amounts=[size] * len(pools), made_at=NOW, **given,
        )  # fmt: skip
