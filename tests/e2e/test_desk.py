"""The record desk in a browser: with the keyboard, on a telephone, without losing anything."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from kexie.contexts.museums.models import DailyVisits
from kexie.foundation.areas import queries as areas
from kexie.foundation.units import operations as units
from kexie.ledger.models import State
from tests.e2e.conftest import PHONE, violations
from tests.foundation.conftest import NOW, build_city
from tests.workbench.conftest import DAY, Desk

LIST = "/work/records/museums.visits/"


@pytest.fixture
def desk(transactional_db) -> Desk:
    city = build_city()
    other = units.create_unit(
        association=city.association,
        parent=city.association,
        kind="MUSEUM",
        name="颍东区科技馆",
        area=areas.get("341203"),
        actor=None,
        now=NOW,
    )
    return Desk(city, other)


@pytest.fixture
def signed_in(desk: Desk, open_page):
    def go(path: str, role: str = "COORDINATOR", unit=None, **options) -> Page:
        client = desk.client(role, unit)
        cookies = {"kexie_session": client.cookies["kexie_session"].value}
        return open_page(path, cookies=cookies, **options)

    return go


def test_drafts_are_found_chosen_and_confirmed_with_the_keyboard(desk: Desk, signed_in) -> None:
    for offset in range(3):
        desk.visits(occurred_on=DAY + dt.timedelta(days=offset), note=f"第{offset}批")
    page = signed_in(LIST)
    assert violations(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("c")
    expect(page.get_by_text("已确认2条。")).to_be_visible()
    assert DailyVisits.objects.filter(state=State.CONFIRMED).count() == 2
    page.get_by_role("button", name="撤销这次确认").click()
    page.get_by_role("button", name="冲销", exact=True).click()
    expect(page.get_by_text("已冲销2条。")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("第0批")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_visit_is_logged_on_a_telephone_and_survives_a_reload(desk: Desk, signed_in) -> None:
    page = signed_in(f"{LIST}new", "MUSEUM_DESK", desk.city.museum, viewport=PHONE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("时段").select_option(index=1)
    page.get_by_label("人次").fill("３２０")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("人次")).to_have_value("３２０")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.get_by_text("请更正以下问题")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("计数方法").select_option(label="闸机/核销")
    page.get_by_role("button", name="保存并确认").click()
    expect(page.get_by_role("heading", name="计入的数")).to_be_visible()
    assert DailyVisits.objects.get().headcount == 320
    assert violations(page) == []


def test_a_unit_is_found_by_a_part_of_its_name(desk: Desk, signed_in) -> None:
    for number in range(30):
        units.create_unit(
            association=desk.city.association,
            parent=desk.city.association,
            kind="SCHOOL",
            name=f"颍州第{number}小学",
            area=desk.city.museum.area,
            actor=None,
            now=NOW,
        )
    page = signed_in(f"{LIST}new")
    box = page.get_by_role("combobox", name="单位")
    box.fill("第17")
    expect(page.locator(".search-box__option")).to_have_count(1)
    box.press("Enter")
    expect(box).to_have_value("颍州第17小学")
    page.get_by_label("时段").select_option(index=1)
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_role("heading", name="内容")).to_be_visible()
    assert DailyVisits.objects.get().unit.name == "颍州第17小学"


def test_a_record_is_corrected_and_both_stay_on_the_books(desk: Desk, signed_in) -> None:
    record = desk.confirmed()
    page = signed_in(f"{LIST}{record.pk}/")
    page.get_by_role("link", name="更正").click()
    page.get_by_label("冲销原因").fill("多录一位")
    page.get_by_label("人次").fill("12")
    page.get_by_role("button", name="冲销原记录并确认更正").click()
    page.get_by_role("link", name="一条已冲销的记录").click()
    expect(page.get_by_text("这条记录已冲销")).to_be_visible()
    expect(page.get_by_role("link", name="查看更正后的记录")).to_be_visible()


def test_a_sheet_goes_in_by_way_of_its_problems(desk: Desk, signed_in) -> None:
    def sheet(day: str) -> dict[str, object]:
        book = Workbook()
        book.active.append(["单位", "日期", "时段", "人次", "计数方法"])
        book.active.append(["阜阳市科技馆", day, "上午", 320, "闸机/核销"])
        file = io.BytesIO()
        book.save(file)
        return {"name": "三月.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}

    page = signed_in(f"{LIST}import")
    assert violations(page) == []
    page.set_input_files("#import-file", files=[sheet("三月一日")])
    page.get_by_role("button", name="上传并校验").click()
    expect(page.get_by_role("rowheader", name="B2")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="重新上传").click()
    page.set_input_files("#import-file", files=[sheet("2025年3月1日")])
    page.get_by_role("button", name="上传并校验").click()
    page.get_by_role("button", name="导入并确认 1 条").click()
    expect(page.get_by_text("新建 1 条记录。")).to_be_visible()
    assert DailyVisits.objects.get().occurred_on == dt.date(2025, 3, 1)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_the_first_page_says_what_waits(desk: Desk, signed_in, viewport) -> None:
    desk.visits()
    desk.confirmed(occurred_on=DAY + dt.timedelta(days=1))
    page = signed_in("/work/", viewport=viewport)
    expect(page.get_by_role("heading", name="待办")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
