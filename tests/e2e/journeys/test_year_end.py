"""January: from what is missing to a sealed return, then the year is closed, published and verified."""

import json
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from kexie.reporting.releases import verify_release_path
from tests.e2e.journeys.conftest import People, assert_open_to_all

GAPS = "/work/returns/gaps/?edition=kx-2025"
PHONE = {"width": 390, "height": 844}


def test_year_end_from_gaps_to_a_sealed_print(people: People) -> None:
    page = people.member("coordinator", GAPS)
    assert_open_to_all(page)
    page.locator("tbody a").first.click()
    address = re.sub(r"(/work/returns/[^/]+/).*", r"\1", page.url)
    page.goto(address)
    assert_open_to_all(page)
    _act(page, "取数")
    for item in _open_items(page):
        page.goto(item)
        _complete(page)
    page.goto(address)
    page.goto(f"{address}changes/")
    assert_open_to_all(page)
    page.goto(address)
    for act in ("审核", "上报", "批准", "锁定"):
        _act(page, act)
    expect(page.get_by_text("已锁定", exact=True).first).to_be_visible()
    page.goto(f"{address}print/")
    assert_open_to_all(page)
    expect(page.get_by_text("草稿")).to_have_count(0)
    expect(page.get_by_text("填报单位（盖章）").first).to_be_visible()
    page.goto("/work/returns/editions/?old=kx-2013&new=kx-2025")
    assert_open_to_all(page)


def _act(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    if not button.is_visible():
        page.locator("summary", has_text=name).first.click()
    _send(page, name)


def _send(page: Page, name: str) -> None:
    # The answer is waited for whole: what is looked up in a page half read is not found, and left undone.
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
    assert page.get_by_role("alert").all_inner_texts() == []


def _open_items(page: Page) -> list[str]:
    """The addresses of the items that must be filled in or explained."""
    page.goto(GAPS)
    every = page.locator("tbody a").evaluate_all("links => links.map(link => link.href)")
    return list(dict.fromkeys(one for one in every if "/items/" in one))


def _complete(page: Page) -> None:
    if page.get_by_label("来源").count():
        page.get_by_label("数值").fill("12")
        page.get_by_label("来源").fill("2025年部门决算")
        page.get_by_label("提供人").fill("李会计")
        _act(page, "填写台账以外的数")
    if page.get_by_text("请写说明").count() or page.get_by_text("台账里没有记录").count():
        page.locator("summary", has_text="写说明").first.click()
        page.get_by_label("说明", exact=True).fill("已核对，属实")
        _send(page, "写说明")


def test_a_year_is_closed_published_and_verified(people: People, tmp_path: Path) -> None:
    page = people.member("coordinator", "/work/releases/")
    assert_open_to_all(page)
    page.get_by_role("link", name="结账", exact=True).click()
    page.get_by_label("第一天").fill("2025-01-01")
    page.get_by_label("最后一天").fill("2025-03-31")
    page.get_by_role("button", name="看缺什么").click()
    assert_open_to_all(page)
    page.get_by_role("button", name=re.compile("结账")).last.click()
    expect(page.get_by_text("冻结的数").first).to_be_visible(timeout=120_000)
    assert_open_to_all(page)
    page.get_by_role("button", name="公开").click()
    page.get_by_role("link", name="看公开的页面").click()
    assert_open_to_all(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载发布文件").click()
    file = tmp_path / "release.json"
    file.write_bytes(download.value.path().read_bytes())
    assert _verify(file) == "VERIFIED"
    assert json.loads(file.read_bytes())["period"] == {"start": "2025-01-01", "end": "2025-04-01"}
    file.write_bytes(file.read_bytes().replace(b'"rows":1', b'"rows":2', 1))
    assert "REFUSED" in _verify(file)


def _verify(file: Path) -> str:
    command = [sys.executable, "-I", "-S", str(verify_release_path()), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def test_last_year_s_release_shows_what_changed_since(people: People) -> None:
    page = people.member("leader", "/work/releases/?q=", viewport=PHONE)
    page.get_by_role("link", name="2024年").first.click()
    assert_open_to_all(page)
    page.get_by_role("link", name="发布后的订正").click()
    assert_open_to_all(page)
    expect(page.get_by_text("冲销：日期录错，按签到表另行补报").first).to_be_visible()
    page.goto("/work/releases/cities/")
    assert_open_to_all(page)
    expect(page.get_by_text("颍滨市科协（虚构）").first).to_be_visible()
