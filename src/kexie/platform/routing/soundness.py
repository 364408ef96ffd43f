"""What of a plan still stands after the problem changed."""

from collections.abc import Sequence

from kexie.platform.routing import checker, timetable
from kexie.platform.routing.problem import Problem, Route


def sound(problem: Problem, routes: Sequence[Route]) -> list[Route]:
    """Return a plan without the stops that break a rule now. Fixed ones stay."""
    fixed = {(stop.site, stop.day): stop.vehicle for stop in problem.fixed}
    kept = [route for one in routes if (route := _sound_route(problem, one, fixed)) is not None]
    wrong = {(one.site, one.day) for one in checker.check(problem, tuple(kept)) if one.site is not None}
    return [
        timetable.route(
            problem,
            day=route.day,
            vehicle=route.vehicle,
            sites=[
                stop.site
                for stop in route.stops
                if (stop.site, route.day) in fixed or not {(stop.site, route.day), (stop.site, None)} & wrong
            ],
        )
        for route in kept
    ]


def _sound_route(problem: Problem, route: Route, fixed: dict[tuple[int, int], int]) -> Route | None:
    """Drop what must not stand on a route, then the last stops until it keeps its hours; None: no route is left."""
    if route.day not in problem.vehicles[route.vehicle].shifts:
        return None
    sites = [
        one.site for one in route.stops if fixed.get((one.site, route.day), route.vehicle) == route.vehicle
    ]
    if route.day < problem.first_day:
        sites = [site for site in sites if (site, route.day) in fixed]
    while True:
        made = timetable.route(problem, day=route.day, vehicle=route.vehicle, sites=sites)
        free = [site for site in sites if (site, route.day) not in fixed]
        if not free or not list(checker.check_route(problem, made)):
            return made
        sites.remove(_worst(problem, made, free))


def _worst(problem: Problem, route: Route, free: Sequence[int]) -> int:
    """Return the stop that breaks a rule by itself, else the last."""
    wrong = [one.site for one in checker.check_route(problem, route) if one.site in free]
    return next((site for site in wrong if site is not None), free[-1])
