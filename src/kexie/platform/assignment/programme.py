"""Rules that a flow cannot hold, as an integer programme solved by HiGHS and proven over all pairs.

The relaxation is solved with few columns (pairs) and few rows (rules that were violated), both added until nothing is missing;
its prices then say how much any other pair could ever bring. The integer programme looks only at pairs that could still
better the answer found, so what it proves holds for all of them. Rules may be broken at a high price: what stays
broken at the end says which rule and which entries make the task impossible.
"""

import time
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, sparse

from kexie.platform.assignment.problem import Flags, Floats, Ints, Problem

ORG, SENIOR, FLOOR = "distinct_org", "min_senior", "fair"
Row = tuple[str, int, str]  # which rule, which entry, which organisation
_TOLERANCE = 1e-7
_FIRST = 12  # columns an entry at the start
_NEAR = 0.25  # of the deviation of all affinities
_WITHIN = 4  # columns of the integer programme, as a multiple of all demand


class Broken(Exception):
    """No assignment keeps all rules; `rows` are those that cannot be kept."""

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__()
        self.rows = list(rows)


class TimeIsUp(Exception):
    """The time limit passed before any assignment was found."""


@dataclass(frozen=True)
class Answer:
    """The best found and an upper bound of what is possible."""

    chosen: Flags
    bound: float


