"""Whether the counters, the reservations, the seats and the waiting list say the same.

Each check is one statement, which sees one moment: bookings may go on meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kexie.platform.capacity.models import Pool


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What does not agree: the check's code, the row in which it was found, what is there and what should be."""

    check: str
    id: UUID
    found: str
    expected: str


# USED and NO_SHOW take places too: theirs are not given back.
CHECKS: Mapping[str, str] = {
    "taken": """
        SELECT p.id, p.taken, coalesce(s.amount, 0)
        FROM capacity_pool p LEFT JOIN (
            SELECT u.pool, sum(u.amount) AS amount
            FROM capacity_reservation r, unnest(r.pools, r.amounts) AS u(pool, amount)
            WHERE r.association_id = %(association)s AND r.state IN ('HELD', 'CONFIRMED', 'USED', 'NO_SHOW') GROUP BY u.pool
        ) s ON s.pool = p.id
        WHERE p.association_id = %(association)s AND p.taken <> coalesce(s.amount, 0)""",
    "sinking": """
        SELECT id, capacity, greatest(wanted, taken) FROM capacity_pool
        WHERE association_id = %(association)s AND capacity <> greatest(wanted, taken)""",
    "amounts": """
        SELECT r.id, r.amounts::text, 'total = ' || r.size
        FROM capacity_reservation r
        JOIN capacity_pool p ON p.offer_id = r.offer_id AND p.channel = ''
        WHERE r.association_id = %(association)s AND r.state IN ('HELD', 'CONFIRMED', 'USED', 'NO_SHOW')
            AND (cardinality(r.pools) <> cardinality(r.amounts)
                 OR r.amounts[array_position(r.pools, p.id)] IS DISTINCT FROM r.size)""",
    "seats": """
        SELECT r.id, s.seats, CASE WHEN r.state IN ('HELD', 'CONFIRMED') THEN r.size ELSE 0 END
        FROM capacity_reservation r JOIN (
            SELECT reservation_id, count(*) AS seats FROM capacity_seat
            WHERE association_id = %(association)s AND is_active GROUP BY reservation_id
        ) s ON s.reservation_id = r.id
        WHERE s.seats > CASE WHEN r.state IN ('HELD', 'CONFIRMED') THEN r.size ELSE 0 END""",
    "wishes": """
        SELECT w.id, w.state || '/' || r.state, CASE w.state WHEN 'OFFERED' THEN 'HELD' ELSE 'confirmed' END
        FROM capacity_wish w JOIN capacity_reservation r ON r.id = w.reservation_id
        WHERE w.association_id = %(association)s AND (
            (w.state = 'OFFERED' AND (r.state <> 'HELD' OR r.size <> w.size OR r.offer_id <> ALL(w.offers)
                OR r.holder_id IS DISTINCT FROM w.holder_id))
            OR (w.state = 'TAKEN' AND r.confirmed_at IS NULL))""",
    "offered_once": """
        SELECT reservation_id, count(*), 1 FROM capacity_wish
        WHERE association_id = %(association)s AND state IN ('OFFERED', 'TAKEN')
        GROUP BY reservation_id HAVING count(*) > 1""",
    "held_for_nobody": """
        SELECT r.id, r.key, 'a wish' FROM capacity_reservation r
        WHERE r.association_id = %(association)s AND r.state = 'HELD' AND r.key LIKE 'wish:%%'
            AND NOT EXISTS (SELECT FROM capacity_wish w WHERE w.reservation_id = r.id AND w.state = 'OFFERED')""",
}


def audit(association_id: UUID) -> list[Discrepancy]:
    """Return everything in an association that does not agree; nothing is the only good answer."""
    found: list[Discrepancy] = []
    with connection.cursor() as cursor:
        for check, statement in CHECKS.items():
            cursor.execute(statement, {"association": association_id})
            found += [Discrepancy(check, pk, str(is_), str(should)) for pk, is_, should in cursor.fetchall()]
    return found


def associations() -> list[UUID]:
    """Return who has places to count."""
    return list(Pool.objects.order_by("association_id").values_list("association_id", flat=True).distinct())
