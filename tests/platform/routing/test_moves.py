from dataclasses import replace

import pytest

from kexie.platform.routing import checker, engine, moves
from kexie.platform.routing.checker import Rule
from kexie.platform.routing.problem import (
    FixedStop,
    Matrix,
    Pace,
    Problem,
    Reason,
    Shift,
    Site,
    Vehicle,
    Window,
)
from kexie.platform.routing.repair import repair
from tests.platform.routing.worlds import matrix

POINTS = [(0, 0), (10, 0), (20, 0), (0, 30), (0, 40), (200, 0)]


@pytest.fixture(scope="module")
def season() -> Problem:
    shifts = {day: Shift(480, 720, 0, 0) for day in range(3)}
    vans = (Vehicle("甲", shifts, "II"), Vehicle("乙", {1: shifts[1]}, "I"))
    sites = tuple(Site(f"{n}", n, service=30, days=frozenset({0, 1})) for n in range(1, 5))
    return Problem(3, matrix(POINTS), vans, (replace(sites[0], kinds=frozenset({"II"})), *sites[1:]))


@pytest.fixture(scope="module")
def plan(season):
    return engine.solve(season, paces=(Pace(200, 5.0), Pace(100, 0.1)))


def where(routes):
    return {(stop.site, route.day, route.vehicle) for route in routes for stop in route.stops}


def test_a_plan_serves_all(season, plan):
    assert checker.check(season, plan.routes) == []
    assert plan.unserved == ()
    assert round(plan.cost.cost, 6) == round(20 + 2000**0.5 + 40, 6)  # one round


@pytest.mark.parametrize(("to", "rule"), [((2, 0), Rule.DAY), ((1, 1), Rule.KIND), ((0, 1), Rule.DAY_OFF)])
def test_a_move_tells_what_it_breaks(season, plan, to, rule):
    (day,) = {route.day for route in plan.routes for stop in route.stops if stop.site == 0}

    effect = moves.move(season, plan.routes, site=0, from_day=day, to=to)

    assert [one.rule for one in effect.breaks] == [rule]


def test_a_move_tells_what_it_costs(season, plan):
    day = next(route.day for route in plan.routes for stop in route.stops if stop.site == 3)

    out = moves.move(season, plan.routes, site=3, from_day=day, to=None)
    back = moves.move(season, out.routes, site=3, from_day=None, to=(1, 1))

    assert (out.more_missing, out.breaks) == (1.0, ())
    assert round(out.more_cost, 6) == round(1300**0.5 + 30 - 2000**0.5 - 40, 6)
    assert (back.more_missing, back.breaks) == (-1.0, ())
    assert round(back.more_cost, 6) == 80.0


def test_moving_a_fixed_stop_breaks_a_rule(season, plan):
    site, day, vehicle = min(where(plan.routes))
    held = replace(season, fixed=(FixedStop(site, day, vehicle),))

    effect = moves.move(held, plan.routes, site=site, from_day=day, to=(1 - day, 0))

    assert [one.rule for one in effect.breaks] == [Rule.FIXED]


def test_a_cancelled_day_is_mended_and_the_others_stay(season, plan):
    site, day, _vehicle = max(where(plan.routes))
    sites = list(season.sites)
    sites[site] = replace(sites[site], days=frozenset({1 - day}))

    mended = repair(replace(season, sites=tuple(sites)), plan.routes)

    stayed = {one for one in where(plan.routes) if one[0] != site}
    assert where(mended.routes) > stayed
    assert mended.unserved == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"days": frozenset()}, Reason.NO_DAY),
        ({"kinds": frozenset({"IV"})}, Reason.NO_VEHICLE),
        ({"windows": (Window(0, 60),)}, Reason.WINDOW),
        ({"service": 1000}, Reason.TOO_FAR),
        ({"place": 5}, Reason.TOO_FAR),
        ({"penalty": 1.0}, Reason.COST),
        ({"visits": 3, "least_gap": 2}, Reason.GAP),
    ],
)
def test_why_a_visit_is_missing(season, change, reason):
    changed = replace(season, sites=(replace(season.sites[0], **change),))

    solution = engine.solve(changed, paces=(Pace(20, 1.0),))

    assert [one.reason for one in solution.unserved] == [reason]


def test_watching_stops_the_search(season):
    told = []

    solution = engine.solve(season, seconds=60, watch=lambda progress: told.append(progress) or len(told) < 2)

    assert len(told) == len(solution.paces) == 2
    assert checker.check(season, solution.routes) == []


def test_a_known_best_periodic_plan_is_found():
    """Twelve sites on a ring around the depot, in four clusters far apart, each cluster on a day of its own: any mixing costs more."""
    spots = [(0, 0)] + [
        (x + dx, y + dy)
        for x, y in ((100, 0), (0, 100), (-100, 0), (0, -100))
        for dx, dy in ((0, 0), (1, 0), (0, 1))
    ]
    shifts = {day: Shift(0, 1000, 0, 0) for day in range(4)}
    sites = tuple(Site(f"{n}", n, patterns=((0, 2), (1, 3))) for n in range(1, 13))
    problem = Problem(4, matrix(spots), (Vehicle("甲", shifts, capacity=6),), sites)

    solution = engine.solve(problem, paces=(Pace(1000, 5.0), Pace(500, 0.05)))

    assert checker.check(problem, solution.routes) == []
    pairs = {frozenset((stop.site // 3) for stop in route.stops) for route in solution.routes}
    assert len(pairs) == 2
    assert all(len(pair) == 2 for pair in pairs)


def test_distances_are_named(season):
    named = replace(
        season, matrix=Matrix("great circle × 1.35", season.matrix.distance, season.matrix.minutes)
    )

    assert engine.solve(named, paces=()).source == "great circle × 1.35"
