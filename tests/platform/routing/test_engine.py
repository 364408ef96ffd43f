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
