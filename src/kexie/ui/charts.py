"""Geometry of the small server-drawn charts: pure functions from numbers to SVG coordinates.

Charts are drawn on the server so that they print, need no script and say the same as the table beside them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kexie.ui.text import Text

FEW = 6  # up to so many bars, every label has room on a phone
HEIGHT, TOP, BOTTOM = 240, 16, 28  # px; across, everything is in per cent so that text keeps its size


@dataclass(frozen=True)
class Point:
    """One observation of a series; `value` None is a gap; `open` marks a period that still runs."""

    label: Text
    value: float | None
    href: str = ""
    open: bool = False


@dataclass(frozen=True)
class Bar:
    """A drawn bar: x, width and middle in per cent; y and height in px; `minor` labels give way on phones."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    point: Point
    show_label: bool
    minor: bool


@dataclass(frozen=True)
class Tick:
    """A grid line at height y with its number."""

    y: float
    value: float


@dataclass(frozen=True)
class BarChart:
    """Everything the template needs to draw one series of bars."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    target_y: float | None
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM


def spark_points(
    values: Sequence[float], width: float = 100, height: float = 28
) -> list[tuple[float, float]]:
    """Points of a sparkline from zero at the bottom to the largest value at the top; fewer than two give none."""
    if not values[1:]:
        return []
    top = max(*values, 0) or 1
    step = width / (len(values) - 1)
    return [
        (round(index * step, 2), round(height - max(value, 0) / top * height, 2))
        for index, value in enumerate(values)
    ]


def nice_step(top: float, lines: int = 4) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that reaches `top` in at most `lines` steps; counts never go below 1."""
    raw = max(top / lines, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    return next((factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw), 10 * size)


def bar_chart(points: Sequence[Point], target: float | None = None, max_labels: int = 13) -> BarChart:
    """Vertical bars from a zero base line. `target` draws a dashed line at its height."""
    top_value = max([point.value or 0 for point in points] + [target or 0], default=0) or 1
    step = nice_step(top_value)
    top = math.ceil(top_value / step) * step
    inner = HEIGHT - TOP - BOTTOM

    def y_of(value: float) -> float:
        return round(TOP + inner * (1 - value / top), 2)

    ticks = tuple(Tick(y_of(step * index), step * index) for index in range(round(top / step) + 1))
    return BarChart(_bars(points, y_of, max_labels), ticks, y_of(target) if target is not None else None)


def _bars(points: Sequence[Point], y_of: Callable[[float], float], max_labels: int) -> tuple[Bar, ...]:
    slot = 100 / max(len(points), 1)
    width = min(slot * 0.68, 8)
    every = math.ceil(len(points) / max_labels)
    bars = []
    for index, point in enumerate(points):
        y = y_of(point.value or 0)
        middle = slot * (index + 0.5)
        # Labels count back from the newest, so the last one is always named.
        back = len(points) - 1 - index
        named, minor = back % every == 0, len(points) > FEW and back // every % 2 == 1
        x, height = round(middle - width / 2, 3), round(HEIGHT - BOTTOM - y, 2)
        bars.append(Bar(x, y, round(width, 3), height, round(middle, 3), point, named, minor))
    return tuple(bars)


@dataclass(frozen=True)
class Slice:
    """A part of a 100-unit bar: where it starts, how long it is, its share in per cent and its colour number 1–6."""

    x: float
    width: float
    percent: float
    tone: int
    label: str
    value: float
    href: str


def slices(shares: Sequence[object]) -> tuple[Slice, ...]:
    """Parts of a whole, the largest first; each share has label, value and perhaps href. Zero parts are left out."""
    rows = [
        (str(getattr(share, "label", "")), float(getattr(share, "value", 0)), str(getattr(share, "href", "")))
        for share in shares
    ]
    rows.sort(key=lambda row: -row[1])
    total = sum(value for _, value, _ in rows)
    done, out = 0.0, []
    for index, (label, value, href) in enumerate(rows):
        if value <= 0:
            continue
        width = value / total * 100
        out.append(Slice(round(done, 3), round(width, 3), round(width, 1), index % 6 + 1, label, value, href))
        done += width
    return tuple(out)
