"""What a spreadsheet itself checks in a package: lists, days, numbers, lengths, and cells that must not stay empty."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kexie.ledger.record_types import RecordType
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.importing import headings

_EMPTY = PatternFill("solid", bgColor="FBE3B5")
_PROMPT, _TITLE = 250, 30
_MOST = 2_147_483_647
_DAY = dt.date(1899, 12, 30)


def validate(
    sheet: Any, column: Column, place: tuple[str, int, int], *, list_name: str, days: tuple[dt.date, dt.date],
    note: str,
) -> None:  # fmt: skip
    """Have a spreadsheet check one column; `place` is its letter, first and last row."""
    letter, first, last = place
    rule = _rule(column, list_name, days)
    rule.prompt, rule.promptTitle = note[:_PROMPT], str(column.label)[:_TITLE]
    rule.showInputMessage = True
    rule.errorTitle = str(column.label)[:_TITLE]
    rule.add(f"{letter}{first}:{letter}{last}")
    sheet.data_validations.append(rule)


def mark_missing(
    sheet: Any, record_type: RecordType, shown: Sequence[Column], *, first_column: int, rows: tuple[int, int]
) -> None:
    """Colour the cells that must be filled in rows that are begun."""
    first, last = rows
    begin, end = get_column_letter(first_column), get_column_letter(first_column + len(shown) - 1)
    for index, one in enumerate(shown, first_column):
        if not headings.is_required(record_type, one) or one.name == "unit":
            continue
        letter = get_column_letter(index)
        formula = f'AND(COUNTA(${begin}{first}:${end}{first})>0,TRIM({letter}{first})="")'
        sheet.conditional_formatting.add(
            f"{letter}{first}:{letter}{last}",
            FormulaRule(formula=[formula], fill=_EMPTY),  # type: ignore[no-untyped-call]  # openpyxl has no types
        )


def _rule(column: Column, list_name: str, days: tuple[dt.date, dt.date]) -> DataValidation:
    if list_name:
        # Names are offered but not forced: there may be more than are listed.
        return DataValidation(
            type="list", formula1=list_name, allow_blank=True, showErrorMessage=column.kind is not Kind.RELATION,
            error=_("请从列表中选择。"),
        )  # fmt: skip
    if column.name == "occurred_on":
        first, last = days
        error = _("请填写 %(first)s 至 %(last)s 之间的日期。") % {"first": first, "last": last}
        return _between("date", _serial(first), _serial(last), error)
    if column.kind is Kind.DATE:
        return _between(
            "date",
            _serial(dt.date(1950, 1, 1)),
            _serial(dt.date(2199, 12, 31)),
            _("请填写日期，如 2026-03-01。"),
        )
    if column.kind is Kind.NUMBER:
        return _number(column)
    length = getattr(column.field, "max_length", None)
    if column.kind is Kind.TEXT and length:
        error = _("最多%(n)d个字。") % {"n": length}
        return DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(length), allow_blank=True,
            showErrorMessage=True, error=error,
        )  # fmt: skip
    return DataValidation(allow_blank=True)


def _number(column: Column) -> DataValidation:
    places = getattr(column.field, "decimal_places", 0)
    if places:
        return _between("decimal", -_MOST, _MOST, _("请只填数字，不写单位。"))
    is_positive = type(column.field).__name__.startswith("Positive")
    small = type(column.field).__name__.endswith("SmallIntegerField")
    most = 32_767 if small else _MOST
    return _between("whole", 0 if is_positive else -most, most, _("请填写整数，不写单位。"))


def _between(kind: Any, low: int, high: int, error: str) -> DataValidation:
    return DataValidation(
        type=kind, operator="between", formula1=str(low), formula2=str(high), allow_blank=True,
        showErrorMessage=True, error=error,
    )  # fmt: skip


def _serial(day: dt.date) -> int:
    return (day - _DAY).days
