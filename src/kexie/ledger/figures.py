"""Figures: a measure's value for a cell, its breakdowns and its rows, from roll-ups where they exist.

Every read takes a Scope. The roll-up path and the row path give the same numbers; `audit` compares them.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, F, Max, Min, QuerySet, Value
from django.db.models import Sum as SqlSum
from django.db.models.functions import Substr, TruncMonth, TruncYear

from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import canonical, registry, spans
from kexie.ledger.kinds import Duration, Number, Ratio, Rows, Sum
from kexie.ledger.measures import Cell, Measure
from kexie.ledger.models import DayCell, Delta, FoldState, LogEntry, MonthCell

COUNTY_DIGITS = 6
_MANY = 2_000  # later records that are taken out of a roll-up one by one
Group = str | dt.date | UUID | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A value with what a reader needs to trust it.

    value: None means not computable (a ratio without denominator). rows: how many records (or, for a ratio,
    the denominator) stand behind it. parts: numerator and denominator of a ratio. methods: value by counting
    method. uncounted: rows whose head count is missing. digest: over definition, cell, value and log size.
    """

    cell: Cell
    measure: Measure
    value: Number
    rows: int
    as_of: dt.datetime
    parts: tuple[int, int] | None = None
    methods: tuple[tuple[str, Decimal], ...] = ()
    uncounted: int = 0
    digest: str = ""


@dataclass(frozen=True)
class Slice:
    """One line of a breakdown: its group and the value and number of rows there."""

    group: Group
    value: Number
    rows: int


def figure(cell: Cell, scope: Scope, *, now: dt.datetime) -> Figure:
    """Return the figure with its method mix and digest."""
    measure = _allowed(cell, scope)
    methods = _methods(measure, cell, scope)
    total, count = _sum_of(methods) if methods else value_and_rows(cell, scope)
    found = Figure(
        cell=cell,
        measure=measure,
        value=total,
        rows=count,
        as_of=cell.known_at or now,
        parts=_parts(measure, cell, scope),
        methods=tuple((str(one.group), Decimal(one.value or 0)) for one in methods if one.group),
        uncounted=sum(one.rows for one in methods if not one.group),
    )
    return replace(found, digest=_digest(found, scope))


def value(cell: Cell, scope: Scope) -> Number:
    """Return just the value."""
    measure = _allowed(cell, scope)
    if found := _total(measure, cell, scope):
        return _whole(found[0])
    return measure.kind.value(measure.rows(cell, scope), cell)


def values(measures: Iterable[Measure], period: Period, scope: Scope) -> dict[str, Number]:
    """Return the values of many measures over one period: those of all roll-ups come from one statement."""
    cached = _read_all(period, scope)
    return {
        one.key: value(Cell(one.key, period), scope)
        if cached is None or not one.is_rolled_up
        else _whole(cached.get(one.key, Decimal(0)))
        for one in measures
        if scope.allows(one.context)
    }


def value_and_rows(cell: Cell, scope: Scope) -> tuple[Number, int]:
    """Return the value and the number of records behind it."""
    measure = _allowed(cell, scope)
    if found := _total(measure, cell, scope):
        return _whole(found[0]), found[1]
    rows = measure.rows(cell, scope)
    return measure.kind.value(rows, cell), rows.count()


def rows(cell: Cell, scope: Scope) -> Rows:
    """Return the records behind a figure, each with its `contribution`; they add up to the value."""
    return _allowed(cell, scope).contributions(cell, scope)


def breakdown(cell: Cell, scope: Scope, *, by: str) -> list[Slice]:
    """Return the figure cut by county, unit, month, year, method or a declared dimension, in order of group.

    Slices of additive measures add up to the figure; of others (distinct, ratio, streak) they need not.
    """
    measure = _allowed(cell, scope)
    cached = by in _CELL_GROUPS and _from_cells(measure, cell)
    if cached and (totals := _cached(measure, cell, scope, by=by)) is not None:
        found = [Slice(group, _whole(total), count) for group, (total, count) in totals.items() if count]
    elif by in {"month", "year"} and not measure.kind.additive:
        found = list(_over_time(measure, cell, scope, by))
    else:
        found = list(_over_rows(measure, cell, scope, by))
    return sorted(found, key=lambda one: str(one.group))


def stock_series(cell: Cell, scope: Scope, ends: Sequence[dt.date]) -> list[Slice]:
    """Return the value as it stood at each of the days (for stocks and cumulative figures)."""
    cells = (replace(cell, period=Period.until(day, since=cell.period.start)) for day in ends)
    found = ((one.period.last_day, *value_and_rows(one, scope)) for one in cells)
    return [Slice(day, total, count) for day, total, count in found]


