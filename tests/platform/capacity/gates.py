"""Devices, tickets and notes for tests of the gates."""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass

from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models import Device, Offer, Reservation
from kexie.platform.capacity.operations.passages import Batch, Note

NOW = dt.datetime(2026, 11, 28, 2, 0, tzinfo=dt.UTC)  # ten in the morning there
DAY = dt.date(2026, 11, 28)
ASSOCIATION, VENUE = uuid.UUID(int=1), uuid.UUID(int=2)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Whoever acts."""

    id: uuid.UUID


STAFF = Person(uuid.UUID(int=9))


def offer(start_hour: int = 9) -> Offer:
    day = dt.datetime(2026, 11, 28, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    starts_at = day + dt.timedelta(hours=start_hour)
    ends_at = starts_at + dt.timedelta(hours=2)
    return Offer.objects.create(
        association_id=ASSOCIATION, venue_id=VENUE, day=DAY, starts_at=starts_at, ends_at=ends_at,
        last_entry_at=ends_at - dt.timedelta(minutes=30), opens_at=starts_at - dt.timedelta(days=7), closes_at=ends_at,
    )  # fmt: skip


def reservation(of: Offer, size: int = 5, **options) -> Reservation:
    number = next(_numbers)
    return Reservation.objects.create(**{
        "id": uuid7(), "association_id": ASSOCIATION, "key": f"k{number}", "code": f"code{number}", "offer": of,
        "venue_id": of.venue_id, "day": of.day, "channel": "PUBLIC", "size": size, "pools": [], "amounts": [],
        "state": "CONFIRMED", "made_at": NOW - dt.timedelta(days=1), "confirmed_at": NOW - dt.timedelta(days=1),
        **options,
    })  # fmt: skip


def device(number: int = 1, **options) -> Device:
    return Device.objects.create(**{
        "id": uuid.UUID(int=100 + number), "association_id": ASSOCIATION, "venue_id": VENUE, "name": f"{number}号门",
        "gate": f"{number}号门", "made_at": NOW, "token_digest": f"{number}", **options,
    })  # fmt: skip


def note(
    reservation_id: uuid.UUID | None = None, *, count: int = 1, minute: int = 0, out: bool = False, **options
) -> Note:
    number = next(_numbers)
    return Note(**{
        "id": uuid.UUID(int=10_000 + number), "sequence": number, "at": NOW - dt.timedelta(minutes=60 - minute),
        "direction": "OUT" if out else "IN", "kind": "TICKET" if reservation_id else "WALK_IN", "count": count,
        "reservation_id": reservation_id, **options,
    })  # fmt: skip


def batch(*notes: Note, **options) -> Batch:
    return Batch(**{"sent_at": NOW, "notes": notes, **options})
