"""The search and the clock it is given."""

import itertools

from kexie.platform.routing import engine
from kexie.platform.routing.problem import Problem, Shift, Site, Vehicle
from tests.platform.routing.worlds import matrix


def test_something_is_always_searched_however_fast_the_seconds_go():
    van = Vehicle("van", {0: Shift(0.0, 480.0, 0, 0)})
    problem = Problem(1, matrix([(0, 0), (3, 4)]), (van,), (Site("school", 1),))
    ticks = itertools.count(0.0, 100.0)
    found = engine.solve(problem, seconds=1.0, clock=lambda: next(ticks))
    assert (len(found.paces), len(found.routes), found.unserved) == (1, 1, ())
