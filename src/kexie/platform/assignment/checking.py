"""Check an answer from the plain JSON of task and answer. Shares no code with the solver: only sums and comparisons."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

_NEAR = 1e-6


def faults(task: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with an answer; empty when it keeps all rules and its figures are true."""
    pairs = [(str(one), str(other)) for one, other in answer["pairs"]]
    return [
        *_pair_faults(task, pairs),
        *_load_faults(task, pairs),
        *_rule_faults(task, pairs),
        *_figure_faults(task, pairs, answer),
    ]


def _ids(rows: Any) -> dict[str, tuple[int, Any]]:
    return {str(row["id"]): (at, row) for at, row in enumerate(rows)}


def _pair_faults(task: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[str]:
    forbidden = {(str(one), str(other)) for one, other in task.get("forbidden") or []}
    forced = {(str(one), str(other)) for one, other in task.get("forced") or []}
    return [
        *(f"twice: {pair}" for pair, times in Counter(pairs).items() if times > 1),
        *(f"forbidden: {pair}" for pair in pairs if pair in forbidden),
        *(f"forced pair missing: {pair}" for pair in forced if pair not in set(pairs)),
    ]


def _load_faults(task: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[str]:
    seen, load = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    wrong = [
        f"demand of {name}: {seen[name]}"
        for name, (_, row) in _ids(task["left"]).items()
        if seen[name] != row.get("demand", 1)
    ]
    for name, (_, row) in _ids(task["right"]).items():
        most = math.inf if row.get("max") is None else row["max"]
        if not row.get("min", 0) <= load[name] <= most:
            wrong.append(f"load of {name}: {load[name]}")
    return wrong


def _rule_faults(task: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[str]:
    rules, people = task.get("rules") or {}, _ids(task["right"])
    wrong = []
    for name, (_, row) in _ids(task["left"]).items():
        on_it = [people[other][1] for one, other in pairs if one == name]
        orgs = [one["org"] for one in on_it if one.get("org")]
        if rules.get("distinct_org") and len(set(orgs)) < len(orgs):
            wrong.append(f"one organisation twice: {name}")
        seniors = sum(bool(one.get("senior")) for one in on_it)
        if row.get("demand", 1) and seniors < rules.get("min_senior", 0):
            wrong.append(f"seniors of {name}: {seniors}")
    return wrong


def _figure_faults(
    task: Mapping[str, Any], pairs: list[tuple[str, str]], answer: Mapping[str, Any]
) -> list[str]:
    left, right = _ids(task["left"]), _ids(task["right"])
    sums = {name: 0.0 for name, (_, row) in left.items() if row.get("demand", 1)}
    for one, other in pairs:
        sums[one] += task["affinity"][left[one][0]][right[other][0]]
    figures = {"total": sum(sums.values()), "worst": min(sums.values(), default=0.0)}
    wrong = [f"{name}: {is_}" for name, is_ in figures.items() if abs(answer[name] - is_) > _NEAR]
    if answer["bound"] < figures["total"] - _NEAR or answer["worst_bound"] < figures["worst"] - _NEAR:
        wrong.append("a bound below what was reached")
    if answer["prices"] and abs(proven(task, answer["prices"]) - answer["bound"]) > _NEAR:
        wrong.append("the prices do not prove the bound")
    return wrong


def proven(task: Mapping[str, Any], prices: list[float]) -> float:
    """Return the bound of the total that prices prove: each entry's best under prices, and the worth of the loads."""
    left, right = _ids(task["left"]), _ids(task["right"])
    forbidden = {(str(one), str(other)) for one, other in task.get("forbidden") or []}
    forced = {(str(one), str(other)) for one, other in task.get("forced") or []}
    bound = 0.0
    for one, (row, entry) in left.items():
        fixed = [other for first, other in forced if first == one]
        free = [
            task["affinity"][row][at] - prices[at]
            for other, (at, _) in right.items()
            if (one, other) not in forbidden and other not in fixed
        ]
        bound += sum(task["affinity"][row][right[other][0]] for other in fixed)
        bound += sum(sorted(free, reverse=True)[: entry.get("demand", 1) - len(fixed)])
    for other, (at, person) in right.items():
        fixed_load = sum(second == other for _, second in forced)
        most = len(left) if person.get("max") is None else min(person["max"], len(left))
        limit = most - fixed_load if prices[at] > 0 else max(person.get("min", 0) - fixed_load, 0)
        bound += prices[at] * limit
    return bound
