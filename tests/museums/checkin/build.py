"""A museum with a day's slot, bookings and a paired scanner, for tests of the gates."""

import datetime as dt
import itertools
import json

from django.test import Client
from django.utils import timezone

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.queries import gate
from kexie.foundation.visitors import details
from kexie.kernel import codes
from kexie.kernel.ids import short_code, uuid7
from kexie.platform.capacity.models import Device, Offer, Reservation, Seat
from kexie.platform.capacity.operations import devices
from kexie.platform.tickets import token
from tests.architecture.access_rows import World
from tests.architecture.access_rows.museum_desk import museum as museum_of

_numbers = itertools.count(1)
NAMES = ("张小三", "李丽", "王五", "欧阳明月", "赵一一")


def person(name: str, born: dt.date = dt.date(1990, 1, 1)) -> details.Person:
    number = codes.synthetic_resident_id(next(_numbers), birth_date=born, is_male=True)
    return details.Person(name=name, number=number, birth_date=born)


def offer(museum: Museum, *, starts_at: dt.datetime, hours: int = 2) -> Offer:
    """A slot at the museum, within one day."""
    midnight = timezone.localtime(starts_at).replace(hour=23, minute=59, second=0, microsecond=0)
    ends_at = min(starts_at + dt.timedelta(hours=hours), midnight)
    return Offer.objects.create(
        association_id=museum.association_id, venue_id=gate.venue_of(museum), label="入馆",
        day=timezone.localdate(starts_at), starts_at=starts_at, ends_at=ends_at,
        last_entry_at=ends_at - dt.timedelta(minutes=1), opens_at=starts_at - dt.timedelta(days=7), closes_at=ends_at,
    )  # fmt: skip


def booking(of: Offer, *people: details.Person, **options) -> Reservation:
    """A confirmed reservation of these people."""
    key = f"key{next(_numbers)}"
    made = Reservation.objects.create(**{
        "id": uuid7(), "association_id": of.association_id, "key": key, "code": short_code(), "offer": of,
        "venue_id": of.venue_id, "day": of.day, "channel": "PUBLIC", "size": len(people), "pools": [], "amounts": [],
        "details": details.to_bytes(people, context=key.encode()), "state": "CONFIRMED",
        "made_at": of.opens_at, "confirmed_at": of.opens_at, **options,
    })  # fmt: skip
    Seat.objects.bulk_create(
        Seat(association_id=of.association_id, reservation=made, window=of.pk, identity=one.digest)
        for one in people
    )
    return made


def ticket(made: Reservation) -> str:
    """The text of its QR code."""
    return token.issue(
        reservation_id=made.pk, venue_id=made.venue_id, starts_at=made.offer.starts_at, ends_at=made.offer.ends_at,
        size=made.size,
    )  # fmt: skip


class Gate:
    """A museum of the matrix's world, and a scanner of it."""

    def __init__(self, *, starts_at: dt.datetime) -> None:
        self.world = World()
        self.museum = museum_of(self.world)
        self.staff = self.world.account("MUSEUM_GATE", self.world.museum)
        self.offer = offer(self.museum, starts_at=starts_at)

    def device(self, name: str = "1号门手机") -> tuple[Device, str]:
        """A device and its pairing code."""
        return devices.add(
            association_id=self.museum.association_id, venue_id=gate.venue_of(self.museum), name=name,
            actor=self.staff, now=timezone.now(),
        )  # fmt: skip

    def paired(self, name: str = "1号门手机") -> devices.Paired:
        """A paired device."""
        return devices.pair(code=self.device(name)[1], now=timezone.now())


def post(address: str, body: object, *, token: str = "") -> object:
    """Ask as a scanner does."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(enforce_csrf_checks=True).post(
        f"/checkin/api/{address}", json.dumps(body), content_type="application/json", headers=headers
    )


def get(address: str, *, token: str) -> object:
    """Ask as a scanner does."""
    return Client().get(f"/checkin/api/{address}", headers={"Authorization": f"Bearer {token}"})
