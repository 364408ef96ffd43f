"""The conservation law over every declared measure and every way to cut it, on the whole demonstration city."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.figures import Slice
from kexie.ledger.measures import Cell, Flow, Measure
from tests.demo import AS_OF, TODAY, whole_city

pytestmark = pytest.mark.django_db
KEYS = sorted(registry.measures())
PERIODS = (
    Period.until(AS_OF),
    Period.until(TODAY),
    Period.year(2024),
    Period(dt.date(2025, 2, 14), dt.date(2025, 5, 7)),
)


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker) -> Iterator[Scope]:
    with django_db_blocker.unblock(), whole_city() as found:
        yield found


def ways_to_cut(measure: Measure) -> list[str]:
    """Return every dimension a measure can be cut by."""
    methods = ["method"] if measure.is_head_count else []
    return ["county", "unit", *methods, *(dim.name for dim in measure.dims)]


def narrowed(cell: Cell, by: str, one: Slice) -> Cell:
    """Return the cell that a slice stands for."""
    if by == "county":
        return replace(cell, area=str(one.group))
    if by == "unit":
        return replace(cell, unit=one.group)
    return replace(cell, filters=((by, one.group),))


def check(cell: Cell, scope: Scope) -> None:
    """The rows under the figure add up to it, and it says how many there are."""
    rows = list(figures.rows(cell, scope).values_list("contribution", flat=True))
    added = sum((Decimal(contribution) for contribution in rows), Decimal(0))
    value, count = figures.value_and_rows(cell, scope)
    assert count == len(rows)
    parts = figures._parts(registry.measure(cell.measure), cell, scope)
    assert parts == (added, whole(cell, scope)) if parts else value == added


def whole(cell: Cell, scope: Scope) -> int:
    """The denominator of a ratio: its rows, or the quantity by which they are weighed."""
    weight = getattr(registry.measure(cell.measure).kind, "of", "")
    rows = figures.rows(cell, scope)
    return sum(rows.values_list(weight, flat=True)) if weight else rows.count()


@pytest.mark.parametrize("key", KEYS)
def test_rows_add_up_to_the_figure(scope: Scope, key: str) -> None:
    for period in PERIODS:
        check(Cell(key, period), scope)


@pytest.mark.parametrize("key", KEYS)
def test_rows_add_up_in_every_slice(scope: Scope, key: str) -> None:
    cell = Cell(key, Period.until(AS_OF))
    for by in ways_to_cut(registry.measure(key)):
        slices = [one for one in figures.breakdown(cell, scope, by=by) if one.group is not None]
        for one in slices[:2]:
            if by != "unit":  # a slice by unit is that unit alone, a cell's unit is its subtree
                assert figures.value(narrowed(cell, by, one), scope) == one.value
            check(narrowed(cell, by, one), scope)


@pytest.mark.parametrize("key", [key for key in KEYS if registry.measure(key).kind.additive])
def test_slices_of_additive_measures_add_up(scope: Scope, key: str) -> None:
    measure = registry.measure(key)
    over_time = ["month", "year"] if isinstance(measure.time, Flow) else []
    for period in PERIODS:
        cell = Cell(key, period)
        for by in [*ways_to_cut(measure), *over_time]:
            slices = figures.breakdown(cell, scope, by=by)
            assert sum(Decimal(one.value or 0) for one in slices) == figures.value(cell, scope)


def test_rollups_equal_rows(scope: Scope) -> None:
    wrong = [
        (measure.key, cached, rows)
        for measure, cached, rows in figures.audit(scope, until=TODAY)
        if cached != rows
    ]
    assert wrong == []


@pytest.mark.parametrize("key", KEYS)
def test_figures_frozen_in_the_past_stay(scope: Scope, key: str) -> None:
    """What was known at a moment adds up too, and asking now with that moment gives rows confirmed by then only."""
    moment = dt.datetime(2025, 7, 1, tzinfo=dt.UTC)
    cell = Cell(key, Period.until(AS_OF), known_at=moment)
    check(cell, scope)
    assert not figures.rows(cell, scope).filter(confirmed_at__gt=moment).exists()
