"""Decides a batch of orders in two statements: lock the counters and read what matters, then write everything.

Correct without trusting this code: checks and unique indexes in the database refuse what would oversell. The counters
are locked in the order of their ids, so two batches never wait for each other in a circle.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.utils import IntegrityError

from kexie.kernel.ids import short_code, uuid7
from kexie.platform.capacity.orders import Answer, Order, Placed, Reason, Refused
from kexie.platform.capacity.statements import KNOWN, READ, WRITE

_CODE_LENGTH = 8
_BY_OTHERS = {
    Reason.FULL,
    Reason.LIMIT,
    Reason.TWICE,
}  # what an earlier attempt of one's own may have brought about
Cursor = psycopg.Cursor[Any]


_Earlier = tuple[Placed, UUID | None]  # what a key has got, and for whom


@dataclass
class _Known:
    """What the first statement found."""

    left: dict[UUID, int] = field(default_factory=dict)
    closed: set[UUID] = field(default_factory=set)
    capacity: dict[UUID, int] = field(default_factory=dict)
    keys: dict[tuple[UUID, str], _Earlier] = field(default_factory=dict)
    seats: set[tuple[UUID, UUID, str]] = field(default_factory=set)
    blocks: dict[tuple[UUID, UUID, str], dt.datetime] = field(default_factory=dict)


def place(orders: Sequence[Order], *, now: dt.datetime) -> list[Answer]:
    """Decide orders on Django's own connection, in a transaction of their own or the caller's.

    When another transaction took a person's seat or a key meanwhile, they are decided once more (its rows are there to
    be seen now), and then in halves, until whatever the database refuses stands alone.
    """
    for again in (True, False):
        try:
            with transaction.atomic():
                return decide(orders, now=now, cursor=plain_cursor())[0]
        except IntegrityError:
            if not again and len(orders) == 1:
                raise
    middle = len(orders) // 2
    return [*place(orders[:middle], now=now), *place(orders[middle:], now=now)]


def plain_cursor() -> Cursor:
    """Return a cursor of the driver itself: the server binds the parameters, so thousands travel as arrays."""
    connection.ensure_connection()
    return _ErrorsAsDjango(connection.connection)


class _ErrorsAsDjango(psycopg.Cursor[Any]):
    """A cursor that tells the driver's errors as Django's, as the callers of the ORM expect."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run one statement."""
        with connection.wrap_database_errors:
            return super().execute(*args, **kwargs)


def decide(
    orders: Sequence[Order], *, now: dt.datetime, cursor: Cursor
) -> tuple[list[Answer], dict[UUID, int]]:
    """Decide orders first come, first served, inside the caller's transaction.

    Returns an answer for each, and what is left in every counter that was locked. Raises IntegrityError when somebody
    else was quicker with a key or a seat; nothing is written then.
    """
    known = _read(orders, now, cursor)
    answers: list[Answer] = []
    granted: list[tuple[Order, Placed]] = []
    for order in orders:
        answer = _answer(order, known, now)
        answers.append(answer)
        if isinstance(answer, Placed) and answer.is_new:
            _count(order, answer, known)
            granted.append((order, answer))
    _look_again(orders, answers, cursor)
    if granted:
        _write(granted, now, cursor)
    return answers, known.left


def _look_again(orders: Sequence[Order], answers: list[Answer], cursor: Cursor) -> None:
    """Look once more for the keys of those refused.

    While the counters were waited for, another process may have committed an earlier attempt, which took the last
    places and which the first statement did not see yet.
    """
    lacking = [n for n, one in enumerate(answers) if isinstance(one, Refused) and one.reason in _BY_OTHERS]
    if lacking:
        for n, found in zip(lacking, find_known([orders[n] for n in lacking], cursor=cursor), strict=True):
            answers[n] = found or answers[n]


def find_known(orders: Sequence[Order], *, cursor: Cursor) -> list[Answer | None]:
    """Return what earlier attempts under the same keys got, without locking anything."""
    cursor.execute(KNOWN, _keys(orders), prepare=True)
    known = _Known(keys=_placed(cursor.fetchall()))
    return [_earlier(order, known) for order in orders]


