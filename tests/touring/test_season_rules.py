"""Days, hours, distances and limits of a season, without a database."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from kexie.contexts.touring.rules import days, lunar, placing, season, solving
from kexie.contexts.touring.rules.days import Opening, Term
from kexie.contexts.touring.rules.roads import UNKNOWN, Table, great_circle, with_table
from kexie.contexts.touring.rules.season import Broken, Limits, SiteFacts, Timing, VanFacts, World

MONDAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
DEPOT, NEAR, FAR = (115.80, 32.90), (115.90, 32.90), (117.80, 32.90)
TERM = Term("3412", dt.date(2026, 3, 2), dt.date(2026, 7, 3), frozenset({MONDAY + 8 * DAY}))


def site(key, at=1, **values):
    opening = values.pop("opening", Opening("SCHOOL", "341202001"))
    return SiteFacts(key, key, "341202001", at, opening, values.pop("service", 90), **values)


def world(*sites, vans=None, limits=None, **values):
    vans = vans or [VanFacts("v1", "一号车", "IV", 0)]
    return World(
        MONDAY,
        MONDAY + 27 * DAY,
        {one.id: one for one in sites},
        {van.id: van for van in vans},
        limits or Limits(),
        great_circle([DEPOT, NEAR, FAR], factor=1.35, kmh=45, source="直线"),
        (TERM,),
        **values,
    )


def rules_broken(one, day, *stops, van="v1", visits=None):
    return [broken.rule for broken in season.check_day(one, one.vans[van], day, stops, visits or {})]


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (dt.date(2026, 2, 17), 1),  # 春节
        (dt.date(2025, 1, 29), 1),
        (dt.date(2025, 10, 6), 15),  # 中秋
        (dt.date(2024, 6, 10), 5),  # 端午
        (dt.date(2019, 1, 1), None),
    ],
)
def test_day_of_the_lunar_month(day, number):
    assert lunar.day_of_month(day) == number


def test_market_days():
    assert days.is_market_day({"kind": "LUNAR", "days": [1, 6]}, dt.date(2026, 2, 17))
    assert not days.is_market_day({"kind": "LUNAR", "days": [2]}, dt.date(2026, 2, 17))
    assert days.is_market_day({"kind": "WEEKDAYS", "days": [1]}, MONDAY)
    assert days.is_market_day({"kind": "MONTH", "days": [2, 7]}, MONDAY)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(MONDAY, True), (MONDAY + 5 * DAY, False), (MONDAY + 8 * DAY, False), (MONDAY - 14 * DAY, False)],
)
def test_schools_are_visited_on_days_with_lessons(day, is_open):
    assert (days.closed_because(Opening("SCHOOL", "341202001"), day, [TERM]) == "") is is_open


def test_a_countys_own_term_stands_before_the_citys():
    own = Term("341202", MONDAY + 7 * DAY, dt.date(2026, 7, 3))
    assert days.closed_because(Opening("SCHOOL", "341202001"), MONDAY, [TERM, own])
    assert days.closed_because(Opening("SCHOOL", "341203001"), MONDAY, [TERM, own]) == ""


def test_distances_are_great_circle_times_the_factor_unless_a_matrix_knows_better():
    roads = great_circle([DEPOT, NEAR], factor=1.35, kmh=45, source="直线×1.35")
    metres, minutes = roads.between(0, 1)
    assert (metres, minutes) == (pytest.approx(12_604, abs=20), 17)
    ways = np.array([[[0, 15_000], [UNKNOWN, 0]], [[0, 1201], [UNKNOWN, 0]]])
    known, lacking = with_table(roads, Table([DEPOT, NEAR], ways[0], ways[1]))
    assert known.between(0, 1) == (15_000, 21)
    assert (known.between(1, 0), lacking) == ((metres, minutes), 1)


def test_a_day_waits_for_the_school_to_open_and_leaves_no_earlier_than_it_must():
    one = world(site("a"))
    ran = season.drive_day(one, one.vans["v1"], MONDAY, ("a",))
    assert isinstance(ran, Timing)
    assert (ran.leaves, ran.stops, ran.returns) == (510 - 17, ((510, 600),), 617)


@pytest.mark.parametrize(
    ("one", "stops", "rule"),
    [
        (world(site("a", at=None)), "a", "POINT"),
        (world(site("a", types=frozenset({"I"}))), "a", "TYPE"),
        (world(site("a", service=200)), "a", "WINDOW"),
        (world(site("a", at=2)), "a", "DRIVE"),
        (world(site("a"), limits=Limits(shift=60, overtime=0)), "a", "SHIFT"),
        (world(site("a"), vans=[VanFacts("v1", "一", "IV", 0, counties=("341221",))]), "a", "COUNTY"),
        (world(site("a"), vans=[VanFacts("v1", "一", "IV", 0, off={MONDAY: ""})]), "a", "OFF"),
        (world(site("a", last=MONDAY - 3 * DAY)), "a", "SPACING"),
        (world(site("a")), "aa", "TWICE"),
    ],
)  # fmt: skip
def test_each_hard_rule_is_told(one, stops, rule):
    assert rule in rules_broken(one, MONDAY, *stops)


def test_days_outside_the_season_weekends_and_a_second_visit_too_soon_are_refused():
    one = world(site("a", opening=Opening("VILLAGE", "341202001")))
    assert rules_broken(one, MONDAY - DAY, "a") == ["SEASON"]
    assert rules_broken(one, MONDAY + 5 * DAY, "a") == ["WEEKEND"]
    assert rules_broken(one, MONDAY, "a", visits={"a": [MONDAY, MONDAY + 9 * DAY]}) == ["SPACING"]
    assert rules_broken(one, MONDAY, "a") == []


def test_a_whole_plan_is_checked():
    one = world(site("a", least_days=10), site("b"))
    routes = {("v1", MONDAY): ("a", "b"), ("v1", MONDAY + DAY): ("a",)}
    assert {broken.rule for broken in season.check_plan(one, routes)} == {"SPACING"}
    assert season.check_plan(one, {("v1", MONDAY): ("a", "b")}) == []


def test_how_often_a_site_is_due():
    one = world()
    assert season.wanted(one, site("a", every_days=10)) == 3
    assert season.wanted(one, site("a", every_days=30, last=MONDAY - 20 * DAY)) == 1
    assert season.wanted(one, site("a", every_days=180, last=MONDAY - 20 * DAY)) == 0


def test_the_routing_problem_says_the_same_rules():
    one = world(
        site("a", types=frozenset({"IV"})), site("b", at=None), site("c", types=frozenset({"I"})),
        vans=[VanFacts("v1", "一", "IV", 0, off={MONDAY: ""})], fixed={("a", MONDAY + DAY): (600, 690)},
    )  # fmt: skip
    problem = solving.problem_of(one, held=[("v1", MONDAY + DAY, "a")], first=MONDAY + 2 * DAY)
    assert [found.key for found in problem.sites] == ["a", "c"]
    assert (problem.first_day, problem.days, problem.vehicles[0].shifts.get(0)) == (2, 28, None)
    assert [(stop.day, stop.promised.opens) for stop in problem.fixed] == [(1, 600)]
    assert (problem.sites[0].kinds, problem.sites[1].kinds) == (frozenset({"v1"}), frozenset({"-"}))
    assert problem.sites[0].windows_on[3][0].closes == 690 - 90
    assert 5 not in (problem.sites[0].days or ())


def test_missing_visits_weigh_more_the_longer_nobody_came():
    one = world()
    visited = site("a", last=MONDAY - 90 * DAY)
    assert solving.weight(one, site("a")) == 3
    assert solving.weight(one, visited) == 1.25
    assert solving.weight(one, replace(visited, priority=3)) == 3.75


def test_a_broken_rule_names_the_site():
    one = world(site("西湖小学", service=200))
    found = season.drive_day(one, one.vans["v1"], MONDAY, ("西湖小学",))
    assert isinstance(found, Broken)
    assert found.text.startswith("西湖小学：07:47 到达后")


def test_overtime_counts_when_a_visit_is_placed():
    """The nearer van is full: there the visit means overtime, worth more than the few kilometres that the other van drives further."""
    all_day = Opening("VILLAGE", "341202001", {"1": [["07:30", "20:00"]]})
    sites = [site(f"s{n}", opening=all_day) for n in range(6)]
    vans = [VanFacts("full", "一号车", "IV", 0), VanFacts("free", "二号车", "IV", 3)]
    roads = great_circle([DEPOT, NEAR, FAR, (115.70, 32.90)], factor=1.35, kmh=45, source="直线")
    one = replace(world(*sites, vans=vans, limits=Limits(shift=420, overtime=120)), roads=roads)
    routes = {("full", MONDAY): ("s0", "s1", "s2", "s3"), ("free", MONDAY): ("s4",)}
    keys = [("full", MONDAY), ("free", MONDAY)]
    alone = placing.insert(one, routes, "s5", keys[:1], before=routes)
    effect = placing.insert(one, routes, "s5", keys, before=routes)
    assert (alone.broken, alone.overtime > 0) == ((), True)
    assert (effect.key, effect.overtime) == (("free", MONDAY), 0)


def test_a_further_day_out_counts_when_a_visit_is_placed():
    one = world(site("s0"), site("s1"))
    routes = {("v1", MONDAY): ("s0",)}
    keys = [("v1", MONDAY + n * DAY) for n in (1, 0)]
    assert placing.insert(one, routes, "s1", keys, before=routes).key == ("v1", MONDAY)
