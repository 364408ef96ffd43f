"""Who talks to whom in which session: entries and people meet in pairs, in slots, at a limited number of tables.

An integer programme for HiGHS over (entry, person, slot). What must not move is fixed, and so is what stood before if it
can all stay. Otherwise as much of it as possible stays; a missing minimum load weighs as much as a talk moved, and either
weighs more than all values together.
The relaxation proves a bound. With it and the best found, most places can be shown to be useless and are left out,
so that the last programme is small and what it proves holds for all of them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from kexie.platform.assignment.problem import Flags, Floats, Ints

Place = tuple[int, int, int]  # entry, person, slot
_LEGS = (0.15, 0.35, 1.0)  # of the time limit: after each somebody may stop
_TOLERANCE = 1e-6
_HALF = 0.5
_NEAR = 1.0  # what a place may lose and still be looked at first


@dataclass(frozen=True)
class Side:
    """An entry or a person: the slots when it is there, and how many talks it has at least and at most."""

    id: str
    slots: frozenset[int]
    least: int = 0
    most: int = 1


@dataclass(frozen=True)
class Sessions:
    """A whole task. `value[l, r]` is a whole number; pairs of 0 or less never meet.

    `runs` are slots that follow each other without a pause; of those a person has at most `in_a_row` talks on end.
    `fixed` places stay, whatever rules they break; `before` is what stood until now, kept where it can be.
    """

    left: Sequence[Side]
    right: Sequence[Side]
    value: Ints
    slots: int
    tables: int
    runs: Sequence[Sequence[int]] = ()
    in_a_row: int | None = None
    fixed: frozenset[Place] = frozenset()
    before: frozenset[Place] = frozenset()

    @cached_property
    def weight(self) -> int:
        """More than all talks together can be worth."""
        most = min(self.tables * self.slots, sum(one.most for one in self.left) + len(self.fixed))
        return 1 + most * max(int(self.value.max(initial=0)), 1)

    @cached_property
    def places(self) -> Ints:
        """Every place that is possible, one a row, in a lasting order."""
        there = (
            _there(self.left, self.slots)[:, None, :]
            & _there(self.right, self.slots)[None, :, :]
            & (self.value > 0)[:, :, None]
        )
        for place in self.fixed:
            there[place] = True
        return np.argwhere(there)

    @cached_property
    def worth(self) -> Floats:
        """What each place brings: its value, and much more where it stood before."""
        entry, person, _slot = self.places.T
        kept = np.array([tuple(place) in self.before for place in self.places.tolist()], dtype=np.float64)
        worth: Floats = np.maximum(self.value[entry, person], 0) + kept * self.weight
        return worth


def _there(sides: Sequence[Side], slots: int) -> Flags:
    return np.array([[slot in one.slots for slot in range(slots)] for one in sides], dtype=np.bool_).reshape(
        len(sides), slots
    )


@dataclass(frozen=True)
class Timetable:
    """The talks, what they are worth, and an upper bound of that; `lacking` has who stays below the least, and by how many.

    `total` and `bound` are in the weights of the objective; `value` is the plain sum of the pairs' values.
    """

    places: Sequence[Place]
    value: int
    kept: int
    total: float
    bound: float
    lacking: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_proven(self) -> bool:
        """Whether nothing better exists: values are whole numbers, so less than one apart is nothing."""
        return self.bound - self.total < 1 - _TOLERANCE

    @property
    def gap(self) -> float:
        """How far the total may be from the best, relative to the bound; 0 when proven."""
        return 0.0 if self.is_proven else (self.bound - self.total) / max(abs(self.bound), 1.0)


class Stopped(Exception):
    """Somebody no longer wants the answer."""


Told = Callable[[Timetable | None, float], bool]


def solve(task: Sessions, *, seconds: float = 30.0, told: Told = lambda _best, _bound: True) -> Timetable:
    """Return the best timetable found within the time, with its bound; `told` hears of progress and may stop it.

    Raises Stopped. There is always an answer: nobody need talk, though what is fixed stays.
    """
    programme = _Programme(task, deadline=time.monotonic() + seconds)
    best: Timetable | None = None
    bound = float("inf")
    for best, bound in programme.steps(seconds):
        if not told(best, bound):
            raise Stopped
    return best if best is not None else programme.timetable(np.zeros(len(task.places)), bound)


class _Programme:
    """The rows over all places; each step solves them over those places that can still matter."""

    def __init__(self, task: Sessions, *, deadline: float) -> None:
        self.task, self.deadline = task, deadline
        self.is_fixed = np.array(
            [tuple(place) in task.fixed for place in task.places.tolist()], dtype=np.bool_
        )
        self.rows = list(self._rows())
        self._keep_all()

    def _keep_all(self) -> None:
        """Fix all that stood before, if it can all stay: nothing then moves for the sake of a value or a minimum."""
        stood = np.array(
            [tuple(place) in self.task.before for place in self.task.places.tolist()], dtype=np.bool_
        )
        together = self.is_fixed | stood
        if all(together[places].sum() <= high for places, _low, high, _soft in self.rows):
            self.is_fixed = together

    def _rows(self) -> Iterator[tuple[Ints, float, float, bool]]:
        """Yield the places of each row, its limits, and whether it may stay below the lower one at a price."""
        entry, person, slot = self.task.places.T
        yield from self._at_most_one(entry * len(self.task.right) + person)
        yield from self._at_most_one(entry * self.task.slots + slot)
        yield from self._at_most_one(person * self.task.slots + slot)
        for places in _groups(slot):
            yield places, 0, max(self.task.tables, self._already(places)), False
        yield from self._loads(entry, self.task.left)
        yield from self._loads(person, self.task.right)
        yield from self._breaks(person, slot)

    def _already(self, places: Ints) -> int:
        return int(self.is_fixed[places].sum())

    def _at_most_one(self, key: Ints) -> Iterator[tuple[Ints, float, float, bool]]:
        for places in _groups(key):
            if len(places) > 1:
                yield places, 0, max(1, self._already(places)), False

    def _loads(self, key: Ints, sides: Sequence[Side]) -> Iterator[tuple[Ints, float, float, bool]]:
        for at, one in enumerate(sides):
            places = np.flatnonzero(key == at)
            yield places, one.least, max(one.most, self._already(places)), True

    def _breaks(self, person: Ints, slot: Ints) -> Iterator[tuple[Ints, float, float, bool]]:
        longest = self.task.in_a_row
        if not longest:
            return
        for run in self.task.runs:
            for start in range(len(run) - longest):
                window = np.isin(slot, run[start : start + longest + 1])
                for at in np.unique(person[window]):
                    places = np.flatnonzero(window & (person == at))
                    yield places, 0, max(longest, self._already(places)), False

    def steps(self, seconds: float) -> Iterator[tuple[Timetable | None, float]]:
        """Yield the best timetable and the bound, ever better, until it is proven or the time is up."""
        bound, reduced = self._relax()
        yield None, bound
        active = self.is_fixed | (reduced > -_NEAR)
        begun, best = time.monotonic(), None
        for share in _LEGS:
            limit = min(begun + share * seconds, self.deadline) - time.monotonic()
            if limit <= 0:
                return
            found, inner = self._integer(active, limit)
            if found is not None:
                best = found if best is None or found.total > best.total else best
                rest = self._outside(active, bound + reduced)
                proven = min(bound, max(inner, rest, best.total))
                bound = max(proven, best.total)
                best = self.timetable(self._chosen(best), bound)
                yield best, bound
                if best.is_proven:
                    return
            floor = best.total - bound if best is not None else -self.task.weight
            active = self.is_fixed | (reduced >= floor)

    @staticmethod
    def _outside(active: Flags, reach: Floats) -> float:
        return float(reach[~active].max(initial=-np.inf))

    def _relax(self) -> tuple[float, Floats]:
        """Return the bound of the relaxation, and what each place could add to it at most (0 or less)."""
        from scipy import optimize

        worth, _whole = self._objective(np.ones(len(self.task.places), dtype=np.bool_))
        matrix, lower, upper = self._matrix(np.arange(len(self.task.places)))
        count = len(self.task.places)
        fixed = np.append(self.is_fixed.astype(float), np.zeros(len(worth) - count))
        top = np.append(np.ones(count), np.full(len(worth) - count, np.inf))
        least = lower > 0
        solved: Any = optimize.linprog(
            -worth,
            A_ub=_stack(matrix, -matrix[least]),
            b_ub=np.concatenate([upper, -lower[least]]),
            bounds=np.column_stack([fixed, top]),
            method="highs",
        )
        if solved.x is None:
            raise AssertionError(solved.message)  # fixed places widen their rows: there is always an answer
        reduced = -(solved.lower.marginals + solved.upper.marginals)[:count]
        return float(-solved.fun), np.minimum(reduced, 0.0)

    def _objective(self, active: Flags) -> tuple[Floats, Floats]:
        """Return what each column brings (missing talks last, at a price), and which are whole."""
        missing = sum(soft for *_row, soft in self.rows)
        worth = np.append(self.task.worth[active], np.full(missing, -float(self.task.weight)))
        return worth, np.append(np.ones(int(active.sum())), np.zeros(missing))

    def _matrix(self, columns: Ints) -> tuple[Any, Floats, Floats]:
        from scipy import sparse

        where = np.full(len(self.task.places), -1)
        where[columns] = np.arange(len(columns))
        rows, across, missing = [], [], len(columns)
        for number, (places, _low, _high, soft) in enumerate(self.rows):
            kept = where[places]
            kept = kept[kept >= 0]
            if soft:
                kept, missing = np.append(kept, missing), missing + 1
            rows.append(np.full(len(kept), number))
            across.append(kept)
        index = (np.concatenate(rows), np.concatenate(across))
        matrix = sparse.csr_matrix((np.ones(len(index[0])), index), shape=(len(self.rows), missing))
        limits = np.array([(low, max(low, high) if soft else high) for _places, low, high, soft in self.rows])
        return matrix, limits[:, 0].astype(float), limits[:, 1].astype(float)

    def _integer(self, active: Flags, limit: float) -> tuple[Timetable | None, float]:
        from scipy import optimize

        columns = np.flatnonzero(active)
        worth, whole = self._objective(active)
        matrix, lower, upper = self._matrix(columns)
        count = len(columns)
        top = np.append(np.ones(count), np.full(len(worth) - count, np.inf))
        low = np.append(self.is_fixed[columns].astype(float), np.zeros(len(worth) - count))
        solved: Any = optimize.milp(
            -worth,
            constraints=optimize.LinearConstraint(matrix, lower, upper),
            bounds=optimize.Bounds(low, top),
            integrality=whole,
            options={"time_limit": limit, "mip_rel_gap": 0.0},
        )
        inner = -float(solved.mip_dual_bound) if solved.mip_dual_bound is not None else np.inf
        if solved.x is None:
            return None, inner
        chosen = np.zeros(len(self.task.places))
        chosen[columns] = solved.x[:count] > _HALF
        return self.timetable(chosen, np.inf), inner

    def _chosen(self, found: Timetable) -> Floats:
        taken = set(found.places)
        return np.array([tuple(place) in taken for place in self.task.places.tolist()], dtype=np.float64)

    def timetable(self, chosen: Floats, bound: float) -> Timetable:
        """Return chosen places with all that follows from them, added up anew."""
        task = self.task
        chosen = np.maximum(chosen, self.is_fixed)
        places = [(p[0], p[1], p[2]) for p in task.places[chosen > _HALF].tolist()]
        lacking = {}
        for at, sides in ((0, task.left), (1, task.right)):
            for index, one in enumerate(sides):
                talks = sum(place[at] == index for place in places)
                if talks < one.least:
                    lacking[one.id] = one.least - talks
        total = float(task.worth[chosen > _HALF].sum()) - task.weight * sum(lacking.values())
        return Timetable(
            places=places,
            value=sum(max(int(task.value[entry, person]), 0) for entry, person, _slot in places),
            kept=sum(place in task.before for place in places),
            total=total,
            bound=bound,
            lacking=lacking,
        )


def _groups(key: Ints) -> Iterator[Ints]:
    """Yield the positions of each value of a key."""
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order])) + 1
    yield from (part for part in np.split(order, edges) if len(part))


def _stack(*parts: Any) -> Any:
    from scipy import sparse

    return sparse.vstack(parts, format="csr")
