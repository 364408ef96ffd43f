"""The usual files of public benchmark sets: Solomon's (VRPTW) and Cordeau's (MDVRP, PVRP and both with time windows).

Distances are Euclidean doubles, minutes equal distances, as those files mean them. A duration limit covers service.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from kexie.platform.routing.problem import Matrix, Problem, Shift, Site, Vehicle, Window

EUCLIDEAN = "Euclidean, not rounded"
FORMATS = ("solomon", "cordeau")
_MOST = 5_000  # sites, and vehicles × days, that a file may ask for
# Cordeau's types: VRP 0, PVRP 1, MDVRP 2, SDVRP 3, and the same with time windows from 4 on.
_PERIODIC, _DEPOTS = (1, 5), (2, 6)
_KINDS = {0: "VRP", 3: "SDVRP", 4: "VRPTW", 7: "SDVRPTW"}


class BadFile(ValueError):
    """A file that cannot be read as what it should be; the message names the line and says what was expected."""


@dataclass
class _Lines:
    """Lines with numbers in them, read one after the other."""

    rows: list[tuple[int, list[float]]] = field(default_factory=list)
    at: int = 0

    def take(self, least: int, what: str) -> tuple[int, list[float]]:
        """Return the next row's line number and numbers."""
        if self.at >= len(self.rows):
            raise BadFile(f"文件不完整：缺少{what}。 The file ends before: {what}.")
        line, row = self.rows[self.at]
        self.at += 1
        if len(row) < least:
            raise BadFile(
                f"第 {line} 行应有{what}，至少 {least} 个数，只有 {len(row)} 个。 Line {line} should hold {what}: {least} numbers or more, not {len(row)}."
            )
        return line, row


def read(path: Path, kind: str) -> Problem:
    """Return the problem in a file; raise BadFile."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("不是文本文件。 This is not a text file.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadFile(f"无法读取文件（{reason}）。 The file cannot be read ({reason}).") from error
    return solomon(text) if kind == "solomon" else cordeau(text)


def solomon(text: str) -> Problem:
    """Read Solomon's format: name, VEHICLE with number and capacity, CUSTOMER with seven columns, the depot first."""
    lines = _Lines(list(_numeric(text, skip_words=True)))
    line, (number, capacity, *_rest) = lines.take(2, "车辆数和载量 number of vehicles and capacity")
    vans = _count(line, number, "车辆数 number of vehicles")
    rows = []
    while lines.at < len(lines.rows):
        rows.append(lines.take(7, "七列客户数据 the seven columns of a customer"))
    if len(rows) < 2:  # noqa: PLR2004 -- the depot and a customer
        raise BadFile(
            "没有客户：应先有仓库、后有客户。 There are no customers: a depot and customers are expected."
        )
    _check_sizes(len(rows), vans)
    depot = rows[0][1]
    shift = Shift(depot[4], depot[5], 0, 0)
    vehicles = tuple(Vehicle(f"{n + 1}", {0: shift}, capacity=capacity) for n in range(vans))
    sites = tuple(_windowed(line, row, place) for place, (line, row) in enumerate(rows[1:], start=1))
    return Problem(1, _euclidean([row[1:3] for _line, row in rows]), vehicles, sites)


def _windowed(line: int, row: Sequence[float], place: int) -> Site:
    key, _x, _y, demand, ready, due, service, *_rest = row
    _check_amounts(line, demand, service)
    return Site(f"{key:g}", place, service, demand=demand, windows=(_window(line, ready, due),))


def _window(line: int, opens: float, closes: float) -> Window:
    if opens > closes:
        raise BadFile(
            f"第 {line} 行时间窗的开始（{opens:g}）晚于结束（{closes:g}）。 Line {line}: the window opens ({opens:g}) after it closes ({closes:g})."
        )
    return Window(opens, closes)


