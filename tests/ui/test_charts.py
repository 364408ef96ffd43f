"""The geometry of the charts that the server draws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.ui import charts
from kexie.ui.charts import Point
from kexie.ui.figures import Share

COUNTS = st.integers(min_value=0, max_value=10**9)


@given(st.lists(COUNTS, min_size=1, max_size=60))
def test_every_bar_stands_on_the_base_line_and_is_as_tall_as_its_share(values):
    chart = charts.bar_chart([Point(str(i), v) for i, v in enumerate(values)])
    full = chart.base - charts.TOP
    top = chart.ticks[-1].value
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.y + bar.height == pytest.approx(chart.base, abs=0.02)
        assert bar.height == pytest.approx(full * value / top, abs=0.02)
        assert 0 <= bar.x <= bar.x + bar.width <= 100.001
    assert top >= max(values)


@given(COUNTS)
def test_an_axis_has_at_most_five_lines_and_whole_steps(top):
    chart = charts.bar_chart([Point("2026", top)])
    values = [tick.value for tick in chart.ticks]
    assert values[0] == 0
    assert len(values) <= 6
    assert all(value * 2 == int(value * 2) for value in values)


def test_a_target_above_all_bars_is_still_on_the_chart():
    chart = charts.bar_chart([Point("2026", 10)], target=100)
    assert chart.target_y == charts.TOP


def test_a_gap_is_a_bar_without_height():
    assert charts.bar_chart([Point("1", None), Point("2", 4)]).bars[0].height == 0


def test_many_bars_name_only_some_but_always_the_newest():
    bars = charts.bar_chart([Point(str(n), n) for n in range(36)]).bars
    assert bars[-1].show_label
    assert sum(bar.show_label for bar in bars) <= 13


@given(st.lists(COUNTS, min_size=1, max_size=9).filter(any))
def test_the_parts_of_a_mix_fill_the_bar(values):
    parts = charts.slices([Share(str(i), v) for i, v in enumerate(values)])
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.01)
    assert len(parts) == sum(1 for value in values if value)


def test_a_sparkline_needs_two_values():
    assert charts.spark_points([5]) == []
    assert charts.spark_points([0, 10]) == [(0.0, 28.0), (100.0, 0.0)]
