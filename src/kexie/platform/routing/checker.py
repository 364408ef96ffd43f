"""Whether a plan keeps the rules, worked out from the problem alone. Shares no line with the search, and believes no time or sum of it."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kexie.platform.routing.problem import Cost, FixedStop, Problem, Route, Site, Stop

_ROUNDING = 1e-4


class Rule(StrEnum):
    """What a plan may break."""

    DAY_OFF = "DAY_OFF"  # the vehicle does not work that day
    TWO_ROUTES = "TWO_ROUTES"  # one vehicle twice on a day
    PAST = "PAST"  # something new before the first day that may be planned
    KIND = "KIND"
    DAY = "DAY"  # a day the site does not allow, or a set of days that is no pattern
    TWICE = "TWICE"  # one site twice on a day
    TOO_OFTEN = "TOO_OFTEN"
    GAP = "GAP"
    CAPACITY = "CAPACITY"
    WINDOW = "WINDOW"
    TRAVEL = "TRAVEL"  # the next stop is reached sooner than the way takes
    SHIFT = "SHIFT"
    LONGEST = "LONGEST"
    DRIVING = "DRIVING"
    FIXED = "FIXED"  # a fixed stop was moved, left out, or changed places with another


@dataclass(frozen=True)
class Break:
    """A broken rule: where, and by how much where that has a measure (minutes, days, load)."""

    rule: Rule
    day: int | None = None
    vehicle: int | None = None
    site: int | None = None
    by: float = 0.0


def check(problem: Problem, routes: tuple[Route, ...]) -> list[Break]:
    """Return every broken rule; what has been done already is taken as it was."""
    return [*_routes(problem, routes), *_sites(problem, routes), *_fixed(problem, routes)]


def _routes(problem: Problem, routes: tuple[Route, ...]) -> Iterator[Break]:
    seen = set()
    for route in routes:
        if (route.day, route.vehicle) in seen:
            yield Break(Rule.TWO_ROUTES, route.day, route.vehicle)
        seen.add((route.day, route.vehicle))
        yield from check_route(problem, route)


def check_route(problem: Problem, route: Route) -> Iterator[Break]:
    """Yield what a vehicle's day breaks by itself."""
    van = problem.vehicles[route.vehicle]
    if route.day not in van.shifts:
        yield Break(Rule.DAY_OFF, route.day, route.vehicle)
        return
    done = {
        one.site for one in problem.fixed if one.done and (one.day, one.vehicle) == (route.day, route.vehicle)
    }
    if route.stops and all(stop.site in done for stop in route.stops):
        return
    load = sum(problem.sites[stop.site].demand for stop in route.stops)
    if load > van.capacity + _ROUNDING:
        yield Break(Rule.CAPACITY, route.day, route.vehicle, by=load - van.capacity)
    yield from _times(problem, route)
    fixed = {one.site for one in problem.fixed if (one.day, one.vehicle) == (route.day, route.vehicle)}
    for stop in route.stops:
        yield from _stop(problem, route, stop, is_fixed=stop.site in fixed)


def _stop(problem: Problem, route: Route, stop: Stop, *, is_fixed: bool) -> Iterator[Break]:
    site, where = problem.sites[stop.site], (route.day, route.vehicle, stop.site)
    if stop.begins < stop.arrives - _ROUNDING or stop.leaves < stop.begins + site.service - _ROUNDING:
        yield Break(Rule.TRAVEL, *where)
    late = _outside(problem, stop, route.day)
    if late:
        yield Break(Rule.WINDOW, *where, by=late)
    if is_fixed:
        return
    if route.day < problem.first_day:
        yield Break(Rule.PAST, *where)
    if site.kinds and problem.vehicles[route.vehicle].kind not in site.kinds:
        yield Break(Rule.KIND, *where)


def _outside(problem: Problem, stop: Stop, day: int) -> float:
    """Return the minutes between a visit's beginning and the nearest window; 0 inside one."""
    site = problem.sites[stop.site]
    promised = [
        one.promised for one in problem.fixed if (one.site, one.day) == (stop.site, day) and one.promised
    ]
    windows = promised or site.windows_on.get(day, ()) or (() if day in site.windows_on else site.windows)
    apart = [max(one.opens - stop.begins, stop.begins - one.closes) for one in windows]
    least = min(apart, default=0.0)
    return least if least > _ROUNDING else 0.0


def _times(problem: Problem, route: Route) -> Iterator[Break]:
    van, where = problem.vehicles[route.vehicle], (route.day, route.vehicle)
    shift = van.shifts[route.day]
    here, now, driving = shift.begins_at, route.departs, 0.0
    for stop in route.stops:
        leg = float(problem.matrix.minutes[here, problem.sites[stop.site].place])
        if stop.arrives < now + leg - _ROUNDING:
            yield Break(Rule.TRAVEL, *where, stop.site, by=now + leg - stop.arrives)
        here, now, driving = problem.sites[stop.site].place, stop.leaves, driving + leg
    home = float(problem.matrix.minutes[here, shift.ends_at])
    back, driving = now + home, driving + home
    limits = (
        (Rule.TRAVEL, back - route.returns),
        (Rule.SHIFT, max(shift.start - route.departs, back - shift.end - shift.overtime)),
        (Rule.LONGEST, back - route.departs - van.longest_minutes),
        (Rule.DRIVING, driving - van.longest_driving),
    )
    yield from (Break(rule, *where, by=over) for rule, over in limits if over > _ROUNDING)


