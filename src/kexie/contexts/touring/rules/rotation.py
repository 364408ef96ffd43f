"""Which county gets which set when (区域换展), as plain data: the problem, a plan of it, and an independent check.

Days are counted from the plan's first day. Scores are declared here: first that a county is reached, more the longer
it has waited; then school days on show and wished months; then kilometres.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

REACHED, A_MONTH_WAITED, A_SCHOOL_DAY, A_KM = 100_000, 1_000, 20, 1
LONGEST_WAIT = 60
ROAD_FACTOR = 1.3
_EARTH_KM = 6371.0
Point = tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A county that wants a set for `days`; `starts` are the days it could open, with the school days from then."""

    key: str
    name: str
    days: int
    waited: int
    starts: tuple[tuple[int, int], ...]
    point: Point = None
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A set: the days it is taken already (both ends included) and where it is."""

    key: str
    name: str
    taken: tuple[tuple[int, int], ...] = ()
    point: Point = None


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """The problem: everything in days from the first one; `setup` days are needed before every opening."""

    length: int
    setup: int
    asks: tuple[Ask, ...]
    sets: tuple[Carrier, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A county's place in a plan: ask and set by their index, the opening day, kilometres from the stop before."""

    ask: int
    set: int
    start: int
    km: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """A plan with its score, the bound that no plan exceeds, and whether nothing better exists."""

    places: tuple[Place, ...] = ()
    score: int = 0
    bound: int = 0
    is_proven: bool = False
    notes: tuple[str, ...] = field(default=())


def from_json(values: dict[str, Any]) -> Rotation:
    """Return the problem that `queries.set_plans` wrote down."""
    asks = tuple(
        Ask(**{**one, "starts": tuple(map(tuple, one["starts"])), "point": _point(one["point"])})
        for one in values["asks"]
    )
    sets = tuple(
        Carrier(**{**one, "taken": tuple(map(tuple, one["taken"])), "point": _point(one["point"])})
        for one in values["sets"]
    )
    return Rotation(length=values["length"], setup=values["setup"], asks=asks, sets=sets)


def kilometres(one: Point, other: Point) -> int:
    """Return the way between two points: great circle by ROAD_FACTOR; 0 where one is not known."""
    if one is None or other is None:
        return 0
    east = math.radians(other[0] - one[0])
    north, south = math.radians(one[1]), math.radians(other[1])
    chord = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return round(2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord))) * ROAD_FACTOR)


def worth(ask: Ask) -> int:
    """Return what reaching a county scores, before school days and kilometres."""
    return REACHED + A_MONTH_WAITED * min(ask.waited, LONGEST_WAIT)


def with_km(problem: Rotation, places: Sequence[Place]) -> tuple[Place, ...]:
    """Return the places in the order of their days, with the way from the set's stop before."""
    found = []
    for index, carrier in enumerate(problem.sets):
        here = carrier.point
        for one in sorted((one for one in places if one.set == index), key=lambda one: one.start):
            there = problem.asks[one.ask].point
            found.append(Place(ask=one.ask, set=index, start=one.start, km=kilometres(here, there)))
            here = there
    return tuple(sorted(found, key=lambda one: (one.start, one.set)))


def score(problem: Rotation, places: Sequence[Place]) -> int:
    """Return what a plan scores."""
    total = 0
    for one in with_km(problem, places):
        ask = problem.asks[one.ask]
        total += worth(ask) + A_SCHOOL_DAY * dict(ask.starts).get(one.start, 0) - A_KM * one.km
    return total


def faults(problem: Rotation, places: Sequence[Place]) -> list[str]:
    """Return what a plan breaks. Shares nothing with the engine; an empty list: every hard rule holds."""
    found = [
        f"{problem.asks[one.ask].name} opens on a day it cannot" for one in places if not _can(problem, one)
    ]
    if len({one.ask for one in places}) < len(places):
        found.append("a county has two places")
    for index, carrier in enumerate(problem.sets):
        spans = [_span(problem, one) for one in places if one.set == index]
        spans += list(carrier.taken)
        found += [
            f"{carrier.name} is at two places on day {later[0]}"
            for earlier, later in pairwise(sorted(spans))
            if later[0] <= earlier[1]
        ]
    return found


def _can(problem: Rotation, one: Place) -> bool:
    return one.start in dict(problem.asks[one.ask].starts) and _span(problem, one)[1] < problem.length


def _span(problem: Rotation, one: Place) -> tuple[int, int]:
    return one.start - problem.setup, one.start + problem.asks[one.ask].days - 1


def _point(values: Any) -> Point:
    return (float(values[0]), float(values[1])) if values else None
