"""What was typed and what came out, opened down to the records; targets with their reasons; a campaign's form."""

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESK, PHONE
from tests.e2e.journeys.conftest import People, assert_open_to_all

SIZES = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])


def number(words: str) -> int:
    return int(re.sub(r"\D", "", words))


@SIZES
def test_the_fields_of_a_year_open_to_the_records(people: People, viewport) -> None:
    page = people.member("leader", "/work/burden/?year=2024", viewport=viewport)
    expect(page.get_by_text(re.compile("每报出100项填"))).to_be_visible()
    assert_open_to_all(page)
    line = page.locator("#types tbody tr").first
    typed = number(line.locator("td").nth(1).inner_text())
    with page.expect_navigation():
        line.get_by_role("link").click()
    assert_open_to_all(page)
    told = page.locator(".toolbar__count").inner_text()
    assert number(told.split("，")[1]) == typed > 0


def test_the_parts_of_the_demonstration_s_year_add_up(people: People) -> None:
    page = people.member("leader", "/work/burden/?year=2024")
    shown = [number(one) for one in page.locator(".brd-figures data").all_inner_texts()]
    for section, column, whole in (
        ("types", 1, shown[0]),
        ("outputs", 2, shown[1]),
        ("outputs", 4, shown[2]),
    ):
        cells = page.locator(f"#{section} tbody tr td:nth-of-type({column + 1})").all_inner_texts()
        assert sum(map(number, cells)) == whole > 0
    # Less is typed for returns, reports and campaign forms than comes out of them.
    assert shown[2] < shown[1]


@SIZES
def test_a_campaign_s_form_is_there_without_filling_it_in(people: People, viewport) -> None:
    page = people.member("popularisation-department", "/work/campaigns/", viewport=viewport)
    assert_open_to_all(page)
    with page.expect_navigation():
        page.get_by_role("link", name="2024年全国科普日").click()
    assert_open_to_all(page)
    held = number(page.locator(".toolbar__count").inner_text())
    with page.expect_download() as download:
        page.get_by_role("link", name="下载活动表").click()
    file = io.BytesIO(download.value.path().read_bytes())
    rows = list(load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0][0] == "活动名称"
    assert rows[held + 1][0] == f"活动场次：{held}场次"


@SIZES
def test_a_late_target_says_why_and_what_next(people: People, viewport) -> None:
    page = people.member("office", "/work/targets/?year=2026", viewport=viewport)
    expect(page.locator(".tgt-title")).to_have_count(5)
    assert_open_to_all(page)
    with page.expect_navigation():
        _late(page).click()
    assert_open_to_all(page)
    expect(page.get_by_role("heading", name="原因和下一步")).to_be_visible()
    expect(page.get_by_text(re.compile("^下一步：")).first).to_be_visible()


@SIZES
def test_packages_of_the_demonstration_wait_and_are_merged(people: People, viewport) -> None:
    page = people.member("county-officer", "/work/packages/", viewport=viewport)
    assert_open_to_all(page)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto("/work/packages/returned/")
    assert_open_to_all(page)
    for address in page.locator("tbody th a").evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        assert_open_to_all(page)


def _late(page: Page) -> Locator:
    """The link of the first target that is amber or red."""
    late = page.locator(".tgt-line", has=page.locator(".tag--warn, .tag--bad"))
    return late.locator(".tgt-line__name").first
