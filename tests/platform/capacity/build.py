"""Offers to take places of, and orders for them."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Offer, Pool, Reservation, Wish
from kexie.platform.capacity.operations import waiting
from kexie.platform.capacity.orders import Order, Placed

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 7)
ASSOCIATION = UUID("0195e000-0000-7000-8000-000000000001")
VENUE = UUID("0195e000-0000-7000-8000-000000000002")
_serial = itertools.count()


def offer(*, capacity: int = 10, quotas: dict[str, int] | None = None, day: dt.date = DAY, **values) -> Offer:
    """An open offer on a day from 9 to 12, with a total and quotas by channel."""
    starts = dt.datetime.combine(day, dt.time(1), dt.UTC)
    made = Offer.objects.create(**{
        "association_id": ASSOCIATION,
        "venue_id": VENUE,
        "day": day,
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(hours=3),
        "last_entry_at": starts + dt.timedelta(hours=2),
        "opens_at": NOW - dt.timedelta(days=1),
        "closes_at": starts + dt.timedelta(hours=2),
        **values,
    })  # fmt: skip
    for channel, places in {"": capacity, **(quotas or {})}.items():
        Pool.objects.create(
            association_id=made.association_id, offer=made, channel=channel, capacity=places, wanted=places
        )
    return made


def order(of: Offer, *, channel: str = "PUBLIC", size: int = 1, **values) -> Order:
    """An order of one channel, under a key of its own."""
    pools = of.pools.filter(channel__in=("", channel)).values_list("pk", flat=True)
    return Order(**{
        "association_id": of.association_id,
        "key": f"key-{next(_serial)}",
        "offer_id": of.pk,
        "venue_id": of.venue_id,
        "day": of.day,
        "channel": channel,
        "size": size,
        "pools": tuple(pools),
        "window": of.pk,
        "holder_id": uuid4(),
        **values,
    })  # fmt: skip


def placed(of: Offer, *, now: dt.datetime = NOW, **values) -> Reservation:
    """A reservation (or with `held_until` a hold) that the engine granted."""
    (answer,) = engine.place([order(of, **values)], now=now)
    assert isinstance(answer, Placed), answer
    return Reservation.objects.get(pk=answer.id)


def wish(*offers: Offer, size: int = 1, now: dt.datetime = NOW, **values) -> Wish:
    """Somebody who waits for places in any of some offers."""
    return waiting.wait(**{
        "association_id": offers[0].association_id,
        "venue_id": offers[0].venue_id,
        "key": f"wish-{next(_serial)}",
        "offer_ids": [one.pk for one in offers],
        "channel": "PUBLIC",
        "holder_id": uuid4(),
        "size": size,
        "details": b"",
        "actor": None,
        "now": now,
        **values,
    })  # fmt: skip


def taken(of: Offer) -> dict[str, int]:
    """How many places are taken, by channel."""
    return dict(of.pools.values_list("channel", "taken"))


@dataclass(frozen=True)
class Staff:
    """Somebody who acts."""

    id: UUID = field(default_factory=uuid4)

    def __str__(self) -> str:
        return "王值班"
