"""Compiling the search ahead, so that no planner waits for it."""

import numpy as np

from kexie.platform.routing import engine
from kexie.platform.routing.problem import Matrix, Pace, Problem, Shift, Site, Vehicle


def warm_up() -> None:
    """Solve something tiny: what is compiled by it is kept on disk."""
    near = np.array([[0.0, 1.0], [1.0, 0.0]])
    van = Vehicle("van", {0: Shift(0.0, 10.0, 0, 0)})
    problem = Problem(1, Matrix("unit", near, near), (van,), (Site("site", 1),))
    engine.solve(problem, paces=(Pace(1, 1.0),))
