"""Where the lines of a target's year are drawn: per cent across, pixels down, from plain values."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kexie.contexts.governance.queries.charts import MonthEnd
from kexie.ui.charts import Tick, nice_step

HEIGHT, TOP, BOTTOM = 260, 16, 28
WIDTH = 1000  # of the drawing's own coordinates, stretched over the page


@dataclass(frozen=True)
class Drawing:
    """Points of three lines as SVG writes them, grid lines, months, the goal's height and where today is."""

    actual: str
    expected: str
    last_year: str
    ticks: Sequence[Tick]
    months: Sequence[tuple[float, dt.date]]
    goal_y: float
    today: tuple[float, float] | None
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    width: int = WIDTH


def drawn(months: Sequence[MonthEnd], goal: Decimal, year: int) -> Drawing:
    """Return the drawing of a year; the scale begins at zero."""
    values = [
        goal,
        *(v for one in months for v in (one.actual, one.expected, one.last_year) if v is not None),
    ]
    step = Decimal(str(nice_step(float(max(values)))))
    top = step * -(-max(values) // step)
    days = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days

    def x_of(day: dt.date) -> float:
        return round(((day - dt.date(year, 1, 1)).days + 1) / days * WIDTH, 1)

    def y_of(value: Decimal) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(TOP + inner * (1 - float(value / top)), 1)

    def line(points: Iterable[tuple[dt.date, Decimal | None]]) -> str:
        return " ".join(f"{x_of(day)},{y_of(value)}" for day, value in points if value is not None)

    known = [one for one in months if one.actual is not None]
    last = known[-1] if known else None
    return Drawing(
        actual=line((one.on, one.actual) for one in known),
        expected=line((one.on, one.expected) for one in months),
        last_year=line((_end(one.on), one.last_year) for one in months),
        ticks=[Tick(y_of(step * n), float(step * n)) for n in range(int(top / step) + 1)],
        months=[(round((n + 0.5) / 12 * 100, 2), one.on) for n, one in enumerate(months)],
        goal_y=y_of(goal),
        today=(x_of(last.on), y_of(last.actual)) if last and last.actual is not None else None,
    )


def _end(day: dt.date) -> dt.date:
    """The last day of a day's month: last year's values are those of whole months."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
