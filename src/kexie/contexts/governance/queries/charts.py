"""A target's year in twelve months: what was reached, what was asked, and the year before."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate

from kexie.contexts.governance.models import Basis, Direction, Target
from kexie.contexts.governance.queries.progress import Board
from kexie.contexts.governance.queries.readings import Readings
from kexie.contexts.governance.rules import lines
from kexie.kernel.periods import Period
from kexie.ledger import registry

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class MonthEnd:
    """The end of a month (or today, within one): None where there is nothing to say yet."""

    on: dt.date
    actual: Decimal | None
    expected: Decimal
    last_year: Decimal | None
    is_today: bool = False


@dataclass(frozen=True)
class Outlook:
    """What the year may end with, and what each month left must bring to reach the goal."""

    ends: tuple[Decimal, Decimal] | None
    left: Decimal
    a_month: Decimal | None


def year_of(target: Target, board: Board) -> list[MonthEnd]:
    """Return the ends of the twelve months; the running month ends with today."""
    readings, line = board.readings, board.progress[target.pk].line
    last_day = readings.until - DAY
    this, before = _values(target, readings)
    found = []
    for month in range(1, 13):
        end = dt.date(target.year + month // 12, month % 12 + 1, 1) - DAY
        is_today = end.replace(day=1) <= last_day < end
        on = last_day if is_today else end
        actual = this[month - 1] if on <= last_day and readings.today.year >= target.year else None
        found.append(MonthEnd(on, actual, line.by(on).quantize(Decimal("0.1")), before[month - 1], is_today))
    return found


def outlook(target: Target, board: Board) -> Outlook | None:
    """Return what the year may end with; None where the measure does not grow with the year, or the year is over."""
    progress, readings = board.progress[target.pk], board.readings
    if (
        progress.actual is None
        or target.basis == Basis.LEVEL
        or readings.today.year != target.year
        or target.goal <= progress.base
    ):
        return None
    last_day, start = readings.until - DAY, dt.date(target.year, 1, 1)
    days = (dt.date(target.year + 1, 1, 1) - start).days
    ends = lines.forecast(
        actual=progress.actual,
        base=progress.base,
        share=(progress.line.by(last_day) - progress.base) / (target.goal - progress.base),
        elapsed=Decimal((readings.until - start).days) / days,
    )
    left = max(target.goal - progress.actual, Decimal(0))
    months = Decimal(days - (readings.until - start).days) / Decimal("30.4")
    is_open = target.direction == Direction.AT_LEAST and left and months >= 1
    return Outlook(ends, left, (left / months).quantize(Decimal("0.1")) if is_open else None)


def _values(target: Target, readings: Readings) -> tuple[list[Decimal | None], list[Decimal | None]]:
    """Return the cumulative values at the ends of the months of this year and the last."""
    if registry.measure(target.measure).is_rolled_up and target.basis != Basis.LEVEL:
        reading = readings.of(target)
        last_base = (
            reading.base - sum(reading.last_year, Decimal(0)) if target.basis == Basis.TOTAL else Decimal(0)
        )
        this = [reading.base + value for value in accumulate(reading.this_year)]
        return list(this), [last_base + value for value in accumulate(reading.last_year)]
    return _asked(target, readings, target.year), _asked(target, readings, target.year - 1)


def _asked(target: Target, readings: Readings, year: int) -> list[Decimal | None]:
    """Ask a measure that does not add up at the end of each month."""
    cell, found = readings.cell(target), list[Decimal | None]()
    for month in range(1, 13):
        start = dt.date(year, month, 1)
        end = dt.date(year + month // 12, month % 12 + 1, 1)
        since = None if cell.period.start is None else dt.date(year, 1, 1)
        is_ahead = start >= readings.until
        asked = replace(cell, period=Period(since, min(end, readings.until)))
        found.append(None if is_ahead else readings.value(asked))
    return found
