"""Which column of a sheet is which field: any order, with titles above and spellings of every office."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kexie.kernel import text
from kexie.ledger.models import HeadCounted
from kexie.ledger.record_types import DeskType
from kexie.platform.imports.reading import SheetRefused, SheetRow
from kexie.workbench.desk.columns import Column, columns
from kexie.workbench.desk.forms import editable

# A column by which a source tells its own rows apart; with it, the same row is known even after a correction.
NUMBER_LABEL = "编号"
# What a checked file carries back to its author; it is no data.
PROBLEM_LABEL = "问题"
# What offices call the doer and the area, whatever a type calls them.
_ALSO = {"unit": ("单位",), "area": ("地区", "乡镇", "乡镇街道", "所在乡镇")}
_LOOKED_AT = 15
_DECORATION = re.compile(r"[（(\[【].*?[）)\]】]|[*＊:：\s]")


@dataclass(frozen=True)
class Headings:
    """The head of a sheet: its row, and for each field the column (from 1) that holds it."""

    row: int
    fields: dict[str, int]
    number: int | None
    unknown: tuple[str, ...]


def importable(desk_type: DeskType) -> list[Column]:
    """Return the columns of an import: the form's."""
    return columns(desk_type.model, editable(desk_type))


def is_required(desk_type: DeskType, column: Column) -> bool:
    """Whether an import must have this column and a value in each of its cells."""
    field = column.field
    if field is None or column.name == "area" or column.name in desk_type.initial:
        return False
    if column.name in getattr(desk_type, "guesses", ()):
        return False
    return not field.blank and not field.has_default()


def find(rows: Sequence[SheetRow], desk_type: DeskType) -> Headings:
    """Return the head among the first rows: the one that names most fields. Raises SheetRefused."""
    names = _spellings(desk_type)
    best = max(
        (_read(row, names) for row in rows[:_LOOKED_AT]), key=lambda one: len(one.fields), default=None
    )
    if best is None or not best.fields:
        raise SheetRefused(_("没有找到表头。请用本页下载的模板填写，并保留第一行的列名。"))
    missing = [
        str(one.label)
        for one in importable(desk_type)
        if is_required(desk_type, one) and one.name not in best.fields and one.name != "unit"
    ]
    if missing:
        raise SheetRefused(_("缺少必需的列：%(names)s。请对照模板补上。") % {"names": _("、").join(missing)})
    return best


def label_key(label: str) -> str:
    """Return what two spellings of one column name share: no brackets, marks or spaces."""
    return text.key(_DECORATION.sub("", text.half_width(label)) or label)


def counted_columns(desk_type: DeskType) -> bool:
    """Whether the type counts people, so that head count and method go together."""
    return issubclass(desk_type.model, HeadCounted)


def _spellings(desk_type: DeskType) -> dict[str, str]:
    """Return the field that each spelling names: labels in every language of the interface, and the field's own."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in importable(desk_type):
                for spelling in (str(one.label), one.name):
                    found.setdefault(text.key(spelling), one.name)
                    found.setdefault(label_key(spelling), one.name)
    for one in importable(desk_type):
        own: Mapping[str, tuple[str, ...]] = getattr(desk_type, "spellings", {})
        for spelling in (*own.get(one.name, ()), *_ALSO.get(one.name, ())):
            found.setdefault(spelling, one.name)
    return found


def _read(row: SheetRow, names: dict[str, str]) -> Headings:
    fields: dict[str, int] = {}
    number, unknown = None, []
    for index, value in enumerate(row.values, 1):
        shown = text.clean(str(value)) if isinstance(value, str) else ""
        name = names.get(text.key(shown)) or names.get(label_key(shown)) if shown else None
        if name and name not in fields:
            fields[name] = index
        elif shown and label_key(shown) == NUMBER_LABEL and number is None:
            number = index
        elif shown and label_key(shown) != PROBLEM_LABEL:
            unknown.append(shown)
    return Headings(row.number, fields, number, tuple(unknown))


def cell(row: SheetRow, index: int | None) -> Any:
    """Return the value in a column (from 1) of a row, None past its end."""
    return row.values[index - 1] if index is not None and index <= len(row.values) else None
