"""Five hundred schools from a workbook as offices send it: every wrong cell is named, and what is right enters once."""

import csv
import io
import random
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from kexie.contexts.touring.models import Site
from kexie.contexts.touring.rules.points import degrees
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import UserError
from kexie.platform.audit.models import Entry
from kexie.platform.imports import reading
from kexie.workbench.models import ImportJob
from tests.workbench.conftest import Desk, desk

__all__ = ["desk"]

LIST, UPLOAD = "/work/records/touring.sites/", "/work/records/touring.sites/import"
HEAD = [
    "序号",
    "名 称（学校）",
    "类型*",
    "单位",
    "所在地区",
    "地址",
    "经度",
    "纬度",
    "人数",
    "优先级",
    "附近可住宿",
]
SCHOOLS, TOWNS = 500, 10
# Above the first school: a merged title, a line about who made it, an empty one, the head.
FIRST = 5


@pytest.fixture
def towns(desk: Desk) -> list[Area]:
    """Ten townships in each of two counties; both have a Chengguan."""
    counties = list(Area.objects.filter(level="COUNTY").order_by("code")[:2])
    return [
        Area.objects.create(
            code=f"{county.code[:6]}{100 + n}", name="城关镇" if not n else f"{county.code[4:6]}乡{n}", level="TOWNSHIP",
            parent=county,
        )
        for county in counties
        for n in range(TOWNS)
    ]  # fmt: skip


def full_width(value: object) -> str:
    return str(value).translate({ord("0") + n: ord("０") + n for n in range(10)} | {ord("."): "．"})


def schools(desk: Desk, towns: list[Area]) -> list[list[object]]:
    """Right rows in every spelling that offices use."""
    chance, unit = random.Random(4), desk.city.association.name
    rows = []
    for n in range(SCHOOLS):
        town = towns[n % len(towns)]
        x, y = 115.2 + chance.random(), 32.5 + chance.random() / 2
        spelled = [
            (round(x, 6), round(y, 6)),
            (full_width(f"{x:.5f}"), f" {y:.5f}"),
            (
                f"{int(x)}°{int(x % 1 * 60):02}′{int(x * 60 % 1 * 60):02}″",
                f"北纬{int(y)}度{y % 1 * 60:.2f}分",
            ),
            (None, None),
        ]
        # A township whose name two counties have is told by its code, or with its county before it.
        county = town.parent.name
        known = (town.code, f"{county}城关镇", f"{county}　城关镇")[n % 3]
        place = known if town.name == "城关镇" else f" {town.name}　"
        pupils = (120 + n, full_width(120 + n), f"{1120 + n:,}", None)[n % 4]
        rows.append([
            n + 1, f"第{full_width(n)}小学", ("学校", "SCHOOL")[n % 2], unit, place, f"学府路{n}号", *spelled[n % 4], pupils,
            "", ("是", "√", "否", "")[n % 4],
        ])  # fmt: skip
    return rows


def workbook(rows: list[list[object]]) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    sheet.append(["某市中小学基本情况一览表（演示，均为虚构）"])
    sheet.merge_cells("A1:K1")
    sheet.append(["填表单位：演示"])
    sheet.append([])
    sheet.append(HEAD)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("学校.xlsx", file.getvalue())


def upload(client, rows) -> ImportJob:
    answer = client.post(UPLOAD, {"file": workbook(rows), "then": "confirm"})
    assert answer.status_code == 302, answer.context["error"]
    return ImportJob.objects.latest("started_at")


