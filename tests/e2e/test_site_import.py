"""Five hundred schools in a browser: what is wrong by its cell, put right, as text in GB 18030, from another map's points."""

import csv
import io

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from kexie.contexts.touring.models import Site
from kexie.foundation.areas.models import Area
from tests.e2e.conftest import DESK, PHONE, violations
from tests.ledger import build
from tests.touring.test_caravan_requests import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = ["序号", "学校名称", "类型", "单位", "所在地区", "经度", "纬度", "人数"]
SCHOOLS, TYPE = (
    500,
    {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"},
)


@pytest.fixture
def world(transactional_db, client):
    made = build.world()
    sign_in(made, client)
    made.session = {"kexie_session": client.cookies["kexie_session"].value}
    county = made.counties[0].area
    made.towns = [
        Area.objects.create(
            code=f"{county.code[:6]}{100 + n}", name=f"第{n}镇", level="TOWNSHIP", parent=county
        )
        for n in range(10)
    ]
    return made


def schools(world) -> list[list[object]]:
    unit = world.association.name
    return [
        [n + 1, f"第{n}小学", "学校", unit, world.towns[n % 10].name, 115.81, 32.9, "３００"]
        for n in range(SCHOOLS)
    ]


def workbook(rows: list[list[object]]) -> bytes:
    """A merged title, a blank line, the head, the schools with a blank line among them."""
    book = Workbook()
    sheet = book.active
    sheet.append(["中小学一览表（演示）"])
    sheet.merge_cells("A1:H1")
    sheet.append([])
    for row in [HEAD, *rows[:250], [], *rows[250:]]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(rows: list[list[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([["中小学一览表（演示），2026年"], HEAD, *rows])
    return written.getvalue().encode("gb18030")


def upload(page: Page, name: str, content: bytes) -> None:
    page.set_input_files(
        "#import-file", files=[{"name": name, "mimeType": TYPE[name.rpartition(".")[2]], "buffer": content}]
    )
    with page.expect_navigation():
        page.get_by_role("button", name="上传并校验").click()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_from_a_messy_list_to_five_hundred_sites(world, open_page, viewport) -> None:
    page = open_page("/work/records/touring.sites/import", cookies=world.session, viewport=viewport)
    assert violations(page) == []
    bad = [list(row) for row in schools(world)]
    bad[0][5], bad[0][6] = bad[0][6], bad[0][5]
    bad[3][4] = "没有的镇"
    bad[260][1] = bad[250][1]
    bad[260][4] = bad[250][4]
    upload(page, "学校.xlsx", workbook(bad))
    expect(page.get_by_text("共 500 行，发现 4 处问题")).to_be_visible()
    cells = page.locator("#problems tbody th")
    # Below the blank line everything is one row further down, as the sheet shows it.
    expect(cells).to_have_text(["F4", "G4", "E7", "B265"])
    expect(page.locator("#problems")).to_contain_text("填反了，请对调")
    assert violations(page) == []
    assert Site.objects.count() == 0

    with page.expect_navigation():
        page.get_by_role("link", name="重新上传").click()
    page.get_by_label("坐标取自").select_option(label="高德、腾讯地图（GCJ-02）")
    upload(page, "学校.csv", text(schools(world)))
    expect(page.get_by_text("共 500 行，将新建 500 条记录")).to_be_visible()
    expect(page.locator("#warnings")).to_contain_text("高德、腾讯地图（GCJ-02）")
    assert violations(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="导入 500 条").click()
    expect(page.get_by_text("新建 500 条记录")).to_be_visible()
    one = Site.objects.get(name="第7小学")
    assert (Site.objects.count(), one.pupils, one.area.name) == (SCHOOLS, 300, "第7镇")
    assert 0.004 < 115.81 - float(one.longitude) < 0.007
