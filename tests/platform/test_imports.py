"""Excel in and out: what is refused, what is read, and that nothing written can run."""

# ruff: noqa: DTZ001 - the cells of a sheet know no time zone

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from kexie.platform.imports import reading, writing
from kexie.platform.imports.reading import SheetRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def xlsx(*rows, title="填写", extra=()) -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name in extra:
        book.create_sheet(name)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(name: str, size: int) -> bytes:
    file = io.BytesIO(xlsx(["a"]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(size))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("空.xlsx", b"", "是空文件"),
        ("旧.xls", OLE, "另存为 .xlsx"),
        ("密.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "取消密码"),
        ("名单.csv", b"a,b\n", "不是 Excel 文件"),
        ("名单.xlsx", b"a,b\n", "不是 Excel 文件"),
        ("破.xlsx", b"PK\x03\x04broken", "已损坏"),
        ("宏.xlsx", with_part("xl/vbaProject.bin", 10), "含有宏"),
        ("炸.xlsx", with_part("xl/media/big.bin", reading.LARGEST_UNPACKED + 1), "展开后过大"),
        ("大.xlsx", b"PK" + bytes(reading.LARGEST_FILE), "超过30 MB"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused_in_words(name: str, content: bytes, told: str) -> None:
    with pytest.raises(SheetRefused, match=told):
        reading.check(name, content)


def test_an_ordinary_file_is_taken() -> None:
    reading.check("表.XLSX", xlsx(["a"]))


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    content = xlsx(["日期", "人次"], [], ["2025-03-01", 3], [None, "  "], ["2025-03-02", None])
    assert [(row.number, row.values) for row in reading.rows(content)] == [
        (1, ("日期", "人次")), (3, ("2025-03-01", 3)), (5, ("2025-03-02",)),
    ]  # fmt: skip


def test_the_named_sheet_is_read_before_the_first() -> None:
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["读我"])
    book.create_sheet("填写").append(["数据"])
    file = io.BytesIO()
    book.save(file)
    assert [row.values for row in reading.rows(file.getvalue(), sheet="填写")] == [("数据",)]
    assert [row.values for row in reading.rows(file.getvalue(), sheet="没有")] == [("读我",)]


def test_words_in_merged_cells_hold_for_every_row_and_numbers_for_the_first_alone() -> None:
    book = Workbook()
    for row in (
        ["乡镇", "学校", "人数"],
        ["城关镇", "甲", 10],
        [None, "乙", None],
        [None, "丙", 3],
        [None, "丁", 4],
    ):
        book.active.append(row)
    for area in ("A2:A4", "C2:C3", "A6:C6"):
        book.active.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    found = [(row.values[0], row.values[2], row.filled) for row in reading.rows(file.getvalue())]
    assert found[1:] == [("城关镇", 10, ()), ("城关镇", None, (1,)), ("城关镇", 3, (1,)), (None, 4, ())]


def test_a_damaged_workbook_is_refused_in_words() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing")
    with pytest.raises(SheetRefused, match="可能已损坏"):
        list(reading.rows(file.getvalue()))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(SheetRefused, match="超过2行"):
        list(reading.rows(xlsx(["a"], ["b"], ["c"])))


@pytest.mark.parametrize("text", ["=1+1", "+86 558", "-5", "@SUM(A1)", "\t=1"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    with writing.workbook("表", [writing.Heading("甲")], [[text]]) as file:
        sheet = load_workbook(file).active
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == (text, "s", True)


def test_dates_and_numbers_are_written_as_such_under_a_frozen_head() -> None:
    rows = [[dt.date(2025, 3, 1), dt.datetime(2025, 3, 1, 9, 30), dt.time(9, 5), 320, None, "a\x00b"]]
    with writing.workbook("a/b", [writing.Heading(label) for label in "日时刻数空文"], rows) as file:
        sheet = load_workbook(file).active
    assert [cell.value for cell in sheet[2]] == [
        dt.datetime(2025, 3, 1), dt.datetime(2025, 3, 1, 9, 30), dt.time(9, 5), 320, None, "ab",
    ]  # fmt: skip
    assert (sheet.freeze_panes, sheet["A2"].number_format, sheet.title) == ("A2", "yyyy-mm-dd", "a_b")
