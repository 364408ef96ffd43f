"""Nights away before a judge that shares no rule with the planner: good plans pass, spoilt ones are refused for what was spoilt."""

import datetime as dt
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.contexts.touring.rules import proof, solving, tours
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.days import Opening
from kexie.contexts.touring.rules.proof import Rule
from kexie.contexts.touring.rules.roads import Roads, great_circle
from kexie.contexts.touring.rules.season import Limits, SiteFacts, VanFacts, World
from kexie.platform.routing import engine
from kexie.platform.routing.problem import Pace

MONDAY, DAY = dt.date(2026, 3, 2), dt.timedelta(days=1)
PACES = (Pace(100, 50.0), Pace(400, 5.0), Pace(400, 0.1))
DEPOT, KM_EAST = (115.80, 32.90), 1 / 93.5


def village(key, at, **values):
    opening = Opening("VILLAGE", "341221101")
    return SiteFacts(key, key, "341221101", at, opening, 60, every_days=365, **values)


def season(places, *, beds, days=5):
    """One van, villages so many kilometres east of its depot as the road goes."""
    points = [DEPOT, *((DEPOT[0] + km * KM_EAST, DEPOT[1] + off / 111) for km, off in places)]
    sites = {f"s{n}": village(f"s{n}", n + 1, can_stay=n in beds) for n in range(len(places))}
    roads = great_circle(points, factor=1.0, kmh=60, source="直线")
    van = VanFacts("v", "1号车", "IV", 0, nights=1)
    return World(MONDAY, MONDAY + (days - 1) * DAY, sites, {"v": van}, Limits(), roads)


def planned(world, legs=8):
    """As the planner in the background does it: every other leg tries nights, and keeps them where the plan is better."""
    chance, best, routes, missing = Random(1), None, {}, []
    for number in range(legs):
        tried = (
            tours.proposed(world, routes, missing, since=world.first, held=set(), chance=chance)
            if number % 2
            else world
        )
        problem = solving.problem_of(tried)
        found = engine.solve(problem, paces=PACES, begin_with=solving.begin_with(tried, routes))
        tried = tours.tidy(tried, solving.routes_of(tried, found), set())
        worth = found.cost.missing, found.cost.cost + tours.price(tried.nights)
        if best is None or worth < best:
            world, best, routes = tried, worth, solving.routes_of(tried, found)
            missing = [one["site"] for one in solving.unserved_of(world, found)]
    return world, routes, missing


def broken(world, sheets, held=None):
    return {one.rule for one in proof.breaches(world, sheets, held)}


