"""A return as files: a workbook in the form's own layout, and one that a platform can import."""

import csv
import io
import json
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kexie.platform.imports import writing
from kexie.reporting.returns import editions, queries
from kexie.reporting.returns.editions import Edition, Sheet
from kexie.reporting.returns.models import Return
from kexie.reporting.returns.queries import Line

CSV, JSON = "text/csv; charset=utf-8", "application/json"
COLUMNS = (
    "scheme",
    "year",
    "unit",
    "sheet",
    "key",
    "code",
    "label",
    "measure_unit",
    "value",
    "status",
    "note",
)
_WIDTHS = (8, 14, 46, 12, 16, 10, 40)
_LINE = Side("thin", color="000000")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_TITLE, _CENTRE = Font(bold=True, size=16), Alignment(horizontal="center", vertical="center")
_ROWS_ABOVE = 4


def workbook(filed: Return) -> bytes:
    """Return the form: one sheet for each table, with its number, unit, year, boxes and places for seals."""
    edition, book = editions.edition(filed.edition), Workbook()
    book.remove(book.worksheets[0])
    for sheet, lines in queries.lines(filed):
        _fill(book.create_sheet(writing.sheet_title(sheet.code)), edition, filed, sheet, lines)
    with writing.save(book) as file:
        return file.read()


def _fill(page: Worksheet, edition: Edition, filed: Return, sheet: Sheet, lines: list[Line]) -> None:
    for number, width in enumerate(_WIDTHS):
        page.column_dimensions["ABCDEFG"[number]].width = width
    page["A1"], page["A1"].font, page["A1"].alignment = sheet.title, _TITLE, _CENTRE
    page.merge_cells("A1:G1")
    page["A2"] = _("表号：%(number)s") % {"number": sheet.number}
    page["E2"] = _("%(year)d年") % {"year": edition.year}
    page["A3"] = _("填报单位：%(unit)s") % {"unit": filed.unit.name}
    heads = (_("序号"), _("代码"), _("指标名称"), _("计量单位"), _("数值"), _("性质"), _("说明"))
    _append(page, _ROWS_ABOVE, heads)
    for count, line in enumerate(lines, 1):
        _append(page, _ROWS_ABOVE + count, _row(count, line))
    row = _ROWS_ABOVE + len(lines) + 2
    for seal in edition.seals:
        page.cell(row, 1, f"{seal}：")
        row += 2
    page.page_setup.paperSize, page.page_setup.orientation = 9, "portrait"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToHeight = 0
    page.print_title_rows = f"1:{_ROWS_ABOVE}"


def _row(count: int, line: Line) -> tuple[Any, ...]:
    value = line.value
    is_number = value is not None and value.number is not None
    shown = (
        float(line.shown) if is_number and line.item.places else int(line.shown) if is_number else line.shown
    )
    status = value.get_status_display() if value else ""
    return count, line.item.code, line.item.label, line.item.unit, shown, status, value.note if value else ""


def _append(page: Worksheet, row: int, cells: tuple[Any, ...]) -> None:
    for column, value in enumerate(cells, 1):
        box = page.cell(row, column, value)
        box.border = _BOX
        if isinstance(value, str):
            box.data_type = "s"
            box.alignment = Alignment(wrap_text=True, vertical="center")


def as_rows(filed: Return) -> list[dict[str, Any]]:
    """Return one object for each item, with the names of COLUMNS."""
    edition = editions.edition(filed.edition)
    return [
        {
            "scheme": edition.scheme, "year": edition.year, "unit": filed.unit.credit_code or filed.unit.code,
            "sheet": sheet.code, "key": line.item.key, "code": line.item.code, "label": line.item.label,
            "measure_unit": line.item.unit, "value": line.shown,
            "status": line.value.status if line.value else "", "note": line.value.note if line.value else "",
        }
        for sheet, lines in queries.lines(filed)
        for line in lines
    ]  # fmt: skip


def as_csv(filed: Return) -> bytes:
    """Return the rows as CSV that Excel opens (UTF-8 with its mark)."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for row in as_rows(filed):
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return ("\ufeff" + file.getvalue()).encode()


def as_json(filed: Return) -> bytes:
    """Return the rows as JSON."""
    head = {"format": "kexie-return/1", "edition": filed.edition, "stage": filed.stage}
    return json.dumps({**head, "items": as_rows(filed)}, ensure_ascii=False, indent=1).encode()


def _harmless(value: Any) -> Any:
    """A spreadsheet runs text that begins like a formula; a bare dash is no formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and len(text) > 1 else value