def cordeau(text: str) -> Problem:
    """Read Cordeau's format: `type m n t`, then t lines of duration and load, customers, depots.

    With t depots (MDVRP) a pattern's bits, read from the left, are depots and m vehicles stand at each; with t days (PVRP) they are days.
    """
    lines = _Lines(list(_numeric(text, skip_words=False)))
    line, head = lines.take(4, "类型、车辆数、客户数、天数或车场数 type, vehicles, customers, days or depots")
    kind = int(head[0])
    if kind not in (*_PERIODIC, *_DEPOTS, *_KINDS):
        raise BadFile(
            f"第 {line} 行：没有类型 {kind}。 Line {line}: there is no type {kind}; 1 PVRP, 2 MDVRP are read."
        )
    if kind in _KINDS and not (kind in (0, 4) and head[3] == 1):
        raise BadFile(
            f"第 {line} 行：不支持类型 {kind}（{_KINDS[kind]}）。 Line {line}: type {kind} ({_KINDS[kind]}) is not supported."
        )
    vans, customers, spans = (
        _count(line, value, name)
        for value, name in zip(
            head[1:4], ("车辆数 vehicles", "客户数 customers", "天数或车场数 days or depots"), strict=True
        )
    )
    _check_sizes(customers, vans * spans)
    limits = [lines.take(2, "最长时间和载量 duration and load")[1] for _ in range(spans)]
    count = spans if kind in _DEPOTS else 1
    everything = [lines.take(3, "客户或车场 a customer or depot") for _ in range(customers + count)]
    first = kind in _PERIODIC and _is_depot(
        everything[0]
    )  # periodic files have it first, those with many last
    rows = everything[1:] if first else everything[:customers]
    depots = everything[:1] if first else everything[customers:]
    for line, row in rows:
        if len(row) < 8:  # noqa: PLR2004 -- number x y service demand frequency patterns, and one pattern
            raise BadFile(f"第 {line} 行的客户不完整。 Line {line}: the customer is incomplete.")
    make = _depots if kind in _DEPOTS else _periodic
    return make(vans, limits, rows, depots, timed=kind >= 4)  # noqa: PLR2004 -- see above


Row = tuple[int, list[float]]


def _is_depot(row: Row) -> bool:
    """Whether a row has no patterns."""
    return not any(row[1][5:7])


def _periodic(
    vans: int, limits: list[list[float]], rows: list[Row], depots: list[Row], *, timed: bool
) -> Problem:
    days = len(limits)
    depot = len(rows)
    opens, closes = _opening(depots[0], timed=timed)
    shift = {day: Shift(opens, closes, depot, depot) for day in range(days)}
    durations = {limit[0] for limit in limits}
    if len(durations) > 1 or len({limit[1] for limit in limits}) > 1:
        vehicles = _daily(vans, limits, shift)
    else:
        vehicles = tuple(_vehicle(f"{n + 1}", limits[0], shift) for n in range(vans))
    sites = tuple(_cordeau_site(row, place, days, timed=timed) for place, row in enumerate(rows))
    return Problem(days, _euclidean([row[1:3] for _line, row in (*rows, *depots)]), vehicles, sites)


def _daily(vans: int, limits: list[list[float]], shift: dict[int, Shift]) -> tuple[Vehicle, ...]:
    """Return other vehicles for each day, when the days' limits differ."""
    return tuple(
        _vehicle(f"{day + 1}-{n + 1}", limit, {day: shift[day]})
        for day, limit in enumerate(limits)
        for n in range(vans)
    )


def _depots(
    vans: int, limits: list[list[float]], rows: list[Row], depots: list[Row], *, timed: bool
) -> Problem:
    vehicles = []
    for number, (limit, depot) in enumerate(zip(limits, depots, strict=True)):
        place = len(rows) + number
        opens, closes = _opening(depot, timed=timed)
        shift = {0: Shift(opens, closes, place, place)}
        vehicles += [_vehicle(f"{number + 1}-{n + 1}", limit, shift, kind=f"{number}") for n in range(vans)]
    sites = tuple(_depot_site(row, place, len(depots), timed=timed) for place, row in enumerate(rows))
    return Problem(1, _euclidean([row[1:3] for _line, row in (*rows, *depots)]), tuple(vehicles), sites)


