"""What is near: from near to far, open now or when, without scripts and without anybody's position."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.facilities.models import Facility, OpenDay, OpenHours
from kexie.contexts.facilities.operations import life
from kexie.contexts.facilities.queries import near
from kexie.contexts.facilities.rules import opening
from kexie.foundation.areas.models import Area
from kexie.foundation.places.models import Place
from tests.ledger import build

NOW, TODAY = build.NOW, dt.date(2025, 7, 1)
HOME = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


def a_town(world, number, county=0):
    parent = world.counties[county].area
    return Area.objects.create(
        code=f"{parent.code}{number}", name=f"{number}镇", level="TOWNSHIP", parent=parent
    )


def a_site(world, by, name, area, *, point=None, county=0):
    made = Facility.objects.create(
        association=world.association, unit=world.counties[county], area=area, name=name, kind="GALLERY",
        longitude=point and point[0], latitude=point and point[1],
    )  # fmt: skip
    life.enter_stage(facility_id=made.pk, stage="ACCEPTED", on=TODAY, reason="", confirm=world.scope, **by)
    return made


def test_from_near_to_far_and_those_without_a_place_by_their_township(world, by):
    here, next_door, far = a_town(world, 101), a_town(world, 102), a_town(world, 101, county=1)
    a_site(world, by, "远", far, point=("115.90", "32.90"), county=1)
    a_site(world, by, "邻", next_door, point=("115.41", "32.90"))
    a_site(world, by, "本镇", here, point=("115.40", "32.90"))
    a_site(world, by, "本镇没有坐标", here)
    a_site(world, by, "远没有坐标", far, county=1)
    known = near.facilities(world.scope, NOW)
    found = near.from_township(known, here.code, near.middle(here.code, world.scope, known))
    assert [one.name for one in found] == ["本镇", "本镇没有坐标", "邻", "远", "远没有坐标"]
    assert [one.metres and round(one.metres, -2) for one in found] == [0, None, 900, 46700, None]


def test_a_township_without_facilities_lies_where_its_places_lie(world, by):
    town = a_town(world, 103)
    assert near.middle(town.code, world.scope, []) is None
    for east in ("115.30", "115.50"):
        Place.objects.create(
            association=world.association,
            unit=world.counties[0],
            area=town,
            name=east,
            longitude=east,
            latitude="33",
        )
    middle = near.middle(town.code, world.scope, [])
    assert (round(middle.longitude, 2), round(middle.latitude, 2)) == (115.4, 33.0)


@pytest.mark.parametrize(
    ("moment", "is_open", "words"),
    [
        ((2025, 7, 2, 8, 59), False, "今天09:00开放"),
        ((2025, 7, 2, 9, 0), True, "正在开放，11:30关门"),
        ((2025, 7, 2, 12, 0), False, "今天14:00开放"),
        ((2025, 7, 2, 17, 0), False, "7月9日（周三）09:00开放"),
        ((2025, 7, 8, 10, 0), False, "明天09:00开放"),
        ((2025, 7, 3, 10, 0), False, "7月9日（周三）09:00开放"),
    ],
)
def test_open_now_or_when(moment, is_open, words):
    wednesday = OpenHours(
        weekday=2, opens=dt.time(9), pause_from=dt.time(11, 30), pause_to=dt.time(14), closes=dt.time(17)
    )
    state = opening.at(dt.datetime(*moment, tzinfo=HOME), [wednesday], [], "")
    assert (state.is_open, state.words) == (is_open, words)


def test_days_unlike_their_week_and_hours_that_nobody_set():
    moment = dt.datetime(2025, 7, 2, 10, tzinfo=HOME)
    hours = [OpenHours(weekday=2, opens=dt.time(9), closes=dt.time(17))]
    closed = [OpenDay(on=moment.date(), reason="停电")]
    assert opening.at(moment, hours, closed, "").words == "7月9日（周三）09:00开放"
    assert opening.at(moment, [], [], "周三下午") == opening.Now(None, "周三下午")
    assert opening.at(moment, [], closed, "").words == "近期不开放"


def test_the_page_asks_as_often_for_three_as_for_one_and_keeps_no_position(world, by, client):
    town, asked = a_town(world, 101), {}
    address = f"/facilities/near/?town={town.code}&lat=32.9&lon=115.4"
    client.get(address)
    for number in range(3):
        a_site(world, by, f"{number}号画廊", town, point=(f"115.4{number}", "32.90"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).content.decode()
        assert page.count("号画廊</a>") == number + 1
        asked[number] = len(queries)
    assert asked[0] == asked[2]
    assert "乡镇" in client.get("/facilities/near/?town=nonsense").content.decode()
