"""The same problem for PyVRP, where it is installed: a single day, one visit and at most one window to a site, nothing fixed or left out.

PyVRP counts in integers: distances, minutes and loads are given to it in hundred-thousandths. What it answers is put back into the model and
judged by the checker like any other plan.
"""

import importlib.util
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kexie.platform.routing import checker, timetable
from kexie.platform.routing.arrays import likeness, wanted
from kexie.platform.routing.problem import Cost, Problem, Progress, Route, Site, Solution
from kexie.platform.routing.reasons import unserved

UNIT = 100_000
_FOREVER = 2**62


class CannotSay(ValueError):
    """PyVRP has no words for something in the problem."""


def is_installed() -> bool:
    """Whether PyVRP is there; it is asked for only by whoever wants to compare or to plan single days with it."""
    return importlib.util.find_spec("pyvrp") is not None


def can_say(problem: Problem) -> bool:
    """Whether the problem is one that PyVRP knows."""
    vans = problem.vehicles
    return (
        problem.days == 1
        and not problem.fixed
        and bool(vans)
        and all(math.isinf(van.longest_driving) and van.cost_per_distance == 1.0 for van in vans)
        and all(
            shift.overtime == 0.0 and shift.begins_at == shift.ends_at
            for van in vans
            for shift in van.shifts.values()
        )
        and all(_is_plain(site, {van.kind for van in vans}) for site in problem.sites)
    )


def _is_plain(site: Site, kinds: set[str]) -> bool:
    return (
        wanted(site) == 1
        and site.penalty is None
        and not site.windows_on
        and len(site.windows) <= 1
        and site.last_visit is None
        and (site.days is None or 0 in site.days)
        and (not site.kinds or site.kinds >= kinds)
    )


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """Plan by PyVRP for so many seconds of a clock."""
    if not can_say(problem):
        raise CannotSay
    import pyvrp

    stop = _Until(clock, seconds)
    best = pyvrp.solve(_data(problem, pyvrp), stop, seed=seed, collect_stats=False, display=False).best
    routes = _routes(problem, best) if best.is_feasible() else ()
    return Solution(
        routes=routes,
        unserved=unserved(problem, routes),
        cost=checker.cost(problem, routes),
        source=problem.matrix.source,
        seed=seed,
        history=tuple(stop.history),
    )


@dataclass
class _Until:
    """What PyVRP asks after each step: whether the time is up. Notes when the best became better; its costs are its own until the end."""

    clock: Callable[[], float]
    seconds: float
    began: float | None = None
    iterations: int = 0
    history: list[Progress] = field(default_factory=list)

    def __call__(self, best_cost: float) -> bool:
        now = self.clock()
        self.began = now if self.began is None else self.began
        self.iterations += 1
        cost = Cost(0.0, best_cost / UNIT)
        if not self.history or cost < self.history[-1].best:
            self.history.append(Progress(now - self.began, self.iterations, cost))
        return now - self.began > self.seconds


def _data(problem: Problem, pyvrp: Any) -> Any:
    depots = sorted({van.shifts[0].begins_at for van in problem.vehicles if 0 in van.shifts})
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(problem.matrix.distance))],
        clients=[_client(site, pyvrp) for site in problem.sites],
        depots=[pyvrp.Depot(place) for place in depots],
        vehicle_types=[_vehicles(problem, alike, depots, pyvrp) for alike in _alike(problem)],
        distance_matrices=[_whole(problem.matrix.distance)],
        duration_matrices=[_whole(problem.matrix.minutes)],
    )


def _alike(problem: Problem) -> list[list[int]]:
    """Return the numbers of the vehicles that work, in groups of equal ones: PyVRP searches types, not vehicles."""
    groups: dict[object, list[int]] = {}
    for number, van in enumerate(problem.vehicles):
        if 0 in van.shifts:
            groups.setdefault(likeness(van, van.shifts[0]), []).append(number)
    return list(groups.values())


def _whole(values: Any) -> Any:
    return np.rint(np.asarray(values) * UNIT).astype(np.int64)


def _unit(value: float) -> int:
    return _FOREVER if math.isinf(value) else round(value * UNIT)


def _client(site: Site, pyvrp: Any) -> Any:
    window = (
        {"tw_early": _unit(site.windows[0].opens), "tw_late": _unit(site.windows[0].closes)}
        if site.windows
        else {}
    )
    return pyvrp.Client(
        site.place, delivery=[_unit(site.demand)], service_duration=_unit(site.service), **window
    )


def _vehicles(problem: Problem, alike: Sequence[int], depots: Sequence[int], pyvrp: Any) -> Any:
    van = problem.vehicles[alike[0]]
    shift = van.shifts[0]
    depot = depots.index(shift.begins_at)
    return pyvrp.VehicleType(
        len(alike),
        capacity=[_unit(van.capacity)],
        start_depot=depot,
        end_depot=depot,
        fixed_cost=_unit(van.cost_per_day),
        tw_early=_unit(max(shift.start, 0.0)),
        tw_late=_unit(shift.end),
        shift_duration=_unit(van.longest_minutes),
    )


def _routes(problem: Problem, best: Any) -> tuple[Route, ...]:
    groups = [iter(alike) for alike in _alike(problem)]
    routes = [
        timetable.route(problem, day=0, vehicle=next(groups[one.vehicle_type()]), sites=_sites(one))
        for one in best.routes()
    ]
    return tuple(sorted(routes, key=lambda route: route.vehicle))


def _sites(route: Any) -> list[int]:
    return [one.idx for one in route if one.is_client()]
