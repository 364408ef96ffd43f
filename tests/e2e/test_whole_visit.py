"""From the booking on a phone to the year's figure: one family, through every page and without a network in between."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from kexie.foundation.visitors import tokens
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from kexie.platform.capacity.models import Reservation
from kexie.platform.capacity.operations import devices
from tests.e2e.conftest import DESK, PHONE, violations
from tests.e2e.test_booking import keep
from tests.e2e.test_checkin import all_sent, answer, enter
from tests.museums.booking_pages.conftest import NOW, House, adult, child, open_house
from tests.museums.checkin import build
from tests.museums.desk.build import DAY, EVENING, MORNING
from tests.museums.desk.test_pages import signed_in


@pytest.fixture
def house(transactional_db, settings, tmp_path) -> Iterator[House]:
    settings.KEXIE_HOME = tmp_path
    yield from open_house()


def at(page: Page, moment: dt.datetime) -> Page:
    """The page, on a device whose clock says this."""
    page.clock.set_system_time(moment)
    return page


def book(page: Page) -> Reservation:
    """As the family does: choose the morning, hold the places, tick who comes."""
    page.get_by_role("link", name="9:00–12:00 余 100").first.click()
    page.get_by_role("button", name="儿童和青少年加1").click()
    with page.expect_navigation():
        page.get_by_role("button", name="留好名额").click()
    for one in page.locator("input[name=pick]").all():
        one.check()
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_role("heading", name="预约成功")).to_be_visible()
    assert violations(page) == []
    return Reservation.objects.get(state="CONFIRMED")


def keeps_its_ticket(page: Page, made: Reservation) -> None:
    """The ticket opens without a network."""
    expect(page.get_by_text("已保存到这台设备")).to_be_visible()
    page.goto("/my/tickets/")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".kept__number")).to_have_text([made.code])
    expect(page.get_by_role("img", name=f"预约号 {made.code}")).to_be_visible()


def comes_in(scanner: Page, made: Reservation) -> None:
    """Let in without a network, and told to the museum when it is back."""
    scanner.context.set_offline(True)
    enter(scanner, build.ticket(made))
    answer(scanner, "2 人可入馆")
    scanner.get_by_role("button", name="放行 2 人").click()
    answer(scanner, "请进 2 人")
    expect(scanner.locator("#queue")).to_have_text("待传 1 条")
    made.refresh_from_db()
    assert made.admitted == 0
    scanner.context.set_offline(False)
    all_sent(scanner)
    made.refresh_from_db()
    assert made.admitted == 2


def visits(house: House) -> int:
    return figures.value(Cell("museums.visits", Period.year(2025)), house.world.scope)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_family_is_in_the_years_figures_that_evening(house, open_page, viewport) -> None:
    house.generate()
    keep(house, adult("张三"), child("张小丽"))
    cookies = {"kexie_visitor": tokens.issue(house.visitor, now=NOW)}
    family = at(open_page("/museums/", viewport=viewport, cookies=cookies, bypass_csp=True), NOW)
    family.goto(house.path)
    made = book(family)
    assert made.day == DAY
    keeps_its_ticket(family, made)
    with time_machine.travel(MORNING, tick=False):
        _device, code = devices.add(
            association_id=house.museum.association_id, venue_id=house.museum.unit_id, name="1号门",
            actor=house.actor, now=MORNING,
        )  # fmt: skip
        scanner = at(open_page("/checkin/", viewport=viewport), MORNING)
        scanner.goto(f"/checkin/#pair={code}")
        scanner.reload()
        scanner.get_by_label("入口名称").fill("1号门")
        scanner.get_by_role("button", name="开始检票").click()
        expect(scanner.locator("#list")).to_contain_text("单", timeout=60_000)
        comes_in(scanner, made)
    with time_machine.travel(EVENING, tick=False):
        session = signed_in(house, "COUNTY_OFFICER").cookies["kexie_session"].value
        address = f"/work/museum/{house.code}/days/{DAY}/"
        desk = open_page(address, viewport=viewport, cookies={"kexie_session": session})
        assert (violations(desk), visits(house)) == ([], 0)
        desk.get_by_label("门口计数器读数").fill("2")
        desk.get_by_role("button", name="确认当天").click()
        expect(desk.get_by_text("已确认，当天的参观人次已计入数据。")).to_be_visible()
        assert visits(house) == 2
