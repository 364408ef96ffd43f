"""What happened at the gates, from what several devices noted on their own: the same whatever order it arrives in.

Events of one reservation are put in order by when they happened (each device's clock corrected by what the server
measured), then by device and its own counting. Going in uses up places, leaving gives them back. The first to use a
place had the right to; an entry for which no place was left is a double: two gates read the same ticket while they
could not know of each other. It is not counted until a person says whether others came in on it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Direction(StrEnum):
    """Which way."""

    IN = "IN"
    OUT = "OUT"


class Verdict(StrEnum):
    """What an event turned out to be."""

    COUNTED = "COUNTED"
    OVERRIDE = "OVERRIDE"  # let in by a supervisor against what the list said, with a reason
    DOUBLE = "DOUBLE"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One going in or out as a device noted it; `at` is its clock, corrected."""

    id: UUID
    device: UUID
    seq: int
    at: dt.datetime
    direction: Direction
    count: int
    is_override: bool = False


@dataclass(frozen=True)
class Outcome:
    """A reservation's events judged, and what they add up to."""

    verdicts: dict[UUID, Verdict]
    entered: int
    left: int
    first_id: UUID | None

    @property
    def doubles(self) -> list[UUID]:
        """The events for which no place was left, in the order they happened."""
        return [one for one, verdict in self.verdicts.items() if verdict is Verdict.DOUBLE]


def order(event: Event) -> tuple[dt.datetime, UUID, int]:
    """Return by what events are put in order: no two events of the world compare equal."""
    return event.at, event.device, event.seq


def judge(events: Iterable[Event], *, size: int) -> Outcome:
    """Judge all events of one reservation for `size` people."""
    verdicts: dict[UUID, Verdict] = {}
    entered = left = 0
    first = None
    for event in sorted({one.id: one for one in events}.values(), key=order):
        verdict = verdicts[event.id] = _verdict(event, inside=entered - left, size=size)
        if event.direction is Direction.OUT:
            left += event.count
        elif verdict is not Verdict.DOUBLE:
            entered += event.count
            first = first or event.id
    return Outcome(verdicts, entered, left, first)


def _verdict(event: Event, *, inside: int, size: int) -> Verdict:
    if event.is_override:
        return Verdict.OVERRIDE
    if event.direction is Direction.IN and inside + event.count > size:
        return Verdict.DOUBLE
    return Verdict.COUNTED
