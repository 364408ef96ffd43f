"""Read a task from JSON. Every refusal says which part of the file is wrong and what to write instead."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kexie.kernel.errors import UserError
from kexie.platform.assignment.problem import Floats, Left, Pair, Problem, Right, Rules, Solution

_KNOWN = {"left", "right", "affinity", "forbidden", "forced", "rules"}
_RULES = {"fair", "distinct_org", "min_senior", "time_limit"}


def parse(text: str) -> Problem:
    """Return the task written in this JSON text. Raises UserError."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UserError(f"文件不是 JSON：{error}。 The file is not JSON.") from error
    except RecursionError as error:
        raise UserError("文件嵌套太深。 The file is nested too deeply.") from error
    return of(data)


def of(data: Any) -> Problem:
    """Return the task held by this decoded JSON. Raises UserError."""
    if not isinstance(data, dict):
        raise UserError(
            '最外层应是对象：{"left": […], "right": […], "affinity": [[…]]}。 The file must hold an object.'
        )
    if unknown := sorted(set(data) - _KNOWN):
        raise UserError(
            f"不认识的部分 {'、'.join(unknown)}；可以写 {'、'.join(sorted(_KNOWN))}。 Unknown parts."
        )
    left = [_left(row, at) for at, row in enumerate(_list(data, "left"))]
    right = [_right(row, at) for at, row in enumerate(_list(data, "right"))]
    rows = _index([one.id for one in left], "left")
    columns = _index([one.id for one in right], "right")
    forbidden = _pairs(data, "forbidden", rows, columns)
    forced = _pairs(data, "forced", rows, columns)
    if both := set(forbidden) & set(forced):
        entry, person = min(both)
        raise UserError(
            f"{left[entry].id} 与 {right[person].id} 同时列在 forbidden 和 forced 中，请只保留一处。"
            " A pair is both forbidden and forced."
        )
    affinity = _affinity(data.get("affinity"), len(left), len(right))
    return Problem(left, right, affinity, forbidden, forced, _rules(data.get("rules") or {}))


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise UserError(f"缺少 {name}，或它不是数组。 `{name}` must be a list.")
    return rows


def _id(row: Any, where: str) -> str:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or isinstance(row["id"], bool):
        raise UserError(f'{where} 应是带 id 的对象，例如 {{"id": "A1"}}。 It must be an object with an id.')
    return str(row["id"])


def _whole(row: Mapping[str, Any], name: str, where: str, default: int) -> int:
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UserError(
            f"{where} 的 {name} 应是不小于 0 的整数，现在是 {value!r}。 A whole number is needed."
        )
    return value


def _left(row: Any, at: int) -> Left:
    where = f"left[{at}]"
    return Left(id=_id(row, where), demand=_whole(row, "demand", where, 1))


def _right(row: Any, at: int) -> Right:
    where = f"right[{at}]"
    name = _id(row, where)
    least = _whole(row, "min", where, 0)
    most = None if row.get("max") is None else _whole(row, "max", where, 0)
    if most is not None and most < least:
        raise UserError(f"{where}（{name}）的下限 min {least} 大于上限 max {most}。 min exceeds max.")
    org = row.get("org")
    senior = row.get("senior", False)
    if not isinstance(senior, bool):
        raise UserError(f"{where}（{name}）的 senior 应是 true 或 false。 It must be true or false.")
    return Right(id=name, min=least, max=most, org="" if org is None else str(org), senior=senior)


def _index(ids: Sequence[str], name: str) -> dict[str, int]:
    index = {one: at for at, one in enumerate(ids)}
    if len(index) < len(ids):
        twice = next(one for at, one in enumerate(ids) if index[one] != at)
        raise UserError(f"{name} 中 id {twice} 出现了两次。 The id appears twice.")
    return index


def _pairs(
    data: Mapping[str, Any], name: str, rows: Mapping[str, int], columns: Mapping[str, int]
) -> list[Pair]:
    pairs = data.get(name) or []
    if not isinstance(pairs, list):
        raise UserError(f"{name} 应是 [左 id, 右 id] 的数组。 `{name}` must be a list of pairs.")
    found: dict[Pair, None] = {}
    for at, pair in enumerate(pairs):
        if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004 - a pair
            raise UserError(f"{name}[{at}] 应写成 [左 id, 右 id]。 Write [left id, right id].")
        one, other = str(pair[0]), str(pair[1])
        if one not in rows or other not in columns:
            missing, side = (one, "left") if one not in rows else (other, "right")
            raise UserError(f"{name}[{at}] 中的 {missing} 不在 {side} 里。 This id is not listed.")
        found[rows[one], columns[other]] = None
    return list(found)


def _affinity(rows: Any, height: int, width: int) -> Floats:
    expected = f"affinity 应是 {height} 行、每行 {width} 个数。 It must be a matrix of numbers."
    if not isinstance(rows, list) or len(rows) != height:
        raise UserError(expected)
    for at, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            raise UserError(f"affinity[{at}] 长度不对：{expected}")
        if bad := [value for value in row if type(value) not in (int, float) or not math.isfinite(value)]:
            raise UserError(
                f"affinity[{at}] 中的 {bad[0]!r} 不是有限的数；禁配请写在 forbidden 里。 Not a number."
            )
    return np.array(rows, dtype=np.float64).reshape(height, width)


def _rules(data: Any) -> Rules:
    if not isinstance(data, dict) or (set(data) - _RULES):
        raise UserError(f"rules 应是对象，可以写 {'、'.join(sorted(_RULES))}。 These are the rules known.")
    for name in ("fair", "distinct_org"):
        if not isinstance(data.get(name, False), bool):
            raise UserError(f"rules.{name} 应是 true 或 false。 It must be true or false.")
    limit = data.get("time_limit", Rules.time_limit)
    if type(limit) not in (int, float) or not 0 < limit < math.inf:
        raise UserError("rules.time_limit 应是大于 0 的秒数。 It must be a number of seconds.")
    return Rules(
        fair=data.get("fair", False),
        distinct_org=data.get("distinct_org", False),
        min_senior=_whole(data, "min_senior", "rules", 0),
        time_limit=float(limit),
    )


def as_dict(problem: Problem, found: Solution) -> dict[str, Any]:
    """Return an answer as JSON tells it."""
    return {
        "pairs": [[problem.left[entry].id, problem.right[person].id] for entry, person in found.pairs],
        "total": found.total,
        "worst": found.worst,
        "bound": found.bound,
        "gap": found.gap,
        "worst_bound": found.worst_bound,
        "worst_gap": found.worst_gap,
        "method": found.method,
        "prices": list(found.prices),
    }
