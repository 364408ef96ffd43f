"""A text is checked number by number; a correction of a link outlives the next check."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.journeys.conftest import People, assert_open_to_all

TEXT = "全市累计建设校园科技馆61个、科普画廊128个，公民具备科学素质比例居全省前列。我们要增强“四个意识”，走好新的长征路。"


def test_a_text_is_checked_and_a_link_corrected(people: People) -> None:
    page = people.member("office", "/texts/")
    assert_open_to_all(page)
    page.get_by_label("正文").fill(TEXT)
    page.get_by_label("统计截止日").fill("2025-06-30")
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(".note")).to_have_count(3)
    expect(_note(page, "61个")).to_contain_text("相符")
    expect(_note(page, "128个")).to_contain_text("不符")
    expect(_note(page, "前列")).to_contain_text("台账以外")
    assert_open_to_all(page)

    _note(page, "61个").locator(".note__figure a").click()
    expect(page.get_by_role("heading", name="校园科技馆（累计）", level=1)).to_be_visible()
    page.go_back()

    _note(page, "128个").get_by_role("link", name="更正对应").click()
    assert_open_to_all(page)
    page.get_by_label("不是需要核对的数").check()
    page.get_by_role("button", name="保存更正").click()
    expect(page.locator("main")).not_to_contain_text("不符 1")
    page.get_by_role("button", name="重新核对").click()
    expect(page.locator(".note", has_text="128个").filter(has_text="不符")).to_have_count(0)
    expect(_note(page, "61个")).to_contain_text("相符")


def _note(page: Page, text: str) -> Locator:
    return page.locator(".note").filter(has=page.locator(".note__claim", has_text=text))
