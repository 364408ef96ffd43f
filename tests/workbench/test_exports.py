"""Exports: exactly the rows of the list, as a sheet can be worked with, written down."""

import datetime as dt
import io

from click.testing import CliRunner
from openpyxl import load_workbook

from kexie.config.cli.records import export, import_
from kexie.foundation.people.models import Person
from kexie.platform.audit.models import Entry
from kexie.workbench.desk import exporting
from tests.workbench.conftest import DAY, Desk, read

EXPORT = "/work/records/museums.visits/export.xlsx"


def sheet(answer) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(read(answer))).active.iter_rows(values_only=True))


def test_exactly_the_rows_of_the_list_are_exported(desk: Desk) -> None:
    desk.confirmed(note="=SUM(A1)")
    desk.visits(occurred_on=DAY + dt.timedelta(days=1), unit=desk.museum_b, headcount=None, method="")
    head, row = sheet(desk.client("COORDINATOR").get(f"{EXPORT}?state=confirmed"))
    found = dict(zip(head, row, strict=True))
    assert (found["单位"], found["日期"], found["人次"], found["计数方法"], found["说明"], found["状态"]) == (
        "阜阳市科技馆",
        dt.datetime.combine(DAY, dt.time()),
        120,
        "闸机/核销",
        "=SUM(A1)",
        "已确认",
    )


def test_an_export_reaches_no_further_than_its_account(desk: Desk) -> None:
    desk.visits()
    assert len(sheet(desk.client("MUSEUM_DESK", desk.museum_b).get(EXPORT))) == 1


def test_an_export_is_written_down_with_its_question(desk: Desk) -> None:
    desk.visits()
    read(desk.client("COORDINATOR").get(f"{EXPORT}?state=draft"))
    (entry,) = Entry.objects.filter(action="records.export")
    assert entry.detail == {"type": "museums.visits", "query": "state=draft", "rows": 1}


def test_too_many_rows_are_asked_to_be_fewer(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "LIMIT", 1)
    for offset in range(2):
        desk.visits(occurred_on=DAY + dt.timedelta(days=offset))
    answer = desk.client("COORDINATOR").get(EXPORT, follow=True)
    assert "请先缩小范围" in answer.content.decode()


def test_people_leave_masked(desk: Desk) -> None:
    from kexie.contexts.workers.models import Suggestion
    from kexie.kernel.ids import uuid7
    from kexie.ledger import operations as ledger
    from tests.foundation.conftest import NOW

    person = Person.objects.create(association=desk.city.association, unit=desk.city.school, name="欧阳明月")
    record = Suggestion(
        id=uuid7(), unit=desk.city.association, area=desk.city.museum.area, occurred_on=DAY, title="多开夜场",
        author=person, author_name=person.masked_name, channel=Suggestion._meta.get_field("channel").flatchoices[0][0],
    )  # fmt: skip
    ledger.draft(record=record, actor=desk.account("COORDINATOR"), now=NOW, scope=desk.scope)
    rows = sheet(desk.client("COORDINATOR").get("/work/records/workers.suggestions/export.xlsx"))
    said = " ".join(str(value) for row in rows for value in row)
    assert "欧**月" in said
    assert "阳明" not in said


def test_the_command_line_exports_and_imports_with_an_accounts_rights(desk: Desk, tmp_path) -> None:
    desk.confirmed(occurred_on=DAY)
    account, path = desk.account("MUSEUM_DESK", desk.city.museum), tmp_path / "出.xlsx"
    done = CliRunner().invoke(export, ["museums.visits", "--as", account.username, "-o", str(path)])
    assert (done.exit_code, path.exists()) == (0, True), done.output
    arguments = [str(path), "--type", "museums.visits", "--as", account.username]
    for told in ("新建 1 条", "新建 0 条（已确认 confirmed），此前已导入 1 行"):
        done = CliRunner().invoke(import_, arguments)
        assert done.exit_code == 0, done.output
        assert told in done.output
