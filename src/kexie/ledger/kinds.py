"""The six kinds of measure: how rows become a number, and what each row adds to it.

Each kind has two methods over the same rows: `value` aggregates them, `contribute` annotates every row with its
`contribution`. The conservation law says that contributions add up to the value (for a ratio: to its two parts).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from django.db import connection
from django.db.models import (
    Case,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models import Sum as SqlSum
from django.db.models.functions import Coalesce, Greatest, Least, RowNumber

from kexie.ledger.cells import Cell

Rows = QuerySet[Any]
Number = Decimal | int | None


class _DaysBetween(Func):
    """PostgreSQL's date minus date: whole days."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class _Months(Func):
    """Days as whole months of 30 days, rounded half up."""

    template = "(((%(expressions)s) * 2 + 30) / 60)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Count:
    """The number of records."""

    additive = True

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate each row with 1."""
        found: Rows = rows.annotate(contribution=Value(1))
        return found

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the number of rows."""
        return rows.count()


@dataclass(frozen=True)
class Sum:
    """The sum of a quantity; a row without it adds nothing."""

    of: str
    additive = True

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate each row with its quantity."""
        quantity = rows.model._meta.get_field(self.of)
        found: Rows = rows.annotate(contribution=Coalesce(F(self.of), Value(0), output_field=quantity))
        return found

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the sum of the quantity."""
        return _total(self.contribute(rows, cell))


@dataclass(frozen=True)
class Distinct:
    """The number of distinct things; a row adds one if it is the first of its thing."""

    of: str
    additive = False

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate the first row of each thing with 1, the others with 0."""
        return _first_of_each(rows, self.of, Q(**{f"{self.of}__isnull": False}))

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the number of distinct values that are not null."""
        if self.of == "occurred_on" and cell.period.start is not None:
            return _days_with_rows(rows, cell.period.start, cell.period.end)
        named = rows.exclude(**{f"{self.of}__isnull": True})
        return named.order_by().values(self.of).distinct().count()


@dataclass(frozen=True)
class Duration:
    """The sum of durations, both days included; what still runs counts up to the period's last day.

    Rule "months": each record counts days / 30, rounded half up, at least one; rule "days": its days.
    """

    start: str
    end: str
    rule: Literal["months", "days"] = "days"
    additive = False

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate each row with its own duration."""
        last = Value(cell.period.last_day)
        days = Greatest(_DaysBetween(Least(Coalesce(F(self.end), last), last), F(self.start)) + 1, 1)
        found: Rows = rows.annotate(
            contribution=Greatest(_Months(days), 1) if self.rule == "months" else days
        )
        return found

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the sum of durations."""
        return _total(self.contribute(rows, cell))


@dataclass(frozen=True)
class Ratio:
    """The share of rows for which `part(cell)` holds, in per cent; without rows it is not computable (None).

    With `of`, rows are weighed by that quantity: of the people in them, how many are in rows of the part.
    """

    part: Callable[[Cell], Q]
    of: str = ""
    additive = False

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate the rows of the numerator with 1 (or their quantity), the others with 0."""
        weight = F(self.of) if self.of else Value(1)
        found: Rows = rows.annotate(contribution=Case(When(self.part(cell), then=weight), default=0))
        return found

    def parts(self, rows: Rows, cell: Cell) -> tuple[int, int]:
        """Return the numerator and the denominator."""
        return self._size(rows.filter(self.part(cell))), self._size(rows)

    def _size(self, rows: Rows) -> int:
        if not self.of:
            return rows.count()
        total: int | None = rows.aggregate(total=SqlSum(self.of))["total"]
        return total or 0

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the percentage to two decimals."""
        return percentage(*self.parts(rows, cell))


@dataclass(frozen=True)
class Streak:
    """The longest run of consecutive years among the rows; `of` holds the year."""

    of: str
    additive = False

    def contribute(self, rows: Rows, cell: Cell) -> Rows:
        """Annotate the first row of each year in the longest run with 1, the others with 0."""
        return _first_of_each(rows, self.of, Q(**{f"{self.of}__in": self._run(rows)}))

    def value(self, rows: Rows, cell: Cell) -> Number:
        """Return the length of the longest run."""
        return len(self._run(rows))

    def _run(self, rows: Rows) -> list[int]:
        best: list[int] = []
        run: list[int] = []
        for year in rows.order_by(self.of).values_list(self.of, flat=True).distinct():
            run = [*run, year] if run and year == run[-1] + 1 else [year]
            best = run if len(run) >= len(best) else best
        return best


Kind = Count | Sum | Distinct | Duration | Ratio | Streak


def percentage(part: int, whole: int) -> Decimal | None:
    """Return part / whole in per cent, half up to two decimals, or None without a whole."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _days_with_rows(rows: Rows, start: dt.date, end: dt.date) -> int:
    """Return on how many days there is a row: one look into the index for each day, however many rows it has."""
    sql, parameters = rows.order_by().values_list("occurred_on").query.sql_with_params()
    with connection.cursor() as cursor:
        # The text is Django's own statement; values are parameters.
        cursor.execute(
            "SELECT COUNT(*) FROM generate_series(0, %s) AS days (n) WHERE EXISTS ("  # noqa: S608
            f"SELECT 1 FROM ({sql}) AS counted (day) WHERE counted.day = %s::date + days.n)",
            [(end - start).days - 1, *parameters, start],
        )
        return int(cursor.fetchone()[0])


def _total(rows: Rows) -> Number:
    total: Number = rows.aggregate(total=SqlSum("contribution"))["total"]
    return total or 0


def _first_of_each(rows: Rows, thing: str, counted: Q) -> Rows:
    nth = Window(
        RowNumber(),
        partition_by=F(thing),
        order_by=[F("occurred_on").asc(), F("pk").asc()],
    )
    counts = Case(When(Q(nth_of_thing=1) & counted, then=1), default=0)
    found: Rows = rows.annotate(nth_of_thing=nth).annotate(contribution=counts)
    return found
