"""What this process remembers of the counters, so that a full slot is refused without a lock.

Wrong on the safe side only: a place given back elsewhere is seen up to a second late.
"""

import time
from collections.abc import Iterable, Mapping
from uuid import UUID

from kexie.platform.capacity.orders import Order

SECONDS = 1.0
_MOST = 50_000

_left: dict[UUID, tuple[int, float]] = {}


def remember(left: Mapping[UUID, int]) -> None:
    """Note what was left in counters a moment ago."""
    if len(_left) > _MOST:
        _left.clear()
    now = time.monotonic()
    _left.update((pool, (count, now)) for pool, count in left.items())


def forget() -> None:
    """Forget everything (after places were given back by this process, and between tests)."""
    _left.clear()


def left_for(order: Order) -> int | None:
    """How many places are left for an order, if too few to be worth asking; None if the database must say."""
    return left_in(order.pools, order.size)


def left_in(pools: Iterable[UUID], size: int) -> int | None:
    """The same for so many places of these counters."""
    now = time.monotonic()
    few: int | None = None
    for pool in pools:
        count, at = _left.get(pool, (size, now))
        if count < size and now - at < SECONDS:
            few = count if few is None else min(few, count)
    return few
