"""The search for a rotation: an exact model for CP-SAT (OR-Tools), with the best bound it proved.

A county is on at most one set, opens on one of its days, and intervals of a set (moving and show, and what is taken
already) do not overlap; the order of a set's stops is a circuit, so that its kilometres count.
"""

from collections.abc import Callable
from typing import Any

from ortools.sat.python import cp_model

from kexie.contexts.touring.rules.rotation import (
    A_KM,
    A_SCHOOL_DAY,
    Carrier,
    Place,
    Result,
    Rotation,
    faults,
    kilometres,
    with_km,
    worth,
)

WORKERS = 2
Told = Callable[[int, int], None]


class Search:
    """One search: `run` blocks until it is proven or the time is up, `stop` ends it early from another thread."""

    def __init__(self, problem: Rotation, *, seed: int = 1) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.solver = cp_model.CpSolver()
        self.solver.parameters.random_seed = seed
        self.solver.parameters.num_workers = WORKERS
        self.on: dict[tuple[int, int], Any] = {}
        self.opens: dict[tuple[int, int], Any] = {}
        self.terms: list[Any] = []
        self.is_stopped = False
        self._build()

    def run(self, *, seconds: float, told: Told | None = None) -> Result:
        """Return the best plan found; `told(score, bound)` hears of every better one."""
        self.solver.parameters.max_time_in_seconds = seconds
        status = self.solver.solve(self.model, _Ear(told) if told else None)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return Result(bound=round(self.solver.best_objective_bound))
        places = with_km(self.problem, self._places())
        if broken := faults(self.problem, places):
            raise AssertionError(broken)
        return Result(
            places=places,
            score=round(self.solver.objective_value),
            bound=round(self.solver.best_objective_bound),
            is_proven=status == cp_model.OPTIMAL,
        )

    def stop(self) -> None:
        """End the search soon; what was found so far is the result."""
        self.is_stopped = True
        self.solver.stop_search()

    def _build(self) -> None:
        starts = [self._ask(index) for index in range(len(self.problem.asks))]
        for index, carrier in enumerate(self.problem.sets):
            self._set(index, carrier, starts)
        self.model.maximize(sum(self.terms))

    def _ask(self, index: int) -> Any:
        ask = self.problem.asks[index]
        reached = self.model.new_bool_var("")
        for day, school_days in ask.starts:
            opens = self.opens[index, day] = self.model.new_bool_var("")
            self.terms.append((worth(ask) + A_SCHOOL_DAY * school_days) * opens)
        self.model.add(sum(self.opens[index, day] for day, _value in ask.starts) == reached)
        for number in range(len(self.problem.sets)):
            self.on[index, number] = self.model.new_bool_var("")
        self.model.add(sum(self.on[index, number] for number in range(len(self.problem.sets))) == reached)
        start = self.model.new_int_var(0, self.problem.length, "")
        for day, _value in ask.starts:
            self.model.add(start == day).only_enforce_if(self.opens[index, day])
        return start

    def _set(self, number: int, carrier: Carrier, starts: list[Any]) -> None:
        new, setup = self.model, self.problem.setup
        spans = [
            new.new_fixed_size_interval_var(first, last - first + 1, "") for first, last in carrier.taken
        ]
        for index, ask in enumerate(self.problem.asks):
            span = new.new_optional_fixed_size_interval_var(
                starts[index] - setup, setup + ask.days, self.on[index, number], ""
            )
            spans.append(span)
        new.add_no_overlap(spans)
        self._order(number, carrier, starts)

    def _order(self, number: int, carrier: Carrier, starts: list[Any]) -> None:
        asks, arcs = self.problem.asks, []
        idle = self.model.new_bool_var("")
        arcs.append((0, 0, idle))
        for index, ask in enumerate(asks):
            arcs.append((index + 1, index + 1, ~self.on[index, number]))
            self.model.add_implication(idle, ~self.on[index, number])
            first, last = self.model.new_bool_var(""), self.model.new_bool_var("")
            arcs += [(0, index + 1, first), (index + 1, 0, last)]
            self.terms.append(-A_KM * kilometres(carrier.point, ask.point) * first)
            for after, other in enumerate(asks):
                if after != index:
                    arcs.append((index + 1, after + 1, self._then(index, after, starts)))
                    self.terms.append(-A_KM * kilometres(ask.point, other.point) * arcs[-1][2])
        self.model.add_circuit(arcs)

    def _then(self, index: int, after: int, starts: list[Any]) -> Any:
        then = self.model.new_bool_var("")
        gap = self.problem.asks[index].days + self.problem.setup
        self.model.add(starts[after] >= starts[index] + gap).only_enforce_if(then)
        return then

    def _places(self) -> list[Place]:
        chosen = {index: day for (index, day), opens in self.opens.items() if self.solver.value(opens)}
        return [
            Place(ask=index, set=number, start=chosen[index])
            for (index, number), on in self.on.items()
            if self.solver.value(on)
        ]


class _Ear(cp_model.CpSolverSolutionCallback):
    """Hears of every better plan."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told

    def on_solution_callback(self) -> None:
        self.told(round(self.objective_value), round(self.best_objective_bound))