def spoiled(rows: list[list[object]]) -> tuple[list[list[object]], dict[str, str]]:
    """The rows with slips of every kind, two blank lines among them; and what is to be said of which cell."""
    bad = [list(row) for row in rows]
    at = {name: HEAD.index(name) for name in HEAD}
    bad[0][at["经度"]], bad[0][at["纬度"]] = bad[0][at["纬度"]], bad[0][at["经度"]]
    bad[5][at["经度"]] = "115.8,32.9"
    bad[10][at["经度"]] = "115°75′"
    bad[13][at["纬度"]] = None
    bad[21][at["所在地区"]] = "没有的镇"
    bad[20][at["所在地区"]] = "城关镇"
    bad[33][at["人数"]] = "约三百人"
    bad[41][at[HEAD[1]]] = ""
    bad[61][at[HEAD[1]]] = bad[41 - 20][at[HEAD[1]]]
    bad[61][at["所在地区"]] = bad[41][at["所在地区"]] = rows[21][at["所在地区"]]
    bad[62][at["类型*"]] = "幼儿园"
    bad[21][at["所在地区"]] = rows[21][at["所在地区"]]
    bad[22][at["所在地区"]] = "没有的镇"
    told = {
        f"G{FIRST}": "填反了，请对调", f"H{FIRST}": "填反了，请对调", f"G{FIRST + 5}": "经度和纬度各填一格",
        f"G{FIRST + 10}": "小于60", f"H{FIRST + 13}": "要么都填", f"E{FIRST + 20}": "请改填编号以区分",
        f"E{FIRST + 22}": "没有找到所在地区“没有的镇”", f"I{FIRST + 33}": "不是数字", f"B{FIRST + 41}": "必填",
        f"B{FIRST + 61}": f"与第{FIRST + 21}行相同", f"C{FIRST + 62}": "没有“幼儿园”这个选项",
    }  # fmt: skip
    blank: list[object] = []
    return [*bad[:100], blank, *bad[100:300], blank, blank, *bad[300:]], told


def test_five_hundred_schools_come_in_once_after_what_was_wrong_is_put_right(desk: Desk, towns) -> None:
    client, rows = desk.client("COORDINATOR"), schools(desk, towns)
    assert UPLOAD in client.get(LIST).content.decode()
    assert "直接确认，计入数字" not in client.get(UPLOAD).content.decode()
    bad, told = spoiled(rows)
    job = upload(client, bad)
    assert (job.state, job.total) == ("FAULTY", SCHOOLS)
    said = {one["cell"]: one["message"] for one in job.problems}
    assert {cell: said[cell] for cell in said.keys() - told.keys()} == {}
    assert said.keys() == told.keys()
    assert [cell for cell, words in told.items() if words not in said[cell]] == []
    assert client.post(f"/work/imports/{job.pk}/run").status_code == 302
    assert Site.objects.count() == 0
    marked = client.get(f"/work/imports/{job.pk}/marked.xlsx")
    assert marked.status_code == 200
    b"".join(marked.streaming_content)
    # Put right, and sent again: all of them, and no one twice.
    job = upload(client, rows)
    assert (job.state, job.problems, job.problem_count) == ("READY", [], 0)
    assert f"导入 {SCHOOLS} 条" in client.get(f"/work/imports/{job.pk}/").content.decode()
    client.post(f"/work/imports/{job.pk}/run")
    job.refresh_from_db()
    assert (job.state, job.created, Site.objects.count()) == ("DONE", SCHOOLS, SCHOOLS)
    assert Site.objects.filter(longitude=None).count() == SCHOOLS // 4
    one = Site.objects.get(name="第21小学")
    assert (one.area, one.pupils, one.can_stay, one.kind) == (towns[1], 141, True, "SCHOOL")
    entry = Entry.objects.get(action="records.import")
    assert (entry.detail["type"], entry.detail["created"]) == ("touring.sites", SCHOOLS)
    more = [*rows, [*rows[1][:1], "新增小学", *rows[1][2:]]]
    again = upload(client, more)
    assert (again.state, again.known) == ("READY", SCHOOLS)
    client.post(f"/work/imports/{again.pk}/run")
    assert Site.objects.count() == SCHOOLS + 1


def test_kinds_that_are_not_written_are_told_by_the_names_and_what_was_guessed_is_shown(
    desk: Desk, towns
) -> None:
    client, rows, kind = desk.client("COORDINATOR"), schools(desk, towns)[:6], HEAD.index("类型*")
    names = ("向阳小学", "第三中学（东校区）", "李庄村", "幸福社区", "小河口", "实验学校")
    for row, name, said in zip(rows, names, ("", "", "", None, "", "九年一贯制"), strict=True):
        row[1], row[kind] = name, said
    job = upload(client, rows)
    assert (job.state, [one["cell"] for one in job.problems if "看不出" in one["message"]]) == (
        "FAULTY",
        ["C9"],
    )
    rows[4][kind] = "集市"
    job = upload(client, rows)
    assert job.state == "READY"
    page = client.get(f"/work/imports/{job.pk}/").content.decode()
    for words in (
        "理解为“学校”，共2行。请核对",
        "理解为“村”",
        "理解为“社区”",
        "“九年一贯制”理解为“学校”，共1行",
    ):
        assert words in page, words
    client.post(f"/work/imports/{job.pk}/run")
    found = dict(Site.objects.values_list("name", "kind"))
    assert [found[name] for name in names] == ["SCHOOL", "SCHOOL", "VILLAGE", "COMMUNITY", "MARKET", "SCHOOL"]


