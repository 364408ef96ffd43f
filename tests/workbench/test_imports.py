"""Imports: from a sheet as offices make them to records, once, and whole or not at all."""

# ruff: noqa: DTZ001 - the cells of a sheet know no time zone

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from kexie.contexts.museums.models import ClosedDay, DailyVisits
from kexie.kernel.ids import uuid7
from kexie.ledger import operations as ledger
from kexie.ledger.models import LogEntry, State
from kexie.platform import tasks
from kexie.workbench.desk.columns import column
from kexie.workbench.importing import cells
from kexie.workbench.models import ImportJob
from kexie.workbench.web import imports as web
from tests.foundation.conftest import NOW
from tests.workbench.conftest import Desk, read

UPLOAD = "/work/records/museums.visits/import"
HEAD = ["单位", "日期", "时段", "人次", "计数方法", "说明"]
GOOD = ["阜阳市科技馆", "2025/3/1", "上午", "１，３２０", "闸机/核销", "  两批研学 "]


def sheet(*rows, head=HEAD) -> SimpleUploadedFile:
    book = Workbook()
    book.active.title = "填写"
    for row in ([head] if head else []) + list(rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("参观.xlsx", file.getvalue())


def upload(client, file, **more) -> ImportJob:
    answer = client.post(UPLOAD, {"file": file, **more})
    assert answer.status_code == 302, answer.context["error"]
    return ImportJob.objects.latest("started_at")


def run(client, job: ImportJob) -> ImportJob:
    client.post(f"/work/imports/{job.pk}/run")
    job.refresh_from_db()
    return job


def told(job: ImportJob) -> list[tuple[str, str]]:
    return [(one["cell"], one["message"]) for one in job.problems]


def test_a_sheet_as_offices_make_them_becomes_confirmed_records(desk: Desk) -> None:
    rows = [
        ["阜阳市科技馆 2025年3月参观统计表"],
        ["说 明", "计数方法*", "人次（人）", "日期：", "单位", "时段", "经办人"],
        ["两批研学", "闸机/核销", 1320.0, dt.datetime(2025, 3, 1), "阜阳市科技馆", "上午", "张三"],
        [],
        ["", "GATE", "８５", 45718, "阜阳市科技馆 ", "下午", ""],
        [None, None, None, "2025年3月3日", "阜阳市科技馆", "上午", None],
    ]
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(*rows, head=None))
    assert (job.state, job.total, told(job)) == ("READY", 3, [])
    assert [one["message"] for one in job.warnings] == ["“经办人”列不在模板中，不会导入。"]
    assert DailyVisits.objects.count() == 0
    assert run(client, job).state == "DONE"
    found = DailyVisits.objects.order_by("occurred_on").values_list(
        "occurred_on", "headcount", "method", "note", "state"
    )
    assert list(found) == [
        (dt.date(2025, 3, 1), 1320, "GATE", "两批研学", State.CONFIRMED),
        (dt.date(2025, 3, 2), 85, "GATE", "", State.CONFIRMED),
        (dt.date(2025, 3, 3), None, "", "", State.CONFIRMED),
    ]
    assert LogEntry.objects.count() == 3


