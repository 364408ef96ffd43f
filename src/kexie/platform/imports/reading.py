"""Reading the Excel files that offices upload, however they were made."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter

from kexie.kernel.errors import UserError

MEGABYTE = 1024 * 1024
LARGEST_FILE = 30 * MEGABYTE
# A sheet of 100 000 rows unpacks to some 60 MB; a file made to burst unpacks to gigabytes.
LARGEST_UNPACKED = 400 * MEGABYTE
MOST_ROWS = 100_000
# Formatting dragged down to the last row of a sheet leaves hundreds of thousands of empty rows.
MOST_EMPTY_ROWS = 2_000
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LONGEST_MERGE = 60
_NUMBER = re.compile(r"[\d０-９.,，．%％\s-]*")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class SheetRefused(UserError):
    """A file that cannot be read as a table; the message says what to send instead."""


@dataclass(frozen=True)
class SheetRow:
    """One row that is not empty: its number as Excel shows it, and its values from column A.

    `filled`: the columns (from 1) whose words stand in a cell merged over several rows, of which this is not the first.
    """

    number: int
    values: tuple[Any, ...]
    filled: tuple[int, ...] = ()


def check(name: str, content: bytes) -> None:
    """Raise SheetRefused unless the content is an .xlsx file of reasonable size."""
    if not content:
        raise SheetRefused(_("“%(name)s”是空文件，请重新选择。") % {"name": name})
    if len(content) > LARGEST_FILE:
        values = {"name": name, "limit": LARGEST_FILE // MEGABYTE}
        raise SheetRefused(_("“%(name)s”超过%(limit)d MB，请拆成几个文件分别导入。") % values)
    if content.startswith(OLE):
        if _ENCRYPTED in content:
            raise SheetRefused(_("“%(name)s”设有打开密码，请在 Excel 中取消密码后再上传。") % {"name": name})
        raise SheetRefused(
            _("“%(name)s”是旧版 Excel 文件（.xls），请用 Excel 或 WPS 另存为 .xlsx 后再上传。")
            % {"name": name}
        )
    if not name.lower().endswith(".xlsx") or not content.startswith(b"PK"):
        raise SheetRefused(_("“%(name)s”不是 Excel 文件（.xlsx），请下载模板填写后再上传。") % {"name": name})
    _check_archive(name, content)


def rows(content: bytes, *, sheet: str = "") -> Iterator[SheetRow]:
    """Yield the rows of the named sheet (the first visible one without it) that are not empty.

    Raises SheetRefused when there are more than MOST_ROWS.
    """
    book = _open(content)
    try:
        yield from _rows_of(_choose(book, sheet), content)
    finally:
        book.close()


def every(content: bytes) -> dict[str, list[SheetRow]]:
    """Return the rows of all sheets by title, hidden ones too; hidden rows and columns are read like others."""
    book = _open(content)
    try:
        return {one.title: list(_rows_of(one, content)) for one in book.worksheets}
    finally:
        book.close()


def uncomputed(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Return row and column of the formulas by sheet, if there are any: their values may never have been computed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [one for one in archive.namelist() if one.startswith("xl/worksheets/")]
        if not any(_has_formula(archive, one) for one in sheets):
            return {}
    book = _open(content, data_only=False)
    try:
        return {one.title: _formulas(one) for one in book.worksheets}
    finally:
        book.close()


def address(column: int, row: int) -> str:
    """Return a cell's address as Excel writes it: column 2 of row 7 is B7."""
    return f"{get_column_letter(column)}{row}"


def _open(content: bytes, *, data_only: bool = True) -> Any:
    try:
        return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    except Exception as error:  # whatever openpyxl stumbles over in a damaged file
        raise SheetRefused(
            _("无法读取这个文件，它可能已损坏。请在 Excel 中打开并另存为 .xlsx 后再上传。")
        ) from error


def _has_formula(archive: zipfile.ZipFile, name: str) -> bool:
    content = archive.read(name)
    return b"<f>" in content or b"<f " in content


def _formulas(sheet: Any) -> set[tuple[int, int]]:
    sheet.reset_dimensions()
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {(cell.row, cell.column) for cell in cells if cell.data_type == "f"}


def _rows_of(found: Any, content: bytes) -> Iterator[SheetRow]:
    merged = _Merged(_merged(content, found._worksheet_path))  # noqa: SLF001 - openpyxl tells it nowhere else
    # Some programs write a wrong size into the file; the rows themselves are right.
    found.reset_dimensions()
    empty = count = 0
    for number, values in enumerate(found.iter_rows(values_only=True), 1):
        if _is_empty(values):
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                return
            continue
        empty, count = 0, count + 1
        if count > MOST_ROWS:
            raise SheetRefused(_("超过%(limit)d行，请拆成几个文件分别导入。") % {"limit": MOST_ROWS})
        yield merged.fill(number, values)


class _Merged:
    """Cells of one column merged over several rows: their words hold for each of the rows, numbers for the first alone.

    A number that is meant once would be counted as often as there are rows.
    """

    def __init__(self, areas: dict[int, list[tuple[int, int]]]) -> None:
        self.areas, self.words = areas, dict[tuple[int, int], str]()

    def fill(self, number: int, values: Sequence[Any]) -> SheetRow:
        """Return a row with the words that its merged cells show."""
        if number not in self.areas:
            return SheetRow(number, tuple(values))
        found, filled = list(values), []
        for column, first in self.areas[number]:
            found += [None] * (column - len(found))
            if number == first:
                self.words[column, first] = _words(found[column - 1])
            elif found[column - 1] is None and (words := self.words.get((column, first))):
                found[column - 1] = words
                filled.append(column)
        return SheetRow(number, tuple(found), tuple(filled))


def _words(value: Any) -> str:
    return value if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()) else ""


def _merged(content: bytes, path: str) -> dict[int, list[tuple[int, int]]]:
    """Return by row the columns that are merged over it and the first row of each; they stand behind the rows in a sheet."""
    found: dict[int, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path) as sheet:
        rest = b""
        while part := sheet.read(MEGABYTE):
            rest, done = rest + part, 0
            for one in _MERGE.finditer(rest):
                done = one.end()
                left, first, right, last = (piece.decode() for piece in one.groups())
                if left == right:
                    column = column_index_from_string(left)
                    for row in range(int(first), min(int(last), int(first) + MOST_EMPTY_ROWS) + 1):
                        found.setdefault(row, []).append((column, int(first)))
            rest = rest[max(done, len(rest) - _LONGEST_MERGE) :]
    return found


def _choose(book: Any, sheet: str) -> Any:
    visible = [one for one in book.worksheets if one.sheet_state == "visible"]
    if not visible:
        raise SheetRefused(_("文件里没有可见的工作表。"))
    return next((one for one in visible if one.title == sheet), visible[0])


def _is_empty(values: Sequence[Any]) -> bool:
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)


def _check_archive(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise SheetRefused(_("“%(name)s”已损坏，请重新保存后再上传。") % {"name": name}) from error
    names = {part.filename for part in parts}
    if not any(one.startswith("xl/") for one in names):
        raise SheetRefused(_("“%(name)s”不是 Excel 文件（.xlsx），请下载模板填写后再上传。") % {"name": name})
    if any("vbaProject" in one for one in names):
        raise SheetRefused(_("“%(name)s”含有宏，请另存为不含宏的 .xlsx 后再上传。") % {"name": name})
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise SheetRefused(_("“%(name)s”展开后过大，请检查是否含有大量空行或图片。") % {"name": name})