def _vehicle(key: str, limit: Sequence[float], shifts: dict[int, Shift], kind: str = "") -> Vehicle:
    """Return a vehicle with limits, of which 0 means none."""
    return Vehicle(key, shifts, kind, capacity=limit[1] or math.inf, longest_minutes=limit[0] or math.inf)


def _opening(depot: Row, *, timed: bool) -> tuple[float, float]:
    line, row = depot
    if not timed:
        return 0.0, math.inf
    if len(row) < 9:  # noqa: PLR2004 -- key x y service demand frequency patterns opens closes
        raise BadFile(f"第 {line} 行车场缺少时间窗。 Line {line}: the depot's window is missing.")
    window = _window(line, row[-2], row[-1])
    return window.opens, window.closes


def _cordeau_site(row: Row, place: int, days: int, *, timed: bool) -> Site:
    line, values = row
    patterns = _bit_sets(row, days)
    if any(len(pattern) != int(values[5]) for pattern in patterns):
        raise BadFile(
            f"第 {line} 行的组合与次数 {values[5]:g} 不符。 Line {line}: a pattern does not have the {values[5]:g} days of its frequency."
        )
    return replace(_common(row, place, timed=timed), patterns=tuple(patterns))


def _depot_site(row: Row, place: int, depots: int, *, timed: bool) -> Site:
    may = {depot for pattern in _bit_sets(row, depots) for depot in pattern}
    kinds = frozenset() if len(may) == depots else frozenset(map(str, may))
    return replace(_common(row, place, timed=timed), kinds=kinds)


def _common(row: Row, place: int, *, timed: bool) -> Site:
    line, values = row
    _check_amounts(line, values[4], values[3])
    windows = (_window(line, values[-2], values[-1]),) if timed else ()
    return Site(f"{values[0]:g}", place, values[3], demand=values[4], windows=windows)


def _bit_sets(row: Row, width: int) -> list[tuple[int, ...]]:
    """Return each pattern as positions; a pattern is a number whose bits from the left stand for days or depots."""
    line, values = row
    count = int(values[6])
    codes = values[7 : 7 + count]
    if count < 1 or len(codes) < count:
        raise BadFile(f"第 {line} 行应有 {count} 个组合。 Line {line} should list {count} patterns.")
    if any(code != int(code) or not 0 < code < 2**width for code in codes):
        raise BadFile(
            f"第 {line} 行有组合不在 1 至 {2**width - 1} 之间。 Line {line}: a pattern is not between 1 and {2**width - 1}."
        )
    return [tuple(bit for bit in range(width) if int(code) >> (width - 1 - bit) & 1) for code in codes]


def _numeric(text: str, *, skip_words: bool) -> Iterator[tuple[int, list[float]]]:
    """Yield the number and the values of each line that is not empty (and, if words are to be skipped, holds no word)."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        try:
            values = [float(word) for word in words]
        except ValueError as error:
            if skip_words:
                continue
            raise BadFile(
                f"第 {number} 行不全是数：{line.strip()[:40]} Line {number} holds more than numbers."
            ) from error
        if not all(map(math.isfinite, values)):
            raise BadFile(f"第 {number} 行有无穷大或非数。 Line {number} holds a number that is not finite.")
        if values:
            yield number, values


def _count(line: int, value: float, what: str) -> int:
    if value != int(value) or value < 1:
        raise BadFile(
            f"第 {line} 行：{what} 应为正整数，不是 {value:g}。 Line {line}: a positive whole number is expected."
        )
    return int(value)


def _check_amounts(line: int, *values: float) -> None:
    if min(values) < 0:
        raise BadFile(
            f"第 {line} 行有负的需求或服务时间。 Line {line}: a demand or service time is negative."
        )


def _check_sizes(*sizes: int) -> None:
    if max(sizes) > _MOST:
        raise BadFile(f"规模过大：最多 {_MOST}。 The problem is too large: {_MOST} sites or routes at most.")


def _euclidean(points: Sequence[Sequence[float]]) -> Matrix:
    spots = np.array(points, dtype=np.float64)
    apart = spots[:, None, :] - spots[None, :, :]
    distance = np.sqrt((apart**2).sum(axis=2))
    return Matrix(EUCLIDEAN, distance, distance)