def test_a_chinese_sheet_is_read_whatever_language_the_page_has(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    client.cookies["kexie_language"] = "en"
    job = upload(client, sheet(GOOD))
    assert (job.state, told(job)) == ("READY", [])


def test_the_same_rows_come_in_once_whatever_the_file(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    run(client, upload(client, sheet(GOOD)))
    again = upload(client, sheet(GOOD, ["阜阳市科技馆", "2025-03-02", "上午", 5, "闸机/核销", ""]))
    assert (again.total, again.known) == (2, 1)
    assert (run(client, again).created, again.known) == (1, 1)
    assert DailyVisits.objects.count() == 2


def test_equal_rows_of_one_file_are_both_brought_in_with_a_warning_and_still_only_once(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(GOOD, GOOD))
    assert [(one["cell"], "与第2行完全相同" in one["message"]) for one in job.warnings] == [("第3行", True)]
    assert run(client, job).created == 2
    assert run(client, upload(client, sheet(GOOD, GOOD))).created == 0


def test_a_number_of_its_own_tells_a_row_apart(desk: Desk) -> None:
    client, head = desk.client("COORDINATOR"), [*HEAD, "编号"]
    run(client, upload(client, sheet([*GOOD, "A-1"], [*GOOD, "A-2"], head=head)))
    changed = [*GOOD[:3], 7, *GOOD[4:], "A-1"]
    job = upload(client, sheet(changed, head=head))
    assert (job.known, run(client, job).created) == (1, 0)
    twice = upload(client, sheet([*GOOD, "B"], [*GOOD, "B"], head=head))
    assert told(twice) == [("G3", "编号“B”与第2行重复。")]


def test_what_is_wrong_is_told_by_cell_and_nothing_comes_in(desk: Desk) -> None:
    rows = [
        GOOD,
        ["没有的馆", "2025-03-01", "上午", 5, "闸机/核销", ""],
        ["阜阳市科技馆", "三月一日", "半夜", "许多", "拍脑袋", ""],
        ["阜阳市科技馆", "2025-02-30", "上午", 5, "", ""],
        ["", "", "上午", "", "闸机/核销", ""],
        ["阜阳市科技馆", "2025-03-01", "上午", -3, "闸机/核销", ""],
        ["阜阳市科技馆", "2025-03-01", "上午", 2.5, "闸机/核销", "#REF!"],
    ]
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(*rows))
    assert job.state == "FAULTY"
    assert [cell for cell, _message in told(job)] == [
        "A3", "B4", "C4", "D4", "E4", "B5", "E5", "A6", "B6", "D6", "D7", "D8", "F8",
    ]  # fmt: skip
    messages = dict(told(job))
    assert messages["A3"] == "没有找到单位“没有的馆”，或它不在您的权限范围内。"
    assert messages["B4"] == "“三月一日”不是日期，请填写如 2025-03-01。"
    assert messages["D8"] == "“2.5”应为整数。"
    assert run(client, job).state == "FAULTY"
    assert DailyVisits.objects.count() == 0


def test_the_problems_come_back_marked_in_the_same_places(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(GOOD, [*GOOD[:1], "不是日期", *GOOD[2:]]))
    marked = load_workbook(io.BytesIO(read(client.get(f"/work/imports/{job.pk}/marked.xlsx")))).active
    assert [cell.value for cell in marked[1]] == [*HEAD, "问题"]
    assert marked["B3"].fill.fgColor.rgb.endswith("FAD4D0")
    assert marked["G3"].value == "“不是日期”不是日期，请填写如 2025-03-01。"
    marked["B3"].value = "2025-03-02"
    file = io.BytesIO()
    marked.parent.save(file)
    again = upload(client, SimpleUploadedFile("改.xlsx", file.getvalue()))
    assert (again.state, again.warnings) == ("READY", [])


def test_what_the_database_refuses_is_found_before_anything_comes_in(desk: Desk) -> None:
    client, url = desk.client("COORDINATOR"), "/work/records/museums.closed_days/import"
    reason = str(ClosedDay.Reason.choices[0][1])
    rows = [["阜阳市科技馆", f"2025-03-0{day}", reason, "检修"] for day in (1, 2, 1, 3)]
    answer = client.post(
        url,
        {
            "file": sheet(
                *rows[:2], [*rows[2][:3], "另一通知"], rows[3], head=["单位", "日期", "原因", "公告"]
            )
        },
    )
    assert answer.status_code == 302, answer.context["error"]
    job = ImportJob.objects.get()
    assert job.state == "FAULTY", (job.message, job.warnings)
    assert [one["cell"] for one in job.problems] == ["第4行"]
    assert ClosedDay.objects.count() == 0


def test_whoever_may_only_draft_imports_drafts(desk: Desk) -> None:
    client = desk.client("SCHOOL", desk.city.school)
    assert client.get(UPLOAD).status_code == 403
    coordinator = desk.client("COORDINATOR")
    job = upload(coordinator, sheet(GOOD), then="draft")
    run(coordinator, job)
    assert [one.state for one in DailyVisits.objects.all()] == [State.DRAFT]
    assert run(coordinator, upload(coordinator, sheet(GOOD), then="draft")).created == 0


def test_a_unit_outside_the_scope_is_not_found(desk: Desk) -> None:
    client = desk.client("MUSEUM_DESK", desk.museum_b)
    job = upload(client, sheet(GOOD))
    assert told(job) == [("A2", "没有找到单位“阜阳市科技馆”，或它不在您的权限范围内。")]
    own = upload(client, sheet(GOOD[1:], head=HEAD[1:]))
    assert run(client, own).state == "DONE"
    assert DailyVisits.objects.get().unit == desk.museum_b


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        ([], HEAD, "表头下面没有数据。"),
        ([["甲", "乙"]], ["子", "丑"], "没有找到表头。请用本页下载的模板填写，并保留第一行的列名。"),
        ([["阜阳市科技馆", "上午"]], ["单位", "时段"], "缺少必需的列：日期。请对照模板补上。"),
    ],
)
def test_a_sheet_without_a_head_or_without_rows_says_so(desk: Desk, rows, head, message) -> None:
    job = upload(desk.client("COORDINATOR"), sheet(*rows, head=head))
    assert (job.state, job.message) == ("FAULTY", message)


