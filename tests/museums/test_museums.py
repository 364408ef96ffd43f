"""Rules, constraints and measures of the museums over a few built rows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from kexie.contexts.museums.models import ClosedDay, DailyVisits, Museum, MuseumStage, Show
from kexie.contexts.museums.rules.opening import opening
from kexie.kernel.holidays import is_holiday
from kexie.kernel.periods import Period
from kexie.ledger import figures, operations
from kexie.ledger.measures import Cell
from tests.ledger import build

WEDNESDAY, MONDAY = dt.date(2025, 5, 14), dt.date(2025, 5, 12)
HOLIDAY_TUESDAY = dt.date(2025, 1, 28)
YEAR = Period.year(2025)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def museum(world):
    unit = world.museums[0]
    return Museum.objects.create(
        association=world.association, unit=unit, area=unit.area, name=unit.name, level="COUNTY"
    )


def draft(world, record):
    return operations.draft(record=record, actor=world.account, now=build.NOW, scope=world.scope)


def confirm(world, *records):
    drafts = [draft(world, record) for record in records]
    return operations.confirm(records=drafts, actor=world.account, now=build.NOW, scope=world.scope)


def made(world, model, day, unit=None, **values):
    unit = unit or world.museums[0]
    return model(association=world.association, unit=unit, area=unit.area, occurred_on=day, **values)


def value(world, measure, period=YEAR, **given):
    return figures.value(Cell(measure, period, **given), world.scope)


def stage(world, museum, day, name):
    return made(world, MuseumStage, day, museum=museum, stage=name)


def test_open_by_pattern_and_on_holidays(museum, world):
    trial = stage(world, museum, dt.date(2025, 1, 1), "TRIAL")
    answers = [
        opening(museum, day, stage=trial, closed=None).is_open for day in (MONDAY, WEDNESDAY, HOLIDAY_TUESDAY)
    ]
    assert answers == [False, True, True]


def test_closed_with_the_reason_given(museum, world):
    trial = stage(world, museum, dt.date(2025, 1, 1), "OPEN")
    closed = made(world, ClosedDay, WEDNESDAY, reason="POWER", notice="")
    assert opening(museum, WEDNESDAY, stage=trial, closed=closed).why == "停水停电"
    assert not opening(museum, WEDNESDAY, stage=None, closed=None).is_open


def test_years_unknown_to_the_calendar_have_no_holidays():
    assert is_holiday(dt.date(2025, 10, 1))
    assert not is_holiday(dt.date(2025, 10, 11))
    assert not is_holiday(dt.date(2099, 10, 1))


def test_a_museum_is_not_built_after_it_opened(world, museum):
    confirm(world, stage(world, museum, dt.date(2025, 1, 1), "OPEN"))
    with pytest.raises(ValidationError) as refused:
        draft(world, stage(world, museum, dt.date(2025, 2, 1), "BUILDING"))
    assert list(refused.value.message_dict) == ["stage"]


def test_state_follows_the_latest_stage(world, museum):
    for day, name in ((1, "BUILDING"), (2, "TRIAL"), (3, "OPEN"), (4, "WORKS")):
        confirm(world, stage(world, museum, dt.date(2025, day, 1), name))
    at = [Period.month(2025, month) for month in range(1, 5)]
    assert [value(world, "museums.building", month) for month in at] == [1, 0, 0, 0]
    assert [value(world, "museums.open", month) for month in at] == [0, 1, 1, 0]
    assert [value(world, "museums.total", month) for month in at] == [1, 1, 1, 1]
    assert [value(world, "museums.openings", month) for month in at] == [0, 1, 1, 0]
    assert value(world, "museums.openings") == 1


def test_visits_and_open_days(world):
    confirm(
        world,
        made(world, DailyVisits, WEDNESDAY, slot="MORNING", headcount=120, method="GATE"),
        made(world, DailyVisits, WEDNESDAY, slot="AFTERNOON", headcount=80, method="ROSTER"),
        made(world, DailyVisits, WEDNESDAY, slot="EVENING"),
        made(world, DailyVisits, WEDNESDAY, unit=world.museums[1], slot="DAY", headcount=7, method="HOST"),
        made(world, DailyVisits, HOLIDAY_TUESDAY, slot="DAY", headcount=1, method="GATE"),
    )
    assert value(world, "museums.visits") == 208
    assert value(world, "museums.visits", filters=(("slot", "DAY"),)) == 8
    assert value(world, "museums.open_days") == 2
    assert value(world, "museums.open_days", unit=world.museums[1].pk) == 1
    found = figures.figure(Cell("museums.visits", YEAR), world.scope, now=build.NOW)
    assert (dict(found.methods), found.uncounted) == ({"GATE": 121, "HOST": 7, "ROSTER": 80}, 1)


def test_cancelled_shows_are_recorded_but_not_counted(world):
    confirm(
        world,
        made(world, Show, WEDNESDAY, title="液氮奇境", headcount=60, method="COUNTER"),
        made(world, Show, WEDNESDAY, title="液氮奇境", held=False),
    )
    confirm(world, world.activity(WEDNESDAY, kind="LECTURE"))
    assert value(world, "museums.shows") == 1
    assert value(world, "museums.shows_cancelled") == 1
    assert value(world, "museums.show_visits") == 60


def test_a_day_is_closed_once(world):
    confirm(world, made(world, ClosedDay, WEDNESDAY, reason="POWER"))
    with pytest.raises(ValidationError):
        draft(world, made(world, ClosedDay, WEDNESDAY, reason="WEATHER"))
    again = made(
        world, ClosedDay, WEDNESDAY, reason="WEATHER", recorded_by=world.account, recorded_at=build.NOW
    )
    with pytest.raises(IntegrityError, match="museums_closedday_once"):
        again.save(force_insert=True)
