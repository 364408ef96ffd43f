"""Choose the method by the rules asked: a flow for the total, HiGHS for rules that a flow cannot hold."""

import math
import time

import numpy as np

from kexie.platform.assignment import flow
from kexie.platform.assignment.problem import Flags, Floats, Problem, Solution
from kexie.platform.assignment.refusals import Infeasible, check_entries, from_cut, from_rows

_TRIES = 12
_CONCAVE = 6.0
_APART = 4e-6  # worst entries nearer than this are the same to HiGHS


def solve(problem: Problem) -> Solution:
    """Return the best assignment with its bounds. Raises Infeasible with the rule and entries that bind."""
    forced = problem.mask(problem.forced)
    allowed = ~problem.mask(problem.forbidden) | forced
    check_entries(problem, allowed, forced)
    first = _flow(problem, problem.affinity, allowed, forced)
    rules = problem.rules
    if not (rules.distinct_org or rules.min_senior or rules.fair):
        bound = priced_bound(problem, first.prices)
        return solution(problem, first.chosen, bound=bound, prices=first.prices)
    return _with_rules(problem, first.chosen, allowed, forced)


def _flow(problem: Problem, value: Floats, allowed: Flags, forced: Flags) -> flow.Flow:
    """Solve the flow around the forced pairs, which are taken out beforehand and put back afterwards."""
    demands, free = problem.demands - forced.sum(axis=1), allowed & ~forced
    taken = forced.sum(axis=0)
    least, most = np.maximum(problem.least - taken, 0), problem.most - taken
    try:
        found = flow.best(value=value, allowed=free, demands=demands, least=least, most=most)
    except flow.NoFlow as error:
        raise from_cut(problem, error.cut, allowed=free, demands=demands, least=least, most=most) from error
    return flow.Flow(chosen=found.chosen | forced, prices=found.prices)


def priced_bound(problem: Problem, prices: Floats) -> float:
    """Return the upper bound of the total that these prices prove: everybody's best under prices, and the loads' worth."""
    forced = problem.mask(problem.forced)
    allowed = ~problem.mask(problem.forbidden) & ~forced
    taken = forced.sum(axis=0)
    least, most = np.maximum(problem.least - taken, 0), problem.most - taken
    parts = [
        *problem.affinity[forced].tolist(),
        *np.where(prices > 0, prices * most, prices * least).tolist(),
    ]
    net = np.sort(np.where(allowed, problem.affinity - prices, -np.inf), axis=1)[:, ::-1]
    for row, demand in zip(net, problem.demands - forced.sum(axis=1), strict=True):
        parts += row[:demand].tolist()
    return math.fsum(parts)


def solution(  # the rest of the answer follows from the pairs
    problem: Problem,
    chosen: Flags,
    *,
    bound: float,
    worst_bound: float | None = None,
    prices: Floats | None = None,
    method: str = "flow",
) -> Solution:
    """Add up totals exactly."""
    total = math.fsum(problem.affinity[chosen].tolist())
    highest = best_worst(problem) if worst_bound is None else worst_bound
    worst = worst_of(problem, chosen)
    return Solution(
        pairs=[(int(entry), int(person)) for entry, person in np.argwhere(chosen)],
        total=total,
        worst=worst,
        bound=max(bound, total),
        worst_bound=max(highest, worst),
        prices=[] if prices is None else prices.tolist(),
        method=method,
    )


def worst_of(problem: Problem, chosen: Flags) -> float:
    """Return the lowest sum of affinities of an entry that asks for anybody; 0 without any."""
    sums = [
        math.fsum(row[mask].tolist())
        for row, mask, demand in zip(problem.affinity, chosen, problem.demands, strict=True)
        if demand
    ]
    return min(sums, default=0.0)


def best_worst(problem: Problem) -> float:
    """Return an upper bound of the worst entry: that of the entry whose best people are the worst."""
    forced = problem.mask(problem.forced)
    allowed = ~problem.mask(problem.forbidden) & ~forced
    ranked = np.sort(np.where(allowed, problem.affinity, -np.inf), axis=1)[:, ::-1]
    best = [
        math.fsum([*row[: demand - fixed.sum()].tolist(), *values[fixed].tolist()])
        for row, demand, fixed, values in zip(ranked, problem.demands, forced, problem.affinity, strict=True)
        if demand
    ]
    return min(best, default=0.0)


def _with_rules(problem: Problem, first: Flags, allowed: Flags, forced: Flags) -> Solution:
    from kexie.platform.assignment.programme import Broken, Programme, TimeIsUp

    deadline = time.monotonic() + problem.rules.time_limit
    try:
        found = Programme(problem, start=first, deadline=deadline).solve() if _sided(problem) else None
    except Broken as error:
        raise from_rows(problem, error.rows) from error
    except TimeIsUp as error:
        raise Infeasible(
            "在时限（time_limit）内没有找到满足规则的分配：请延长时限或放宽规则。 No assignment was found in time.",
            rule="time_limit",
        ) from error
    if not problem.rules.fair:
        if found is None:
            raise AssertionError  # without side rules and fairness the flow has answered
        return solution(problem, found.chosen, bound=found.bound, method="programme")
    start = found.chosen if found else _concave(problem, first, allowed, forced)
    return _fair(problem, start, deadline)


def _sided(problem: Problem) -> bool:
    return problem.rules.distinct_org or problem.rules.min_senior > 0


def _concave(problem: Problem, first: Flags, allowed: Flags, forced: Flags) -> Flags:
    """Return the better start for the worst entry: the flow on the total, or on a value that rises ever less."""
    low, high = float(problem.affinity.min()), float(problem.affinity.max())
    rising = 1 - np.exp(-_CONCAVE * (problem.affinity - low) / max(high - low, 1e-12))
    other = _flow(problem, rising, allowed, forced).chosen
    return max(first, other, key=lambda chosen: worst_of(problem, chosen))


def _fair(problem: Problem, start: Flags, deadline: float) -> Solution:
    """Raise the worst entry by halving what is still possible; then the total among the fairest assignments."""
    from kexie.platform.assignment.programme import Answer, Broken, Programme, TimeIsUp

    low, high = worst_of(problem, start), best_worst(problem)
    margin = _APART * max(1.0, abs(high))
    floor = high
    for attempt in range(_TRIES):
        if high - low <= 1.01 * margin:
            break
        share = time.monotonic() + max(deadline - time.monotonic(), 0) / 2
        try:
            answer = Programme(problem, start=start, deadline=share, floor=floor).solve()
            start, low = answer.chosen, worst_of(problem, answer.chosen)
        except Broken:
            high = max(floor, low)
        except TimeIsUp:
            break
        floor = (low + high) / 2 if attempt % 2 else low + margin
    try:
        answer = Programme(problem, start=start, deadline=deadline, floor=low).solve()
    except (TimeIsUp, Broken):
        answer = Answer(chosen=start, bound=_total_bound(problem))
    high = low if high - low <= 1.01 * margin else high
    return solution(problem, answer.chosen, bound=answer.bound, worst_bound=high, method="programme")


def _total_bound(problem: Problem) -> float:
    forced = problem.mask(problem.forced)
    allowed = ~problem.mask(problem.forbidden) | forced
    return priced_bound(problem, _flow(problem, problem.affinity, allowed, forced).prices)