def test_what_is_no_sheet_is_refused_on_the_page(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile("名单.doc", b"a,b")})
    assert answer.status_code == 422
    assert "不是 Excel 文件" in answer.content.decode()
    assert client.post(UPLOAD, {}).status_code == 422


def test_an_import_belongs_to_its_account(desk: Desk) -> None:
    job = upload(desk.client("COORDINATOR"), sheet(GOOD))
    other = desk.client("MUSEUM_DESK", desk.city.museum)
    for page in ("", "progress", "marked.xlsx"):
        assert other.get(f"/work/imports/{job.pk}/{page}").status_code == 404
    assert other.post(f"/work/imports/{job.pk}/run").status_code == 404


def test_the_template_is_taken_back_as_it_is(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    book = load_workbook(io.BytesIO(read(client.get("/work/records/museums.visits/template.xlsx"))))
    assert book.sheetnames == ["填写", "填写说明", "选项"]
    assert [cell.value for cell in book["填写"][1]][:4] == ["单位", "日期", "时段", "人次"]
    assert "阜阳市科技馆" in [cell.value for cell in book["选项"]["A"]]
    assert len(book["填写"].data_validations.dataValidation) >= 3
    book["填写"].append(["阜阳市科技馆", dt.date(2025, 3, 1), "上午", 7, "闸机/核销"])
    file = io.BytesIO()
    book.save(file)
    assert upload(client, SimpleUploadedFile("模板.xlsx", file.getvalue())).state == "READY"


def test_an_export_comes_in_again_as_it_went_out(desk: Desk) -> None:
    client = desk.client("COORDINATOR")
    desk.confirmed(note="=1+1")
    content = read(client.get("/work/records/museums.visits/export.xlsx"))
    job = upload(client, SimpleUploadedFile("导出.xlsx", content))
    assert (job.state, job.total, told(job)) == ("READY", 1, [])
    run(client, job)
    assert [one.note for one in DailyVisits.objects.all()] == ["=1+1", "=1+1"]


def test_large_files_are_done_in_the_background(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SMALL_FILE", 0)
    monkeypatch.setattr(web, "FEW_ROWS", 0)
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(GOOD))
    assert job.state == "CHECKING"
    assert client.get(f"/work/imports/{job.pk}/progress").json()["running"] is True
    assert tasks.run_pending() == 1
    job = run(client, job)
    assert job.state == "IMPORTING"
    assert tasks.run_pending() == 1
    job.refresh_from_db()
    assert (job.state, DailyVisits.objects.count()) == ("DONE", 1)


def test_a_job_whose_worker_is_gone_is_put_away_by_cancelling_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SMALL_FILE", 0)
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(GOOD))
    for state in ("CHECKING", "CANCELLED"):
        client.post(f"/work/imports/{job.pk}/cancel")
        job.refresh_from_db()
        assert job.state == state