def comma_separated(rows: list[list[object]], *, encoding: str) -> bytes:
    """The same as a text file: a title of one cell, a line of prose with commas, the head, the schools."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([["中小学一览表"], ["填表单位：演示，2026年，均为虚构"], [], HEAD])
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return written.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8"])
def test_a_text_file_comes_in_as_a_workbook_does(desk: Desk, towns, encoding) -> None:
    client, rows = desk.client("COORDINATOR"), schools(desk, towns)[:40]
    rows[7][HEAD.index("所在地区")] = "没有的镇"
    file = SimpleUploadedFile("学校.csv", comma_separated(rows, encoding=encoding))
    client.post(UPLOAD, {"file": file})
    job = ImportJob.objects.latest("started_at")
    assert [one["cell"] for one in job.problems] == [f"E{FIRST + 7}"]
    marked = client.get(f"/work/imports/{job.pk}/marked.xlsx")
    assert b"".join(marked.streaming_content).startswith(b"PK")
    rows[7][HEAD.index("所在地区")] = towns[7].code
    client.post(UPLOAD, {"file": SimpleUploadedFile("学校.csv", comma_separated(rows, encoding=encoding))})
    job = ImportJob.objects.latest("started_at")
    client.post(f"/work/imports/{job.pk}/run")
    assert Site.objects.count() == 40


@pytest.mark.parametrize(
    ("system", "longitude", "latitude"),
    [
        ("WGS84", "116.404", "39.915"),
        ("GCJ02", "116.397756", "39.913596"),
        ("BD09", "116.391384", "39.907253"),
        ("MARS", "116.404", "39.915"),
    ],
)
def test_points_of_other_systems_become_ours(desk: Desk, towns, system, longitude, latitude) -> None:
    client, rows = desk.client("COORDINATOR"), schools(desk, towns)[:1]
    rows[0][HEAD.index("经度")], rows[0][HEAD.index("纬度")] = 116.404, 39.915
    assert 'name="system"' in client.get(UPLOAD).content.decode()
    client.post(UPLOAD, {"file": workbook(rows), "system": system})
    job = ImportJob.objects.latest("started_at")
    assert any("统一换算成 WGS-84" in one["message"] for one in job.warnings)
    client.post(f"/work/imports/{job.pk}/run")
    one = Site.objects.get()
    off = max(abs(one.longitude - Decimal(longitude)), abs(one.latitude - Decimal(latitude)))
    assert off < Decimal(
        "0.00002"
    )  # two metres: the expected ones were published, worked out by one step less


def test_what_a_file_is_and_not_what_it_is_called_decides(desk: Desk, towns) -> None:
    client, rows = desk.client("COORDINATOR"), schools(desk, towns)[:3]
    renamed = SimpleUploadedFile("学校.xls", workbook(rows).read())
    assert client.post(UPLOAD, {"file": renamed}).status_code == 302
    assert ImportJob.objects.latest("started_at").state == "READY"
    old = SimpleUploadedFile("学校.xlsx", reading.OLE + b"\x00" * 512)
    answer = client.post(UPLOAD, {"file": old})
    assert (answer.status_code, "旧版 Excel 文件" in answer.context["error"]) == (422, True)
    page = SimpleUploadedFile("学校.xls", b"<html><table></table></html>")
    answer = client.post(UPLOAD, {"file": page})
    assert (answer.status_code, "不是 Excel 文件" in answer.context["error"]) == (422, True)


@pytest.mark.parametrize(
    ("value", "degree"),
    [
        ("115.8123456", "115.812346"), ("１１５．８", "115.8"), ("115°48′36″", "115.81"), ("115度48.6分", "115.81"),
        ("E115.8", "115.8"), ("东经115°48'36\"", "115.81"), ("32.9N", "32.9"),
    ],
)  # fmt: skip
def test_degrees_as_offices_write_them(value: str, degree: str) -> None:
    assert degrees(value) == Decimal(degree)


def test_what_is_no_coordinate_is_told() -> None:
    for value in ("115.8,32.9", "县城东头", "115°61′", "-115"):
        with pytest.raises(UserError, match=r"坐标|小于60"):
            degrees(value)
