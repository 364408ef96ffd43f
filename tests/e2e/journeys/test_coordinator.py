"""The coordinator's spreadsheets: in by way of a wrong cell, out with exactly what was asked for."""

import datetime as dt
import io

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.journeys.conftest import People, assert_open_to_all

LIST = "/work/records/rural.trainings/"
HEADS = ["单位", "活动名称", "日期", "人次", "计数方法"]


def test_a_sheet_goes_in_once_and_comes_out_as_filtered(people: People) -> None:
    page = people.member("coordinator", f"{LIST}import")
    assert_open_to_all(page)
    _upload(page, "三十五人")
    expect(page.get_by_role("rowheader", name="D3")).to_be_visible()
    assert_open_to_all(page)

    page.get_by_role("link", name="重新上传").click()
    _upload(page, 35)
    expect(page.get_by_text("校验通过")).to_be_visible()
    expect(page.get_by_role("region", name="预览")).to_contain_text("表格导入的培训二")
    assert_open_to_all(page)
    page.get_by_role("button", name="导入并确认 2 条").click()
    expect(page.get_by_text("新建 2 条记录。")).to_be_visible()

    page.get_by_role("link", name="再导入一个文件").click()
    _upload(page, 35)
    expect(page.get_by_text("另有 2 行此前已导入")).to_be_visible()
    expect(page.get_by_role("button", name="导入并确认")).to_have_count(0)

    page.goto(f"{LIST}?q=表格导入的培训")
    expect(page.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    heads, *rows = sheet.iter_rows(values_only=True)
    found = {(row[heads.index("活动名称")], row[heads.index("人次")]) for row in rows if any(row)}
    assert found == {("表格导入的培训一", 40), ("表格导入的培训二", 35)}
    assert len([row for row in rows if any(row)]) == 2


def _upload(page: Page, headcount: object) -> None:
    book = Workbook()
    book.active.append(HEADS)
    day = dt.date(2026, 3, 2)
    book.active.append(["临泉县科学技术协会", "表格导入的培训一", day, 40, "花名册"])
    book.active.append(["太和县科学技术协会", "表格导入的培训二", "2026年3月3日", headcount, "花名册"])
    file = io.BytesIO()
    book.save(file)
    one = {"name": "三月.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    page.set_input_files("#import-file", files=[one])
    page.get_by_role("button", name="上传并校验").click()
