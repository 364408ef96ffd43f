"""Figures: the conservation law, roll-ups against rows, what was known when, and what a scope may see."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, operations, registry, rollups
from kexie.ledger.measures import Cell
from kexie.ledger.models import Activity, Delta, MonthCell
from tests.ledger import build
from tests.ledger.build import NOW, cell

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
EVENTS = st.lists(
    st.tuples(
        DAYS,
        st.sampled_from(["SHOW", "LECTURE"]),
        st.sampled_from(["甲", "乙", "丙"]),
        st.one_of(st.none(), st.integers(0, 5000)),
        st.integers(0, 1),
        st.sampled_from(["keep", "reverse", "draft", "fold", "cancelled"]),
    ),
    max_size=10,
)
PERIODS = st.tuples(st.one_of(st.none(), DAYS), DAYS).map(
    lambda pair: Period(*sorted(pair)) if pair[0] else Period(None, pair[1])
)


def play(world: build.World, events: list[tuple]) -> None:
    """Write events in the order given: some are reversed, some stay drafts, some are followed by a fold."""
    for day, kind, title, headcount, museum, fate in events:
        values = {
            "kind": kind,
            "title": title,
            "headcount": headcount,
            "method": "" if headcount is None else random.Random(headcount).choice(["GATE", "HOST"]),
            "unit": world.museums[museum],
            "held": fate != "cancelled",
        }
        if fate == "draft":
            operations.draft(
                record=world.activity(day, **values), actor=world.account, now=NOW, scope=world.scope
            )
            continue
        record = world.confirmed(day, **values)
        if fate == "reverse":
            world.reverse(record)
        if fate == "fold":
            rollups.fold(association_id=world.association.pk, now=NOW)


class ConservationLaw(TestCase):
    """The rows shown under a figure add up to it, whatever is asked and whatever was written."""

    @given(EVENTS, PERIODS, st.sampled_from(build.MEASURES), st.sampled_from(["", "3412", "341221"]))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_rows_add_up_to_the_figure(self, events, period, measure, area) -> None:
        world = build.world()
        play(world, events)
        asked = Cell(measure.key, period, area=area or None)
        found = figures.figure(asked, world.scope, now=NOW)
        contributed = sum(Decimal(row.contribution) for row in figures.rows(asked, world.scope))
        if found.parts is not None:
            assert (contributed, figures.rows(asked, world.scope).count()) == found.parts
        else:
            assert contributed == found.value
        assert found.rows == figures.rows(asked, world.scope).count()

    @given(EVENTS, PERIODS)
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_many_at_once_are_what_each_is(self, events, period) -> None:
        world = build.world()
        play(world, events)
        each = {one.key: figures.value(Cell(one.key, period), world.scope) for one in build.MEASURES}
        assert figures.values(build.MEASURES, period, world.scope) == each
        assert all(
            each[one.key]
            == one.kind.value(one.rows(Cell(one.key, period), world.scope), Cell(one.key, period))
            for one in build.MEASURES
        )

    @given(EVENTS, PERIODS, st.sampled_from(["county", "unit", "month", "year", "method"]))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_slices_of_an_additive_measure_add_up(self, events, period, by) -> None:
        world = build.world()
        play(world, events)
        asked = Cell("ledger.test_sum", period)
        slices = figures.breakdown(asked, world.scope, by=by)
        assert sum(Decimal(one.value) for one in slices) == figures.value(asked, world.scope)

    @given(EVENTS, PERIODS, st.sampled_from([None, "county", "unit", "month", "year", "method"]))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_rollup_equals_rows(self, events, period, by) -> None:
        world = build.world()
        play(world, events)
        measure = registry.measure("ledger.test_sum")
        asked = Cell(measure.key, period)
        cached = figures._cached(measure, asked, world.scope, by=by) or {}
        counted = {
            one.group: Decimal(one.value) for one in figures._over_rows(measure, asked, world.scope, by)
        }
        assert {group: total for group, (total, rows) in cached.items() if rows} == counted

    @given(EVENTS, PERIODS, st.sampled_from([None, "county", "method"]), st.integers(0, 15))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_rollup_equals_rows_as_known_at_any_moment(self, events, period, by, hours) -> None:
        world, hour = build.world(), dt.timedelta(hours=1)
        for nth, (day, kind, title, headcount, museum, fate) in enumerate(events):
            method = "" if headcount is None else "GATE"
            values = {"kind": kind, "title": title, "headcount": headcount, "method": method}
            record = world.confirmed(day, unit=world.museums[museum], now=NOW + nth * hour, **values)
            if fate == "reverse":
                world.reverse(record, now=NOW + (nth + 5) * hour)
            if fate == "fold":
                rollups.fold(association_id=world.association.pk, now=NOW)
        asked = Cell("ledger.test_sum", period, known_at=NOW + hours * hour)
        measure = registry.measure(asked.measure)
        cached = figures._cached(measure, asked, world.scope, by=by) or {}
        counted = {one.group: one for one in figures._over_rows(measure, asked, world.scope, by)}
        assert {group: found for group, found in cached.items() if found[1]} == {
            group: (Decimal(one.value), one.rows) for group, one in counted.items()
        }

    @given(EVENTS, st.integers(0, 3))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_scope_never_leaks_a_row(self, events, which) -> None:
        world, other = build.world(), build.world("另一个科协")
        play(world, events)
        play(other, events)
        path = [world.association.path, *(county.path for county in world.counties), "nowhere/"][which]
        scope = Scope(association_id=world.association.pk, unit_paths=(path,))
        for measure in build.MEASURES:
            for row in figures.rows(Cell(measure.key, Period(None, dt.date(2026, 1, 1))), scope):
                assert row.association_id == world.association.pk
                assert row.unit.path.startswith(path)


def test_ratio_without_rows_is_not_computable(world: build.World) -> None:
    assert figures.value(cell("ratio"), world.scope) is None


def test_known_at_sees_what_was_known_then(world: build.World) -> None:
    monday, tuesday, wednesday = (NOW + dt.timedelta(days=n) for n in range(3))
    record = world.confirmed(dt.date(2025, 3, 1), now=monday)
    world.confirmed(dt.date(2025, 3, 2), now=tuesday, headcount=7)
    world.reverse(record, now=wednesday)
    seen = [
        figures.value(cell("sum", known_at=moment), world.scope)
        for moment in (monday - dt.timedelta(hours=1), monday, tuesday, wednesday)
    ]
    assert (seen, figures.value(cell("sum"), world.scope)) == ([0, 100, 107, 7], 7)


def test_streak_is_the_longest_run(world: build.World) -> None:
    for year in (2018, 2019, 2021, 2022, 2023, 2025):
        world.confirmed(dt.date(year, 5, 1))
    assert figures.value(cell("streak"), world.scope) == 3


def test_streak_rows_are_the_run(world: build.World) -> None:
    for year in (2018, 2021, 2021, 2022):
        world.confirmed(dt.date(year, 5, 1))
    counted = [row.occurred_on.year for row in figures.rows(cell("streak"), world.scope) if row.contribution]
    assert sorted(counted) == [2021, 2022]


def test_measure_through_a_relation_has_no_rollup() -> None:
    assert {m.key: m.is_rolled_up for m in build.MEASURES} == {
        "ledger.test_count": True,
        "ledger.test_sum": True,
        "ledger.test_distinct": False,
        "ledger.test_ratio": False,
        "ledger.test_streak": False,
        "ledger.test_joined": False,
    }


def test_missing_counts_are_told(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    world.confirmed(dt.date(2025, 3, 2), headcount=None, method="")
    found = figures.figure(cell("sum"), world.scope, now=NOW)
    assert (found.value, found.rows, found.uncounted, found.methods) == (100, 2, 1, (("GATE", Decimal(100)),))


def test_digest_changes_with_a_record(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    before = figures.figure(cell("sum"), world.scope, now=NOW).digest
    world.confirmed(dt.date(2025, 3, 2))
    assert figures.figure(cell("sum"), world.scope, now=NOW).digest != before


@pytest.mark.parametrize("rows", [1, 3])
def test_a_figure_costs_the_same_queries_for_any_rows(
    world: build.World, rows: int, django_assert_num_queries
) -> None:
    for n in range(rows):
        world.confirmed(dt.date(2025, 3, 1 + n))
    with django_assert_num_queries(2):
        figures.figure(cell("sum"), world.scope, now=NOW)


def test_fold_empties_the_deltas_and_keeps_the_sum(world: build.World) -> None:
    for n in range(5):
        world.confirmed(dt.date(2025, 3, 1 + n))
    before = figures.value(cell("sum"), world.scope)
    rollups.fold_all(association_id=world.association.pk, now=NOW)
    assert (Delta.objects.count(), figures.value(cell("sum"), world.scope)) == (0, before)


def test_audit_finds_a_cell_that_was_changed(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    rollups.fold_all(association_id=world.association.pk, now=NOW)
    MonthCell.objects.filter(measure="ledger.test_sum").update(value=1)
    found = {
        measure.key: (cached, rows)
        for measure, cached, rows in figures.audit(world.scope, until=dt.date(2025, 12, 31))
    }
    assert found["ledger.test_sum"] == (Decimal(1), Decimal(100))


def test_rebuild_mends_the_cells(world: build.World) -> None:
    record = world.confirmed(dt.date(2025, 3, 1))
    world.confirmed(dt.date(2025, 4, 1))
    world.reverse(record)
    MonthCell.objects.all().delete()
    Delta.objects.all().delete()
    rollups.rebuild(association_id=world.association.pk, now=NOW)
    assert figures.value(cell("sum"), world.scope) == 100


def test_area_filter_includes_everything_below(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1), unit=world.museums[0])
    world.confirmed(dt.date(2025, 3, 1), unit=world.museums[1])
    asked = cell("count")
    found = [figures.value(replace(asked, area=area), world.scope) for area in ("3412", "341221", "341299")]
    assert found == [2, 1, 0]


def test_activity_cancelled_is_recorded_but_not_counted(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1), held=False, headcount=None, method="")
    assert (Activity.objects.count(), figures.value(cell("count"), world.scope)) == (1, 0)


def test_where_much_changed_since_rows_are_counted_instead(world: build.World, monkeypatch) -> None:
    monkeypatch.setattr(figures, "_MANY", 1)
    for n in range(3):
        world.confirmed(dt.date(2025, 3, 1 + n), now=NOW + dt.timedelta(days=n))
    known_at = NOW + dt.timedelta(hours=1)
    assert (
        figures._cached(
            registry.measure("ledger.test_sum"), cell("sum", known_at=known_at), world.scope, by=None
        )
        is None
    )
    assert figures.value(cell("sum", known_at=known_at), world.scope) == 100
