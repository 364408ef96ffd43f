"""Target lines: which value is expected by which day, and how far what was reached lies from it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kexie.contexts.governance.models import Basis, Direction
from kexie.contexts.governance.states import Standing

DAY = dt.timedelta(days=1)
# Below this part of what is expected, amber turns to red.
RED_BELOW = Decimal("0.8")
# A level that is held: short of the goal by more than this part of it is red.
RED_OFF_LEVEL = Decimal("0.1")
# Years that a target can be of.
YEARS = range(2000, 2101)
MONTHS = 12
LATE_DAYS = 30
SOON_DAYS = 14
# Too little of the year (in shares of what the line expects) says nothing about its end.
FORECAST_FROM = Decimal("0.15")


@dataclass(frozen=True)
class Line:
    """Expected values over a year. `points`: what is expected at the beginning of a day, ascending.

    source: STEPS (milestones), SEASON (last year's months), LINEAR, or LEVEL (the same all year).
    """

    source: str
    points: tuple[tuple[dt.date, Decimal], ...]

    def by(self, day: dt.date) -> Decimal:
        """Return what is expected by the end of a day; between two points it grows evenly."""
        moment = day + DAY
        before = self.points[0]
        for point in self.points:
            if moment <= point[0]:
                return _between(before, point, moment)
            before = point
        return before[1]


def line(
    *,
    year: int,
    basis: str,
    base: Decimal,
    goal: Decimal,
    steps: Sequence[tuple[dt.date, Decimal]],
    last_year: Sequence[Decimal],
) -> Line:
    """Return a target's line: by its own steps, else in last year's rhythm, else evenly.

    base: the value the year begins with; steps: value by the end of a day; last_year: what came in each of its months.
    """
    start, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    if basis == Basis.LEVEL:
        return Line("LEVEL", ((start, goal), (end, goal)))
    if steps:
        return Line("STEPS", _through(start, end, base, goal, steps))
    if len(last_year) == MONTHS and sum(last_year) > 0 and min(last_year) >= 0:
        return Line("SEASON", _season(year, base, goal, last_year))
    return Line("LINEAR", ((start, base), (end, goal)))


def standing(
    *,
    actual: Decimal | None,
    expected: Decimal,
    base: Decimal,
    goal: Decimal,
    basis: str,
    direction: str,
    is_over: bool,
    late_by: int = 0,
) -> Standing:
    """Return how a target stands on a day; `late_by`: by how many days its latest milestone is late."""
    if actual is None:
        return Standing.UNKNOWN
    reached = actual >= goal if direction == Direction.AT_LEAST else actual <= goal
    if is_over:
        return Standing.DONE if reached else Standing.MISSED
    if basis == Basis.LEVEL:
        return _worst(_of_level(actual, goal, reached=reached), late_by)
    if direction == Direction.AT_MOST:
        return _worst(_below_ceiling(actual, expected, reached=reached), late_by)
    if reached:
        return Standing.DONE
    return _worst(_on_the_way(actual - base, expected - base), late_by)


def forecast(
    *, actual: Decimal, base: Decimal, share: Decimal, elapsed: Decimal
) -> tuple[Decimal, Decimal] | None:
    """Return the lower and upper value the year may end with: by the line's rhythm and evenly by days.

    share: how much of the line's growth is expected by now; elapsed: of the days. None while that says too little.
    """
    if min(share, elapsed) < FORECAST_FROM:
        return None
    ends = [base + (actual - base) / part for part in (share, elapsed)]
    return min(ends), max(ends)


def _through(
    start: dt.date, end: dt.date, base: Decimal, goal: Decimal, steps: Sequence[tuple[dt.date, Decimal]]
) -> tuple[tuple[dt.date, Decimal], ...]:
    """Join the beginning, the steps and the end; a step on the last day takes the place of the goal."""
    ordered = {start: base, end: goal} | {day + DAY: value for day, value in steps}
    return tuple(sorted(ordered.items()))


def _season(
    year: int, base: Decimal, goal: Decimal, months: Sequence[Decimal]
) -> tuple[tuple[dt.date, Decimal], ...]:
    total, reached = sum(months, Decimal(0)), Decimal(0)
    points = [(dt.date(year, 1, 1), base)]
    for number, month in enumerate(months, 1):
        reached += month
        points.append(
            (dt.date(year + number // 12, number % 12 + 1, 1), base + (goal - base) * reached / total)
        )
    return tuple(points)


def _between(before: tuple[dt.date, Decimal], after: tuple[dt.date, Decimal], moment: dt.date) -> Decimal:
    days = (after[0] - before[0]).days
    passed = Decimal((moment - before[0]).days) / days if days else Decimal(1)
    return before[1] + (after[1] - before[1]) * max(passed, Decimal(0))


def _on_the_way(came: Decimal, awaited: Decimal) -> Standing:
    if awaited <= 1 or came >= awaited:  # less than one whole thing is no delay
        return Standing.ON_TRACK
    return Standing.BEHIND if came >= awaited * RED_BELOW else Standing.FAR_BEHIND


def _of_level(actual: Decimal, goal: Decimal, *, reached: bool) -> Standing:
    if reached:
        return Standing.ON_TRACK
    return Standing.BEHIND if abs(actual - goal) <= goal * RED_OFF_LEVEL else Standing.FAR_BEHIND


def _below_ceiling(actual: Decimal, expected: Decimal, *, reached: bool) -> Standing:
    if not reached:
        return Standing.MISSED
    return Standing.ON_TRACK if actual <= expected else Standing.BEHIND


def _worst(found: Standing, late_by: int) -> Standing:
    """A late milestone makes a target amber, and red when it is late by more than a month."""
    if late_by > LATE_DAYS:
        return Standing.FAR_BEHIND
    return Standing.BEHIND if late_by and found == Standing.ON_TRACK else found
