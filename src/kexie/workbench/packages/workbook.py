"""A package as a workbook: how to fill it, a sheet for each type, the lists to choose from, the signed manifest."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection

from kexie.kernel.scope import Scope
from kexie.ledger.record_types import RecordType
from kexie.platform.imports import writing
from kexie.platform.imports.writing import CellValue, Heading
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.importing import headings, templates
from kexie.workbench.packages import manifest, snapshots, validating
from kexie.workbench.packages.models import Package

README, CODES = "填写说明", "代码表"
# What tells a row again; hidden, and found by these words wherever the columns were moved to.
KEY, VERSION = "行标识", "行版本"
HEAD_ROW = 3
_FIRST_COLUMN = 3
_SPARE_ROWS = 3_000
_NOTE_FONT, _TITLE_FONT = Font(color="5A6672", size=9), Font(bold=True, size=14)
_NOTE_FILL = PatternFill("solid", fgColor="F4F6F5")

KeyedRow = tuple[str, str, Sequence[CellValue]]


@dataclass
class Sheet:
    """One type's sheet: its title, what may be chosen in its columns, the records that go out in it."""

    record_type: RecordType
    title: str
    scope: Scope
    rows: Iterable[KeyedRow]
    count: int
    shown: list[Column] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = snapshots.columns_of(self.record_type)


def titles(record_types: Sequence[RecordType]) -> dict[str, str]:
    """Return a title for each type's sheet, none of them twice."""
    found: dict[str, str] = {}
    for one in record_types:
        title, n = writing.sheet_title(str(one.name)), 1
        while title in {*found.values(), README, CODES, manifest.SHEET}:
            n += 1
            title = f"{writing.sheet_title(str(one.name))[:28]}{n}"
        found[one.key] = title
    return found


def write(package: Package, sheets: Sequence[Sheet]) -> IO[bytes]:
    """Return the workbook as an open file."""
    book: Any = Workbook(write_only=True)
    _write_readme(book.create_sheet(README), package, sheets)
    lists = _Lists(book)
    for one in sheets:
        _write_sheet(book.create_sheet(one.title), package, one, lists)
    lists.write(book.create_sheet(CODES))
    hidden = book.create_sheet(manifest.SHEET)
    hidden.sheet_state = "veryHidden"
    for line in manifest.sign(package, {one.record_type.key: one.title for one in sheets}):
        hidden.append([line])
    # Sheets keep their names and places; every cell stays open.
    book.security = WorkbookProtection(lockStructure=True)
    return writing.save(book)


class _Lists:
    """The lists of all columns, each once, under names that formulas know."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.names: dict[tuple[str, ...], str] = {}
        self.heads: list[Heading] = []

    def name(self, column: Column, scope: Scope) -> str:
        """Return the name of a column's list, "" if it has none."""
        values = tuple(templates.offered(column, scope))
        if not values:
            return ""
        if values not in self.names:
            self.names[values] = name = f"KX_{len(self.names) + 1}"
            self.heads.append(Heading(str(column.label), 24))
            letter = get_column_letter(len(self.names))
            area = f"'{CODES}'!${letter}$2:${letter}${len(values) + 1}"
            self.book.defined_names[name] = DefinedName(name, attr_text=area)
        return self.names[values]

    def write(self, sheet: Any) -> None:
        """Write them side by side."""
        longest = max((len(values) for values in self.names), default=0)
        rows = (
            [values[index] if index < len(values) else None for values in self.names]
            for index in range(longest)
        )
        writing.fill(sheet, self.heads, rows)


def _write_sheet(sheet: Any, package: Package, one: Sheet, lists: _Lists) -> None:
    first, last = HEAD_ROW + 1, HEAD_ROW + one.count + _SPARE_ROWS
    days = (package.starts_on, package.ends_on - dt.timedelta(days=1))
    notes = [_note(column, one.record_type, days) for column in one.shown]
    for index, column in enumerate(one.shown, _FIRST_COLUMN):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = _width(column)
        validating.validate(
            sheet, column, (letter, first, last), list_name=lists.name(column, one.scope), days=days,
            note=notes[index - _FIRST_COLUMN],
        )  # fmt: skip
    for letter in ("A", "B"):
        sheet.column_dimensions[letter].hidden = True
    sheet.row_dimensions[2].height = 46
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    sheet.append(
        [
            "",
            "",
            _styled(
                sheet, _("%(name)s：从第4行起填写，一行一条") % {"name": one.record_type.name}, _TITLE_FONT
            ),
        ]
    )
    sheet.append(["", "", *(_noted(sheet, note) for note in notes)])
    sheet.append([writing.head(sheet, label) for label in (KEY, VERSION, *(str(c.label) for c in one.shown))])
    for key, version, values in one.rows:
        sheet.append([key, version, *(writing.plain(sheet, value) for value in values)])
    validating.mark_missing(sheet, one.record_type, one.shown, first_column=_FIRST_COLUMN, rows=(first, last))


