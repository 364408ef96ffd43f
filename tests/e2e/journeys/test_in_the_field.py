"""The caravan's crew with a telephone: a stop in a minute; confirming is for others."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.e2e.journeys.conftest import People, assert_open_to_all


def test_the_crew_logs_a_stop_and_cannot_confirm_it(people: People) -> None:
    page = people.member("caravan-crew", viewport=PHONE)
    assert_open_to_all(page)
    with page.expect_navigation():
        page.locator("#quick").get_by_role("link", name="大篷车活动场次").click()
    assert_open_to_all(page)
    trip = page.get_by_role("combobox", name="出车记录")
    trip.fill("临泉大篷车")
    page.locator(".search-box__option").first.click()
    day = re.search(r"\d{4}-\d\d-\d\d", trip.input_value())[0]
    page.get_by_label("日期").fill(f"{int(day[:4]) - 1}{day[4:]}")
    page.get_by_label("活动地点").fill("迎仙镇中心小学操场")
    page.get_by_label("主要对象").select_option(index=1)
    page.get_by_label("人次").fill("３２０")
    page.get_by_label("计数方法").select_option(label="主办方估计")
    expect(page.get_by_role("button", name="保存并确认")).to_have_count(0)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#id_occurred_on_error")).to_contain_text("不在这次出车的起止日期内")
    page.get_by_label("日期").fill(day)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿不计入任何数字")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("320")
    expect(page.get_by_role("button", name="确认", exact=True)).to_have_count(0)
    assert_open_to_all(page)

    record = page.url.partition("?")[0]
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = page.request.post(
        f"{record}confirm", form={"csrfmiddlewaretoken": token}, headers={"Referer": record}
    )
    assert answer.status == 403
    page.goto(record)
    expect(page.get_by_text("草稿不计入任何数字")).to_be_visible()
