"""Why a visit is missing: the first rule that even a vehicle which sets out for this site alone would break, else what filled the days."""

from collections.abc import Iterator, Sequence

from kexie.platform.routing import timetable
from kexie.platform.routing.arrays import wanted
from kexie.platform.routing.problem import Problem, Reason, Route, Unserved

_ROUNDING = 1e-6
# When routes fail for different reasons, the one nearest to success is told.
_NEARNESS = (Reason.NO_DAY, Reason.NO_VEHICLE, Reason.CAPACITY, Reason.TOO_FAR, Reason.WINDOW)


def unserved(problem: Problem, routes: Sequence[Route]) -> tuple[Unserved, ...]:
    """Return the visits that a plan does without, with reasons."""
    served: dict[int, list[int]] = {}
    for route in routes:
        for stop in route.stops:
            served.setdefault(stop.site, []).append(route.day)
    loads = {
        (one.day, one.vehicle): sum(problem.sites[stop.site].demand for stop in one.stops) for one in routes
    }
    return tuple(
        Unserved(number, lack, _reason(problem, number, served.get(number, []), loads))
        for number, site in enumerate(problem.sites)
        if (lack := wanted(site) - len(served.get(number, []))) > 0
    )


def _reason(problem: Problem, site: int, days: Sequence[int], loads: dict[tuple[int, int], float]) -> Reason:
    alone = [_alone(problem, site, day, vehicle) for day, vehicle in _ways(problem, site)]
    if not alone:
        return Reason.NO_DAY
    if all(alone):
        return max((reason for reason in alone if reason), key=_NEARNESS.index)
    if problem.sites[site].penalty is not None:
        return Reason.COST
    open_ways = [way for way, broken in zip(_ways(problem, site), alone, strict=True) if not broken]
    if days and not [way for way in open_ways if _keeps_gaps(problem, site, days, way[0])]:
        return Reason.GAP
    room = [_has_room(problem, site, way, loads) for way in open_ways]
    return Reason.SHIFT if any(room) else Reason.CAPACITY


def _ways(problem: Problem, number: int) -> Iterator[tuple[int, int]]:
    """Yield each allowed day with each vehicle that works on it."""
    site = problem.sites[number]
    may = {day for pattern in site.patterns for day in pattern} if site.patterns else site.days
    for vehicle, van in enumerate(problem.vehicles):
        for day in van.shifts:
            if day >= problem.first_day and (may is None or day in may):
                yield day, vehicle


def _alone(problem: Problem, number: int, day: int, vehicle: int) -> Reason | None:
    """Return the rule that a vehicle breaks which visits this site and no other; None: it could."""
    site, van = problem.sites[number], problem.vehicles[vehicle]
    if site.kinds and van.kind not in site.kinds:
        return Reason.NO_VEHICLE
    if site.demand > van.capacity:
        return Reason.CAPACITY
    route = timetable.route(problem, day=day, vehicle=vehicle, sites=[number])
    shift = van.shifts[day]
    out = route.returns - route.departs
    if out > van.longest_minutes + _ROUNDING or route.driving > van.longest_driving + _ROUNDING:
        return Reason.TOO_FAR
    if not _in_window(problem, number, day, route.stops[0].begins):
        return Reason.WINDOW
    if route.returns > shift.end + shift.overtime + _ROUNDING:
        waits = route.stops[0].begins > route.stops[0].arrives
        return Reason.WINDOW if waits else Reason.TOO_FAR
    return None


def _in_window(problem: Problem, site: int, day: int, begins: float) -> bool:
    windows = timetable.windows_of(problem, site, day)
    return not windows or any(one.opens - _ROUNDING <= begins <= one.closes + _ROUNDING for one in windows)


def _keeps_gaps(problem: Problem, number: int, days: Sequence[int], day: int) -> bool:
    site = problem.sites[number]
    return all(abs(day - one) >= site.least_gap for one in days)


def _has_room(problem: Problem, site: int, way: tuple[int, int], loads: dict[tuple[int, int], float]) -> bool:
    return loads.get(way, 0.0) + problem.sites[site].demand <= problem.vehicles[way[1]].capacity
