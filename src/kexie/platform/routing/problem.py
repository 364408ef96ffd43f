"""The problem and its answer as plain data: one model for a season of caravans and for the public benchmark sets.

Days are counted from 0. Times are minutes from a day's midnight, distances are in the unit of the matrix (kilometres in a
season). Places are rows of the matrix; sites, vehicles and places are named by their position in the problem's tuples.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matrix:
    """Distance and minutes from each place (row) to each (column), and where they come from: said on every plan."""

    source: str
    distance: Floats
    minutes: Floats


@dataclass(frozen=True)
class Window:
    """When a visit may begin. Whoever wants it over by an hour takes its service off `closes`."""

    opens: float
    closes: float


@dataclass(frozen=True)
class Shift:
    """A vehicle's working time on one day and the places where that day begins and ends (a depot, or where it stays overnight)."""

    start: float
    end: float
    begins_at: int
    ends_at: int
    overtime: float = 0.0  # minutes past `end` that are allowed, and paid by `Vehicle.cost_per_overtime`


@dataclass(frozen=True)
class Vehicle:
    """A van with its crew. A day missing from `shifts` is a day off: repair, leave, holiday."""

    key: str
    shifts: Mapping[int, Shift]
    kind: str = ""
    capacity: float = math.inf  # sum of demands on one day
    longest_minutes: float = math.inf  # from departure to return, waiting and service included
    longest_driving: float = math.inf  # minutes at the wheel on one day
    cost_per_distance: float = 1.0
    cost_per_overtime: float = 1.0  # per minute
    cost_per_day: float = 0.0  # of a day on which it drives at all; makes days compact


@dataclass(frozen=True)
class Site:
    """A place to be visited `visits` times, on the days it allows.

    Either `patterns` lists every allowed set of days, or `visits`, `days` and the gaps describe them. Gaps are in days between
    visits that follow each other; `last_visit` (negative: before day 0) counts for the least gap.
    """

    key: str
    place: int
    service: float = 0.0
    visits: int = 1
    days: frozenset[int] | None = None  # None: every day
    patterns: tuple[tuple[int, ...], ...] = ()
    least_gap: int = 1
    most_gap: int | None = None
    last_visit: int | None = None
    windows: tuple[Window, ...] = ()  # in order, apart from each other; none: at any time
    windows_on: Mapping[int, tuple[Window, ...]] = field(
        default_factory=dict
    )  # instead of `windows` on that day
    kinds: frozenset[str] = frozenset()  # kinds of vehicle that will do; empty: any
    demand: float = 1.0
    township: str = ""  # for fairness
    weight: float = (
        1.0  # of one missing visit: priority and time since the last visit, as the planner sees them
    )
    penalty: float | None = (
        None  # of one missing visit, in units of cost: may be left out for being too far; None: wanted
    )


@dataclass(frozen=True)
class FixedStop:
    """A stop that never moves: already made (`done`), or locked on this day and vehicle, perhaps with a promised time.

    Stops fixed on one day and vehicle keep their order among themselves.
    """

    site: int
    day: int
    vehicle: int
    done: bool = False
    promised: Window | None = None  # instead of the site's own windows


@dataclass(frozen=True)
class Problem:
    """What is to be planned. Coverage comes first, cost decides between plans of equal coverage.

    Coverage is the sum of `weight` over missing visits of sites without `penalty`, plus `township_weight` times the sum over townships of
    (missing share of visits)², so that of two plans that miss as much, the one that spreads it wins.
    """

    days: int
    matrix: Matrix
    vehicles: tuple[Vehicle, ...]
    sites: tuple[Site, ...]
    fixed: tuple[FixedStop, ...] = ()
    first_day: int = 0  # nothing new is planned before it
    township_weight: float = 0.0


@dataclass(frozen=True, order=True)
class Cost:
    """Compared in this order."""

    missing: float
    cost: float


class Reason(StrEnum):
    """The rule that kept a visit out."""

    NO_DAY = "NO_DAY"  # no allowed day lies in the period, or the gaps cannot be kept
    NO_VEHICLE = "NO_VEHICLE"  # no vehicle of a kind that will do works on an allowed day
    TOO_FAR = "TOO_FAR"  # there and back alone breaks the shift, the driving limit or the longest tour
    WINDOW = "WINDOW"  # nobody who sets out alone can be there in time
    CAPACITY = "CAPACITY"  # wants more than a vehicle holds, or all are full on its days
    SHIFT = "SHIFT"  # the days on which it could be visited are full
    GAP = "GAP"  # room is left only on days too near to, or too far from, its other visits
    COST = "COST"  # the way costs more than its penalty


@dataclass(frozen=True)
class Stop:
    """A planned visit with its times."""

    site: int
    arrives: float
    begins: float
    leaves: float
    fixed: bool = False


@dataclass(frozen=True)
class Route:
    """What one vehicle does on one day."""

    day: int
    vehicle: int
    stops: tuple[Stop, ...]
    departs: float
    returns: float
    distance: float
    driving: float
    overtime: float


@dataclass(frozen=True)
class Unserved:
    """Visits that are missing at a site, and the rule that blocked the cheapest of them."""

    site: int
    missing: int
    reason: Reason


@dataclass(frozen=True)
class Progress:
    """The best plan so far at one moment."""

    seconds: float
    iterations: int
    best: Cost


@dataclass(frozen=True)
class Pace:
    """One chunk of the search: solving again at the same paces from the same seed gives the same plan."""

    iterations: int
    temperature: float


@dataclass(frozen=True)
class Solution:
    """A plan: routes by day and vehicle (empty ones left out), what is missing and why, and how it was found."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: Cost
    source: str  # of the distances
    seed: int
    history: tuple[Progress, ...] = ()
    paces: tuple[Pace, ...] = ()
