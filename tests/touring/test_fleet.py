"""Caravans and crews: states, papers, odometer, replacement, hours at the wheel, and what the planner is told."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from kexie.contexts.touring.models import (
    Caravan,
    CaravanDocument,
    CaravanExhibit,
    CrewMember,
    DrivingSpell,
    Season,
    SeasonVan,
)
from kexie.contexts.touring.operations import crews
from kexie.contexts.touring.operations import fleet as operations
from kexie.contexts.touring.queries import fleet as queries
from kexie.contexts.touring.queries import seasons
from kexie.contexts.touring.rules import fleet as rules
from kexie.contexts.touring.rules import replacement_reasons
from kexie.contexts.touring.states import CARAVAN_TRANSITIONS
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from tests.ledger import build

DAY = dt.timedelta(days=1)
TODAY = build.NOW.date()


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def van(world):
    return a_van(world)


def a_van(world, plate="演01", **values):
    unit = world.counties[0]
    facts = {
        "vehicle_type": "IV",
        "name": "一号车",
        "bought_on": TODAY - 400 * DAY,
        "initial_km": 100,
        **values,
    }
    return Caravan.objects.create(
        association=world.association, unit=unit, area=unit.area, plate=plate, **facts
    )


def a_driver(world, van=None, **values):
    facts = {
        "job": "DRIVER",
        "name": "甲",
        "licence_class": "C1",
        "licence_until": TODAY + 900 * DAY,
        **values,
    }
    return CrewMember.objects.create(
        association=world.association, unit=world.counties[0], caravan=van, **facts
    )


def paper(van, by, kind="INSPECTION", first=TODAY - 300 * DAY, last=TODAY + 60 * DAY):
    return operations.add_document(caravan_id=van.pk, kind=kind, valid_from=first, valid_to=last, **by)


def fields(refused) -> dict[str, str]:
    return {name: str(text) for name, text in refused.value.fields.items()}


def at(hour: int, minute: int = 0, day: dt.date = TODAY) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


# --- states --------------------------------------------------------------------------------------------------


def test_every_state_is_reached_and_named():
    assert set(CARAVAN_TRANSITIONS) == set(Caravan.State.values)
    assert {to for found in CARAVAN_TRANSITIONS.values() for to in found} == set(Caravan.State.values)


def test_a_van_goes_to_repair_and_comes_back(van, by):
    operations.send_to_repair(caravan_id=van.pk, on=TODAY, fault="换离合器", expected_on=None, **by)
    with pytest.raises(UserError, match="现在在修"):
        operations.send_to_repair(caravan_id=van.pk, on=TODAY, fault="再修", expected_on=None, **by)
    with pytest.raises(UserError) as refused:
        operations.back_from_repair(caravan_id=van.pk, on=TODAY - DAY, result="好", cost=None, **by)
    assert set(fields(refused)) == {"on"}
    operations.back_from_repair(caravan_id=van.pk, on=TODAY, result="已修好", cost=None, **by)
    van.refresh_from_db()
    assert (van.state, van.repairs.get().last_on) == ("IN_SERVICE", TODAY)


def test_a_retired_van_stays_retired(van, by):
    operations.retire(caravan_id=van.pk, on=TODAY, reason="满十年", **by)
    with pytest.raises(UserError, match="已退役"):
        operations.send_to_repair(caravan_id=van.pk, on=TODAY, fault="修", expected_on=None, **by)
    with pytest.raises(IntegrityError, match="touring_caravan_retired"), transaction.atomic():
        Caravan.objects.filter(pk=van.pk).update(state="IN_SERVICE")


def test_nobody_treats_a_van_of_another_unit(world, van, by):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        operations.retire(caravan_id=van.pk, on=TODAY, reason="", **{**by, "scope": elsewhere})
    assert list(queries.vans(elsewhere)) == []


# --- papers --------------------------------------------------------------------------------------------------


def test_a_paper_that_ended_keeps_the_van_at_home_until_renewed(van, by):
    paper(van, by, last=TODAY - DAY)
    assert rules.undocumented(list(van.documents.all()), TODAY) == ["年检"]
    assert rules.undocumented(list(van.documents.all()), TODAY - DAY) == []
    paper(van, by, first=TODAY, last=TODAY + 365 * DAY)
    assert rules.undocumented(list(van.documents.all()), TODAY) == []


def test_papers_are_reminded_of_until_they_are_renewed(world, van, by):
    paper(van, by, kind="COMMERCIAL", last=TODAY + 30 * DAY)
    paper(van, by, kind="COMPULSORY", last=TODAY + 31 * DAY)
    assert [one.kind for one in queries.to_renew(world.scope, TODAY)] == ["COMMERCIAL"]
    paper(van, by, kind="COMMERCIAL", first=TODAY, last=TODAY + 365 * DAY)
    assert queries.to_renew(world.scope, TODAY) == []


def test_only_the_registration_has_no_end(van, by):
    with pytest.raises(UserError) as refused:
        paper(van, by, last=None)
    assert fields(refused) == {"valid_to": "请填写有效期；只有行驶证可以不填。"}
    assert paper(van, by, kind="REGISTRATION", last=None).valid_to is None
    with pytest.raises(ValidationError, match="有效期不能早于生效日期"):
        paper(van, by, first=TODAY, last=TODAY - DAY)
    assert rules.lacking(van.documents.all()) == ["年检", "交强险"]


# --- odometer ------------------------------------------------------------------------------------------------


def read(van, by, on, km, text=""):
    return operations.read_odometer(caravan_id=van.pk, on=on, km=km, text=text, **by)


def test_a_lower_reading_asks_and_is_never_lost(world, van, by):
    read(van, by, TODAY - 10 * DAY, 5_000)
    with pytest.raises(UserError) as refused:
        read(van, by, TODAY, 4_900)
    assert "低于上次" in fields(refused)["km"]
    assert read(van, by, TODAY, 4_900, "换过里程表").is_doubtful
    assert queries.odometers(world.scope) == {van.pk: 5_000}


@pytest.mark.parametrize(("days", "km", "asks"), [(1, 3_100, True), (1, 1_100, False), (3, 3_100, False)])
def test_three_thousand_kilometres_in_a_day_ask(van, by, days, km, asks):
    van.bought_on = TODAY - days * DAY
    assert bool(rules.doubts([(van.bought_on, 100)], TODAY, km)) is asks


def test_a_reading_above_a_later_one_asks(van, by):
    assert rules.doubts([(TODAY, 500)], TODAY - DAY, 600) == [f"高于之后（{TODAY}）的读数500公里"]


def test_replacement_is_advised_with_its_reasons():
    bought = dt.date(2015, 6, 12)
    before = {"bought_on": bought, "odometer": 99_999, "on": dt.date(2025, 6, 11)}
    assert replacement_reasons(**before) == []
    assert replacement_reasons(**{**before, "on": dt.date(2025, 6, 12), "odometer": 100_000}) == [
        "已使用10年，满10年",
        "里程表100,000公里，满100,000公里",
    ]


def test_an_exhibit_found_broken_needs_a_word(world, van, by):
    one = CaravanExhibit.objects.create(
        association=world.association, unit=world.counties[0], caravan=van, number=1, name="磁悬浮"
    )
    with pytest.raises(UserError) as refused:
        operations.check_exhibit(exhibit_id=one.pk, condition="FAULTY", on=TODAY, text="", **by)
    assert set(fields(refused)) == {"text"}
    operations.check_exhibit(exhibit_id=one.pk, condition="FAULTY", on=TODAY, text="不浮", **by)
    assert [van.broken for van in queries.vans(world.scope)] == [1]


# --- crews ---------------------------------------------------------------------------------------------------


def drive(member, van, by, started, ended):
    return crews.drive(member_id=member.pk, caravan_id=van.pk, started_at=started, ended_at=ended, **by)


def test_four_hours_without_a_rest_is_the_most(world, van, by):
    driver = a_driver(world)
    with pytest.raises(ValidationError, match="不得超过4小时"):
        drive(driver, van, by, at(8), at(12, 1))
    drive(driver, van, by, at(8), at(11))
    with pytest.raises(UserError) as refused:  # nineteen minutes are no rest
        drive(driver, van, by, at(11, 19), at(12, 20))
    assert "连续驾驶4.3小时" in fields(refused)["ended"]
    assert drive(driver, van, by, at(11, 20), at(12, 20))


def test_eight_hours_in_twenty_four_are_the_most(world, van, by):
    driver, yesterday = a_driver(world), TODAY - DAY
    drive(driver, van, by, at(16, day=yesterday), at(20, day=yesterday))
    drive(driver, van, by, at(8), at(12))
    with pytest.raises(UserError) as refused:
        drive(driver, van, by, at(13), at(16, 30))
    assert "24小时内累计驾驶" in fields(refused)["ended"]
    assert DrivingSpell.objects.count() == 2
    drive(driver, van, by, at(20, 30), at(23))


def test_the_database_refuses_one_driver_at_two_wheels(world, van, by):
    driver, other = a_driver(world), a_van(world, "演02")
    drive(driver, van, by, at(8), at(10))
    with pytest.raises(ValidationError, match="这段时间已登记驾驶"):
        drive(driver, other, by, at(9), at(11))
    with pytest.raises(IntegrityError, match="touring_drivingspell_driver"), transaction.atomic():
        DrivingSpell.objects.create(
            association=world.association, member=driver, caravan=other, started_at=at(9), ended_at=at(11),
            recorded_by=world.account,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"licence_until": TODAY - DAY}, "已过期"),
        ({"licence_class": "C2"}, "准驾车型是C2，这辆车需要B1"),
        ({"job": "EDUCATOR"}, "不是驾驶员"),
    ],
)
def test_who_may_not_drive_is_refused(world, by, values, why):
    with pytest.raises(UserError) as refused:
        drive(a_driver(world, **values), a_van(world, licence_class="B1"), by, at(8), at(9))
    assert why in fields(refused)["caravan"]


def test_leave_is_entered_once_and_can_be_cancelled(world, van, by):
    driver = a_driver(world)
    days = {"member_id": driver.pk, "kind": "SICK", "first_on": TODAY, "last_on": TODAY + 2 * DAY}
    leave = crews.take_leave(**days, **by)
    with pytest.raises(ValidationError, match="已登记过请假"):
        crews.take_leave(**days, **by)
    with pytest.raises(UserError, match="请假"):
        drive(driver, van, by, at(8), at(9))
    crews.cancel_leave(leave_id=leave.pk, **by)
    assert drive(driver, van, by, at(8), at(9))


def test_a_driver_without_a_licence_is_refused_by_the_database(world):
    with pytest.raises(IntegrityError, match="touring_crewmember_licence"), transaction.atomic():
        a_driver(world, licence_class="", licence_until=None)


# --- what the planner is told --------------------------------------------------------------------------------


@pytest.fixture
def season(world, van):
    made = Season.objects.create(
        association=world.association, unit=world.counties[0], name="春季", starts_on=TODAY,
        ends_on=TODAY + 9 * DAY, made_at=build.NOW,
    )  # fmt: skip
    SeasonVan.objects.create(
        association=world.association, season=made, caravan=van, longitude="115.8", latitude="32.9"
    )
    made.refresh_from_db()
    return made


def off(season) -> dict[int, str]:
    found = next(iter(seasons.world(season).vans.values())).off
    return {(day - TODAY).days: why for day, why in found.items()}


def test_the_planner_does_not_use_a_van_whose_paper_ends(season, van, by):
    assert off(season) == {}
    paper(van, by, last=TODAY + 7 * DAY)
    assert off(season) == {8: "年检已过期", 9: "年检已过期"}


def test_the_planner_does_not_use_a_van_in_repair(season, van, by):
    operations.send_to_repair(caravan_id=van.pk, on=TODAY, fault="修", expected_on=TODAY + DAY, **by)
    assert off(season) == {0: "在维修", 1: "在维修"}
    van.repairs.update(expected_on=None)
    assert set(off(season).values()) == {"在维修"}
    assert len(off(season)) == 10


def test_the_planner_needs_one_of_the_vans_drivers(world, season, van, by):
    first = a_driver(world, van)
    crews.take_leave(member_id=first.pk, kind="ANNUAL", first_on=TODAY, last_on=TODAY + DAY, **by)
    assert set(off(season)) == {0, 1}
    a_driver(world, van, name="乙", licence_until=TODAY)
    assert set(off(season)) == {1}


def test_documents_are_unique_by_the_day_they_begin(world, van, by):
    paper(van, by)
    with pytest.raises(ValidationError, match="已登记过"):
        paper(van, by)
    assert CaravanDocument.objects.count() == 1
