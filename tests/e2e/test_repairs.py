"""A fault in a browser: reported from the label by a visitor, repaired by the desk, and in the intact rate both times."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.e2e.conftest import DESK, PHONE, violations
from tests.museums.house import house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db):
    return house()


def intact(here) -> object:
    today = timezone.localdate()
    period = Period.until(today, since=dt.date(today.year, 1, 1))
    return figures.value(Cell("museums.exhibits_intact", period), here.scope)


def act(page: Page, name: str, **fields: str) -> None:
    """Open one of the order's acts unless it stands open, fill it in and carry it out."""
    box = page.locator("details.museum-act").filter(has=page.locator("summary").get_by_text(name, exact=True))
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    for label, value in fields.items():
        box.get_by_label(label).fill(value)
    box.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_fault_is_reported_from_the_label_and_repaired(here, open_page, viewport) -> None:
    exhibit = here.exhibit("001")
    here.exhibit("002")
    visitor = open_page(f"/exhibits/{exhibit.token}/", viewport=PHONE)
    assert violations(visitor) == []
    visitor.get_by_role("link", name="报告故障").click()
    visitor.get_by_role("button", name="提交").click()
    expect(visitor.locator(".field--error, [aria-invalid=true]").first).to_be_visible()
    assert violations(visitor) == []
    visitor.get_by_label("卡住或动不了").check()
    visitor.get_by_label("补充说明").fill("摆到一半停住")
    visitor.get_by_role("button", name="提交").click()
    expect(visitor.get_by_role("heading", name="报修号")).to_be_visible()
    assert violations(visitor) == []

    session = here.client("COUNTY_OFFICER").cookies["kexie_session"].value
    page = open_page(f"{here.url}/repairs/", viewport=viewport, cookies={"kexie_session": session})
    assert violations(page) == []
    page.get_by_role("link", name="WX").first.click()
    expect(page.locator("#reports").get_by_text("摆到一半停住")).to_be_visible()
    page.locator("details.museum-act").filter(has_text="停止使用").get_by_label("停止使用").check()
    act(page, "受理")
    expect(page.get_by_text("已受理。")).to_be_visible()
    assert violations(page) == []
    assert intact(here) == 50
    act(page, "修好了", 处理结果="更换轴承")
    act(page, "验收通过")
    expect(page.get_by_text("已验收，维修记录已写入台账。")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert intact(here) == 100
    visitor.reload()
    expect(visitor.locator("[aria-current=step]")).to_contain_text("已修复，恢复使用")