def _sites(problem: Problem, routes: tuple[Route, ...]) -> Iterator[Break]:
    days: dict[int, list[int]] = defaultdict(list)
    for route in routes:
        for stop in route.stops:
            days[stop.site].append(route.day)
    fixed: dict[int, set[int]] = defaultdict(set)
    for one in problem.fixed:
        fixed[one.site].add(one.day)
    for number, visited in days.items():
        yield from _days(problem.sites[number], number, sorted(visited), fixed[number])


def _days(site: Site, number: int, days: list[int], fixed: set[int]) -> Iterator[Break]:
    """Yield what a site's days break; days that are all fixed are taken as they are."""
    yield from (
        Break(Rule.TWICE, day, site=number) for day, other in itertools.pairwise(days) if day == other
    )
    if set(days) <= fixed:
        return
    most = len(site.patterns[0]) if site.patterns else site.visits
    if len(days) > most:
        yield Break(Rule.TOO_OFTEN, site=number, by=len(days) - most)
    if site.patterns:
        if not any(set(days) <= set(pattern) for pattern in site.patterns):
            yield Break(Rule.DAY, days[0], site=number)
        return
    if site.days is not None:
        yield from (Break(Rule.DAY, day, site=number) for day in days if day not in site.days | fixed)
    yield from _gaps(site, number, days, fixed)


def _gaps(site: Site, number: int, days: list[int], fixed: set[int]) -> Iterator[Break]:
    before = days if site.last_visit is None else [site.last_visit, *days]
    for one, other in itertools.pairwise(before):
        if other in fixed and (one in fixed or one < 0):
            continue
        too_near = site.least_gap - (other - one)
        too_far = 0 if site.most_gap is None or one == site.last_visit else other - one - site.most_gap
        if max(too_near, too_far) > 0:
            yield Break(Rule.GAP, other, site=number, by=max(too_near, too_far))


def _fixed(problem: Problem, routes: tuple[Route, ...]) -> Iterator[Break]:
    at = {(route.day, route.vehicle): [stop.site for stop in route.stops] for route in routes}
    groups: dict[tuple[int, int], list[FixedStop]] = defaultdict(list)
    for one in problem.fixed:
        groups[one.day, one.vehicle].append(one)
    for where, stops in groups.items():
        there = at.get(where, [])
        yield from (Break(Rule.FIXED, *where, one.site) for one in stops if one.site not in there)
        order = [there.index(one.site) for one in stops if one.site in there]
        if order != sorted(order):
            yield Break(Rule.FIXED, *where)


def cost(problem: Problem, routes: tuple[Route, ...]) -> Cost:
    """Return what a plan misses and costs, added up anew."""
    visits = [0] * len(problem.sites)
    for route in routes:
        for stop in route.stops:
            visits[stop.site] += 1
    lack = [
        max(0, (len(site.patterns[0]) if site.patterns else site.visits) - have)
        for site, have in zip(problem.sites, visits, strict=True)
    ]
    penalties = sum((one.penalty or 0.0) * n for one, n in zip(problem.sites, lack, strict=True))
    return Cost(
        _missing(problem, lack),
        math.fsum([penalties, *(_price(problem, one) for one in routes), *_idle(problem, routes)]),
    )


def _missing(problem: Problem, lack: list[int]) -> float:
    share: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    total = 0.0
    for site, n in zip(problem.sites, lack, strict=True):
        if site.penalty is None:
            total += site.weight * n
            share[site.township][0] += n
            share[site.township][1] += len(site.patterns[0]) if site.patterns else site.visits
    return total + problem.township_weight * sum((n / wants) ** 2 for n, wants in share.values() if wants)


def _price(problem: Problem, route: Route) -> float:
    van = problem.vehicles[route.vehicle]
    shift = van.shifts[route.day]
    path = [shift.begins_at, *(problem.sites[stop.site].place for stop in route.stops), shift.ends_at]
    way = sum(float(problem.matrix.distance[one, other]) for one, other in itertools.pairwise(path))
    late = max(0.0, route.returns - shift.end)
    return (
        way * van.cost_per_distance
        + late * van.cost_per_overtime
        + (van.cost_per_day if route.stops else 0.0)
    )


def _idle(problem: Problem, routes: tuple[Route, ...]) -> Iterator[float]:
    """Yield the cost of empty ways: of a vehicle that has no stops but ends its day elsewhere."""
    used = {(route.day, route.vehicle) for route in routes if route.stops}
    for number, van in enumerate(problem.vehicles):
        for day, shift in van.shifts.items():
            if (day, number) not in used:
                yield float(problem.matrix.distance[shift.begins_at, shift.ends_at]) * van.cost_per_distance
