"""A county officer writes a training down, sees it counted, and takes it back."""

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import People, assert_open_to_all, total_of

LIST = "/work/records/rural.trainings/"
TITLE = "柳沟镇蜜蜂越冬技术培训🐝𠮷"
FIGURE = "rural.trainees/?area=341221"


def test_what_is_written_down_counts_at_once_and_can_be_taken_back(people: People) -> None:
    page = people.member("county-officer")
    assert_open_to_all(page)
    before = total_of(page, FIGURE)

    _draft_with_mistakes(page)
    page.get_by_label("计数方法").select_option(label="花名册")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.locator("#figures")).to_contain_text("培训农民人次")
    assert_open_to_all(page)
    record = page.url.partition("?")[0]

    assert total_of(page, FIGURE) == before + 78
    page.get_by_role("link", name=re.compile("看 .* 条记录")).click()
    expect(page.locator(".page-header")).to_contain_text(re.compile(rf"合计\s*{before + 78}\s*人次"))
    assert_open_to_all(page)
    page.get_by_role("link", name=TITLE).click()
    assert page.url.partition("?")[0] == record

    page.get_by_role("button", name="冲销", exact=True).click()
    dialog = page.get_by_role("dialog", name="冲销这条记录？")
    dialog.get_by_label("冲销原因").fill("演练，未实际举办")
    dialog.get_by_role("button", name="冲销", exact=True).click()
    expect(page.get_by_text("原因：演练，未实际举办")).to_be_visible()
    assert total_of(page, FIGURE) == before


def _draft_with_mistakes(page: Page) -> None:
    page.goto(LIST)
    assert_open_to_all(page)
    page.get_by_role("link", name="登记").click()
    assert_open_to_all(page)
    page.get_by_label("活动名称").fill(TITLE)
    page.get_by_label("日期").fill(str(dt.date.today() - dt.timedelta(days=1)))  # noqa: DTZ011  as typed in a browser here
    page.get_by_label("说明").fill("村部会议室\n第二行")
    page.get_by_label("人次").fill("七十来个")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.locator("#id_headcount_error")).to_be_visible()
    assert_open_to_all(page)
    page.get_by_label("人次").fill("７８")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.locator("#id_method_error")).to_contain_text("怎样计数")
    for label, value in (("活动名称", TITLE), ("人次", "７８"), ("说明", "村部会议室\n第二行")):
        expect(page.get_by_label(label)).to_have_value(value)


def test_a_button_pressed_twice_writes_one_record(people: People) -> None:
    page = people.member("county-officer", f"{LIST}new")
    title = "一次按两下的培训"
    page.get_by_label("活动名称").fill(title)
    page.get_by_role("button", name="存为草稿").dblclick()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.goto(f"{LIST}?q={title}")
    expect(page.get_by_role("link", name=title)).to_have_count(1)


def test_the_back_button_after_saving_does_not_write_again(people: People) -> None:
    page = people.member("county-officer", f"{LIST}new")
    title = "存过又退回的培训"
    page.get_by_label("活动名称").fill(title)
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_load_state()
    page.goto(f"{LIST}?q={title}")
    expect(page.get_by_role("link", name=title)).to_have_count(1)


def test_two_people_confirm_the_same_draft(people: People) -> None:
    page = people.member("county-officer", f"{LIST}new")
    page.get_by_label("活动名称").fill("两人同时确认的培训")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("草稿不计入任何数字")).to_be_visible()
    other = people.member("coordinator", page.url.partition("?")[0].removeprefix(people.address))
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("它现在计入相关的数字")).to_be_visible()
    other.get_by_role("button", name="确认", exact=True).click()
    expect(other.locator(".desk-result, main").first).to_contain_text("县")
    expect(other.get_by_text(re.compile("这条记录已由.*确认|已不是草稿")).first).to_be_visible()


def test_another_countys_record_is_not_there_for_this_one(people: People) -> None:
    theirs = people.member("coordinator", f"{LIST}?state=confirmed")
    row = theirs.locator("tbody tr").filter(has_text="太和县科学技术协会").first
    address = row.get_by_role("link").get_attribute("href")
    page = people.member("county-officer")
    assert page.goto(address).status == 404
    assert_open_to_all(page)
    assert page.goto(f"{address}correct").status == 404
