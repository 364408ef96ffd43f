"""Solving: flat arrays in, chunks of compiled search with progress between them, a plan out.

Everything that runs long goes through `solve`. It is called from background tasks and from the command line, never from a page.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from kexie.platform.routing import checker, columns, timetable
from kexie.platform.routing.arrays import Data, State, data_of, state_of, working_days
from kexie.platform.routing.problem import (
    Cost,
    Matrix,
    Pace,
    Problem,
    Progress,
    Route,
    Shift,
    Site,
    Solution,
    Vehicle,
)
from kexie.platform.routing.reasons import unserved
from kexie.platform.routing.search import whole
from kexie.platform.routing.soundness import sound

# When each wave begins (share of the time) and how warm, in mean costs of a stop; each ends COLD, where the best plan so far mostly stands.
WAVES = ((0.0, 0.8), (0.4, 0.3), (0.7, 0.3))
COLD = 0.01
CHUNK_SECONDS = 0.1
FIRST_CHUNK = 50  # iterations
Watch = Callable[[Progress], bool]
Placed = tuple[int, int, int]  # site, day, vehicle


@dataclass
class _Run:
    """A search under way."""

    problem: Problem
    data: Data
    state: State
    clock: Callable[[], float]
    began: float
    iterations: int = 0
    history: list[Progress] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)

    def chunk(self, pace: Pace) -> Progress:
        """Search a little."""
        whole.search(self.data, self.state, pace.iterations, pace.temperature)
        self.iterations += pace.iterations
        self.paces.append(pace)
        return self.note()

    def note(self) -> Progress:
        """Return how the search stands, and keep it when it is better than before."""
        best = Cost(
            float(self.state.totals[columns.BEST_MISSING]), float(self.state.totals[columns.BEST_COST])
        )
        progress = Progress(self.clock() - self.began, self.iterations, best)
        if not self.history or best < self.history[-1].best:
            self.history.append(progress)
        return progress


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    begin_with: Sequence[Route] = (),
    paces: Sequence[Pace] | None = None,
    watch: Watch | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """Plan for so many seconds, or at given paces, which from the same seed gives the same plan each time.

    `begin_with` is a plan to be improved; what of it breaks a rule now is taken out first. `watch` is told the progress some ten times a second and stops the search by False; what was
    best until then is returned. The seconds begin once the compiled code is there; something is always searched.
    """
    if not problem.sites or not working_days(problem):
        nothing = checker.cost(problem, ())
        return Solution((), unserved(problem, ()), nothing, problem.matrix.source, seed)
    load()
    run = _started(problem, seed, begin_with, clock)
    for pace in _paces(run, seconds) if paces is None else paces:
        progress = run.chunk(pace)
        if watch is not None and not watch(progress):
            break
    return _solution(run, seed)


@cache
def load() -> None:
    """Load what is compiled, by planning something tiny; what was never compiled is, in about a minute, and kept on disk."""
    near = np.array([[0.0, 1.0], [1.0, 0.0]])
    van = Vehicle("van", {0: Shift(0.0, 10.0, 0, 0)})
    problem = Problem(1, Matrix("unit", near, near), (van,), (Site("site", 1),))
    _started(problem, 1, (), time.monotonic).chunk(Pace(1, 1.0))


def _started(problem: Problem, seed: int, begin_with: Sequence[Route], clock: Callable[[], float]) -> _Run:
    began = clock()
    data = data_of(problem)
    run = _Run(problem, data, state_of(data, seed), clock, began)
    places = _placed(problem, sound(problem, begin_with))
    numbers = {(day, vehicle): number for number, (day, vehicle, _shift) in enumerate(working_days(problem))}
    known = [(site, numbers[day, vehicle]) for site, day, vehicle in places if (day, vehicle) in numbers]
    sites, routes = (np.array([one[n] for one in known], dtype=np.int64) for n in (0, 1))
    whole.start(data, run.state, routes, sites)
    run.note()
    return run


def _placed(problem: Problem, begin_with: Sequence[Route]) -> list[Placed]:
    """Return the stops that stand at the beginning: those of a given plan, and all that are fixed."""
    kept = [(stop.site, route.day, route.vehicle) for route in begin_with for stop in route.stops]
    have = {(site, day) for site, day, _vehicle in kept}
    return kept + [
        (one.site, one.day, one.vehicle) for one in problem.fixed if (one.site, one.day) not in have
    ]


def _paces(run: _Run, seconds: float) -> Iterator[Pace]:
    """Warm up and cool down with the clock; chunks are as long as the last ones suggest."""
    before = run.clock()
    until = run.began + seconds
    unit = _unit(run)
    size = FIRST_CHUNK
    while (now := run.clock()) < until or not run.paces:
        if run.paces:
            took = max((now - before) / run.paces[-1].iterations, 1e-9)
            size = max(1, int(min(CHUNK_SECONDS, until - now) / took))
            size = min(size, 4 * run.paces[-1].iterations)
        before = now
        yield Pace(size, unit * warmth(1 - max(until - now, 0.0) / max(seconds, 1e-9)))


def warmth(done: float) -> float:
    """Return the temperature, in mean costs of a stop, when so much of the time is over: in each wave it falls by the same factor in equal times."""
    since, hot = max(wave for wave in WAVES if wave[0] <= done)
    until = min((begins for begins, _hot in WAVES if begins > since), default=1.0)
    return float(hot * (COLD / hot) ** ((done - since) / (until - since)))


def _unit(run: _Run) -> float:
    stops = int(run.state.routes[columns.LENGTH].sum())
    return max(float(run.state.totals[columns.BEST_COST]), 1e-9) / max(stops, 1)


def _solution(run: _Run, seed: int) -> Solution:
    state = run.state
    routes = []
    for number, (day, vehicle, _shift) in enumerate(working_days(run.problem)):
        sites = [
            int(site)
            for site in state.lists[columns.BEST_STOPS, number, : state.routes[columns.BEST_LENGTH, number]]
        ]
        if sites:
            routes.append(timetable.route(run.problem, day=day, vehicle=vehicle, sites=sites))
    routes.sort(key=lambda route: (route.day, route.vehicle))
    best = Cost(float(state.totals[columns.BEST_MISSING]), float(state.totals[columns.BEST_COST]))
    return Solution(
        routes=tuple(routes),
        unserved=unserved(run.problem, routes),
        cost=best,
        source=run.problem.matrix.source,
        seed=seed,
        history=tuple(run.history),
        paces=tuple(run.paces),
    )
