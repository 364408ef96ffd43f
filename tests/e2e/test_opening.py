"""A museum's desk in a browser: a cap lowered below what is booked, a day closed with rebooking, rules as visitors read them."""

import datetime as dt

import pytest
from django.test import Client
from playwright.sync_api import expect

from kexie.contexts.museums.models import ClosedDay
from kexie.platform.capacity.models import Reservation
from tests.e2e.conftest import DESK, PHONE, violations
from tests.museums.opening.test_pages import Desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db):
    made = Desk()
    made.arrange()
    return made


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def at(request, desk, open_page):
    """Open a page of the desk, signed in, at a phone's and a desk's width."""
    client = Client()
    client.force_login(desk.actor)
    cookies = {"kexie_session": client.cookies["kexie_session"].value}
    return lambda path: open_page(desk.url(path), cookies=cookies, viewport=request.param)


def test_a_cap_below_what_is_booked_is_refused_or_kept_as_staff_choose(desk, at):
    reservation = desk.take(desk.slots(offer__day=desk.day).first(), 30)
    day = desk.day.isoformat()
    page = at(f"slots/change/?since={day}&until={day}")
    page.get_by_label("调整名额").check()
    page.get_by_label("总名额", exact=False).first.fill("20")
    page.get_by_role("button", name="下一步：看影响").click()
    expect(page.get_by_text("有人受影响，按“有人受影响就不改”不会执行")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="改条件").click()
    page.get_by_label("怎样处理").select_option("KEEP")
    page.get_by_role("button", name="下一步：看影响").click()
    page.get_by_role("button", name="执行").click()
    expect(page.get_by_role("button", name="撤销这次调整")).to_be_visible()
    assert violations(page) == []
    assert Reservation.objects.get(pk=reservation.pk).state == "CONFIRMED"
    pool = desk.pool(desk.slots(offer__day=desk.day).first())
    assert (pool.capacity, pool.wanted) == (30, 20)


def test_a_day_is_closed_and_those_booked_are_moved(desk, at):
    first = desk.slots(offer__day=desk.day).first()
    reservation = desk.take(first, 3)
    page = at(f"calendar/{desk.day.isoformat()}/")
    page.get_by_text("这一天不开放").click()
    page.get_by_label("原因").select_option("POWER")
    page.get_by_label("对已预约的观众").select_option("MOVE")
    later = desk.slots(offer__day=desk.day + dt.timedelta(days=1)).first()
    page.locator(f"input[name=targets][value='{later.pk}']").check()
    assert violations(page) == []
    page.get_by_role("button", name="下一步：看影响").click()
    expect(page.get_by_text("改到所选时段并通知，放不下的取消")).to_be_visible()
    page.get_by_role("button", name="闭馆", exact=True).click()
    expect(page.get_by_text("改到其他时段的预约")).to_be_visible()
    assert ClosedDay.objects.get().occurred_on == desk.day
    assert Reservation.objects.get(moved_from_id=reservation.pk).offer_id == later.offer_id


def test_rules_read_as_visitors_will_while_they_are_entered(desk, at):
    page = at("rules/add/")
    page.get_by_label("每单最多人数").fill("3")
    page.get_by_label("每单最多人数").blur()
    expect(page.get_by_text("每单最多3人（含儿童）。")).to_be_visible()
    assert violations(page) == []
