"""A season as the routing engine understands it, and its answer in the season's own words."""

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Mapping

import numpy as np
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.rules import season
from kexie.contexts.touring.rules.season import Routes, SiteFacts, VanFacts, World
from kexie.kernel.errors import Text
from kexie.platform.routing.problem import (
    FixedStop,
    Matrix,
    Problem,
    Reason,
    Route,
    Shift,
    Site,
    Solution,
    Stop,
    Vehicle,
    Window,
)

NEVER_VISITED_DAYS = 720
TOWNSHIP_WEIGHT = 3.0
ASKED_WEIGHT = 2.0
DAY_COST, OVERTIME_COST = 20.0, 0.5
NEVER = 1e6  # minutes: of a way that no driver may go without a rest

# A visit (van, day, site) that stays where it is.
Held = tuple[str, dt.date, str]

REASONS: Mapping[str, Text] = {
    Reason.NO_DAY: _("本季没有开放的日子，或与上次到访间隔太近"),
    Reason.NO_VEHICLE: _("没有适用车型、且服务这个县区的车在开放日出车"),
    Reason.TOO_FAR: _("太远：单独往返也超过班时或驾驶时间上限"),
    Reason.WINDOW: _("出车后赶不上可到访的时间"),
    Reason.CAPACITY: _("当天场次已满"),
    Reason.SHIFT: _("可去的日子里，各车的班时和驾驶时间都已排满"),
    Reason.GAP: _("有空的日子与本点位其他到访间隔太近"),
    Reason.COST: _("绕行太远"),
}


def problem_of(
    world: World, *, held: Iterable[Held] = (), first: dt.date | None = None, waived: Container[str] = ()
) -> Problem:
    """Return the problem; sites and vans stand in it in the order of the world's.

    A site that was asked for is visited on the days wished, unless it is `waived`: then on any day that is open.
    """
    held = list(held)
    counts = Counter(name for _van, _day, name in held)
    days = world.days()
    sites = [site for site in world.sites.values() if site.at is not None]
    numbers = {site.id: number for number, site in enumerate(sites)}
    units = {unit: number for number, unit in enumerate(_units(world))}
    fixed = [
        FixedStop(
            site=numbers[name],
            day=(day - world.first).days,
            vehicle=units[van, world.is_tour((van, day))],
            promised=_promised(world, name, day),
        )
        for van, day, name in held
    ]
    since = max(first or world.first, world.first)
    said = [_site(world, one, counts[one.id], None if one.id in waived else since) for one in sites]
    return Problem(
        days=len(days),
        matrix=_matrix(world),
        vehicles=tuple(_vehicle(world, world.vans[van], is_tour=is_tour) for van, is_tour in _units(world)),
        sites=tuple(said),
        fixed=tuple(fixed),
        first_day=min((since - world.first).days, len(days)),
        township_weight=TOWNSHIP_WEIGHT,
    )


def routes_of(world: World, solution: Solution) -> Routes:
    """Return the plan by van and day."""
    sites = [site.id for site in world.sites.values() if site.at is not None]
    units, days = _units(world), world.days()
    return {
        (units[route.vehicle][0], days[route.day]): tuple(sites[stop.site] for stop in route.stops)
        for route in solution.routes
        if route.stops
    }


def begin_with(world: World, routes: Routes) -> list[Route]:
    """Return a plan as the engine begins with it; the engine works out its times itself."""
    numbers = {
        name: number for number, name in enumerate(s.id for s in world.sites.values() if s.at is not None)
    }
    units = {unit: number for number, unit in enumerate(_units(world))}
    return [
        Route(
            day=(day - world.first).days,
            vehicle=units[van, world.is_tour((van, day))],
            stops=tuple(Stop(numbers[name], 0, 0, 0) for name in names if name in numbers),
            departs=0,
            returns=0,
            distance=0,
            driving=0,
            overtime=0,
        )
        for (van, day), names in routes.items()
    ]


