"""Without a mouse; and in the look and language somebody likes."""

from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import People, assert_open_to_all, sign_in_url

LIST = "/work/records/rural.trainings/"


def test_signing_in_and_confirming_need_no_mouse(people: People) -> None:
    _two_drafts(people)
    page = people.visitor(sign_in_url(f"{LIST}?q=只用键盘&state=draft"))
    _tab_to(page, "id_username")
    page.keyboard.type("county-officer")
    page.keyboard.press("Tab")
    page.keyboard.type("kexie-demo-2026")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    for key in "jjkx":
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.keyboard.press("c")
    expect(page.get_by_text("已确认1条。")).to_be_visible()


def test_the_look_and_the_language_are_kept(people: People) -> None:
    page = people.member("leader", "/work/dashboard/")
    page.get_by_role("button", name="长辈版").click()
    page.get_by_role("button", name="深色").click()
    page.reload()
    assert {"large", "theme-dark"} <= set(page.get_attribute("html", "class").split())
    assert_open_to_all(page)
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(LIST)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("columnheader", name="Date")).to_be_visible()
    assert_open_to_all(page)


def _two_drafts(people: People) -> None:
    page = people.member("county-officer")
    for number in "一二":
        page.goto(f"{LIST}new")
        page.get_by_label("活动名称").fill(f"只用键盘的培训{number}")
        page.get_by_role("button", name="存为草稿").click()
        expect(page.get_by_text("草稿不计入任何数字")).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(name)