def _note(column: Column, record_type: RecordType, days: tuple[dt.date, dt.date]) -> str:
    must = _("必填") if headings.is_required(record_type, column) else _("选填")
    if column.name == "unit":
        must = _("不填时为本工作包的单位")
    parts = [must, _unit(column, days), str(column.field.help_text or "")]
    return _("；").join(filter(None, parts))


def _unit(column: Column, days: tuple[dt.date, dt.date]) -> str:
    if column.name == "occurred_on":
        return _("%(first)s 至 %(last)s") % {"first": days[0], "last": days[1]}
    said = {
        Kind.DATE: _("日期，如 2026-03-01"),
        Kind.TIME: _("时间，如 9:30"),
        Kind.NUMBER: _("数字，不写单位"),
        Kind.FLAG: _("填“是”或“否”"),
        Kind.CHOICE: _("从列表中选"),
        Kind.RELATION: _("从列表中选，或填已登记的名称"),
    }.get(column.kind, "")
    return _("只填整数，单位人次") if column.name == "headcount" else said


def _write_readme(sheet: Any, package: Package, sheets: Sequence[Sheet]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 96
    sheet.append([_styled(sheet, _("离线工作包"), _TITLE_FONT)])
    for label, value in _facts(package):
        sheet.append([writing.head(sheet, label), writing.plain(sheet, value)])
    sheet.append([])
    sheet.append([_styled(sheet, _("怎样填"), _TITLE_FONT)])
    for number, line in enumerate(_how(), 1):
        sheet.append([number, writing.wrapped(sheet, line)])
    sheet.append([])
    sheet.append([writing.head(sheet, _("工作表")), writing.head(sheet, _("填什么"))])
    for one in sheets:
        sheet.append([one.title, writing.wrapped(sheet, str(one.record_type.help or one.record_type.name))])


def _facts(package: Package) -> list[tuple[str, CellValue]]:
    last = package.ends_on - dt.timedelta(days=1)
    made = timezone.localtime(package.made_at).replace(tzinfo=None)
    return [
        (_("工作包编号"), package.code),
        (_("科协"), str(package.association)),
        (_("单位"), str(package.unit)),
        (_("填报期间"), _("%(first)s 至 %(last)s") % {"first": package.starts_on, "last": last}),
        (_("制作人"), str(package.made_by)),
        (_("数据截至"), made),
        (_("有效期至"), package.valid_until),
    ]


def _how() -> list[str]:
    return [
        _("不用联网，用 Excel 或 WPS 打开都行。每张表从第4行起填，一行一条；不用的表空着。"),
        _("新的一条填在下面的空行，也可以在中间插入行、排序、移动列。请不要在另一个文件里重新做表。"),
        _("已有的记录直接在原处改：改了哪几格，系统只更正哪几格。隐藏的前两列是行的标识，请不要改动。"),
        _("删去一行不会删除系统里的记录：交回后系统会问您是保留还是冲销。"),
        _("下拉列表里的选项在“代码表”里；列表里没有的单位、地点，请先在系统里登记。"),
        _("标成黄色的格子必须填。人次要写计数方法；没有计数就都留空，不要估填。"),
        _("不要填写身份证号、手机号等个人信息，也不要填写涉密内容。"),
        _(
            "填好后在系统的“离线工作包”里交回。先核对、再并入；同一个文件交两次、两台电脑上各填一份，都不会重复计数。"
        ),
    ]


def _styled(sheet: Any, value: str, font: Font) -> Any:
    found = WriteOnlyCell(sheet, value)
    found.font = font
    return found


def _noted(sheet: Any, value: str) -> Any:
    found = writing.wrapped(sheet, value)
    found.font, found.fill = _NOTE_FONT, _NOTE_FILL
    return found


def _width(column: Column) -> int:
    if column.name in {"title", "note", "award"}:
        return 32
    return {Kind.DATE: 14, Kind.TIME: 11, Kind.NUMBER: 13, Kind.RELATION: 24, Kind.FLAG: 11}.get(
        column.kind, 18
    )