def months_of_all(scope: Scope, period: Period) -> dict[str, dict[dt.date, Number]]:
    """Return month totals of every rolled-up measure over whole months, in one statement (for dashboards)."""
    months, loose = spans.split(period)
    if loose:
        raise ValueError(f"not whole months: {period}")
    key = ("measure", "cut")
    readings = (
        model._default_manager.filter(scope.q(), spans.inside(months))
        .order_by()
        .annotate(cut=TruncMonth("day"))
        for model in (MonthCell, Delta)
    )
    first, second = (
        cells.values(*key).annotate(total=SqlSum("value")).values_list(*key, "total") for cells in readings
    )
    totals: dict[str, dict[dt.date, Number]] = defaultdict(dict)
    for measure, month, total in first.union(second, all=True):
        totals[measure][month] = _whole(Decimal(totals[measure].get(month) or 0) + total)
    return totals


def units_of(slices: Sequence[Slice], scope: Scope) -> dict[UUID, Unit]:
    """Return the units that a breakdown by unit names."""
    wanted = [one.group for one in slices if isinstance(one.group, UUID)]
    return Unit.objects.filter(association_id=scope.association_id).in_bulk(wanted)


def months_by_unit(
    scope: Scope, measures: Iterable[str], *, before: dt.date
) -> dict[str, dict[UUID, dict[dt.date, Decimal]]]:
    """Return month totals of rolled-up measures by unit, up to a first of a month, in one statement."""
    key = ("measure", "unit_id", "cut")
    readings = (
        model._default_manager.filter(scope.q(), measure__in=list(measures), day__lt=before)
        .order_by()
        .annotate(cut=TruncMonth("day"))
        for model in (MonthCell, Delta)
    )
    first, second = (
        cells.values(*key).annotate(total=SqlSum("value")).values_list(*key, "total") for cells in readings
    )
    totals: dict[str, dict[UUID, dict[dt.date, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for measure, unit, month, total in first.union(second, all=True):
        of_unit = totals[measure][unit]
        of_unit[month] = of_unit.get(month, Decimal(0)) + total
    return totals


def audit(scope: Scope, *, until: dt.date) -> Iterator[tuple[Measure, Decimal, Decimal]]:
    """Yield each rolled-up measure with its value from roll-ups and from rows, over everything until a day."""
    for measure in registry.measures().values():
        if measure.is_rolled_up:
            cell = Cell(measure.key, Period.until(until))
            cached = _read_cells(measure, cell, scope, by="month")
            counted = _over_rows(measure, cell, scope, "month")
            yield from _differences(measure, cached, list(counted))


def _differences(
    measure: Measure, cached: dict[Group, tuple[Decimal, int]], counted: Sequence[Slice]
) -> Iterator[tuple[Measure, Decimal, Decimal]]:
    """Yield one line for a measure that agrees in every month, else one for each month that differs."""
    real = {one.group: Decimal(one.value or 0) for one in counted}
    months = real.keys() | {group for group, (total, count) in cached.items() if total or count}
    wrong = [m for m in months if cached.get(m, (Decimal(0), 0))[0] != real.get(m, Decimal(0))]
    for month in sorted(wrong, key=str):
        yield (
            measure,
            cached.get(month, (Decimal(0), 0))[0],
            real.get(month, Decimal(0)),
        )
    if not wrong:
        total = sum(real.values(), Decimal(0))
        yield measure, total, total


def _allowed(cell: Cell, scope: Scope) -> Measure:
    measure = registry.measure(cell.measure)
    if not scope.allows(measure.context):
        raise Forbidden(measure.key)
    return measure


# --- from roll-ups --------------------------------------------------------------------------------------------


def _from_cells(measure: Measure, cell: Cell) -> bool:
    return measure.is_rolled_up and all(name == "method" for name, _v in cell.filters)


def _total(measure: Measure, cell: Cell, scope: Scope) -> tuple[Decimal, int] | None:
    totals = _cached(measure, cell, scope, by=None) if _from_cells(measure, cell) else None
    return None if totals is None else totals.get(None, (Decimal(0), 0))


def _read_all(period: Period, scope: Scope) -> dict[str, Decimal] | None:
    """Read every roll-up's total as `_one_reading` does; None where some days must be counted from rows."""
    months, loose = spans.split(period)
    while True:
        since = _days_since(scope) if loose else None
        if any(since is None or days.start is None or days.start < since for days in loose):
            return None
        parts = (
            (Delta, spans.any_of([months, *loose])),
            (MonthCell, spans.inside(months)),
            (DayCell, spans.any_of(loose)),
        )
        first, *others = (
            model._default_manager.filter(scope.q(), inside)
            .order_by()
            .values("measure")
            .annotate(total=SqlSum("value"))
            .values_list("measure", "total")
            for model, inside in parts
        )
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for key, total in first.union(*others, all=True):
            totals[key] += total or 0
        if not loose or _days_since(scope) == since:
            return totals


def _cached(
    measure: Measure, cell: Cell, scope: Scope, *, by: str | None
) -> dict[Group, tuple[Decimal, int]] | None:
    """Read roll-ups, as known at the cell's moment: what later records changed is taken out again.

    None if so much changed since that the rows themselves are quicker. Records that arrive meanwhile are met by
    reading again.
    """
    if cell.known_at is None:
        return _read_cells(measure, cell, scope, by=by)
    present = replace(cell, known_at=None)
    while (later := _since(measure, cell, scope)) is not None:
        totals = _read_cells(measure, present, scope, by=by)
        if _since(measure, cell, scope) == later:
            return _without(totals, later, measure, cell, scope, by=by) if later else totals
    return None


def _since(measure: Measure, cell: Cell, scope: Scope) -> list[UUID] | None:
    """Return the measure's records that were confirmed or reversed after the cell's moment; None if there are many."""
    entries = LogEntry.objects.filter(
        association_id=scope.association_id,
        at__gt=cell.known_at,
        record_type=canonical.record_type(measure.of),
    )
    found = list(entries.order_by("at").values_list("record_id", flat=True)[: _MANY + 1])
    return None if len(found) > _MANY else found


def _without(
    totals: dict[Group, tuple[Decimal, int]],
    later: Sequence[UUID],
    measure: Measure,
    cell: Cell,
    scope: Scope,
    *,
    by: str | None,
) -> dict[Group, tuple[Decimal, int]]:
    """Return the totals with these records as they counted at the cell's moment instead of as they count now."""
    now = _over_rows(measure, replace(cell, known_at=None), scope, by, only=later)
    then = _over_rows(measure, cell, scope, by, only=later)
    taken = ((one.group, -Decimal(one.value or 0), -one.rows) for one in now)
    return _merge((*_triples(totals), *taken, *((one.group, one.value, one.rows) for one in then)))


def _read_cells(
    measure: Measure, cell: Cell, scope: Scope, *, by: str | None
) -> dict[Group, tuple[Decimal, int]]:
    """Read whole months, loose days and unfolded deltas in one statement, hence from one snapshot.

    The fold may drop old day cells between finding out since when there are any and reading them; then read again.
    """
    if not spans.split(cell.period)[1]:
        return _one_reading(measure, cell, scope, by, None)
    while True:
        days_since = _days_since(scope)
        totals = _one_reading(measure, cell, scope, by, days_since)
        if _days_since(scope) == days_since:
            return totals


def _one_reading(
    measure: Measure,
    cell: Cell,
    scope: Scope,
    by: str | None,
    days_since: dt.date | None,
) -> dict[Group, tuple[Decimal, int]]:
    months, loose = spans.split(cell.period)
    by_day = [days for days in loose if days_since and days.start and days.start >= days_since]
    by_row = [days for days in loose if days not in by_day]
    cached = spans.any_of([months, *by_day])
    readings = [
        _cells(Delta, measure, cell, scope).filter(cached),
        _cells(MonthCell, measure, cell, scope).filter(spans.inside(months)),
        _cells(DayCell, measure, cell, scope).filter(spans.any_of(by_day)),
    ]
    first, *others = (_grouped(reading, by) for reading in readings)
    totals = _merge(first.union(*others, all=True))
    for days in by_row:
        # Days of a closed month are counted from their rows, where unfolded deltas have already arrived.
        slices = _over_rows(measure, replace(cell, period=days), scope, by)
        totals = _merge((*_triples(totals), *((one.group, one.value, one.rows) for one in slices)))
    return totals


def _cells(model: type[models.Model], measure: Measure, cell: Cell, scope: Scope) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(scope.q(), measure=measure.key)
    found: QuerySet[Any] = rows.filter(measure.within(cell))
    return found


def _grouped(cells: QuerySet[Any], by: str | None) -> QuerySet[Any]:
    group = _CELL_GROUPS[by] if by else Value("")
    cut = cells.order_by().annotate(cut=group).values("cut")
    summed: QuerySet[Any] = cut.annotate(total=SqlSum("value"), count=SqlSum("rows"))
    return summed.values_list("cut", "total", "count")


def _merge(
    triples: Iterable[tuple[Group, Any, int]],
) -> dict[Group, tuple[Decimal, int]]:
    totals: dict[Group, tuple[Decimal, int]] = {}
    for group, total, count in triples:
        key = group if group != "" else None
        before = totals.get(key, (Decimal(0), 0))
        totals[key] = (before[0] + Decimal(total or 0), before[1] + (count or 0))
    return totals


def _triples(
    totals: dict[Group, tuple[Decimal, int]],
) -> Iterator[tuple[Group, Decimal, int]]:
    return ((group, total, count) for group, (total, count) in totals.items())


def _days_since(scope: Scope) -> dt.date | None:
    states = FoldState.objects.filter(association_id=scope.association_id)
    return states.values_list("days_since", flat=True).first()


# --- from rows ------------------------------------------------------------------------------------------------


def _over_rows(
    measure: Measure, cell: Cell, scope: Scope, by: str | None, *, only: Sequence[UUID] | None = None
) -> Iterator[Slice]:
    """Cut by any group from the rows themselves, or from some of them."""
    rows = measure.rows(cell, scope) if only is None else measure.rows(cell, scope).filter(pk__in=only)
    cut = rows.order_by().annotate(cut=_row_group(measure, by))
    if measure.kind.additive or isinstance(measure.kind, Duration):
        contributed = measure.kind.contribute(cut, cell).values("cut")
        totals = contributed.annotate(total=SqlSum("contribution"), count=Count("pk"))
        for group, total, count in totals.values_list("cut", "total", "count"):
            if count:  # one group of all rows exists even without rows
                yield Slice(group if group != "" else None, total, count)
        return
    for group in cut.values_list("cut", flat=True).distinct():
        part = cut.filter(cut=group) if group is not None else cut.filter(cut__isnull=True)
        yield Slice(group, measure.kind.value(part, cell), part.count())


def _over_time(measure: Measure, cell: Cell, scope: Scope, by: str) -> Iterator[Slice]:
    """Cut a flow that does not add up (distinct things) into periods, each asked by itself."""
    days = measure.rows(cell, scope).aggregate(first=Min("occurred_on"), last=Max("occurred_on"))
    if days["first"] is None:
        return
    start = _floor(days["first"], by)
    while start <= days["last"]:
        end = spans.next_month(start) if by == "month" else start.replace(year=start.year + 1)
        part = replace(
            cell,
            period=Period(max(start, cell.period.start or start), min(end, cell.period.end)),
        )
        total, count = value_and_rows(part, scope)
        yield Slice(start, total, count)
        start = end


def _floor(day: dt.date, by: str) -> dt.date:
    return day.replace(day=1) if by == "month" else day.replace(month=1, day=1)


def _row_group(measure: Measure, by: str | None) -> Any:
    match by:
        case None:
            return Value("")
        case "county":
            return Substr("area_id", 1, COUNTY_DIGITS)
        case "unit":
            return F("unit_id")
        case "month":
            return TruncMonth("occurred_on")
        case "year":
            return TruncYear("occurred_on")
        case _:
            return F(measure.dim(by).lookup)


_CELL_GROUPS: dict[str, Any] = {
    "county": Substr("area_id", 1, COUNTY_DIGITS),
    "unit": F("unit_id"),
    "month": TruncMonth("day"),
    "year": TruncYear("day"),
    "method": F("method"),
}


# --- what a figure carries ------------------------------------------------------------------------------------


def _parts(measure: Measure, cell: Cell, scope: Scope) -> tuple[int, int] | None:
    if isinstance(measure.kind, Ratio):
        return measure.kind.parts(measure.rows(cell, scope), cell)
    return None


def _methods(measure: Measure, cell: Cell, scope: Scope) -> list[Slice]:
    """Return a head count cut by method; rows without a count are a slice without a group."""
    if measure.is_head_count and isinstance(measure.kind, Sum):
        return breakdown(cell, scope, by="method")
    return []


def _sum_of(slices: Sequence[Slice]) -> tuple[Number, int]:
    return _whole(sum((Decimal(one.value or 0) for one in slices), Decimal(0))), sum(
        one.rows for one in slices
    )


def _digest(found: Figure, scope: Scope) -> str:
    """Tie the value to its definition, its cell and the state of the log; a moment says that state by itself."""
    cell = found.cell
    entries = LogEntry.objects.filter(association_id=scope.association_id)
    log_size = None if cell.known_at else entries.aggregate(n=Max("position"))["n"]
    period = f"{cell.period.start or '-'}/{cell.period.end}"
    parts = (
        found.measure.definition_digest,
        period,
        cell.area,
        cell.unit,
        cell.filters,
        cell.known_at,
    )
    text = "\n".join(str(part) for part in (*parts, scope.association_id, found.value, found.rows, log_size))
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(total: Decimal) -> Number:
    """Return an integer where nothing stands after the point."""
    return int(total) if total == total.to_integral_value() else total
