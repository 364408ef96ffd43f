"""A county without a network, in a browser: make a package, fill it, hand it in, settle the conflict, merge; once."""

import pytest
from playwright.sync_api import Page, expect

from kexie.foundation.areas import queries as areas
from kexie.foundation.units import operations as units
from tests.e2e.conftest import PHONE, violations
from tests.foundation.conftest import NOW, build_city
from tests.packages.conftest import FIRST, County, edited, live, new_row, write
from tests.workbench.conftest import Desk


@pytest.fixture
def county(transactional_db) -> County:
    city = build_city()
    other = units.create_unit(
        association=city.association, parent=city.association, kind="MUSEUM", name="颍东区科技馆",
        area=areas.get("341203"), actor=None, now=NOW,
    )  # fmt: skip
    return County(Desk(city, other))


@pytest.fixture
def signed_in(county: County, open_page):
    def go(path: str, **options) -> Page:
        client = county.desk.client("COUNTY_OFFICER", county.unit)
        cookies = {"kexie_session": client.cookies["kexie_session"].value}
        return open_page(path, cookies=cookies, **options)

    return go


def test_a_package_travels_and_counts_once(county: County, signed_in, tmp_path) -> None:
    record = county.training()
    page = signed_in("/work/packages/")
    assert violations(page) == []
    page.get_by_role("link", name="制作工作包").first.click()
    page.get_by_label("单位", exact=True).select_option(county.unit.code)
    page.get_by_label("第一天").fill("2026-01-01")
    page.get_by_label("最后一天").fill("2026-12-31")
    page.get_by_label("有效期至").fill("2199-01-01")
    page.get_by_label("农业技术培训", exact=True).check()
    assert violations(page) == []
    page.get_by_role("button", name="生成工作包").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载工作包").click()
    handed_out = download.value.path().read_bytes()
    assert violations(page) == []
    county.correct(record, headcount=70)

    def work(sheet) -> None:
        write(sheet, FIRST, headcount=65)
        new_row(sheet, 5)

    file = tmp_path / "工作包.xlsx"
    file.write_bytes(edited(handed_out, work))
    for _time in range(2):
        page.goto("/work/packages/hand-in/")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="上传并核对").click()
        expect(page.get_by_role("heading", name="核对并并入")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("65").check()
    page.get_by_role("button", name="按所选并入").click()
    page.get_by_role("button", name="并入已决定的").click()
    expect(page.get_by_text("写入 2 条")).to_be_visible()
    assert live() == [("小麦赤霉病防治培训", 65), ("大棚蔬菜技术培训", 45)]
    assert violations(page) == []
    phone = signed_in(page.url, viewport=PHONE)
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
