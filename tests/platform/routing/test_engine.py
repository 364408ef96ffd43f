"""The search and the clock it is given."""

import itertools
from dataclasses import replace

import pytest

from kexie.platform.routing import borrowed, checker, engine
from kexie.platform.routing.problem import FixedStop, Pace, Problem, Route, Shift, Site, Stop, Vehicle, Window
from tests.platform.routing.worlds import matrix


def test_something_is_always_searched_however_fast_the_seconds_go():
    van = Vehicle("van", {0: Shift(0.0, 480.0, 0, 0)})
    problem = Problem(1, matrix([(0, 0), (3, 4)]), (van,), (Site("school", 1),))
    ticks = itertools.count(0.0, 100.0)
    found = engine.solve(problem, seconds=1.0, clock=lambda: next(ticks))
    assert (len(found.paces), len(found.routes), found.unserved) == (1, 1, ())


def test_each_wave_begins_warm_and_ends_cold():
    told = [engine.warmth(done / 1000) for done in range(1001)]
    warmer = [n for n, (before, after) in enumerate(itertools.pairwise(told), start=1) if after > before]
    assert warmer == [round(1000 * begins) for begins, _hot in engine.WAVES[1:]]
    assert [round(told[n], 9) for n in (0, *warmer)] == [hot for _begins, hot in engine.WAVES]
    assert all(told[n - 1] < 1.02 * engine.COLD for n in (*warmer, 1001))


def test_a_whole_route_moves_to_the_depot_that_is_near():
    """Stop by stop it never would: the first one there alone costs a second trip."""
    points = [(0, 0), (100, 0), *((80 + 4 * (n % 3), 10 * (n // 3)) for n in range(9))]
    vans = tuple(Vehicle(f"van {n}", {0: Shift(0.0, 1000.0, n, n)}) for n in (0, 1))
    sites = tuple(Site(f"site {n}", n) for n in range(2, len(points)))
    problem = Problem(1, matrix(points), vans, sites)
    far = Route(0, 0, tuple(Stop(n, 0, 0, 0) for n in range(len(sites))), 0, 0, 0, 0, 0)
    found = engine.solve(problem, paces=[Pace(20, 1e-9)], begin_with=[far])
    assert checker.check(problem, found.routes) == []
    assert [route.vehicle for route in found.routes] == [1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, True),
        ({"days": 2}, False),
        ({"fixed": (FixedStop(0, 0, 0),)}, False),
        ({"sites": (Site("school", 1, penalty=3.0),)}, False),
        ({"sites": (Site("school", 1, kinds=frozenset({"IV"})),)}, False),
        ({"sites": (Site("school", 1, windows=(Window(0, 5), Window(8, 9))),)}, False),
    ],
)
def test_what_pyvrp_has_words_for(change, said):
    van = Vehicle("van", {0: Shift(0.0, 480.0, 0, 0)})
    problem = Problem(1, matrix([(0, 0), (3, 4)]), (van,), (Site("school", 1),))
    assert borrowed.can_say(replace(problem, **change)) is said


@pytest.mark.skipif(not borrowed.is_installed(), reason="PyVRP is installed apart")
def test_pyvrp_plans_the_same_model():
    van = Vehicle("van", {0: Shift(0.0, 480.0, 0, 0)}, capacity=1)
    problem = Problem(1, matrix([(0, 0), (3, 4), (0, 5)]), (van, van), (Site("a", 1), Site("b", 2)))
    found = borrowed.solve(problem, seconds=0.2)
    assert checker.check(problem, found.routes) == []
    assert (len(found.routes), round(found.cost.cost, 6)) == (2, 20.0)