class Programme:
    """One task with its rules; `floor` is what every entry's affinities must add up to."""

    def __init__(
        self, problem: Problem, *, start: Flags, deadline: float, floor: float | None = None
    ) -> None:
        self.problem, self.deadline, self.floor = problem, deadline, floor
        self.value = problem.affinity
        self.forced = problem.mask(problem.forced)
        self.allowed = ~problem.mask(problem.forbidden) | self.forced
        self.demands = problem.demands
        self.least, self.most = problem.least, problem.most
        self.seniors = np.array([one.senior for one in problem.right], dtype=np.bool_)
        self.orgs = np.array([one.org for one in problem.right])
        self.penalty = (
            100.0 * (1.0 + float(np.abs(self.value).max(initial=0.0))) * (1 + int(self.demands.max()))
        )
        self.rows: list[Row] = []
        self.active = (start | self.forced | self._likely()) & self.allowed

    def _likely(self) -> Flags:
        """Return each entry's best pairs, and its best seniors where they are asked for."""
        net = np.where(self.allowed, self.value, -np.inf)
        found = _best_of_rows(net, _FIRST)
        if self.problem.rules.min_senior:
            found |= _best_of_rows(np.where(self.seniors, net, -np.inf), 4)
        return found

    def solve(self) -> Answer:
        """Return the best assignment. Raises Broken or TimeIsUp."""
        bound, reduced = self._relax()
        near = np.sort(np.where(self.allowed, reduced, -np.inf), axis=None)[::-1]
        cut = min(near[min(len(near) - 1, _WITHIN * int(self.demands.sum()))], -_TOLERANCE)
        while True:
            self.active = self.allowed & ((reduced >= cut) | self.forced)
            chosen, found, inner = self._integer()
            total = float(self.value[chosen].sum()) if not found else -np.inf
            missing = self.allowed & ~self.active & (bound + reduced > total + _TOLERANCE)
            if not missing.any():
                break
            cut = min(total - bound, cut * 2) if np.isfinite(total) else -np.inf
        if found:
            raise Broken(found)
        return Answer(chosen=chosen, bound=max(min(bound, max(inner, total)), total))

    def _relax(self) -> tuple[float, Floats]:
        """Solve the relaxation over all pairs; return its bound and what each pair would add to it."""
        while True:
            columns = np.argwhere(self.active)
            matrix, lower, upper = self._matrix(columns)
            solved = self._linear(columns, matrix, lower, upper)
            at = np.zeros(self.value.shape)
            at[tuple(columns.T)] = solved.x[: len(columns)]
            duals = self._duals(solved, lower, upper)
            bound, reduced = self._priced(duals, lower, upper)
            wanted = self.allowed & ~self.active & (reduced > _TOLERANCE)
            new = self._violated(at)
            if new:  # rules that the next prices would break in turn: one round instead of many
                new = list(dict.fromkeys([*new, *self._at_risk(reduced)]))
            exact = bound + solved.fun <= 1e-10 * abs(bound)
            if not new and (exact or not wanted.any()):
                return bound, reduced
            self.rows += new
            self.active |= wanted & _best_of_rows(np.where(wanted, reduced, -np.inf), _FIRST)

    def _matrix(self, columns: Ints) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """Return the rows (demands, loads, rules with a slack each) and their limits."""
        entry, person = columns.T
        number, across = len(columns), np.arange(len(columns))
        entries, people = self.value.shape
        parts = [
            sparse.csr_matrix((np.ones(number), (entry, across)), shape=(entries, number)),
            sparse.csr_matrix((np.ones(number), (person, across)), shape=(people, number)),
        ]
        weights = [(self._weights(kind, org), at) for kind, at, org in self.rows]
        by_entry = np.searchsorted(entry, np.arange(entries + 1))
        data, where, which = [], [], []
        for row, (weight, at) in enumerate(weights):
            span = np.arange(by_entry[at], by_entry[at + 1])
            values = weight[at][person[span]] if weight.ndim == 2 else weight[person[span]]  # noqa: PLR2004
            data.append(values)
            where.append(span)
            which.append(np.full(len(span), row))
        if weights:
            rules = sparse.csr_matrix(
                (np.concatenate(data), (np.concatenate(which), np.concatenate(where))),
                shape=(len(weights), number),
            )
            signs = np.array([-1.0 if kind == ORG else 1.0 for kind, _, _ in self.rows])
            slack = sparse.vstack(
                [sparse.csr_matrix((entries + people, len(weights))), sparse.diags(signs)], format="csr"
            )
            matrix = sparse.hstack([sparse.vstack([*parts, rules]), slack], format="csr")
        else:
            matrix = sparse.vstack(parts, format="csr")
        limits = [self._limits(kind) for kind, _, _ in self.rows]
        lower = np.concatenate([self.demands, self.least, [low for low, _ in limits]]).astype(float)
        upper = np.concatenate([self.demands, self.most, [high for _, high in limits]]).astype(float)
        return matrix, lower, upper

    def _weights(self, kind: str, org: str) -> Floats:
        if kind == FLOOR:
            return self.value
        return (self.seniors if kind == SENIOR else self.orgs == org).astype(float)

    def _limits(self, kind: str) -> tuple[float, float]:
        if kind == ORG:
            return -np.inf, 1.0
        return (float(self.problem.rules.min_senior) if kind == SENIOR else float(self.floor or 0.0)), np.inf

    def _objective(self, columns: Ints) -> Floats:
        costs = -self.value[tuple(columns.T)]
        return np.concatenate([costs, np.full(len(self.rows), self.penalty)])

    def _box(self, columns: Ints) -> tuple[Floats, Floats]:
        fixed = self.forced[tuple(columns.T)].astype(float)
        slack = len(self.rows)
        return np.append(fixed, np.zeros(slack)), np.append(np.ones(len(columns)), np.full(slack, np.inf))

    def _linear(self, columns: Ints, matrix: sparse.csr_matrix, lower: Floats, upper: Floats) -> Any:
        entries = self.value.shape[0]
        free = matrix[entries:]
        low, high = lower[entries:], upper[entries:]
        has_low, has_high = np.isfinite(low), np.isfinite(high)
        solved = optimize.linprog(
            self._objective(columns),
            A_ub=sparse.vstack([free[has_high], -free[has_low]], format="csr"),
            b_ub=np.concatenate([high[has_high], -low[has_low]]),
            A_eq=matrix[:entries],
            b_eq=lower[:entries],
            bounds=np.array(self._box(columns)).T,
            method="highs-ipm",
            options={"time_limit": self._left()},
        )
        if solved.x is None:
            raise TimeIsUp
        return solved

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeIsUp
        return left

    def _duals(self, solved: Any, lower: Floats, upper: Floats) -> Floats:
        """Return what one more of each row is worth, in the order of the rows."""
        entries = self.value.shape[0]
        low, high = np.isfinite(lower[entries:]), np.isfinite(upper[entries:])
        marginals = -solved.ineqlin.marginals
        duals = np.zeros(len(lower))
        duals[:entries] = -solved.eqlin.marginals
        rest = duals[entries:]
        rest[high] += np.maximum(marginals[: high.sum()], 0)
        rest[low] -= np.maximum(marginals[high.sum() :], 0)
        return duals

    def _priced(self, duals: Floats, lower: Floats, upper: Floats) -> tuple[float, Floats]:
        """Return the bound that these prices prove, whatever they are, and what each pair adds under them."""
        entries, people = self.value.shape
        reduced = self.value - duals[:entries, None] - duals[None, entries : entries + people]
        for (kind, at, org), price in zip(self.rows, duals[entries + people :], strict=True):
            if price:
                weight = self._weights(kind, org)
                reduced[at] -= price * (weight[at] if kind == FLOOR else weight)
        limits = np.where(duals > 0, upper, np.where(duals < 0, lower, 0.0))
        free = np.where(self.allowed, np.maximum(reduced, 0.0), 0.0)
        return float(duals @ limits + np.where(self.forced, reduced, free).sum()), reduced

    def _violated(self, at: Floats, *, only: Container[str] = (ORG, SENIOR, FLOOR)) -> list[Row]:
        """Return the rules broken by an assignment (also a fractional one) that are not rows yet."""
        broken: list[Row] = []
        rules = self.problem.rules
        if rules.distinct_org and ORG in only:
            for org in sorted({one.org for one in self.problem.right if one.org}):
                crowded = at[:, self.orgs == org].sum(axis=1) > 1 + _TOLERANCE
                broken += [(ORG, int(entry), org) for entry in np.flatnonzero(crowded)]
        if rules.min_senior and SENIOR in only:
            lacking = at[:, self.seniors].sum(axis=1) < self._seniors_needed() - _TOLERANCE
            broken += [(SENIOR, int(entry), "") for entry in np.flatnonzero(lacking)]
        if self.floor is not None and FLOOR in only:
            poor = (self.demands > 0) & ((at * self.value).sum(axis=1) < self.floor - _TOLERANCE)
            broken += [(FLOOR, int(entry), "") for entry in np.flatnonzero(poor)]
        known = set(self.rows)
        return [row for row in broken if row not in known]

    def _at_risk(self, reduced: Floats) -> list[Row]:
        """Return the rules of which pairs that are nearly chosen could break one."""
        near = self.active & (reduced > -_NEAR * float(self.value.std()))
        return self._violated(near.astype(np.float64), only=(ORG,)) + (
            self._violated(np.zeros(near.shape), only=(SENIOR,)) if self.problem.rules.min_senior else []
        )

    def _seniors_needed(self) -> Ints:
        return np.where(self.demands > 0, self.problem.rules.min_senior, 0)

    def _integer(self) -> tuple[Flags, list[Row], float]:
        """Solve the integer programme over the active pairs; return the pairs, rules still broken, and its bound."""
        columns = np.argwhere(self.active)
        while True:
            matrix, lower, upper = self._matrix(columns)
            whole = np.append(np.ones(len(columns)), np.zeros(len(self.rows)))
            solved = optimize.milp(
                self._objective(columns),
                constraints=optimize.LinearConstraint(matrix, lower, upper),
                bounds=optimize.Bounds(*self._box(columns)),
                integrality=whole,
                options={"time_limit": self._left(), "mip_rel_gap": 0.0},
            )
            if solved.x is None:
                raise TimeIsUp
            chosen = np.zeros(self.value.shape, dtype=np.bool_)
            chosen[tuple(columns[solved.x[: len(columns)] > 0.5].T)] = True  # noqa: PLR2004 - 0 or 1
            slack = solved.x[len(columns) :]
            new = self._violated(chosen.astype(float))
            if not new:
                rows = [row for row, over in zip(self.rows, slack, strict=True) if over > 1e-6]  # noqa: PLR2004
                return chosen, rows, -float(solved.mip_dual_bound)
            self.rows += new


def _best_of_rows(value: Floats, number: int) -> Flags:
    """Return for each row where its highest finite values are."""
    number = min(number, value.shape[1])
    order = np.argpartition(-value, number - 1, axis=1)[:, :number]
    found = np.zeros(value.shape, dtype=np.bool_)
    np.put_along_axis(found, order, True, axis=1)
    return found & np.isfinite(value)
