"""Where no script runs, the forms still do their work."""

from playwright.sync_api import expect

from tests.e2e.journeys.conftest import People

NEW = "/work/records/rural.trainings/new"
TITLE = "没有脚本时登记的培训"


def test_a_record_is_written_confirmed_and_reversed_without_scripts(people: People) -> None:
    page = people.member("county-officer", NEW, java_script_enabled=False)
    page.get_by_label("活动名称").fill(TITLE)
    page.get_by_label("人次").fill("40")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.locator("#id_method_error")).to_contain_text("怎样计数")
    expect(page.get_by_label("活动名称")).to_have_value(TITLE)
    page.get_by_label("计数方法").select_option(label="花名册")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.locator("#figures")).to_contain_text("培训农民人次")

    page.get_by_label("冲销原因").fill("重复登记")
    page.locator("#reverse-dialog").get_by_role("button", name="冲销", exact=True).click()
    expect(page.get_by_text("原因：重复登记")).to_be_visible()


def test_a_text_is_checked_without_scripts(people: People) -> None:
    page = people.member("office", "/texts/", java_script_enabled=False)
    page.get_by_label("正文").fill("截至目前，全市累计建设校园科技馆六十一个。")
    page.get_by_label("统计截止日").fill("2025-06-30")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(".note")).to_contain_text("相符")
