"""A museum's day in a browser: booked, looked up, let in, counted in the evening, and in the year's figure at once."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.museums.queries import booking
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.e2e.conftest import PHONE, violations
from tests.ledger import build as ledger_build
from tests.museums.desk.build import EVENING, MORNING, House, person
from tests.museums.desk.test_pages import signed_in


@pytest.fixture
def house(transactional_db, tmp_path, settings) -> House:
    settings.KEXIE_HOME = tmp_path
    booking.forget_slots()
    return House(ledger_build.world())


@pytest.fixture
def at(house, open_page, monkeypatch):
    """Open a page of the desk at a moment of the day."""
    roles = iter(("MUSEUM_DESK", "COUNTY_OFFICER"))

    def go(path: str, now, **options) -> Page:
        monkeypatch.setattr(timezone, "now", lambda: now)
        client = signed_in(house, next(roles))
        cookies = {"kexie_session": client.cookies["kexie_session"].value}
        return open_page(f"/work/museum/{house.museum.unit.code}/{path}", cookies=cookies, **options)

    return go


def visits(house: House):
    return figures.value(Cell("museums.visits", Period.year(2025)), house.world.scope)


def test_from_a_booking_to_the_years_figure(house, at) -> None:
    family = house.book(person(), person("李华"), person("张小小", born="20180301"))
    page = at("today/", MORNING)
    expect(page.get_by_text("当前在馆")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("/")
    page.keyboard.type(family.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"预约 {family.code}")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("入馆人数").fill("3")
    page.get_by_role("button", name="放行").click()
    expect(page.get_by_text("已放行3人。")).to_be_visible()
    family.refresh_from_db()
    assert (family.admitted, visits(house)) == (3, 0)

    evening = at("days/2025-07-02/", EVENING, viewport=PHONE)
    assert violations(evening) == []
    assert evening.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    evening.get_by_label("门口计数器读数").fill("5")
    evening.get_by_role("button", name="确认当天").click()
    expect(evening.get_by_role("link", name="计数器与核验人数相差2人", exact=False)).to_be_visible()
    evening.get_by_label("差异说明").fill("两名施工人员")
    evening.get_by_role("button", name="确认当天").click()
    expect(evening.get_by_text("已确认，当天的参观人次已计入数据。")).to_be_visible()
    assert visits(house) == 3
    evening.goto(evening.url.replace("days/2025-07-02/", "figures/"))
    assert violations(evening) == []
    card = evening.locator(".figure", has_text="科技馆参观人次")
    expect(card.locator("data").first).to_have_text("3")


def test_the_screen_refreshes_without_losing_what_is_typed(house, at) -> None:
    assert house.slot_on()
    page = at("today/", MORNING, viewport=PHONE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_label("预约号、手机、证件号码或姓名").fill("欧阳")
    house.gate(house.note(count=4))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".day-now")).to_contain_text("4")
    expect(page.get_by_label("预约号、手机、证件号码或姓名")).to_have_value("欧阳")