def test_a_thing_without_a_name_is_known_by_what_it_is_shown_as(desk: Desk) -> None:
    from kexie.contexts.touring.models import Caravan, CaravanStop, CaravanTrip

    city, actor = desk.city, desk.account("COORDINATOR")
    van = Caravan.objects.create(
        association=city.association, unit=city.yingzhou, name="颍州大篷车", bought_on=dt.date(2020, 1, 1)
    )
    common = {"unit": city.yingzhou, "area": city.yingzhou.area, "caravan": van}
    for day in (1, 2):
        when = {"departs_at": dt.time(8), "returned_on": dt.date(2025, 3, day), "returns_at": dt.time(17)}
        trip = CaravanTrip(id=uuid7(), occurred_on=dt.date(2025, 3, day), **when, **common)
        ledger.draft(record=trip, actor=actor, now=NOW, scope=desk.scope)
    client, url = desk.client("COORDINATOR"), "/work/records/touring.caravan_stops/"
    found = client.get(f"{url}choices/trip?q=颍州 2025-3-2&for=entry").json()["items"]
    assert [one["label"] for one in found] == [str(trip)]
    head = ["单位", "出车记录", "日期", "活动地点", "主要对象"]
    audience = str(CaravanStop._meta.get_field("audience").flatchoices[0][1])
    row = ["颍州区科协", f"{trip}", "2025-3-2", "清河路小学", audience]
    answer = client.post(f"{url}import", {"file": sheet(row, [*row[:1], "没有这趟", *row[2:]], head=head)})
    assert answer.status_code == 302, answer.context["error"]
    assert told(ImportJob.objects.get()) == [("B3", "没有找到出车记录“没有这趟”，请先登记或核对名称。")]


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from kexie.workbench.importing import checking, operations
    from tests.foundation.conftest import build_city

    monkeypatch.setattr(checking, "CHUNK", 1)
    city = build_city()
    desk = Desk(city, city.museum)
    client = desk.client("COORDINATOR")
    job = upload(client, sheet(GOOD, ["阜阳市科技馆", "2025-03-02", "上午", 5, "闸机/核销", ""]))
    assert operations.start(job=job, confirms=True)
    assert not operations.start(job=job, confirms=True)
    operations.cancel(job=job)
    operations.run(job=job)
    job.refresh_from_db()
    assert (job.state, DailyVisits.objects.count()) == ("CANCELLED", 0)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("occurred_on", 45717, dt.date(2025, 3, 1)),
        ("occurred_on", "45717", dt.date(2025, 3, 1)),
        ("occurred_on", "２０２５．３．１", dt.date(2025, 3, 1)),
        ("occurred_on", 20250301, dt.date(2025, 3, 1)),
        ("headcount", " 1 320 ", 1320),
        ("headcount", "0", 0),
        ("method", "闸机／核销", "GATE"),
        ("note", 3.0, "3"),
        ("note", "", None),
        ("note", dt.datetime(2025, 3, 1), "2025-03-01"),
        ("note", "甲\n 乙 ", "甲\n乙"),
    ],
)
def test_cells_say_what_people_meant(name: str, raw: object, value: object) -> None:
    assert cells.value(column(DailyVisits, name), raw) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("occurred_on", 7),
        ("occurred_on", "2025-13-01"),
        ("headcount", "约300"),
        ("headcount", "3万"),
        ("note", 10**17),
    ],
)
def test_cells_that_cannot_be_meant_are_refused(name: str, raw: object) -> None:
    with pytest.raises(cells.BadCell):
        cells.value(column(DailyVisits, name), raw)


def test_decimals_keep_their_places() -> None:
    from kexie.contexts.organisations.models import GrassrootsAssociation  # noqa: F401 - models are loaded
    from kexie.foundation.places.models import Place

    assert cells.value(column(Place, "longitude"), "115.81") == Decimal("115.81")
