"""The life of a facility in a browser: the keeper drafts, the county decides; what cannot be is said beside its field."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.contexts.facilities.models import FacilityVisits
from kexie.foundation.units import operations as units
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.e2e.conftest import DESK, PHONE, violations
from tests.e2e.test_title_renewal import session_of
from tests.facilities.test_desk import a_facility
from tests.ledger import build

pytestmark = pytest.mark.django_db(transaction=True)
GROUNDS = {"原因": "按计划", "依据": "阜科协〔2026〕3号", "接收单位": "向阳社区"}


@pytest.fixture
def world(transactional_db):
    return build.world()


@pytest.fixture
def museum(world):
    above = world.counties[0]
    school = units.create_unit(
        association=world.association, parent=above, kind="SCHOOL", name="向阳小学", area=above.area, actor=None,
        now=build.NOW,
    )  # fmt: skip
    return a_facility(world, "向阳小学科技馆", unit=school, kind="CAMPUS_MUSEUM", keeper="李老师")


def day(ago: int) -> str:
    return str(timezone.localdate() - dt.timedelta(days=ago))


def box(page: Page, label: str):
    found = page.locator("#act details").filter(has=page.locator("summary", has_text=label))
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def enter(page: Page, stage: str, on: str, **said: str) -> None:
    form = box(page, "进入新阶段")
    form.get_by_label("阶段").select_option(label=stage)
    form.get_by_label("日期").fill(on)
    for label, words in said.items():
        form.get_by_label(label).fill(words)
    with page.expect_navigation():
        form.get_by_role("button", name="进入新阶段").click()


def counts(world) -> list[object]:
    period = Period.until(timezone.localdate())
    cells = ("facilities.campus_museums", "facilities.campus_museums_now")
    return [figures.value(Cell(one, period), world.scope) for one in cells]


def refused(page: Page, field: str, words: str) -> None:
    expect(page.locator(f"#id_stage_{field}_error")).to_contain_text(words)
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_keeper_drafts_and_the_county_decides(world, museum, open_page, viewport) -> None:
    address = f"/work/facilities/registry/{museum.pk}/"
    keeper = open_page(address, cookies=session_of(world, "FACILITY_KEEPER", museum.unit), viewport=viewport)
    assert violations(keeper) == []
    enter(keeper, "验收建成", day(90))
    expect(keeper.locator("#life")).to_contain_text("草稿")
    enter(keeper, "申报", day(100))
    expect(keeper.locator("#act")).to_contain_text("还是草稿，请先确认或撤回它")
    assert (violations(keeper), counts(world)) == ([], [0, 0])

    county = open_page(
        address, cookies=session_of(world, "COUNTY_OFFICER", world.counties[0]), viewport=viewport
    )
    with county.expect_navigation():
        county.get_by_role("link", name="待确认，去台账确认").click()
    with county.expect_navigation():
        county.get_by_role("button", name="确认", exact=True).click()
    assert counts(world) == [1, 1]

    keeper.goto(address)
    expect(keeper.get_by_text("现在计入在用")).to_be_visible()
    expect(keeper.locator("#life").get_by_text("撤回这一步")).to_have_count(0)


def test_every_step_from_the_list_of_grounds_to_the_end_and_back(world, museum, open_page) -> None:
    page = open_page(
        f"/work/facilities/registry/{museum.pk}/",
        cookies=session_of(world, "COUNTY_OFFICER", world.counties[0]),
    )
    enter(page, "申报", day(100))
    enter(page, "建设中", day(-1))
    refused(page, "on", "日期不能晚于今天")
    enter(page, "建设中", day(120))
    refused(page, "on", "之前不能插入“建设中”")
    enter(page, "建设中", day(90))
    enter(page, "验收建成", day(80))
    assert counts(world) == [1, 1]
    enter(page, "运行", day(70))
    enter(page, "停用整改", day(60))
    refused(page, "reason", "要写明原因")
    enter(page, "停用整改", day(60), 原因="漏水")
    assert counts(world) == [1, 0]

    form = box(page, "登记参观")
    form.get_by_label("日期").fill(day(50))
    form.get_by_label("参观人次").fill("３０")
    form.get_by_label("计数方法").select_option(label="花名册")
    with page.expect_navigation():
        form.get_by_role("button", name="登记参观").click()
    expect(page.locator("#id_visits_on_error")).to_contain_text("不接待参观")
    assert not FacilityVisits.objects.exists()

    enter(page, "运行", day(40))
    enter(page, "摘牌撤销", day(65), 原因="撤并", 依据="纪要")
    refused(page, "on", "之前不能插入“摘牌撤销”")
    enter(page, "摘牌撤销", day(30), 原因="撤并", 依据="")
    refused(page, "document", "要写明依据")
    enter(page, "摘牌撤销", day(30), 原因="撤并", 依据="纪要5号")
    assert counts(world) == [1, 0]
    enter(page, "资产移交", day(20), **GROUNDS)
    expect(page.locator("#act summary", has_text="进入新阶段")).to_have_count(0)
    assert violations(page) == []

    latest = page.locator("#life li").first
    latest.locator("summary").click()
    with page.expect_navigation():
        latest.get_by_role("button", name="撤回这一步").click()
    expect(page.locator("#id_take_back_reason_error")).to_be_visible()
    assert violations(page) == []
    latest.get_by_label("撤回原因").fill("登记错了")
    with page.expect_navigation():
        latest.get_by_role("button", name="撤回这一步").click()
    expect(page.locator("#life")).to_contain_text("撤回原因：登记错了")
    expect(page.locator("#act summary", has_text="进入新阶段")).to_have_count(1)
    assert counts(world) == [1, 0]
