"""Constraints, rules and measures of touring over a few built rows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from kexie.contexts.touring.models import (
    Caravan,
    CaravanStop,
    CaravanTrip,
    TourDailyLog,
    TouringSet,
    TourStop,
)
from kexie.contexts.touring.rules import should_replace
from kexie.kernel.periods import Period
from kexie.ledger import figures, operations
from kexie.ledger.measures import Cell
from tests.ledger import build

MARCH_1 = dt.date(2025, 3, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def touring_set(world):
    return TouringSet.objects.create(
        association=world.association, unit=world.association, name="一号套", serial="1"
    )


@pytest.fixture
def caravan(world):
    return Caravan.objects.create(
        association=world.association,
        unit=world.association,
        name="大篷车",
        plate="演01",
        vehicle_type="IV",
        bought_on=dt.date(2018, 1, 1),
    )


def made(world, model, day, unit=None, **values):
    unit = unit or world.counties[0]
    return model(association=world.association, unit=unit, area=unit.area, occurred_on=day, **values)


def stop(world, touring_set, first, length, **values):
    last = first + (length - 1) * DAY
    return made(world, TourStop, first, touring_set=touring_set, ended_on=last, venue="文化馆", **values)


def trip(world, caravan, day, **values):
    given = {
        "departs_at": dt.time(8),
        "returned_on": day,
        "returns_at": dt.time(17),
        "odometer_out": 100,
        "odometer_in": 180,
        **values,
    }
    return made(world, CaravanTrip, day, caravan=caravan, **given)


def draft(world, record):
    return operations.draft(record=record, actor=world.account, now=build.NOW, scope=world.scope)


def confirm(world, *records):
    drafts = [draft(world, record) for record in records]
    done = operations.confirm(records=drafts, actor=world.account, now=build.NOW, scope=world.scope)
    order = [one.pk for one in drafts]  # ids of one millisecond are in no order of their own
    return sorted(done, key=lambda one: order.index(one.pk))


def value(world, measure, last=dt.date(2025, 12, 31)):
    return figures.value(Cell(measure, Period.until(last)), world.scope)


@pytest.mark.parametrize("first", [MARCH_1, MARCH_1 + 89 * DAY, MARCH_1 - 89 * DAY])
def test_a_set_cannot_be_at_two_stops_at_once(world, touring_set, first):
    confirm(world, stop(world, touring_set, MARCH_1, 90))
    with pytest.raises(ValidationError, match="已安排在另一站"):
        draft(world, stop(world, touring_set, first, 90))


def test_the_database_itself_refuses_two_stops_at_once(world, touring_set):
    draft(world, stop(world, touring_set, MARCH_1, 90))
    second = stop(world, touring_set, MARCH_1, 5, recorded_by=world.account, recorded_at=build.NOW)
    with pytest.raises(IntegrityError, match="touring_tourstop_one_place"):
        second.save(force_insert=True)


def test_the_next_day_and_another_set_are_free(world, touring_set):
    other = TouringSet.objects.create(
        association=world.association, unit=world.association, name="二号套", serial="2"
    )
    confirm(
        world,
        stop(world, touring_set, MARCH_1, 90),
        stop(world, touring_set, MARCH_1 + 90 * DAY, 30),
        stop(world, other, MARCH_1, 90),
    )
    assert value(world, "touring.stops") == 3


def test_a_reversed_stop_gives_its_days_back(world, touring_set):
    [wrong] = confirm(world, stop(world, touring_set, MARCH_1, 90))
    operations.reverse(
        record=wrong, reason="场馆登记有误", actor=world.account, now=build.NOW, scope=world.scope
    )
    confirm(world, stop(world, touring_set, MARCH_1, 90))
    assert value(world, "touring.stops") == 1


def test_a_stop_does_not_end_before_it_begins(world, touring_set):
    with pytest.raises(ValidationError) as refused:
        draft(world, stop(world, touring_set, MARCH_1, 0))
    assert list(refused.value.message_dict) == ["ended_on"]


@pytest.mark.parametrize(
    ("length", "months"), [(1, 1), (44, 1), (45, 2), (74, 2), (75, 3), (104, 3), (105, 4)]
)
def test_months_are_days_by_thirty_rounded_half_up(world, touring_set, length, months):
    confirm(world, stop(world, touring_set, MARCH_1, length))
    assert value(world, "touring.months") == months


def test_a_running_stop_counts_up_to_the_day_asked(world, touring_set):
    confirm(world, stop(world, touring_set, MARCH_1, 90))
    assert value(world, "touring.months", MARCH_1 + 44 * DAY) == 2
    assert value(world, "touring.stops_running", MARCH_1 + 89 * DAY) == 1
    assert value(world, "touring.stops_running", MARCH_1 + 90 * DAY) == 0


def test_daily_logs_add_up_and_lie_in_their_stop(world, touring_set):
    [show] = confirm(world, stop(world, touring_set, MARCH_1, 60))
    confirm(
        world,
        made(world, TourDailyLog, MARCH_1, stop=show, headcount=900, method="COUNTER"),
        made(world, TourDailyLog, MARCH_1, stop=show, headcount=300, method="ROSTER", groups=2),
        made(world, TourDailyLog, MARCH_1 + DAY, stop=show),
    )
    assert value(world, "touring.visits") == 1200
    with pytest.raises(ValidationError) as refused:
        draft(world, made(world, TourDailyLog, MARCH_1 - DAY, stop=show, headcount=1, method="HOST"))
    assert list(refused.value.message_dict) == ["occurred_on"]


def test_a_caravan_is_on_one_trip_at_a_time(world, caravan):
    confirm(world, trip(world, caravan, MARCH_1))
    with pytest.raises(ValidationError, match="已有另一次出车"):
        draft(world, trip(world, caravan, MARCH_1, departs_at=dt.time(16, 59), returns_at=dt.time(18)))
    confirm(world, trip(world, caravan, MARCH_1, departs_at=dt.time(17), returns_at=dt.time(18)))
    again = trip(world, caravan, MARCH_1, recorded_by=world.account, recorded_at=build.NOW)
    with pytest.raises(IntegrityError, match="touring_caravantrip_one_trip"):
        again.save(force_insert=True)


def test_a_trip_returns_after_it_left_and_the_odometer_grows(world, caravan):
    with pytest.raises(ValidationError) as refused:
        draft(world, trip(world, caravan, MARCH_1, returns_at=dt.time(7), odometer_in=99))
    assert set(refused.value.message_dict) == {"returns_at", "odometer_in"}


def test_trips_stops_and_kilometres_are_three_counts(world, caravan):
    long, unread = confirm(
        world, trip(world, caravan, MARCH_1), trip(world, caravan, MARCH_1 + DAY, odometer_in=None)
    )
    stops = [
        made(
            world,
            CaravanStop,
            MARCH_1,
            trip=long,
            spot="小学",
            audience="PUPILS",
            headcount=700,
            method="ROSTER",
        ),
        made(world, CaravanStop, MARCH_1, trip=long, spot="广场", audience="MIXED", materials=200),
        made(
            world,
            CaravanStop,
            MARCH_1 + DAY,
            trip=unread,
            spot="村部",
            audience="VILLAGERS",
            headcount=80,
            method="HOST",
        ),
    ]
    confirm(world, *stops)
    keys = ("caravan_trips", "caravan_stops", "caravan_km", "caravan_visits", "caravan_materials")
    assert [value(world, f"touring.{key}") for key in keys] == [2, 3, 80, 780, 200]


@pytest.mark.parametrize(
    ("bought", "odometer", "expected"),
    [("2016-11-24", 99_999, False), ("2016-11-23", 0, True), ("2024-01-01", 100_000, True)],
)
def test_replacement_after_ten_years_or_100_000_km(bought, odometer, expected):
    on = dt.date(2026, 11, 23)
    assert should_replace(bought_on=dt.date.fromisoformat(bought), odometer=odometer, on=on) is expected
