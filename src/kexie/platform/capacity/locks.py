"""In which order rows are locked: reservations, then counters, then wishes.

Counters are locked in the order of their ids, all that a transaction will need at once; so is what the engine does.
Whoever keeps to this never waits for somebody who waits for him.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils import timezone

from kexie.platform.capacity.models import Offer

_LOCK = """
WITH wanted AS (
    SELECT unnest(%(pools)s::uuid[]) AS id
    UNION SELECT id FROM capacity_pool WHERE offer_id = ANY(%(offers)s::uuid[])
    UNION SELECT unnest(shared) FROM capacity_offer WHERE id = ANY(%(offers)s::uuid[])
)
SELECT p.id, p.offer_id, p.channel, CASE WHEN p.is_open THEN p.capacity - p.taken ELSE 0 END
FROM capacity_pool p JOIN wanted USING (id) ORDER BY p.id FOR UPDATE OF p
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """A locked counter and what may still be taken of it (nothing while it is closed)."""

    id: UUID
    offer_id: UUID | None
    channel: str
    left: int


def lock_counters(*, pools: Iterable[UUID] = (), offers: Iterable[UUID] = ()) -> list[Counter]:
    """Lock these counters and all of these offers, their own and those they share."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"pools": list(pools), "offers": list(offers)})
        return [Counter(*row) for row in cursor.fetchall()]


def concerned(offer_ids: Iterable[UUID], *, now: dt.datetime) -> list[UUID]:
    """Return these offers, and those to come at the same venues that share a counter with them.

    A place given back in one may be the place that somebody lacked in another.
    """
    offer_ids = set(offer_ids)
    rows = list(Offer.objects.filter(pk__in=offer_ids).values_list("association_id", "venue_id", "shared"))
    shared = {pool for *_, pools in rows for pool in pools}
    if not shared:
        return sorted(offer_ids)
    others = Offer.objects.filter(
        association_id__in={association for association, *_ in rows},
        venue_id__in={venue for _, venue, _ in rows},
        day__gte=timezone.localdate(now) - dt.timedelta(days=1),
        shared__overlap=sorted(shared),
    )
    return sorted({*offer_ids, *others.values_list("pk", flat=True)})