def test_the_planner_keeps_nights_where_they_save_kilometres():
    """Sixteen villages 110 km out, all within a day's reach, two days' work or more: staying out saves the way home and out again."""
    world = season([(110 + n % 4, n // 4) for n in range(16)], beds={0}, days=4)
    alone, _routes, left = planned(replace(world, vans={"v": replace(world.vans["v"], nights=0)}))
    assert (alone.nights, left) == ({}, [])
    found, routes, missing = planned(world)
    assert missing == []
    assert len(found.nights) >= 1
    assert proof.breaches(found, tours.sheets(found, routes)) == []


def test_nights_are_kept_where_the_limit_on_driving_needs_them():
    """Villages 170 km out and 340 min there and back: without a night none is reached, with one all are."""
    world = season([(170 + n, 0) for n in range(3)], beds={1})
    _world, _routes, left = planned(replace(world, vans={"v": replace(world.vans["v"], nights=0)}))
    assert len(left) == 3
    found, routes, missing = planned(world)
    assert missing == []
    assert set(found.nights.values()) == {"s1"}
    assert proof.breaches(found, tours.sheets(found, routes)) == []


@pytest.fixture(scope="module")
def tour():
    """A good tour: out on Monday with two visits, a night near s1, one visit and home on Tuesday."""
    world = season([(150, 0), (160, 0), (155, 1)], beds={1})
    world = replace(world, nights={("v", MONDAY): "s1"})
    routes = {("v", MONDAY): ("s0", "s1"), ("v", MONDAY + DAY): ("s2",)}
    assert rules.check_plan(world, routes) == []
    return world, tours.sheets(world, routes)


def test_a_good_tour_passes(tour):
    assert proof.breaches(*tour) == []


def later(sheet, minutes):
    """The same day, its last stop and its end so much later."""
    *before, (name, begins, ends) = sheet.stops
    return replace(
        sheet, stops=(*before, (name, begins + minutes, ends + minutes)), returns=sheet.returns + minutes
    )


def shorter(sheet):
    *before, (name, begins, ends) = sheet.stops
    return replace(sheet, stops=(*before, (name, begins, ends - 1)))


def again(sheet, name):
    """The same day, beginning with a visit at the bed."""
    stops = ((one, begins + 120, ends + 120) for one, begins, ends in sheet.stops)
    return replace(sheet, stops=((name, 540, 600), *stops), returns=sheet.returns + 120)


SPOILT = {
    "sleeps where nobody can": (lambda a, b: (replace(a, night="s0"), b), {Rule.BED, Rule.TRAVEL}),
    "is not where it sets out from": (lambda a, b: (replace(a, night=None), b), {Rule.TRAVEL, Rule.DRIVE}),
    "stays away for good": (lambda a, _b: (a,), {Rule.LEFT}),
    "goes on a day late": (lambda a, b: (a, replace(b, day=b.day + DAY)), {Rule.LEFT}),
    "is on two ways at once": (lambda a, b: (a, b, b), {Rule.TWO_DAYS, Rule.TWICE}),
    "comes in too late to rest": (lambda a, b: (later(a, 600), b), {Rule.REST, Rule.SHIFT, Rule.OPEN}),
    "sets out before it may": (lambda a, b: (a, replace(b, leaves=400)), {Rule.EARLY}),
    "arrives before it can": (lambda a, b: (a, replace(b, leaves=b.leaves + 5)), {Rule.TRAVEL}),
    "cuts a visit short": (lambda a, b: (a, shorter(b)), {Rule.LENGTH}),
    "comes again the next day": (lambda a, b: (a, again(b, "s1")), {Rule.SPACING}),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_tour_is_refused_for_what_was_spoilt(tour, case):
    world, (first, second) = tour
    spoil, told = SPOILT[case]
    assert told <= broken(world, spoil(first, second))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"nights": 0}, Rule.NIGHTS),
        ({"off": {MONDAY + DAY: "在维修"}}, Rule.WORKS),
        ({"shift": 240, "overtime": 0}, Rule.SHIFT),
        ({"type": "II"}, Rule.TYPE),
        ({"counties": ("341222",)}, Rule.COUNTY),
    ],
)
def test_what_the_van_may_not(tour, change, rule):
    world, sheets = tour
    typed = {key: replace(one, types=frozenset({"IV"})) for key, one in world.sites.items()}
    assert broken(replace(world, sites=typed), sheets) == set()
    other = replace(world, sites=typed, vans={"v": replace(world.vans["v"], **change)})
    assert rule in broken(other, sheets)


@pytest.mark.parametrize(
    ("minutes", "told"), [(210, set()), (211, {Rule.DRIVE}), (241, {Rule.DRIVE, Rule.RUN})]
)
def test_four_hours_beside_a_night_from_the_bed_on(minutes, told):
    ways = np.array([[0, 100, 100], [100, 0, 30], [minutes, 30, 0]])
    world = season([(1, 0), (2, 0)], beds={0})
    world = replace(world, roads=Roads(world.roads.points, ways * 1000, ways, "表"))
    out = proof.Sheet("v", MONDAY, 450, 700, (("s0", 550, 700),), "s0")
    home = proof.Sheet("v", MONDAY + DAY, 480, 570 + minutes, (("s1", 510, 570),))
    assert broken(world, (out, home)) == told


def test_more_nights_in_a_row_than_allowed(tour):
    world, (first, second) = tour
    third = proof.Sheet("v", MONDAY + 2 * DAY, 450, 450 + 160, ())
    sheets = (first, replace(second, night="s1"), third)
    assert Rule.NIGHTS in broken(world, sheets)
    longer = replace(world, vans={"v": replace(world.vans["v"], nights=2)})
    assert Rule.NIGHTS not in broken(longer, sheets)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_held_stop_that_moves_is_seen(tour, data):
    world, sheets = tour
    stops = [(one.van, one.day, *stop) for one in sheets for stop in one.stops]
    van, day, name, begins, ends = data.draw(st.sampled_from(stops))
    held = {(van, day, name): (begins, ends)}
    assert broken(world, sheets, held) == set()
    moved = [
        replace(one, stops=tuple(stop for stop in one.stops if stop[0] != name)) if one.day == day else one
        for one in sheets
    ]
    assert Rule.HELD in broken(world, moved, held)
    other = {(van, day, name): (begins + data.draw(st.integers(1, 200)), ends)}
    assert Rule.HELD in broken(world, sheets, other)
