"""What one change of a plan breaks and costs, for whoever drags a stop. Quick enough for each movement: two routes are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kexie.platform.routing import checker, timetable
from kexie.platform.routing.checker import Break
from kexie.platform.routing.problem import Problem, Route


@dataclass(frozen=True)
class Effect:
    """A plan after a move: the rules that it newly breaks, what it costs more, the routes that changed, and the whole plan."""

    breaks: tuple[Break, ...]
    more_missing: float
    more_cost: float
    more_distance: float
    changed: tuple[Route, ...]
    routes: tuple[Route, ...]


def move(
    problem: Problem,
    routes: Sequence[Route],
    *,
    site: int,
    from_day: int | None,
    to: tuple[int, int] | None,
    position: int | None = None,
) -> Effect:
    """Take a site's visit from a day (None: it was missing) to a day and vehicle (None: leave it out).

    Without `position` it stands where it breaks fewest rules and costs least.
    """
    left = tuple(_without(problem, route, site) if route.day == from_day else route for route in routes)
    plans = [left] if to is None else _placed(problem, left, site, to, position)
    before = checker.check(problem, tuple(routes))
    return min((_effect(problem, tuple(routes), plan, before) for plan in plans), key=_rank)


def _rank(effect: Effect) -> tuple[int, float, float, float]:
    return len(effect.breaks), sum(one.by for one in effect.breaks), effect.more_missing, effect.more_cost


def _without(problem: Problem, route: Route, site: int) -> Route:
    kept = [stop.site for stop in route.stops if stop.site != site]
    if len(kept) == len(route.stops):
        return route
    return timetable.route(problem, day=route.day, vehicle=route.vehicle, sites=kept)


def _placed(
    problem: Problem, routes: tuple[Route, ...], site: int, to: tuple[int, int], position: int | None
) -> list[tuple[Route, ...]]:
    day, vehicle = to
    there = next((route for route in routes if (route.day, route.vehicle) == to), None)
    others = tuple(route for route in routes if route is not there)
    if day not in problem.vehicles[vehicle].shifts:
        return [(*others, *([there] if there else []), _off_duty(day, vehicle))]
    sites = [stop.site for stop in there.stops] if there else []
    places = range(len(sites) + 1) if position is None else [min(max(position, 0), len(sites))]
    return [
        (*others, timetable.route(problem, day=day, vehicle=vehicle, sites=[*sites[:at], site, *sites[at:]]))
        for at in places
    ]


def _off_duty(day: int, vehicle: int) -> Route:
    """Return a route of a vehicle that does not work: there are no times to give."""
    return Route(day, vehicle, (), 0.0, 0.0, 0.0, 0.0, 0.0)


def _effect(
    problem: Problem, old: tuple[Route, ...], new: tuple[Route, ...], before: Sequence[Break]
) -> Effect:
    known = {replace(one, by=0.0): one.by for one in before}
    worse = [
        one for one in checker.check(problem, new) if one.by > known.get(replace(one, by=0.0), -1.0) + 1e-6
    ]
    had = checker.cost(problem, old)
    # A route of a vehicle off duty has no shift to reckon with.
    priced = tuple(route for route in new if route.day in problem.vehicles[route.vehicle].shifts)
    has = checker.cost(problem, priced)
    changed = tuple(route for route in new if route not in old)
    return Effect(
        breaks=tuple(worse),
        more_missing=has.missing - had.missing,
        more_cost=has.cost - had.cost,
        more_distance=sum(route.distance for route in new) - sum(route.distance for route in old),
        changed=changed,
        routes=tuple(sorted((one for one in new if one.stops), key=lambda one: (one.day, one.vehicle))),
    )
