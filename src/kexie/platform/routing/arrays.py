"""The problem as flat arrays for the compiled search. R routes (a vehicle on a day), S sites, D days, P places, G townships."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kexie.platform.routing import columns
from kexie.platform.routing.problem import Floats, Problem, Shift, Site, Vehicle, Window

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]
ANY_TIME = (Window(-1e15, 1e15),)
FAR = 1e15
LONG_AGO = -(10**6)
MOST_NEIGHBOURS = 400  # a ruin seldom looks at more than forty


class Data(NamedTuple):
    """What does not change during a search. The rows of an array with several are named in `columns`."""

    legs: Floats  # [2, P, P] distance, minutes
    route_ints: Longs  # [rows, R]; routes are ordered by day, then by vehicles that are alike
    route_floats: Floats  # [rows, R]
    first: Longs  # [D + 1] the routes of day d are first[d] to first[d + 1]
    site_ints: Longs  # [rows, S + 1]; PATTERN_OF: first of its patterns; none: days and gaps decide
    site_floats: Floats  # [rows, S]; PENALTY -1: wanted; FAR_OUT from the nearest depot
    pattern_days: Flags  # [patterns, D]
    allowed: Flags  # [S, R]
    fixed: Flags  # [S, D]
    near: Ints  # [S, neighbours] nearest first, itself included
    window_of: Ints  # [S, D] a set of windows
    window_first: Longs  # [sets + 1]
    windows: Floats  # [2, windows] opens, closes
    share: Floats  # [G] township_weight / visits wanted there, squared
    timed: bool  # whether any site has windows
    big: float  # what a unit of missing weighs against cost while searching


class State(NamedTuple):
    """A plan being changed, the plan before this change, and the best so far. L is the most stops on a route."""

    lists: Ints  # [4, R, L] sites in their order: now, before, at best; scratch
    routes: Longs  # [rows, R]; STAMP changes whenever the route does
    sums: Floats  # [rows, R]; WORK: driving and service
    times: Floats  # [2, R, L + 1] when service begins; latest arrival at a stop (the last: at the end) that keeps what follows in time
    at: Ints  # [S, D] route, or -1
    sites: Longs  # [rows, S]; REMOVED and REMOVED_DAY: a list of what waits for insertion, -1: on any day
    known_stamp: Longs  # [S, R] the route's stamp for which the cheapest insertion is known
    known: Floats  # [2, S, R] its cost and position
    order: Floats  # [S] by which sites are inserted
    day_cost: Floats  # [D] scratch: cheapest insertion of one site
    days: Longs  # [2, D] scratch: its route, and whether the day is chosen
    reach: Floats  # [visits + 1, D] scratch of the choice of days
    back: Longs  # [visits + 1, D]
    absent: Floats  # [G] scratch
    totals: Floats
    counts: Longs
    random: NDArray[np.uint64]


def working_days(problem: Problem) -> list[tuple[int, int, Shift]]:
    """Return (day, vehicle, shift) of each possible route, in the order of the arrays."""
    days = [
        (day, number, shift)
        for number, vehicle in enumerate(problem.vehicles)
        for day, shift in vehicle.shifts.items()
    ]
    alike = _alike(problem, days)
    return [days[i] for i in sorted(range(len(days)), key=lambda i: (days[i][0], alike[i], days[i][1]))]


def _alike(problem: Problem, days: Sequence[tuple[int, int, Shift]]) -> list[int]:
    seen: dict[object, int] = {}
    return [seen.setdefault((day, likeness(problem.vehicles[v], shift)), len(seen)) for day, v, shift in days]


def likeness(vehicle: Vehicle, shift: Shift) -> object:
    """Return what two vehicles have in common that can stand for each other on a day."""
    return (
        shift, vehicle.kind, vehicle.capacity, vehicle.longest_minutes, vehicle.longest_driving,
        vehicle.cost_per_distance, vehicle.cost_per_overtime, vehicle.cost_per_day,
    )  # fmt: skip


def data_of(problem: Problem) -> Data:
    """Flatten a problem."""
    days = working_days(problem)
    shifts = [shift for _day, _vehicle, shift in days]
    vans = [problem.vehicles[vehicle] for _day, vehicle, _shift in days]
    sites = problem.sites
    township = _townships(sites)
    window_of, window_first, bounds = _windows(problem)
    pattern_of, pattern_days = _patterns(problem)
    return Data(
        legs=np.array([problem.matrix.distance, problem.matrix.minutes], dtype=np.float64),
        route_ints=_longs(
            [day for day, _vehicle, _shift in days],
            [vehicle for _day, vehicle, _shift in days],
            [shift.begins_at for shift in shifts],
            [shift.ends_at for shift in shifts],
            _alike(problem, days),
        ),
        route_floats=_floats(
            [shift.start for shift in shifts],
            [min(shift.end, FAR) for shift in shifts],
            [min(shift.end + shift.overtime, FAR) for shift in shifts],
            [van.capacity for van in vans],
            [van.longest_minutes for van in vans],
            [van.longest_driving for van in vans],
            [van.cost_per_distance for van in vans],
            [van.cost_per_overtime for van in vans],
            [van.cost_per_day for van in vans],
        ),
        first=np.searchsorted([day for day, _v, _s in days], range(problem.days + 1)).astype(np.int64),
        site_ints=_longs(
            [*(site.place for site in sites), 0],
            [*map(wanted, sites), 0],
            [*(max(1, site.least_gap) for site in sites), 0],
            [*(problem.days if site.most_gap is None else site.most_gap for site in sites), 0],
            [*(LONG_AGO if site.last_visit is None else site.last_visit for site in sites), 0],
            [*township, 0],
            pattern_of,
        ),
        site_floats=_floats(
            [site.service for site in sites],
            [site.demand for site in sites],
            [0.0 if site.penalty is not None else site.weight for site in sites],
            [-1.0 if site.penalty is None else site.penalty for site in sites],
            _far_out(problem, shifts),
        ),
        pattern_days=pattern_days,
        allowed=_allowed(problem, days),
        fixed=_fixed(problem),
        near=_near(problem),
        window_of=window_of,
        window_first=window_first,
        windows=bounds,
        share=_shares(problem, township),
        timed=bounds.shape[1] > 1,
        big=_big(problem),
    )


def _far_out(problem: Problem, shifts: Sequence[Shift]) -> list[float]:
    """Return how far each site is from the nearest place where any day begins."""
    starts, places = sorted({shift.begins_at for shift in shifts}), [site.place for site in problem.sites]
    return [float(one) for one in problem.matrix.distance[np.ix_(starts, places)].min(axis=0, initial=FAR)]


def wanted(site: Site) -> int:
    """Return how many visits a site wants."""
    return len(site.patterns[0]) if site.patterns else site.visits


def _longs(*rows: Sequence[int]) -> Longs:
    return np.array(rows, dtype=np.int64)


def _floats(*rows: Sequence[float]) -> Floats:
    return np.array(rows, dtype=np.float64)


def _townships(sites: Sequence[Site]) -> list[int]:
    seen: dict[str, int] = {}
    return [seen.setdefault(site.township, len(seen)) for site in sites]


def _shares(problem: Problem, township: Sequence[int]) -> Floats:
    total = np.zeros(max(township, default=0) + 1)
    for site, group in zip(problem.sites, township, strict=True):
        total[group] += wanted(site) if site.penalty is None else 0
    return problem.township_weight / np.maximum(total, 1.0) ** 2


def _patterns(problem: Problem) -> tuple[list[int], Flags]:
    first = [0]
    rows = []
    for site in problem.sites:
        for pattern in site.patterns:
            row = np.zeros(problem.days, dtype=np.uint8)
            row[list(pattern)] = 1
            rows.append(row)
        first.append(len(rows))
    return first, np.array(rows, dtype=np.uint8).reshape(len(rows), problem.days)


def _windows(problem: Problem) -> tuple[Ints, Longs, Floats]:
    sets: dict[tuple[Window, ...], int] = {ANY_TIME: 0}
    promised = {(stop.site, stop.day): (stop.promised,) for stop in problem.fixed if stop.promised}
    of = np.zeros((len(problem.sites), problem.days), dtype=np.int32)
    for number, site in enumerate(problem.sites):
        of[number, :] = sets.setdefault(site.windows or ANY_TIME, len(sets))
        for day, windows in site.windows_on.items():
            of[number, day] = sets.setdefault(windows or ANY_TIME, len(sets))
    for (number, day), windows in promised.items():
        of[number, day] = sets.setdefault(windows, len(sets))
    flat = [window for windows in sets for window in windows]
    first = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    return of, first, _floats([one.opens for one in flat], [one.closes for one in flat])


def _allowed(problem: Problem, days: Sequence[tuple[int, int, Shift]]) -> Flags:
    made = np.zeros((len(problem.sites), len(days)), dtype=np.uint8)
    kinds = np.array([problem.vehicles[vehicle].kind for _day, vehicle, _shift in days])
    route_days = np.array([day for day, _vehicle, _shift in days], dtype=np.int64)
    for number, site in enumerate(problem.sites):
        may = route_days >= problem.first_day
        if site.kinds:
            may &= np.isin(kinds, list(site.kinds))
        if site.days is not None and not site.patterns:
            may &= np.isin(route_days, list(site.days))
        made[number] = may
    return made


def _fixed(problem: Problem) -> Flags:
    made = np.zeros((len(problem.sites), problem.days), dtype=np.uint8)
    for stop in problem.fixed:
        made[stop.site, stop.day] = 1
    return made


def _near(problem: Problem) -> Ints:
    places = np.array([site.place for site in problem.sites], dtype=np.int64)
    both = problem.matrix.distance[np.ix_(places, places)]
    both = both + both.T
    np.fill_diagonal(both, -1.0)  # itself first, whoever shares its place
    return np.argsort(both, axis=1, kind="stable")[:, : MOST_NEIGHBOURS + 1].astype(np.int32)


def _big(problem: Problem) -> float:
    """Return more than any insertion costs, for the least weight."""
    weights = [site.weight for site in problem.sites if site.penalty is None and site.weight > 0]
    trip = 2 * float(problem.matrix.distance.max(initial=0.0))
    vans = problem.vehicles
    dearest = max((trip * van.cost_per_distance + van.cost_per_day for van in vans), default=1.0)
    return max(dearest, 1e-6) / min(weights, default=1.0)


def state_of(data: Data, seed: int) -> State:
    """Return an empty plan."""
    sites, routes = data.allowed.shape
    days = data.fixed.shape[1]
    chain = int(data.site_ints[columns.VISITS].max()) + 1
    return State(
        lists=np.zeros((4, routes, sites + 1), np.int32),
        routes=np.zeros((8, routes), np.int64),
        sums=np.zeros((4, routes)),
        times=np.zeros((2, routes, sites + 2)),
        at=np.full((sites, days), -1, np.int32),
        sites=np.zeros((4, sites), np.int64),
        known_stamp=np.full((sites, routes), -1, np.int64),
        known=np.zeros((2, sites, routes)),
        order=np.zeros(sites),
        day_cost=np.zeros(days),
        days=np.zeros((2, days), np.int64),
        reach=np.zeros((chain, days)),
        back=np.zeros((chain, days), np.int64),
        absent=np.zeros(len(data.share)),
        totals=np.zeros(4),
        counts=np.zeros(4, np.int64),
        random=np.array([(seed * 2654435769 + 88172645463325252) % 2**64 or 1], dtype=np.uint64),
    )
