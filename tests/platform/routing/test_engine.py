"""The search and the clock it is given."""

import itertools
from dataclasses import replace

import pytest

from kexie.platform.routing import borrowed, checker, engine
from kexie.platform.routing.problem import FixedStop, Problem, Shift, Site, Vehicle, Window
from tests.platform.routing.worlds import matrix


def test_something_is_always_searched_however_fast_the_seconds_go():
    van = Vehicle("van", {0: Shift(0.0, 480.0, 0, 0)})
    problem = Problem(1, matrix([(0, 0), (3, 4)]), (van,), (Site("school", 1),))
    ticks = itertools.count(0.0, 100.0)
    found = engine.solve(problem, seconds=1.0, clock=lambda: next(ticks))
    assert (len(found.paces), len(found.routes), found.unserved) == (1, 1, ())


def test_a_search_that_froze_is_warmed_up_again_and_ends_cold():
    cooling = engine._Cooling(10.0, 0.0, 100.0)
    begun = [cooling.temperature(float(now)) for now in (0, 10, 50)]
    assert begun == sorted(begun, reverse=True)
    assert begun[0] == 10.0 * engine.HOT
    cooling.note(10.0, begun[1], better=True)
    cooling.note(29.0, 0.1, better=False)
    assert cooling.temperature(29.0) < begun[1] / 2
    cooling.note(31.0, 0.1, better=False)
    assert cooling.temperature(31.0) == begun[1]
    assert round(cooling.temperature(100.0), 9) == 10.0 * engine.COLD


def test_while_it_finds_better_plans_it_only_cools():
    cooling = engine._Cooling(10.0, 0.0, 100.0)
    told = []
    for now in range(100):
        told.append(cooling.temperature(float(now)))
        cooling.note(float(now), told[-1], better=now % 15 == 0)
    assert told == sorted(told, reverse=True)


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
