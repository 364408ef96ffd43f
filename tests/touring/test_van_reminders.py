"""Papers of vehicles that end and advice to replace them: who is told, when, and once; a renewal ends it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring.models import CaravanReminder, LicenceReminder
from kexie.contexts.touring.operations import fleet, reminders
from tests.facilities.test_renewals import letters, somebody
from tests.ledger import build
from tests.touring.test_fleet import DAY, TODAY, a_driver, a_van, paper

NOW = build.NOW


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


def told(account):
    return [one.title for one in reversed(letters(account))]


def test_office_and_city_are_told_at_three_days_and_others_never(world, by):
    paper(a_van(world), by, "INSPECTION", last=TODAY + 30 * DAY)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    city = somebody(world, "POPULARISATION_DEPARTMENT", world.association)
    stranger = somebody(world, "COUNTY_OFFICER", world.counties[1])
    for after, count in ((-1, 0), (0, 1), (1, 1), (23, 2), (24, 2), (30, 3), (31, 3), (40, 3)):
        reminders.remind_due(now=NOW + after * DAY)
        assert [len(letters(one)) for one in (office, city)] == [count] * 2, after
    assert letters(stranger) == []
    assert told(office) == ["大篷车证件快到期", "大篷车证件快到期", "大篷车证件到期"]
    assert letters(office)[-1].text == (
        "一号车（演01）的年检到7月31日（周四）为止，还有30天。请尽快续办并登记新证件。"
    )


def test_a_renewal_ends_the_reminders_and_begins_its_own(world, by):
    van = a_van(world)
    paper(van, by, "COMPULSORY", last=TODAY + 20 * DAY)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    reminders.remind_due(now=NOW)
    paper(van, by, "COMPULSORY", first=TODAY + 21 * DAY, last=TODAY + 385 * DAY)
    reminders.remind_due(now=NOW + 20 * DAY)
    assert len(letters(office)) == 1
    reminders.remind_due(now=NOW + 355 * DAY)
    assert list(CaravanReminder.objects.order_by("ends_on").values_list("ends_on", "days")) == [
        (TODAY + 20 * DAY, 30), (TODAY + 385 * DAY, 30),
    ]  # fmt: skip


def test_papers_that_end_on_one_day_are_one_notice(world, by):
    van = a_van(world)
    for kind in ("REGISTRATION", "INSPECTION", "COMMERCIAL"):
        paper(van, by, kind, last=TODAY + 5 * DAY)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    assert reminders.remind_due(now=NOW) == 1
    (only,) = letters(office)
    assert "等3项到7月6日" in only.text
    assert only.href == f"/work/touring/fleet/vans/{van.pk}/"


def test_advice_to_replace_is_given_once_for_each_limit_and_not_for_the_retired(world, by):
    old = a_van(world, bought_on=TODAY.replace(year=TODAY.year - 10), initial_km=99_000)
    gone = a_van(world, "演02", name="二号车", initial_km=200_000)
    fleet.retire(caravan_id=gone.pk, on=TODAY, reason="报废", **by)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    reminders.remind_due(now=NOW - DAY)
    assert told(office) == []
    reminders.remind_due(now=NOW)
    reminders.remind_due(now=NOW + DAY)
    assert told(office) == ["大篷车建议更新"]
    old.initial_km = 100_000
    old.save()
    reminders.remind_due(now=NOW + 2 * DAY)
    assert [one.text.split("已")[0] for one in letters(office)] == [
        "一号车（演01）的行驶里程",
        "一号车（演01）的使用年限",
    ]


def test_a_drivers_licence_is_reminded_of_as_papers_are(world, by):
    driver = a_driver(world, licence_until=TODAY + 30 * DAY)
    a_driver(world, name="已离岗", licence_until=TODAY + 30 * DAY, left_on=TODAY - DAY)
    a_driver(world, name="辅导员", job="EDUCATOR", licence_until=TODAY + 30 * DAY)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    stranger = somebody(world, "COUNTY_OFFICER", world.counties[1])
    for after, count in ((-1, 0), (0, 1), (1, 1), (23, 2), (24, 2), (30, 3), (31, 3), (40, 3)):
        reminders.remind_due(now=NOW + after * DAY)
        assert len(letters(office)) == count, after
    assert (letters(stranger), told(office)[-1]) == ([], "大篷车证件到期")
    first = letters(office)[-1]
    assert (first.text, first.href) == (
        "甲的驾驶证到7月31日（周四）为止，还有30天。请尽快续办并登记新证件。",
        f"/work/touring/fleet/crew/{driver.pk}/",
    )
    driver.licence_until = TODAY + 6 * 365 * DAY
    driver.save()
    reminders.remind_due(now=NOW + (6 * 365 - 7) * DAY)
    assert list(LicenceReminder.objects.order_by("sent_at").values_list("days", flat=True)) == [30, 7, 0, 7]


def test_a_licence_and_a_paper_that_end_on_one_day_are_one_notice(world, by):
    van = a_van(world)
    paper(van, by, last=TODAY + 5 * DAY)
    for name in ("甲", "乙"):
        a_driver(world, name=name, licence_until=TODAY + 5 * DAY)
    office = somebody(world, "COUNTY_OFFICER", world.counties[0])
    reminders.remind_due(now=NOW)
    (only,) = letters(office)
    assert "等3项" in only.text


def test_what_ended_long_ago_is_not_told(world, by):
    paper(a_van(world), by, last=TODAY - dt.timedelta(days=15))
    somebody(world, "COUNTY_OFFICER", world.counties[0])
    assert reminders.remind_due(now=NOW) == 0


def test_a_quiet_morning_asks_as_often_for_three_vans_as_for_one(world, by):
    asked = []
    for plates in (("演01",), ("演02", "演03")):
        for plate in plates:
            a_driver(world, name=plate)
            paper(a_van(world, plate, name=plate), by, last=TODAY + 90 * DAY)
        with CaptureQueriesContext(connection) as caught:
            assert reminders.remind_due(now=NOW) == 0
        asked.append(len(caught))
    assert asked[0] == asked[1]
