"""Touring in a browser: a school asks on the phone and the county accepts; a set that is elsewhere is refused beside its day."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from kexie.contexts.touring.models import CaravanRequest, Site, TouringSet
from kexie.foundation.areas.models import Area
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build
from tests.ledger.build import World
from tests.touring.test_caravan_requests import sign_in
from tests.touring.test_sets_desk import MARCH_1, a_venue, arrange

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db) -> World:
    made = build.world()
    county = made.counties[0].area
    Area.objects.create(code=f"{county.pk[:6]}101", name="城关镇", level="TOWNSHIP", parent=county)
    return made


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def at_desk(request, world, open_page) -> Callable[[str], Page]:
    """Open a page of the desk, signed in, at a phone's and a desk's width."""
    client = Client()
    sign_in(world, client)
    cookies = {"kexie_session": client.cookies["kexie_session"].value}
    return lambda path: open_page(path, cookies=cookies, viewport=request.param)


def test_a_school_asks_and_the_county_accepts(world, open_page, at_desk) -> None:
    school = open_page("/services/caravan/", viewport=PHONE)
    school.get_by_role("link", name="在网上申请").click()
    school.get_by_label("学校或村（社区）名称").fill("中心小学")
    school.get_by_role("button", name="提交申请").click()
    expect(school.get_by_role("heading", name="请更正以下问题")).to_be_visible()
    expect(school.get_by_label("学校或村（社区）名称")).to_have_value("中心小学")
    assert violations(school) == []
    school.get_by_label("所在乡镇或街道").select_option(label="城关镇")
    first = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10)
    school.get_by_label("最早哪天").fill(first.isoformat())
    school.get_by_label("最晚哪天").fill((first + dt.timedelta(days=20)).isoformat())
    school.get_by_label("预计参加人数").fill("６００")
    school.get_by_label("联系人姓名").fill("王老师")
    school.get_by_label("联系电话").fill("13800000001")
    school.get_by_label("同意科协").check()
    school.get_by_role("button", name="提交申请").click()
    expect(school.get_by_text("已收到您的申请")).to_be_visible()
    assert violations(school) == []
    assert CaravanRequest.objects.get().people == 600

    desk = at_desk("/work/touring/fleet/requests/")
    desk.get_by_role("link", name="中心小学").first.click()
    assert violations(desk) == []
    expect(desk.get_by_text("13800000001")).to_have_count(0)
    desk.get_by_role("button", name="受理，列为点位").click()
    expect(desk.get_by_text("已受理，列为巡展点位")).to_be_visible()
    assert Site.objects.get().name == "中心小学"

    school.reload()
    expect(school.get_by_text("排定日期后会请您确认。")).to_be_visible()


def test_a_set_that_is_elsewhere_is_refused_beside_its_day(world, at_desk) -> None:
    touring_set = TouringSet.objects.create(
        association=world.association, unit=world.association, name="一号套", serial="1"
    )
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    arrange(touring_set, a_venue(world, "文化馆"), by)
    a_venue(world, "图书馆", county=1)
    page = at_desk("/work/touring/sets/stops/new/")
    assert violations(page) == []
    page.get_by_label("展品（套）", exact=True).select_option(index=1)
    page.get_by_label("展出场馆").select_option(label="图书馆")
    days = {"开始换展": 30, "开展日期": 35, "闭展日期": 90}
    for label, after in days.items():
        page.get_by_label(label).fill((MARCH_1 + dt.timedelta(days=after)).isoformat())
    page.get_by_label("承运单位").fill("顺路物流")
    page.get_by_role("button", name="安排").click()
    refused = page.locator("#id_setup_on_error")
    expect(refused).to_contain_text("这套展品在这段时间里已安排在另一站：文化馆")
    expect(page.get_by_label("承运单位")).to_have_value("顺路物流")
    assert violations(page) == []
    for label, after in days.items():
        page.get_by_label(label).fill((MARCH_1 + dt.timedelta(days=after + 60)).isoformat())
    page.get_by_role("button", name="安排").click()
    expect(page.get_by_text("已安排。")).to_be_visible()
