"""Why a task has no answer, in words: the rule and the entries and people that bind."""

from collections.abc import Iterable, Sequence

import numpy as np

from kexie.kernel.errors import UserError
from kexie.platform.assignment.flow import Cut
from kexie.platform.assignment.problem import Flags, Ints, Problem

_NAMED = 10


class Infeasible(UserError):
    """No assignment keeps all rules. `rule` names the one that binds; `left` and `right` the ids concerned."""

    def __init__(
        self, message: str, *, rule: str, left: Sequence[str] = (), right: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.rule, self.left, self.right = rule, list(left), list(right)


def names(ids: Sequence[str]) -> str:
    """Return ids for a sentence: the first ten, and how many there are."""
    shown = "、".join(ids[:_NAMED])
    return shown if len(ids) <= _NAMED else f"{shown} 等 {len(ids)} 个"


def check_entries(problem: Problem, allowed: Flags, forced: Flags) -> None:
    """Refuse what a single entry or person already makes impossible."""
    _check_forced(problem, forced)
    short = np.flatnonzero(allowed.sum(axis=1) < problem.demands)
    if len(short):
        ids = _left(problem, short)
        one = short[0]
        raise Infeasible(
            f"条目 {names(ids)} 可选的人不够：{ids[0]} 需要 {problem.demands[one]} 人，除去禁配后只有 {allowed[one].sum()} 人。"
            "请减少禁配（forbidden）、增加人员或降低需求（demand）。 Too few people are allowed for these entries.",
            rule="forbidden",
            left=ids,
        )
    _check_orgs(problem, allowed)
    _check_seniors(problem, allowed)


def _check_forced(problem: Problem, forced: Flags) -> None:
    over = np.flatnonzero(forced.sum(axis=1) > problem.demands)
    if len(over):
        ids = _left(problem, over)
        raise Infeasible(
            f"条目 {names(ids)} 的指定配对（forced）多于其需求（demand）。 More pairs are forced than these entries ask for.",
            rule="forced",
            left=ids,
        )
    full = np.flatnonzero(forced.sum(axis=0) > problem.most)
    if len(full):
        ids = _right(problem, full)
        raise Infeasible(
            f"{names(ids)} 的指定配对（forced）多于其上限（max）。 More pairs are forced than these people may take.",
            rule="forced",
            right=ids,
        )


def _check_orgs(problem: Problem, allowed: Flags) -> None:
    if not problem.rules.distinct_org:
        return
    kinds = np.unique([one.org or f"\0{one.id}" for one in problem.right], return_inverse=True)[1]
    has = np.zeros((len(problem.left), kinds.max(initial=0) + 1), dtype=np.bool_)
    for person, kind in enumerate(kinds):
        has[:, kind] |= allowed[:, person]
    short = np.flatnonzero(has.sum(axis=1) < problem.demands)
    if len(short):
        ids = _left(problem, short)
        raise Infeasible(
            f"条目 {names(ids)} 可选的人来自的单位太少，无法做到同一单位不出两人（distinct_org）。"
            " The people allowed for these entries come from too few organisations.",
            rule="distinct_org",
            left=ids,
        )


def _check_seniors(problem: Problem, allowed: Flags) -> None:
    needed = problem.rules.min_senior
    seniors = np.array([one.senior for one in problem.right], dtype=np.bool_)
    asked = problem.demands > 0
    short = np.flatnonzero(asked & ((allowed[:, seniors].sum(axis=1) < needed) | (problem.demands < needed)))
    if len(short):
        ids = _left(problem, short)
        raise Infeasible(
            f"条目 {names(ids)} 配不齐 {needed} 名资深人员（min_senior）：可选的资深人员太少，或需求人数小于它。"
            " Too few senior people are allowed for these entries.",
            rule="min_senior",
            left=ids,
        )


def from_cut(
    problem: Problem, cut: Cut, *, allowed: Flags, demands: Ints, least: Ints, most: Ints
) -> Infeasible:
    """Say what a cut of the flow proves: too little room above, or too little work below."""
    if cut.sink_inside:
        outside = ~cut.inside
        given = np.minimum(demands, allowed[:, outside].sum(axis=1))
        people, entries = _right(problem, np.flatnonzero(outside)), _left(problem, np.flatnonzero(given))
        return Infeasible(
            f"下限（min）无法满足：{names(people)} 合计至少要 {least[outside].sum()} 条，可分给他们的只有 {given.sum()} 条"
            f"（来自 {names(entries) or '无'}）。请降低下限或减少禁配。 The minimum loads of these people cannot be met.",
            rule="min",
            left=entries,
            right=people,
        )
    needed = np.maximum(demands - allowed[:, ~cut.inside].sum(axis=1), 0)
    people, entries = _right(problem, np.flatnonzero(cut.inside)), _left(problem, np.flatnonzero(needed))
    return Infeasible(
        f"上限（max）不够：条目 {names(entries)} 至少要由 {names(people)} 承担 {needed.sum()} 条，"
        f"而他们的上限合计只有 {most[cut.inside].sum()}。请提高上限、增加人员或减少禁配。"
        " The maximum loads of these people are too small for these entries.",
        rule="max",
        left=entries,
        right=people,
    )


def from_rows(problem: Problem, rows: Iterable[tuple[str, int, str]]) -> Infeasible:
    """Say which side rule cannot be kept together with the loads."""
    broken = list(rows)
    rule = broken[0][0]
    entries = _left(problem, sorted({entry for kind, entry, _ in broken if kind == rule}))
    orgs = "、".join(sorted({org for kind, _, org in broken if kind == rule and org}))
    told = {
        "distinct_org": f"同一单位不出两人（distinct_org，涉及 {orgs}）",
        "min_senior": f"至少 {problem.rules.min_senior} 名资深人员（min_senior）",
    }.get(rule, "最差条目的要求（fair）")
    return Infeasible(
        f"在各人上下限之内无法满足规则：{told}，卡在条目 {names(entries)}。请放宽规则、提高上限或减少禁配。"
        " This rule cannot be kept for these entries within everybody's loads.",
        rule=rule,
        left=entries,
    )


def _left(problem: Problem, indices: Iterable[int]) -> list[str]:
    return [problem.left[index].id for index in indices]


def _right(problem: Problem, indices: Iterable[int]) -> list[str]:
    return [problem.right[index].id for index in indices]