def _read(orders: Sequence[Order], now: dt.datetime, cursor: Cursor) -> _Known:
    seats = [(o.association_id, o.window, one) for o in orders for one in o.identities]
    subjects = {(o.association_id, o.venue_id, one) for o in orders for one in o.subjects}
    values = {
        **_keys(orders),
        "now": now,
        "pools": list({pool for order in orders for pool, _ in order.counters}),
        "seat_associations": [one[0] for one in seats],
        "windows": [one[1] for one in seats],
        "identities": [one[2] for one in seats],
        "block_associations": [one[0] for one in subjects],
        "venues": [one[1] for one in subjects],
        "subjects": [one[2] for one in subjects],
    }
    cursor.execute(READ, values, prepare=True)
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM gives one row
    known = _understood(*(part or [] for part in row))
    _follow_rules(orders, known)
    return known


def _follow_rules(orders: Iterable[Order], known: _Known) -> None:
    """Count what one may still take by the limits of now; the counter may stem from a rule that has changed since."""
    for limit in {one.id: one for order in orders for one in order.limits}.values():
        if limit.id in known.left:
            known.left[limit.id] += limit.capacity - known.capacity[limit.id]


def _understood(pools: list[Any], keys: list[Any], seats: list[Any], blocks: list[Any]) -> _Known:
    known = _Known(keys=_placed(keys))
    for pool, left, is_open, capacity in pools:
        known.left[UUID(pool)], known.capacity[UUID(pool)] = left, capacity
        if not is_open:
            known.closed.add(UUID(pool))
    known.seats = {(UUID(association), UUID(window), identity) for association, window, identity in seats}
    for association, venue, subject, until in blocks:
        known.blocks[UUID(association), UUID(venue), subject] = dt.datetime.fromisoformat(until)
    return known


def _keys(orders: Sequence[Order]) -> dict[str, Any]:
    return {
        "associations": [order.association_id for order in orders],
        "keys": [order.key for order in orders],
    }


