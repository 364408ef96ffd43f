"""Mending a plan after something changed: a school cancelled, a van broke down. What can stay stays where it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kexie.platform.routing.engine import solve
from kexie.platform.routing.problem import FixedStop, Problem, Route, Solution
from kexie.platform.routing.soundness import sound


def repair(problem: Problem, routes: Sequence[Route], *, seconds: float = 1.0, seed: int = 1) -> Solution:
    """Return a plan for a changed problem.

    First all stops are held where they still may be. Only if that leaves something out, everything that is not fixed may move, for so
    many seconds.
    """
    kept = sound(problem, routes)
    held = replace(problem, fixed=(*problem.fixed, *_as_fixed(problem, kept)))
    first = solve(held, paces=(), seed=seed)
    if not first.unserved or seconds <= 0:
        return _unheld(problem, first)
    second = solve(problem, begin_with=first.routes, seconds=seconds, seed=seed)
    return second if second.cost.missing < first.cost.missing - 1e-9 else _unheld(problem, first)


def _as_fixed(problem: Problem, routes: Sequence[Route]) -> Iterator[FixedStop]:
    fixed = {(stop.site, stop.day) for stop in problem.fixed}
    for route in routes:
        for stop in route.stops:
            if (stop.site, route.day) not in fixed:
                yield FixedStop(stop.site, route.day, route.vehicle)


def _unheld(problem: Problem, solution: Solution) -> Solution:
    """Return the plan with only its really fixed stops marked as fixed."""
    fixed = {(stop.site, stop.day) for stop in problem.fixed}
    routes = tuple(
        replace(
            route, stops=tuple(replace(stop, fixed=(stop.site, route.day) in fixed) for stop in route.stops)
        )
        for route in solution.routes
    )
    return replace(solution, routes=routes)