def unserved_of(world: World, solution: Solution) -> list[dict[str, object]]:
    """Return what is missing with its reason (a code of `REASONS`, POINT without coordinates)."""
    sites = [site.id for site in world.sites.values() if site.at is not None]
    found: list[dict[str, object]] = [
        {"site": sites[one.site], "missing": one.missing, "reason": str(one.reason)}
        for one in solution.unserved
    ]
    found += [
        {"site": one.id, "missing": season.wanted(world, one), "reason": "POINT"}
        for one in world.sites.values()
        if one.at is None
    ]
    return found


def reason_in_words(code: str) -> Text:
    """Return a kept reason as a person reads it."""
    return _("没有坐标，补上后才能排") if code == "POINT" else REASONS.get(code, code)


def weight(world: World, site: SiteFacts) -> float:
    """Return what a missing visit weighs: priority, the time since the last one, and whether somebody asked for it."""
    since = (world.first - site.last).days if site.last else NEVER_VISITED_DAYS
    asked = ASKED_WEIGHT if site.wish else 1.0
    return asked * site.priority * (1 + max(0, min(since, NEVER_VISITED_DAYS)) / 360)


def _matrix(world: World) -> Matrix:
    roads = world.roads
    minutes = np.where(roads.minutes > season.LONGEST_RUN, NEVER, roads.minutes).astype(float)
    return Matrix(roads.source, roads.metres / 1000.0, minutes)


def _units(world: World) -> list[tuple[str, bool]]:
    """Return the engine's vehicles: each van, and once more for the days joined by nights away, when less is driven."""
    touring = {van for van, _day in world.nights}
    return [
        (van, is_tour) for van in world.vans for is_tour in (False, True) if van in touring or not is_tour
    ]


def _vehicle(world: World, van: VanFacts, *, is_tour: bool) -> Vehicle:
    shifts = {
        number: _shift(world, van, day)
        for number, day in enumerate(world.days())
        if world.is_tour((van.id, day)) == is_tour and season.van_cannot(world, van, day) is None
    }
    return Vehicle(
        key=van.id,
        shifts=shifts,
        kind=van.id,
        longest_driving=min(world.limits.drive, season.TOUR_DRIVE) if is_tour else world.limits.drive,
        cost_per_overtime=OVERTIME_COST,
        cost_per_day=DAY_COST,
    )


def _shift(world: World, van: VanFacts, day: dt.date) -> Shift:
    limits = world.limits
    length, overtime = limits.of(van)
    end = min(limits.start + length, limits.latest())
    extra = min(overtime, limits.latest() - end)
    return Shift(limits.start, end, world.begins(van, day), world.ends(van, day), extra)


def _site(world: World, site: SiteFacts, held: int, wished_since: dt.date | None) -> Site:
    # Which vans will do is said van by van, for type and county alike.
    kinds = frozenset(van.id for van in world.vans.values() if season.fits(van, site))
    windows = {
        number: tuple(Window(a, b - site.service) for a, b in found if b - a >= site.service)
        for number, day in enumerate(world.days())
        if (found := world.windows(site, day))
    }
    open_on = {number: found for number, found in windows.items() if found}
    visits = max(season.wanted(world, site), held)
    if wished_since and visits == 1 and not held:
        open_on = _wished(world, site, open_on, wished_since)
    return Site(
        key=site.id,
        place=site.at or 0,
        service=max(site.service, season.LEAST_REST),  # each stop is a rest from driving
        visits=visits,
        days=frozenset(open_on),
        least_gap=max(site.least_days, 1),
        last_visit=(site.last - world.first).days if site.last else None,
        windows_on=open_on,
        kinds=kinds or frozenset({"-"}),
        township=site.township,
        weight=weight(world, site),
    )


def _wished(
    world: World, site: SiteFacts, open_on: dict[int, tuple[Window, ...]], since: dt.date
) -> dict[int, tuple[Window, ...]]:
    """Return the open days that were wished for and are still possible; all where there is none."""
    if site.wish is None:
        return open_on
    early = max(site.wish[0], since)
    if site.last:
        early = max(early, site.last + dt.timedelta(days=max(site.least_days, 1)))
    first, last = (early - world.first).days, (site.wish[1] - world.first).days
    return {day: found for day, found in open_on.items() if first <= day <= last} or open_on


def _promised(world: World, name: str, day: dt.date) -> Window | None:
    held = world.fixed.get((name, day))
    return Window(held[0], held[0]) if held else None