def _placed(rows: Iterable[Sequence[Any]]) -> dict[tuple[UUID, str], _Earlier]:
    return {
        (_uuid(association), key): (
            Placed(_uuid(pk), code, state, size, _uuid(offer), _moment(until), is_new=False),
            holder and _uuid(holder),
        )
        for association, key, pk, code, state, size, offer, until, holder in rows
    }


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _moment(value: dt.datetime | str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _earlier(order: Order, known: _Known) -> Answer | None:
    """What an earlier attempt under the same key got, if it asked for the same."""
    found = known.keys.get((order.association_id, order.key))
    if found is None:
        return None
    earlier, holder = found
    same = (earlier.offer_id, earlier.size, holder) == (order.offer_id, order.size, order.holder_id)
    return earlier if same else Refused(Reason.KEY_REUSED)


def _answer(order: Order, known: _Known, now: dt.datetime) -> Answer:
    if earlier := _earlier(order, known):
        return earlier
    return _refusal(order, known) or Placed(
        uuid7(int(now.timestamp() * 1000)),
        short_code(_CODE_LENGTH),
        "HELD" if order.held_until else "CONFIRMED",
        order.size,
        order.offer_id,
        order.held_until,
        is_new=True,
    )


def _refusal(order: Order, known: _Known) -> Refused | None:
    if order.refusal:
        return Refused(order.refusal)
    if not order.pools or any(pool in known.closed or pool not in known.left for pool in order.pools):
        return Refused(Reason.CLOSED)
    return _blocked(order, known) or _twice(order, known) or _lacking(order, known)


def _blocked(order: Order, known: _Known) -> Refused | None:
    ends = {
        subject: known.blocks[order.association_id, order.venue_id, subject]
        for subject in order.subjects
        if (order.association_id, order.venue_id, subject) in known.blocks
    }
    if not ends:
        return None
    which = tuple(n for n, identity in enumerate(order.identities) if identity in ends)
    return Refused(Reason.BLOCKED, until=max(ends.values()), which=which)


def _twice(order: Order, known: _Known) -> Refused | None:
    which = tuple(
        n
        for n, identity in enumerate(order.identities)
        if (order.association_id, order.window, identity) in known.seats or identity in order.identities[:n]
    )
    return Refused(Reason.TWICE, which=which) if which else None


def _lacking(order: Order, known: _Known) -> Refused | None:
    for limit in order.limits:
        left = known.left.setdefault(limit.id, limit.capacity)
        if left < limit.amount:
            return Refused(Reason.LIMIT, left=max(left, 0))
    left = min((known.left[pool] for pool in order.pools), default=order.size)
    return Refused(Reason.FULL, left=max(left, 0)) if left < order.size else None


def _count(order: Order, answer: Placed, known: _Known) -> None:
    """Remember what was granted, for the orders after it in the batch."""
    for pool, amount in order.counters:
        known.left[pool] -= amount
    known.seats.update((order.association_id, order.window, one) for one in order.identities)
    known.keys[order.association_id, order.key] = dataclasses.replace(answer, is_new=False), order.holder_id


def _write(granted: Sequence[tuple[Order, Placed]], now: dt.datetime, cursor: Cursor) -> None:
    # In the order of their keys, seats and limits in theirs: two batches that want the same never wait in a circle.
    granted = sorted(granted, key=lambda one: (one[0].association_id, one[0].key))
    limits = {limit.id: (order, limit) for order, _ in granted for limit in order.limits}
    raised: dict[UUID, int] = defaultdict(int)
    for order, _ in granted:
        for pool, amount in order.counters:
            raised[pool] += amount
    values = {
        "now": now,
        **_counter_rows(raised, limits),
        **_reservation_rows(granted),
        **_seat_rows(granted),
    }
    cursor.execute(WRITE, values, prepare=True)


def _counter_rows(raised: dict[UUID, int], limits: dict[UUID, Any]) -> dict[str, Any]:
    own = sorted(limits)
    return {
        "pools": [pool for pool in raised if pool not in limits],
        "raised": [amount for pool, amount in raised.items() if pool not in limits],
        "limits": own,
        "limit_associations": [limits[pk][0].association_id for pk in own],
        "limit_capacities": [limits[pk][1].capacity for pk in own],
        "limit_amounts": [raised[pk] for pk in own],
        "limit_drops": [limits[pk][1].drop_on for pk in own],
    }


def _reservation_rows(granted: Sequence[tuple[Order, Placed]]) -> dict[str, Any]:
    orders = [order for order, _ in granted]
    return {
        "ids": [placed.id for _, placed in granted],
        "codes": [placed.code for _, placed in granted],
        "associations": [order.association_id for order in orders],
        "keys": [order.key for order in orders],
        "offers": [order.offer_id for order in orders],
        "venues": [order.venue_id for order in orders],
        "days": [order.day for order in orders],
        "channels": [order.channel for order in orders],
        "holders": [order.holder_id for order in orders],
        "sizes": [order.size for order in orders],
        # Arrays of arrays must be rectangular: these travel as text.
        "pool_lists": [_array(pool for pool, _ in order.counters) for order in orders],
        "amount_lists": [_array(amount for _, amount in order.counters) for order in orders],
        "details": [order.details for order in orders],
        "untils": [order.held_until for order in orders],
        "moved": [order.moved_from for order in orders],
        "moves": [order.moves for order in orders],
        "actors": [order.actor_name for order in orders],
        "ips": [order.ip for order in orders],
        "entry_ids": [uuid7() for _ in orders],
        "event_ids": [uuid7() for _ in orders],
    }


def _array(values: Iterable[object]) -> str:
    """Write values as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, values)) + "}"


def _seat_rows(granted: Sequence[tuple[Order, Placed]]) -> dict[str, Any]:
    seats = [(uuid7(), order, placed, one) for order, placed in granted for one in order.identities]
    seats.sort(key=lambda seat: (seat[1].association_id, seat[1].window, seat[3]))
    return {
        "seat_ids": [seat for seat, *_ in seats],
        "seat_associations": [order.association_id for _, order, *_ in seats],
        "seat_reservations": [placed.id for _, _, placed, _ in seats],
        "seat_windows": [order.window for _, order, *_ in seats],
        "seat_identities": [identity for *_, identity in seats],
    }
