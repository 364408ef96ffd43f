"""Target lines are functions of plain values: milestones first, then last year's rhythm, else evenly."""

import datetime as dt
from decimal import Decimal

import pytest

from kexie.contexts.governance.rules import lines

D = Decimal
SUMMER = [D(0)] * 6 + [D(30), D(60), D(10)] + [D(0)] * 3


def line(**given):
    defaults = {"year": 2025, "basis": "YEAR", "base": D(0), "goal": D(200), "steps": (), "last_year": ()}
    return lines.line(**{**defaults, **given})


def test_without_anything_to_go_by_it_grows_evenly():
    found = line(goal=D(365))
    assert (found.source, found.by(dt.date(2025, 1, 1)), found.by(dt.date(2025, 12, 31))) == (
        "LINEAR",
        1,
        365,
    )
    assert found.by(dt.date(2025, 2, 9)) == 40


def test_steps_are_reached_on_their_days_and_the_goal_at_the_end():
    found = line(steps=[(dt.date(2025, 6, 30), D(80)), (dt.date(2025, 9, 30), D(150))], last_year=SUMMER)
    assert found.source == "STEPS"
    days = (dt.date(2025, 6, 30), dt.date(2025, 9, 30), dt.date(2025, 12, 31))
    assert [found.by(day) for day in days] == [80, 150, 200]
    assert 80 < found.by(dt.date(2025, 8, 15)) < 150


def test_last_years_rhythm_asks_the_share_that_had_come_by_the_same_day():
    found = line(last_year=SUMMER)
    assert found.source == "SEASON"
    assert [found.by(dt.date(2025, month, 30)) for month in (6, 11)] == [0, 200]
    assert found.by(dt.date(2025, 7, 31)) == D(200) * 30 / 100
    half_july = (D(200) * 30 / 100) * D(15) / 31
    assert found.by(dt.date(2025, 7, 15)) == pytest.approx(half_july)


def test_a_total_grows_from_what_was_there_and_a_level_stays():
    total = line(basis="TOTAL", base=D(100), last_year=SUMMER)
    assert [total.by(dt.date(2025, month, 30)) for month in (6, 9)] == [100, 200]
    level = line(basis="LEVEL", goal=D(70), steps=[(dt.date(2025, 6, 30), D(40))])
    assert (level.source, level.by(dt.date(2025, 3, 1))) == ("LEVEL", 70)


@pytest.mark.parametrize("months", [[D(0)] * 12, [D(-1), *[D(2)] * 11], [D(5)] * 6])
def test_a_last_year_that_says_nothing_is_not_followed(months):
    assert line(last_year=months).source == "LINEAR"


def stand(actual, expected=100, **given):
    defaults = {"base": D(0), "goal": D(200), "basis": "YEAR", "direction": "AT_LEAST", "is_over": False}
    found = D(actual) if actual is not None else None
    return lines.standing(actual=found, expected=D(expected), **{**defaults, **given})


@pytest.mark.parametrize(
    ("actual", "given", "status"),
    [
        (None, {}, "UNKNOWN"),
        (200, {}, "DONE"),
        (100, {}, "ON_TRACK"),
        (99, {}, "BEHIND"),
        (80, {}, "BEHIND"),
        (79, {}, "FAR_BEHIND"),
        (0, {"expected": 1}, "ON_TRACK"),  # less than one whole thing is no delay
        (199, {"is_over": True}, "MISSED"),
        (100, {"late_by": 1}, "BEHIND"),
        (100, {"late_by": 31}, "FAR_BEHIND"),
        (190, {"base": D(180), "expected": 190}, "ON_TRACK"),
        (184, {"base": D(180), "expected": 190}, "FAR_BEHIND"),  # 4 of 10 that were due this year
        (69, {"basis": "LEVEL", "goal": D(70)}, "BEHIND"),
        (60, {"basis": "LEVEL", "goal": D(70)}, "FAR_BEHIND"),
        (75, {"basis": "LEVEL", "goal": D(70)}, "ON_TRACK"),
        (99, {"direction": "AT_MOST"}, "ON_TRACK"),
        (101, {"direction": "AT_MOST"}, "BEHIND"),
        (201, {"direction": "AT_MOST"}, "MISSED"),
        (200, {"direction": "AT_MOST", "is_over": True}, "DONE"),
    ],
)
def test_how_a_target_stands(actual, given, status):
    assert stand(actual, **given) == status


def test_the_end_of_the_year_is_told_as_a_range_and_not_too_early():
    found = lines.forecast(actual=D(60), base=D(0), share=D("0.5"), elapsed=D("0.4"))
    assert found == (120, 150)
    assert lines.forecast(actual=D(60), base=D(0), share=D("0.1"), elapsed=D("0.4")) is None
