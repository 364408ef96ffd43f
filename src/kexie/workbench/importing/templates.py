"""Two workbooks about an import: the empty template, and a checked file with its problems marked."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kexie.kernel.scope import Scope
from kexie.ledger.record_types import DeskType
from kexie.platform.imports import writing
from kexie.platform.imports.reading import SheetRow
from kexie.workbench.desk import candidates
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.importing import headings
from kexie.workbench.importing.operations import SHEET
from kexie.workbench.models import ImportJob

MOST_NAMES = 1_000
_VALIDATED_ROWS = 2_000
_EXAMPLES = {Kind.DATE: "2025-03-01", Kind.TIME: "9:30", Kind.NUMBER: "320", Kind.FLAG: "是"}
_WIDTHS = {Kind.DATE: 13, Kind.TIME: 9, Kind.NUMBER: 10, Kind.RELATION: 24}


def template(desk_type: DeskType, scope: Scope) -> IO[bytes]:
    """Return the template of a type: the sheet to fill, how to fill it, and what may be chosen."""
    book = Workbook(write_only=True)
    sheet, how, options = (
        book.create_sheet(SHEET),
        book.create_sheet(_("填写说明")),
        book.create_sheet(_("选项")),
    )
    shown = headings.importable(desk_type)
    lists = {one.name: offered(one, scope) for one in shown}
    heads = [writing.Heading(str(one.label), _WIDTHS.get(one.kind, 16)) for one in shown]
    _validate(sheet, options.title, shown, lists)
    writing.fill(sheet, [*heads, writing.Heading(headings.NUMBER_LABEL, 16)], [])
    widths = (
        writing.Heading(_("列"), 20),
        writing.Heading(_("是否必填"), 10),
        writing.Heading(_("怎样填"), 70),
    )
    writing.fill(how, widths, (_how(one, desk_type) for one in shown))
    how.append([headings.NUMBER_LABEL, _("选填"), _("来源系统里的唯一编号。填了编号，同一编号只导入一次。")])
    _write_options(options, shown, lists)
    return writing.save(book)


def marked(job: ImportJob, rows: Iterable[SheetRow]) -> IO[bytes]:
    """Return a checked file's cells in their places, the faulty ones red, with the problems in the last column."""
    by_row: dict[int, list[dict[str, Any]]] = {}
    for problem in [*job.problems, *job.warnings]:
        by_row.setdefault(problem["row"], []).append(problem)
    red = {(one["row"], one["column"]) for one in job.problems}
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    listed = list(rows)
    width = max((len(row.values) for row in listed), default=0)
    last, is_head = 0, True
    for row in listed:
        for _blank in range(last + 1, row.number):
            sheet.append([])
        told = _("；").join(one["message"] for one in by_row.get(row.number, ()))
        cells = [_cell(sheet, row, index, red) for index in range(1, width + 1)]
        head = headings.PROBLEM_LABEL if is_head and not told else told
        sheet.append([*cells, writing.wrapped(sheet, head)])
        last, is_head = row.number, False
    return writing.save(book)


def _cell(sheet: Any, row: SheetRow, index: int, red: set[tuple[int, int]]) -> Any:
    value = headings.cell(row, index)
    return writing.marked(sheet, value) if (row.number, index) in red else writing.plain(sheet, value)


def offered(one: Column, scope: Scope) -> list[str]:
    """Return the names to choose from in a column, none where the value is typed."""
    if one.field is None:
        return []
    if one.kind is Kind.CHOICE:
        return [str(label) for _code, label in one.field.flatchoices]
    if one.kind is Kind.FLAG:
        return [_("是"), _("否")]
    if one.kind is Kind.RELATION:
        found = candidates.candidates(one.field, scope)[:MOST_NAMES]
        name = candidates.names_of(found.model)[0]
        return [str(getattr(thing, name) if name != "pk" else thing) for thing in found]
    return []


def _validate(sheet: Any, options: str, shown: Sequence[Column], lists: dict[str, list[str]]) -> None:
    """Offer the options as drop-downs. Names are offered but not forced: there may be more than are listed."""
    for index, one in enumerate(shown, 1):
        if not lists[one.name]:
            continue
        letter = get_column_letter(index)
        rule = DataValidation(
            type="list",
            formula1=f"'{options}'!${letter}$2:${letter}${len(lists[one.name]) + 1}",
            allow_blank=True,
            showErrorMessage=one.kind is not Kind.RELATION,
        )
        rule.add(f"{letter}2:{letter}{_VALIDATED_ROWS}")
        sheet.data_validations.append(rule)


def _write_options(sheet: Any, shown: Sequence[Column], lists: dict[str, list[str]]) -> None:
    heads = [writing.Heading(str(one.label), _WIDTHS.get(one.kind, 16)) for one in shown]
    longest = max((len(values) for values in lists.values()), default=0)
    rows = ([_nth(lists[one.name], index) for one in shown] for index in range(longest))
    writing.fill(sheet, heads, rows)


def _nth(values: list[str], index: int) -> str | None:
    return values[index] if index < len(values) else None


def _how(one: Column, desk_type: DeskType) -> list[str]:
    must = _("必填") if headings.is_required(desk_type, one) else _("选填")
    said = str(one.field.help_text) if one.field is not None else ""
    example = _EXAMPLES.get(one.kind, "")
    if one.kind in {Kind.CHOICE, Kind.RELATION, Kind.FLAG}:
        said = " ".join(filter(None, (said, _("从“选项”表中选，填名称即可。"))))
    if one.name == "area":
        said = _("不填时为单位所在的地区。")
    if example:
        said = " ".join(filter(None, (said, _("例如 %(example)s。") % {"example": example})))
    return [str(one.label), must, said]
