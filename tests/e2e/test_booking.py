"""Booking in a browser: on a phone in few taps, without scripts, by groups, from the waiting list, after a no-show."""

import datetime as dt
import io
import re
from collections.abc import Iterator

import pytest
import time_machine
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from kexie.contexts.museums.operations import booking, groups
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors import tokens
from kexie.platform.capacity.models import Offer, Pool, Reservation
from kexie.platform.capacity.operations import bookings, conduct
from tests.e2e.conftest import DESK, PHONE, violations
from tests.museums.booking_pages.conftest import NOW, SATURDAY, House, adult, child, forget, open_house


@pytest.fixture
def house(transactional_db) -> Iterator[House]:
    yield from open_house()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def screen(request) -> dict[str, int]:
    return request.param


@pytest.fixture
def slot(house):
    hall = house.hall()
    house.show(hall, hour=10)
    house.generate()
    return house.slot(SATURDAY, kind="ENTRY")


@pytest.fixture
def cookies(house) -> dict[str, str]:
    return {"kexie_visitor": tokens.issue(house.visitor, now=NOW)}


def keep(house, *people) -> None:
    """Let the visitor remember these people."""
    for one in people:
        visitors.add_companion(
            visitor=house.visitor, name=one.name, document=one.document, number=one.number,
            birth_date=one.birth_date, relation="PARENT" if one.number == "" else "", now=NOW,
        )  # fmt: skip


class Taps:
    """Counts what a finger does."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, name: str, *, role: str = "button", exact: bool = False) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name, exact=exact).first.click()  # type: ignore[arg-type]


def test_a_parent_books_for_five_in_few_taps(house, slot, cookies, open_page, screen):
    family = [adult("张三"), adult("李四"), child("张小丽"), child("张小明"), child("张小虎")]
    keep(house, *family)
    page = open_page(house.path, viewport=screen, cookies=cookies)
    assert violations(page) == []
    tap = Taps(page)
    tap("9:00–12:00 余 100", role="link")
    assert violations(page) == []
    tap("成人加1")
    for _ in range(3):
        tap("儿童和青少年加1")
    tap("留好名额，填写谁来")
    expect(page.get_by_role("heading", name="谁来")).to_be_visible()
    assert violations(page) == []
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^(10:0|9:)\d"))
    for one in page.locator("input[name=pick]").all():
        tap.count += 1
        one.check()
    expect(page.locator("[data-person]:visible")).to_have_count(0)
    tap("确认预约")
    expect(page.get_by_role("heading", name="预约成功")).to_be_visible()
    assert violations(page) == []
    assert tap.count <= 12
    assert [one.size for one in Reservation.objects.filter(state="CONFIRMED")] == [5]


def test_the_left_time_moves_nothing_and_blocks_fit_the_party(house, slot, cookies, open_page):
    keep(house, adult("张三"))
    page = open_page(f"{house.path}book/{slot.pk}/?adults=1&children=1", viewport=PHONE, cookies=cookies)
    page.get_by_role("button", name="留好名额").click()
    blocks = page.locator("[data-person]:visible")
    # Without its script the page has a block for everybody, so the script may come after the tick.
    expect(blocks).to_have_count(2)
    page.locator("input[name=pick]").check()
    expect(blocks).to_have_count(1)
    top = page.get_by_role("button", name="确认预约").bounding_box()
    page.wait_for_timeout(2200)
    assert page.get_by_role("button", name="确认预约").bounding_box() == top
    block = blocks.first
    assert not block.get_by_label("出生日期").is_visible()
    block.get_by_label("证件类型").select_option("NONE")
    assert block.get_by_label("出生日期").is_visible()
    assert not block.get_by_label("证件号码").is_visible()
    block.get_by_label("姓名").fill("张小丽")
    block.get_by_label("出生日期").fill("20180601")
    page.get_by_label("您与同行孩子的关系").select_option("PARENT")
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_role("heading", name="预约成功")).to_be_visible()


def test_everything_works_without_scripts(house, slot, cookies, open_page):
    page = open_page(
        f"{house.path}book/{slot.pk}/", viewport=PHONE, cookies=cookies, java_script_enabled=False
    )
    page.get_by_role("button", name="儿童和青少年加1").click()
    page.get_by_role("button", name="留好名额").click()
    person = page.get_by_role("group", name="第 1 位")
    person.get_by_label("姓名").fill("张三")
    person.get_by_label("证件号码").fill("123")
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_role("heading", name="请更正以下问题")).to_be_visible()
    assert person.get_by_label("姓名").input_value() == "张三"
    person.get_by_label("证件号码").fill(adult().number)
    child_ = page.get_by_role("group", name="第 2 位")
    child_.get_by_label("姓名").fill("张小丽")
    child_.get_by_label("证件类型").select_option("NONE")
    child_.get_by_label("出生日期").fill("2018-06-01")
    page.get_by_label("您与同行孩子的关系").select_option("PARENT")
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_role("heading", name="预约成功")).to_be_visible()
    page.get_by_role("link", name="取消预约").click()
    page.get_by_role("button", name="确认取消").click()
    expect(page.get_by_text("已取消预约，名额已让给其他观众。")).to_be_visible()


def test_an_offer_from_the_waiting_list_is_confirmed(house, slot, cookies, open_page, screen):
    Pool.objects.filter(offer=slot.offer_id, channel="").update(capacity=1, wanted=1)
    first = house.booked(slot, visitor=house.someone("13800000006"))
    keep(house, adult("王五"))
    page = open_page(f"{house.path}book/{slot.pk}/", viewport=screen, cookies=cookies)
    page.get_by_role("link", name="登记候补").click()
    assert violations(page) == []
    page.get_by_role("button", name="登记候补").click()
    expect(page.get_by_text("候补中")).to_be_visible()
    booking.cancel(reservation=first, actor=None, now=NOW)
    page.reload()
    assert violations(page) == []
    page.get_by_role("link", name="确认，填写谁来").click()
    page.locator("input[name=pick]").check()
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_role("heading", name="预约成功")).to_be_visible()


def test_a_no_show_block_is_appealed(house, slot, cookies, open_page, screen):
    conduct.make_block(
        association_id=house.museum.association_id, venue_id=house.museum.unit_id,
        subject=f"visitor:{house.visitor.pk.hex}", holder_id=house.visitor.pk,
        until=NOW + dt.timedelta(days=30), reason="爽约达到3次", actor=None, now=NOW,
    )  # fmt: skip
    page = open_page(f"{house.path}book/{slot.pk}/", viewport=screen, cookies=cookies)
    page.get_by_role("button", name="留好名额").click()
    page.get_by_role("link", name="查看原因并申诉").click()
    assert violations(page) == []
    page.get_by_role("link", name="申诉").click()
    page.get_by_label("申诉理由").fill("孩子急诊，有就诊记录。")
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("申诉待处理")).to_be_visible()
    block = conduct.Block.objects.get()
    conduct.answer(block_id=block.pk, grants=True, text="情况属实", actor=house.actor, now=NOW)
    page.goto(f"{house.path}book/{slot.pk}/")
    page.get_by_role("button", name="留好名额").click()
    expect(page.get_by_role("heading", name="谁来")).to_be_visible()


def test_a_closed_day_leads_to_another_slot(house, slot, cookies, open_page, screen):
    one = house.booked(slot)
    Offer.objects.filter(pk=slot.offer_id).update(state=Offer.State.CLOSED)
    bookings.cancel(reservation_ids=[one.pk], reason="CLOSED_DAY", actor=None, now=NOW)
    page = open_page(f"/my/bookings/{one.code}/", viewport=screen, cookies=cookies)
    expect(page.get_by_text("因闭馆取消").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="另选时段").click()
    page.get_by_role("link", name="13:00–16:00 余 100").first.click()
    page.get_by_role("button", name="留好名额").click()
    expect(page.get_by_role("heading", name="谁来")).to_be_visible()


def roster(people) -> bytes:
    """The people as an Excel file."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["姓名", "证件类型", "证件号码", "出生日期"])
    for one in people:
        book.active.append([one.name, "居民身份证", one.number, ""])
    book.save(out)
    return out.getvalue()


