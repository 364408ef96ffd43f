"""From a cell to a value: what Excel makes of what people type, undone."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from kexie.kernel import text
from kexie.workbench.desk.columns import Column, Kind

# Serial day numbers of the years 1954 to 2119; other whole numbers are no dates.
_SERIALS = range(20_000, 80_001)
# Excel keeps fifteen digits of a number and makes the others 0.
_DIGITS = 15
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_YES = frozenset({"是", "有", "√", "✓", "true", "1", "y", "yes", "已举办"})
_NO = frozenset({"否", "无", "×", "✗", "false", "0", "n", "no", "未举办", "取消"})


_Reader: TypeAlias = Callable[[Column, Any, str], Any]


class BadCell(ValueError):
    """A cell that cannot be read; the message tells the person who filled it."""


def as_text(raw: Any) -> str:
    """Return a cell as one cleaned line, whatever Excel made of it."""
    if raw is None:
        return ""
    if isinstance(raw, dt.datetime):
        return raw.strftime("%Y-%m-%d" if raw.time() == dt.time() else "%Y-%m-%d %H:%M")
    if isinstance(raw, bool):
        return _("是") if raw else _("否")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and abs(raw) >= 10**_DIGITS:
        raise BadCell(_("数字超过15位，Excel 已丢失末几位；请把单元格设为文本格式后重新填写。"))
    shown = text.clean(str(raw))
    if shown in _ERRORS:
        raise BadCell(_("单元格是公式错误值%(value)s，请改为实际内容。") % {"value": shown})
    return shown


def value(column: Column, raw: Any) -> Any:
    """Return a cell's value for a column that is no relation; None for an empty cell. Raises BadCell."""
    shown = as_text(raw)
    if not shown:
        return None
    read: _Reader = _READERS.get(column.kind, _text)
    found = read(column, raw, shown)
    _validate(column, found)
    return found


def _validate(column: Column, found: Any) -> None:
    if column.field is None:
        return
    try:
        column.field.run_validators(found)
    except ValidationError as error:
        raise BadCell("；".join(error.messages)) from error


def _text(column: Column, raw: Any, shown: str) -> str:
    return text.clean_lines(raw) if isinstance(raw, str) and "\n" in raw else shown


def _day(column: Column, raw: Any, shown: str) -> dt.date:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, int | float) and int(raw) in _SERIALS:
        return _from_serial(int(raw))
    if shown.isdigit() and int(shown) in _SERIALS:
        return _from_serial(int(shown))
    try:
        return text.date(shown)
    except ValueError:
        raise BadCell(_("“%(value)s”不是日期，请填写如 2025-03-01。") % {"value": shown}) from None


def _from_serial(number: int) -> dt.date:
    found: Any = from_excel(number)
    return dt.date(found.year, found.month, found.day)


def _clock(column: Column, raw: Any, shown: str) -> dt.time:
    if isinstance(raw, dt.datetime):
        return raw.time().replace(second=0, microsecond=0)
    if isinstance(raw, dt.time):
        return raw.replace(second=0, microsecond=0)
    if isinstance(raw, float) and 0 <= raw < 1:
        minutes = round(raw * 24 * 60)
        return dt.time(minutes // 60 % 24, minutes % 60)
    try:
        return text.time(shown)
    except ValueError:
        raise BadCell(_("“%(value)s”不是时间，请填写如 9:30。") % {"value": shown}) from None


def _number(column: Column, raw: Any, shown: str) -> int | Decimal:
    try:
        found = Decimal(text.number(shown))
    except InvalidOperation:
        raise BadCell(_("“%(value)s”不是数字，请只填数字，不写单位。") % {"value": shown}) from None
    places = getattr(column.field, "decimal_places", 0)
    if found != round(found, places):
        told = _("应为整数") if not places else _("最多%(places)d位小数") % {"places": places}
        raise BadCell(f"“{shown}”{told}。")
    return found if places else int(found)


def _flag(column: Column, raw: Any, shown: str) -> bool:
    key = text.key(shown)
    if key in _YES or key in _NO:
        return key in _YES
    raise BadCell(_("“%(value)s”应填“是”或“否”。") % {"value": shown})


def _choice(column: Column, raw: Any, shown: str) -> Any:
    codes = _codes(column.field)
    code = codes.get(shown) or codes.get(text.key(shown))
    if code is not None:
        return code
    labels = "、".join(str(label) for _code, label in getattr(column.field, "flatchoices", ())[:12])
    raise BadCell(_("没有“%(value)s”这个选项，可填：%(labels)s。") % {"value": shown, "labels": labels})


@cache
def _codes(field: Any) -> dict[str, Any]:
    """Return the codes of a field's choices by every spelling; labels in each language the interface has."""
    found: dict[str, Any] = {}
    for code, label in field.flatchoices:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                found |= {str(label): code, text.key(str(label)): code}
        found |= {str(code): code, text.key(str(code)): code}
    return found


_READERS: dict[Kind, _Reader] = {
    Kind.DATE: _day,
    Kind.TIME: _clock,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
}
