"""Whatever the sites, vans and limits: a plan breaks no hard rule, and what is held stays where it is."""

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.contexts.touring.rules import driving, proof, solving, tours
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.days import Opening
from kexie.contexts.touring.rules.roads import Table, great_circle, with_table
from kexie.contexts.touring.rules.season import Limits, SiteFacts, VanFacts, World
from kexie.platform.routing import engine
from kexie.platform.routing.problem import Pace

FIRST, DAY = dt.date(2026, 3, 2), dt.timedelta(days=1)
PACES = (Pace(50, 1000.0), Pace(200, 100.0), Pace(200, 1.0))


@st.composite
def worlds(draw):
    """Small seasons: vans of two types with days off, sites with and without a point, near and far, wished for or not."""
    length = draw(st.integers(3, 20))
    days = st.integers(0, length - 1).map(lambda n: FIRST + n * DAY)
    point = st.tuples(st.floats(115.4, 116.6), st.floats(32.5, 33.3))
    points = draw(st.lists(point, min_size=1, max_size=3))
    vans = {
        f"v{n}": VanFacts(
            f"v{n}", f"{n}号车", draw(st.sampled_from(["II", "IV"])), n,
            off=dict.fromkeys(draw(st.sets(days, max_size=3)), "在维修"),
            counties=draw(st.sampled_from([(), ("341221",)])),
            shift=draw(st.sampled_from([None, 300])), nights=draw(st.integers(0, 2)),
        )
        for n in range(len(points))
    }  # fmt: skip
    sites = {}
    for n in range(draw(st.integers(1, 9))):
        at = len(points) if draw(st.integers(0, 9)) else None
        if at is not None:
            points.append(draw(point))
        area = draw(st.sampled_from(["341221101", "341222101"]))
        kind = draw(st.sampled_from(["SCHOOL", "VILLAGE"]))
        first = draw(days)
        sites[f"s{n}"] = SiteFacts(
            f"s{n}", f"第{n}小学", area, at, Opening(kind, area, {}, {}, "ANY"), draw(st.sampled_from([30, 90, 240])),
            types=draw(st.sampled_from([frozenset(), frozenset({"IV"})])), every_days=draw(st.sampled_from([5, 30])),
            least_days=draw(st.integers(0, 9)), last=draw(st.sampled_from([None, FIRST - 2 * DAY])),
            wish=draw(st.sampled_from([None, (first, first + 2 * DAY)])), can_stay=draw(st.booleans()),
        )  # fmt: skip
    limits = Limits(
        drive=draw(st.sampled_from([60, 180, 300, 480])), shift=draw(st.sampled_from([240, 540])),
        rest=draw(st.sampled_from([600, 840])), off=frozenset(draw(st.sets(days, max_size=2))),
    )  # fmt: skip
    world = World(FIRST, FIRST + (length - 1) * DAY, sites, vans, limits, draw(ways(points)))
    chance = draw(st.randoms(use_true_random=False))
    return tours.proposed(world, {}, list(sites), since=FIRST, held=set(), chance=chance)


@st.composite
def ways(draw, points):
    """As the crow flies, or by a table that knows some ways only, and not the same there and back."""
    crow = great_circle(points, factor=1.35, kmh=45, source="直线距离×1.35")
    if draw(st.booleans()):
        return crow
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    metres = (crow.metres * rng.uniform(1, 2, crow.metres.shape)).astype(np.int64)
    seconds = np.where(rng.random(crow.metres.shape) < 0.7, metres * 3600 // 45_000, -1)
    return with_table(crow, Table(points, metres, seconds))[0]


def assert_law(world, routes):
    """Nobody drives longer than the law allows, however days and nights away follow each other; each day goes on where the last ended."""
    for van in world.vans.values():
        tours = [day for day in world.days() if world.is_tour((van.id, day))]
        for day in world.days():
            names = routes.get((van.id, day), ())
            if names or day in tours:
                spells = driven(world, van, day, names)
                if day in tours and day + DAY in tours:
                    spells += driven(world, van, day + DAY, routes.get((van.id, day + DAY), ()))
                assert driving.broken(spells) == ""
                rest = dt.timedelta(minutes=world.limits.rest)
                start = dt.datetime.combine(day + DAY, dt.time()) + dt.timedelta(minutes=world.limits.start)
                assert start - max(end for _start, end in driven(world, van, day, names)) >= rest


def driven(world, van, day, names):
    """The stretches at the wheel of a day, worked out from its times alone."""
    ran, midnight = rules.drive_day(world, van, day, names), dt.datetime.combine(day, dt.time())
    bed = world.nights.get((van.id, day)), world.nights.get((van.id, day - DAY))
    end, start = (van.at if name is None else world.sites[name].at for name in bed)
    path = [start, *(world.sites[name].at for name in names), end]
    leaves = [ran.leaves, *(over for _begins, over in ran.stops)]
    spells = [
        (begun, begun + int(world.roads.minutes[one, other]))
        for begun, (one, other) in zip(leaves, itertools.pairwise(path), strict=True)
    ]
    return [(midnight + dt.timedelta(minutes=a), midnight + dt.timedelta(minutes=b)) for a, b in spells]


def planned(world, **options):
    begun = options.pop("begin_with", {})
    problem = solving.problem_of(world, **options)
    return engine.solve(problem, paces=PACES, begin_with=solving.begin_with(world, begun))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.data())
def test_no_plan_breaks_a_hard_rule_and_held_stops_never_move(world, data):
    first = planned(world)
    routes = solving.routes_of(world, first)
    world = tours.tidy(world, routes, set())
    assert rules.check_plan(world, routes) == []
    visits = [(van, day, name) for (van, day), names in sorted(routes.items()) for name in names]
    held = data.draw(st.lists(st.sampled_from(visits), unique=True)) if visits else []
    since = data.draw(st.sampled_from([FIRST, FIRST + 2 * DAY]))
    held += [one for one in visits if one[1] < since and one not in held]
    timings = {
        key: rules.drive_day(world, world.vans[key[0]], key[1], names) for key, names in routes.items()
    }
    fixed = {(name, day): timings[van, day].stops[routes[van, day].index(name)] for van, day, name in held}
    assert_law(world, routes)
    assert proof.breaches(world, tours.sheets(world, routes)) == []
    again = replace(world, fixed=fixed, _windows={})
    found = solving.routes_of(again, planned(again, held=held, first=since, begin_with=routes))
    assert rules.check_plan(again, found) == []
    assert_law(again, found)
    times = {(van, day, name): fixed[name, day] for van, day, name in held}
    assert proof.breaches(again, tours.sheets(again, found), times) == []
    assert all(name in found[van, day] for van, day, name in held)
    assert all(
        (van, day, name) in held for (van, day), names in found.items() for name in names if day < since
    )


def test_what_is_not_planned_is_named_with_a_reason():
    opening = Opening("SCHOOL", "341221101", {}, {}, "ANY")
    world = World(
        FIRST,
        FIRST + DAY,
        {"s": SiteFacts("s", "小学", "341221101", 1, opening, 90, types=frozenset({"I"}))},
        {"v": VanFacts("v", "车", "IV", 0)},
        Limits(),
        great_circle([(115.8, 32.9), (115.9, 32.9)], factor=1.35, kmh=45, source="-"),
    )
    assert np.isfinite(world.roads.metres).all()
    assert solving.unserved_of(world, planned(world)) == [{"site": "s", "missing": 1, "reason": "NO_VEHICLE"}]
