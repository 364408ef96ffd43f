"""Trip sheets: a page for each van's day, read back from the PDF; telephone numbers only for whoever says so."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring.models import CrewLeave, CrewMember
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries.sheets import sheets
from kexie.platform.audit.models import Entry
from tests.touring import pdf
from tests.touring.seasons import DAY, MONDAY, NOW
from tests.touring.test_season_hosts import by, plan, signed_in, stop_of, world

__all__ = ["plan", "world"]


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def crew(world, van, name: str, **values) -> CrewMember:
    facts = {"job": "DRIVER", "licence_class": "C1", "licence_until": dt.date(2030, 1, 1), **values}
    unit = world.association
    return CrewMember.objects.create(association=unit, unit=unit, name=name, caravan=van.caravan, **facts)


def test_the_sheets_are_of_one_van_and_day_with_the_crew_that_is_there(world, plan):
    stop = stop_of(plan, 0)
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    van = stop.trip.van
    driver, away = crew(world, van, "演师傅"), crew(world, van, "假师傅")
    CrewLeave.objects.create(
        association=world.association, member=away, kind="ANNUAL", first_on=MONDAY, last_on=MONDAY + 9 * DAY,
        recorded_at=NOW,
    )  # fmt: skip
    everything = sheets(plan, MONDAY, MONDAY + 9 * DAY)
    assert sum(len(one.stops) for one in everything) == 4
    (one,) = sheets(plan, MONDAY + 8 * DAY, MONDAY + 8 * DAY, van.pk)
    assert ([stop.site.name for stop in one.stops], one.crew) == (["第0小学"], (driver,))
    assert sheets(plan, MONDAY + 2 * DAY, MONDAY + 2 * DAY) == []


def test_the_paper_says_what_a_crew_needs_and_masks_whom_to_ask_for(world, plan, client):
    signed_in(world, client)
    stop = stop_of(plan, 0)
    crew(world, stop.trip.van, "演师傅")
    address = f"/work/touring/season/plans/{plan.pk}/sheets.pdf"
    answer = client.get(address, {"day": stop.trip.day.isoformat(), "van": str(stop.trip.van_id)})
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    (page,) = pdf.pages(answer.content)
    for words in (
        "春季",
        "2026-03-02",
        "周一",
        "1号车",
        "演1",
        "队员：演师傅（驾驶员）",
        "第0小学",
        "接待方签字",
        "驾驶员签字",
    ):
        assert words in page
    assert ("13800000001" in page, "138****0001" in page) == (False, True)
    assert not Entry.objects.filter(action="touring.open_contacts").exists()
    clear = client.post(address, {"week": "2026-03-02"})
    text = " ".join(pdf.pages(clear.content))
    assert all(words in text for words in ("13800000001", "0558-1234567", "含个人信息，用后收回销毁。"))
    entry = Entry.objects.get(action="touring.open_contacts")
    assert (entry.actor_id, len(entry.detail["sites"])) == (world.account.pk, 4)
    assert "这几天没有行程" in pdf.pages(client.get(address, {"day": "2026-03-08"}).content)[0]


def test_the_page_of_sheets_asks_the_database_no_more_for_more_days(world, plan, client):
    signed_in(world, client)
    stop = stop_of(plan, 0)
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    home = f"/work/touring/season/plans/{plan.pk}/sheets/"
    client.get(home)
    with CaptureQueriesContext(connection) as one:
        page = client.get(f"{home}?day=2026-03-10").content.decode()
    assert ("第0小学" in page, "第1小学" in page, "138****0001" in page) == (True, False, True)
    with CaptureQueriesContext(connection) as several:
        assert "第1小学" in client.get(f"{home}?week=2026-03-02").content.decode()
    assert len(several) == len(one)
