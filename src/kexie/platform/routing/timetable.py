"""When a route is where: as early as it can be, leaving as late as that allows."""

import itertools
import math
from collections.abc import Sequence

from kexie.platform.routing.problem import Problem, Route, Stop, Window

_ROUNDING = 1e-7


def windows_of(problem: Problem, site: int, day: int) -> tuple[Window, ...]:
    """Return when a visit on a day may begin; nothing: at any time."""
    for stop in problem.fixed:
        if (stop.site, stop.day) == (site, day) and stop.promised:
            return (stop.promised,)
    one = problem.sites[site]
    return one.windows_on.get(day, one.windows)


def begins(windows: Sequence[Window], arrives: float) -> float:
    """Return when a visit begins that is arrived at; with no window left, at once (and too late)."""
    if not windows:
        return arrives
    return next((max(arrives, one.opens) for one in windows if arrives <= one.closes + _ROUNDING), arrives)


def route(problem: Problem, *, day: int, vehicle: int, sites: Sequence[int]) -> Route:
    """Return the route with its times; what breaks a rule is not hidden."""
    shift = problem.vehicles[vehicle].shifts[day]
    stops = _stops(problem, (day, vehicle), sites, shift.start)
    leave = shift.start + _can_wait(problem, day, stops)
    if leave > shift.start:
        stops = _stops(problem, (day, vehicle), sites, leave)
    path = [shift.begins_at, *(problem.sites[site].place for site in sites), shift.ends_at]
    legs = list(itertools.pairwise(path))
    home = float(problem.matrix.minutes[path[-2], shift.ends_at])
    returns = (stops[-1].leaves if stops else leave) + home
    return Route(
        day=day,
        vehicle=vehicle,
        stops=tuple(stops),
        departs=leave,
        returns=returns,
        distance=math.fsum(float(problem.matrix.distance[leg]) for leg in legs),
        driving=math.fsum(float(problem.matrix.minutes[leg]) for leg in legs),
        overtime=max(0.0, returns - shift.end),
    )


def _stops(problem: Problem, where: tuple[int, int], sites: Sequence[int], leave: float) -> list[Stop]:
    day, vehicle = where
    fixed = {stop.site for stop in problem.fixed if (stop.day, stop.vehicle) == (day, vehicle)}
    stops, now, here = [], leave, problem.vehicles[vehicle].shifts[day].begins_at
    for number in sites:
        site = problem.sites[number]
        arrives = now + float(problem.matrix.minutes[here, site.place])
        start = begins(windows_of(problem, number, day), arrives)
        now, here = start + site.service, site.place
        stops.append(Stop(number, arrives, start, now, fixed=number in fixed))
    return stops


def _can_wait(problem: Problem, day: int, stops: Sequence[Stop]) -> float:
    """Return by how much a route can leave later and still be back as early."""
    waited, slack = 0.0, math.inf
    for stop in stops:
        waited += stop.begins - stop.arrives
        for window in windows_of(problem, stop.site, day):
            if stop.begins <= window.closes + _ROUNDING:
                slack = min(slack, waited + max(0.0, window.closes - stop.begins))
                break
    return min(waited, slack)
