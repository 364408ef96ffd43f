"""What is asked of the engine, and what it answers."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A counter of somebody's own (orders of an account for a day): made when first needed, raised by `amount`."""

    id: UUID
    capacity: int
    amount: int
    drop_on: dt.date


class Reason(StrEnum):
    """Why an order was refused."""

    FULL = "FULL"
    CLOSED = "CLOSED"
    NOT_YET = "NOT_YET"
    TOO_LATE = "TOO_LATE"
    LIMIT = "LIMIT"
    TWICE = "TWICE"
    BLOCKED = "BLOCKED"
    KEY_REUSED = "KEY_REUSED"
    SIGNED_OUT = "SIGNED_OUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`size` places of one offer, all or nothing, under an idempotency key.

    pools: raised by `size` each. identities: digests of the persons, each at most once in `window`. subjects: digests
    whose blocks count. held_until: None confirms at once. refusal: said unless the key is known already (a retry of
    what succeeded must get its answer even after closing time). epoch: of the holder's sign-in, which must not have been
    ended since.
    """

    association_id: UUID
    key: str
    offer_id: UUID
    venue_id: UUID
    day: dt.date
    channel: str
    size: int
    pools: tuple[UUID, ...]
    window: UUID
    holder_id: UUID | None = None
    epoch: int | None = None
    limits: tuple[Limit, ...] = ()
    identities: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    details: bytes = b""
    held_until: dt.datetime | None = None
    refusal: Reason | None = None
    actor_name: str = ""
    ip: str | None = None
    moved_from: UUID | None = None
    moves: int = 0

    @property
    def counters(self) -> tuple[tuple[UUID, int], ...]:
        """Every counter that the order raises, and by how much."""
        return (*((pool, self.size) for pool in self.pools), *((one.id, one.amount) for one in self.limits))


@dataclass(frozen=True, slots=True)
class Placed:
    """The reservation an order has, made now or by an earlier attempt under the same key."""

    id: UUID
    code: str
    state: str
    size: int
    offer_id: UUID
    held_until: dt.datetime | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """No places were taken.

    left: how many could still be had. until: when a block ends. which: positions in `identities` that have a seat
    already or are blocked; empty when it is the account itself.
    """

    reason: Reason
    left: int = 0
    until: dt.datetime | None = None
    which: tuple[int, ...] = ()


Answer = Placed | Refused
