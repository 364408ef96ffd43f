"""Writing Excel files row by row, in constant memory, with nothing in them that runs."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CellValue = str | int | float | bool | Decimal | dt.date | dt.time | None
# What a spreadsheet would run if the cell were edited (CSV injection); such text is marked as text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DATE, _MOMENT, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"
_HEAD_FONT = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="DFEEE5")
_BAD_FILL = PatternFill("solid", fgColor="FAD4D0")
_HEAD_LINE = Border(bottom=Side("medium", color="15202B"))
_WRAP = Alignment(vertical="top", wrap_text=True)
_IN_MEMORY = 4 * 1024 * 1024
_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}


@dataclass(frozen=True)
class Heading:
    """A column: its label and its width in characters."""

    label: str
    width: int = 14


def workbook(title: str, headings: Sequence[Heading], rows: Iterable[Sequence[CellValue]]) -> IO[bytes]:
    """Return a finished .xlsx, at its beginning: a frozen head, then the rows, with a filter over all."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_title(title))
    count = fill(sheet, headings, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count + 1}"
    return save(book)


def fill(sheet: Worksheet, headings: Sequence[Heading], rows: Iterable[Sequence[CellValue]]) -> int:
    """Write head and rows into an empty sheet; return how many rows there were."""
    for index, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(index)].width = heading.width
    sheet.freeze_panes = "A2"
    sheet.append([head(sheet, heading.label) for heading in headings])
    count = 0
    for row in rows:
        sheet.append([plain(sheet, value) for value in row])
        count += 1
    return count


def head(sheet: Worksheet, label: str) -> Any:
    """Return a cell of the head."""
    cell = WriteOnlyCell(sheet, label)
    cell.font, cell.fill, cell.border = _HEAD_FONT, _HEAD_FILL, _HEAD_LINE
    return cell


def plain(sheet: Worksheet, value: CellValue) -> Any:
    """Return what to append for a value: dates with a format, text that can never be a formula."""
    if isinstance(value, str):
        return _text(sheet, value.translate(_ILLEGAL))
    if isinstance(value, dt.date | dt.time):
        cell: Any = WriteOnlyCell(sheet, None)
        cell.value = value
        cell.number_format = _format(value)
        return cell
    return value


def marked(sheet: Worksheet, value: Any) -> Any:
    """Return a cell that stands out as wrong."""
    shown = plain(sheet, value)
    cell = shown if hasattr(shown, "fill") else WriteOnlyCell(sheet, shown)
    cell.fill = _BAD_FILL
    return cell


def wrapped(sheet: Worksheet, value: str) -> Any:
    """Return a cell whose text breaks into lines."""
    cell = _text(sheet, value)
    cell = cell if hasattr(cell, "alignment") else WriteOnlyCell(sheet, cell)
    cell.alignment = _WRAP
    return cell


def save(book: Workbook) -> IO[bytes]:
    """Return a workbook as an open file at its beginning; the caller closes it."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed to the caller
    book.save(file)
    file.seek(0)
    return file


def sheet_title(title: str) -> str:
    """Return a title that Excel takes: at most 31 characters, none of its reserved marks."""
    return "".join("_" if character in "[]:*?/\\" else character for character in title)[:31] or "Sheet"


def _text(sheet: Worksheet, value: str) -> Any:
    if not value.startswith(_FORMULA_STARTS):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def _format(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime):
        return _MOMENT
    return _DATE if isinstance(value, dt.date) else _TIME
