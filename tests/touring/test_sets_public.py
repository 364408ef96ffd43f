"""Which touring set is where, for everybody."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kexie.contexts.touring.models import TouringSet, TourStop
from kexie.contexts.touring.operations import stops
from kexie.contexts.touring.queries import public_sets as queries
from kexie.ledger import operations as ledger
from tests.ledger import build
from tests.touring.test_sets_desk import a_venue, arrange

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


def a_set(world, serial="1"):
    return TouringSet.objects.create(
        association=world.association,
        unit=world.association,
        name=f"{serial}号套",
        serial=serial,
        theme="声光",
    )


def test_a_calendar_says_which_day_is_the_next(world, by):
    monday = dt.date(2025, 3, 3)
    stop = arrange(a_set(world), a_venue(world, "文化馆"), by, first=monday, days=14, open_weekdays=[2, 6])
    stops.set_day(stop_id=stop.pk, on=monday + 2 * DAY, is_open=False, reason="停电", **by)
    (found,) = queries.showings(world.scope, monday)
    assert found.next_open(monday) == monday + 6 * DAY
    assert found.changed == ((monday + 2 * DAY, False, "停电"),)


def test_cancelled_drafted_and_ended_stops_are_not_shown(world, by):
    venue, today = a_venue(world, "文化馆"), dt.date(2025, 3, 1)
    gone = arrange(a_set(world), venue, by, first=today + 10 * DAY, days=30)
    stops.cancel(stop_id=gone.pk, **by)
    arrange(a_set(world, "2"), venue, by, first=today - 40 * DAY, days=30)
    facts = {"unit": venue.unit, "area": venue.area, "occurred_on": today, "ended_on": today + 60 * DAY}
    draft = TourStop(venue="图书馆", touring_set=a_set(world, "3"), **facts)
    ledger.draft(record=draft, **by)
    assert queries.showings(world.scope, today) == []
    ledger.confirm(records=[draft], **by)
    assert [(one.venue, one.open_on) for one in queries.showings(world.scope, today)] == [("图书馆", None)]


def test_an_opened_stop_stands_once_and_with_its_calendar(world, by):
    today = dt.date(2025, 3, 3)
    stop = arrange(a_set(world), a_venue(world, "文化馆"), by, first=today)
    ledger.confirm(records=[stops.open_stop(stop_id=stop.pk, **by)], **by)
    (found,) = queries.showings(world.scope, today)
    assert found.open_on is not None


def test_the_page_asks_as_often_for_three_as_for_one(world, by, client):
    today = timezone.localdate()

    def asked():
        with CaptureQueriesContext(connection) as found:
            answer = client.get("/touring/sets/")
        assert answer.status_code == 200
        return len(found), answer

    arrange(a_set(world), a_venue(world, "第1馆"), by, first=today, days=20)
    asked()
    one, answer = asked()
    assert [item["one"].venue for item in answer.context["now"]] == ["第1馆"]
    for number in (2, 3):
        arrange(
            a_set(world, str(number)), a_venue(world, f"第{number}馆"), by, first=today + 9 * DAY, days=20
        )
    three, answer = asked()
    assert (three, len(answer.context["later"])) == (one, 2)
    assert client.get("/touring/sets/", {"q": "第3馆"}).content.decode().count("第3馆") > 0
    assert len(client.get("/touring/sets/", {"q": "无此馆"}).context["page"].object_list) == 0