def test_a_school_comes_with_a_roster(house, slot, cookies, open_page, screen):
    page = open_page(f"{house.path}groups/", viewport=screen, cookies=cookies)
    assert violations(page) == []
    page.get_by_label("日期和时段").select_option(str(slot.pk))
    page.get_by_label("总人数").fill("２０")
    page.get_by_label("带队人数").fill("2")
    page.get_by_label("单位名称").fill("清河路小学")
    page.get_by_label("领队姓名").fill("王老师")
    page.get_by_label("领队手机号码").fill("138 0000 0001")
    with page.expect_navigation():
        page.get_by_role("button", name="申请，并留好名额").click()
    expect(page.get_by_text("20 个名额留到")).to_be_visible()
    assert violations(page) == []
    people = house.roster()
    wrong = roster(people[:-1])
    page.get_by_label("选择名单文件").set_input_files(
        {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": wrong}
    )
    with page.expect_navigation():
        page.get_by_role("button", name="提交名单").click()
    expect(page.get_by_text("名单有19人，申请的是20人").first).to_be_visible()
    page.get_by_label("选择名单文件").set_input_files(
        {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": roster(people)}
    )
    with page.expect_navigation():
        page.get_by_role("button", name="提交名单").click()
    expect(page.get_by_text("待审核").first).to_be_visible()
    group = groups.GroupRequest.objects.get()
    groups.approve(group=group, actor=house.actor, now=NOW)
    page.reload()
    page.get_by_role("link", name="入馆二维码").click()
    expect(page.get_by_role("img", name="二维码")).to_be_visible()


def test_whoever_waits_for_the_release_is_let_in_by_the_page(house, slot, cookies, open_page, screen):
    Offer.objects.filter(pk=slot.offer_id).update(opens_at=NOW + dt.timedelta(seconds=6))
    forget()
    page = open_page(house.path, viewport=screen, cookies=cookies)
    page.get_by_role("link", name="放票，可先等候").first.click()
    expect(page.get_by_role("heading", name="等候放票")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="成人加1").click()
    page.get_by_role("button", name="现在提交").click()  # too early: nothing is lost
    expect(page.get_by_role("heading", name="等候放票")).to_be_visible()
    expect(page.get_by_label("成人", exact=True)).to_have_value("2")
    with time_machine.travel(NOW + dt.timedelta(seconds=6), tick=False):
        expect(page.get_by_role("heading", name="谁来")).to_be_visible(timeout=30_000)
    assert [one.size for one in Reservation.objects.filter(state="HELD")] == [2]
