"""Somebody with a telephone and no account: is the museum open, what is on, what do the figures say."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.e2e.journeys.conftest import People, assert_open_to_all


def test_a_visitor_finds_the_museum_an_activity_and_a_figure_without_signing_in(people: People) -> None:
    page = people.visitor(viewport=PHONE)
    expect(page.get_by_text("演示数据").first).to_be_visible()
    assert_open_to_all(page)

    page.get_by_role("link", name="阜阳市科技馆").first.click()
    expect(page.get_by_role("heading", name="阜阳市科技馆", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("今日(开放|闭馆)|正在开放")).first).to_be_visible()
    assert_open_to_all(page)

    page.get_by_role("navigation").get_by_role("link", name="活动", exact=True).click()
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("类型").select_option(label="科普讲座")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("科普讲座")
    expect(page.locator("main")).not_to_contain_text("科普展演场次")
    assert_open_to_all(page)

    page.get_by_role("navigation").get_by_role("link", name="数据", exact=True).click()
    assert_open_to_all(page)
    page.get_by_role("link", name="科技馆参观人次").first.click()
    expect(page.get_by_role("heading", name="科技馆参观人次", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("闸机/核销")
    whole = _hero(page)
    assert_open_to_all(page)

    page.locator("#counties").get_by_role("link").filter(has_text=re.compile(r"[1-9]")).first.click()
    expect(page.locator("dt", has_text="地区")).to_be_visible()
    assert 0 < _hero(page) < whole
    expect(page.get_by_text("去重").or_(page.get_by_text("人次")).first).to_be_visible()
    assert "/sign-in/" not in page.url


def test_the_records_behind_a_figure_ask_who_one_is(people: People) -> None:
    page = people.visitor("/figures/rural.trainees/", viewport=PHONE)
    page.get_by_role("link", name=re.compile("看 .* 条记录")).click()
    expect(page.get_by_role("heading", name="登录", level=1)).to_be_visible()


def _hero(page) -> int:
    return int(re.sub(r"\D", "", page.locator(".figure--hero .figure__number .num").first.inner_text()))
