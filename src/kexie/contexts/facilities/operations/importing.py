"""Facilities out of a workbook as offices keep them: any order of columns, titles above, odd spellings.

All rows come in or none; what is wrong is named by the cell. A facility that is known already (same name and kind in
the same place) is left as it is, so that the same workbook may be sent again.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Facility, FacilityKind
from kexie.contexts.facilities.operations.common import note
from kexie.foundation.access.models import Account
from kexie.foundation.areas import queries as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.imports import reading
from kexie.platform.imports.reading import SheetRow

MOST_PROBLEMS = 50
_LOOKED_AT = 15
_DECORATION = re.compile(r"[（(\[【].*?[）)\]】]|[*＊:：\s]")
# What the columns are called in workbooks of offices; the first is what the page names.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "设施名称", "场馆名称", "站点名称"),
    "kind": ("类别", "类型", "设施类别", "设施类型"),
    "area": ("所在地", "所在地区", "乡镇", "乡镇街道", "区划"),
    "unit": ("管理单位", "主管单位", "县区科协"),
    "host": ("所在单位", "承建单位", "学校", "依托单位"),
    "address": ("地址", "详细地址"),
    "keeper": ("管理员", "负责人", "管理人员"),
    "opening": ("开放时间",),
    "length_m": ("长度", "长度米"),
    "area_m2": ("面积", "建筑面积", "使用面积"),
    "exhibits": ("展品件数", "展品数", "展品数量"),
    "funding": ("资金来源",),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "note": ("备注", "说明"),
}
_NUMBERS = {"length_m": "m米", "area_m2": "㎡平方米", "exhibits": "件个", "longitude": "°E", "latitude": "°N"}
_KINDS = {
    "村科普活动室": "RURAL_ROOM", "乡村活动室": "RURAL_ROOM", "社区活动室": "COMMUNITY_ROOM",
    "画廊": "GALLERY", "宣传栏": "GALLERY", "科普宣传栏": "GALLERY", "e站": "E_STATION", "科普e站": "E_STATION",
    "校园馆": "CAMPUS_MUSEUM", "中学科技馆": "CAMPUS_MUSEUM", "基地": "BASE", "科普教育基地": "BASE",
}  # fmt: skip


class ImportRefused(UserError):
    """The workbook does not fit; `problems` name the cells."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


@dataclass
class _Sheet:
    """The columns found, what can be named in the cells, and what is wrong with them."""

    columns: Mapping[str, int]
    scope: Scope
    actor: Account
    areas: dict[str, list[Area]]
    units: dict[str, Unit]
    problems: list[str] = field(default_factory=list)


def take_in(*, upload: "File[bytes]", actor: Account, now: dt.datetime, scope: Scope) -> tuple[int, int]:
    """Save the facilities of a workbook; return how many were new and how many known. Raises ImportRefused."""
    content = upload.read()
    reading.check(upload.name or "", content)
    rows = list(reading.rows(content))
    head = _head(rows)
    sheet = _Sheet(head[1], scope, actor, _areas(actor), _units(scope))
    found = [one for one in (_facility(row, sheet) for row in rows if row.number > head[0]) if one]
    if sheet.problems:
        raise ImportRefused(_("有些单元格需要改正，一处也没有导入。"), sheet.problems[:MOST_PROBLEMS])
    return _save(found, actor, now, scope)


@transaction.atomic
def _save(found: list[Facility], actor: Account, now: dt.datetime, scope: Scope) -> tuple[int, int]:
    known = set(Facility.objects.filter(scope.q()).values_list("name", "kind", "area_id"))
    new = {(one.name, one.kind, one.area_id): one for one in found}
    new = {key: one for key, one in new.items() if key not in known}
    Facility.objects.bulk_create(new.values())
    if new:
        note(next(iter(new.values())), "import", actor=actor, now=now, rows=len(new))
    return len(new), len(found) - len(new)


def _head(rows: Sequence[SheetRow]) -> tuple[int, dict[str, int]]:
    names = {_key(spelling): name for name, spellings in HEADINGS.items() for spelling in spellings}
    best: tuple[int, dict[str, int]] = (0, {})
    for row in rows[:_LOOKED_AT]:
        columns: dict[str, int] = {}
        for index, value in enumerate(row.values, 1):
            if isinstance(value, str) and (name := names.get(_key(value))):
                columns.setdefault(name, index)
        best = max(best, (row.number, columns), key=lambda one: len(one[1]))
    if not {"name", "kind"} <= best[1].keys():
        raise ImportRefused(_("没有找到表头：至少要有“名称”和“类别”两列。"))
    return best


def _facility(row: SheetRow, sheet: _Sheet) -> Facility | None:
    values = {name: _text(row, index) for name, index in sheet.columns.items()}
    if not any(values.values()):
        return None
    before = len(sheet.problems)
    given = dict(_values(row, values, sheet))
    if len(sheet.problems) > before:
        return None
    one = Facility(association_id=sheet.scope.association_id, **given)
    if one.area is None:
        one.area = one.unit.area
    try:
        one.full_clean(exclude=["association", "unit", "area", "host"])
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            column = (
                name if name in sheet.columns else "longitude" if "longitude" in sheet.columns else "name"
            )
            _complain(row, column, sheet, "".join(messages))
        return None
    return one


def _values(row: SheetRow, values: dict[str, str], sheet: _Sheet) -> Iterator[tuple[str, Any]]:
    yield "unit", _unit(row, values.get("unit", ""), sheet)
    for name, shown in values.items():
        if name == "kind":
            yield name, _kind(row, shown, sheet)
        elif name == "area":
            yield name, _area(row, shown, sheet)
        elif name == "host":
            yield name, sheet.units.get(text.key(shown))
        elif name in _NUMBERS:
            yield name, _number(row, name, shown, sheet)
        elif name != "unit":
            yield name, shown


def _unit(row: SheetRow, shown: str, sheet: _Sheet) -> Unit | None:
    if not shown and "unit" not in sheet.columns:
        return sheet.actor.unit
    found = sheet.units.get(text.key(shown)) if shown else sheet.actor.unit
    if found is None:
        _complain(row, "unit", sheet, _("没有找到管理单位“%(name)s”，或不在您的范围内。") % {"name": shown})
    return found


def _kind(row: SheetRow, shown: str, sheet: _Sheet) -> str:
    labels = {_key(str(label)): code for code, label in FacilityKind.choices}
    spellings = {_key(name): code for name, code in _KINDS.items()}
    found = labels.get(_key(shown)) or spellings.get(_key(shown))
    if found is None:
        options = _("、").join(str(label) for label in FacilityKind.labels)
        _complain(
            row,
            "kind",
            sheet,
            _("没有“%(name)s”这个类别，请填：%(options)s。") % {"name": shown, "options": options},
        )
    return found or ""


def _area(row: SheetRow, shown: str, sheet: _Sheet) -> Area | None:
    if not shown:
        return None
    found = sheet.areas.get(text.key(shown), [])
    if len(found) != 1:
        said = _("有不止一个“%(name)s”，请填区划代码。") if found else _("没有找到“%(name)s”这个地方。")
        _complain(row, "area", sheet, said % {"name": shown})
        return None
    return found[0]


def _number(row: SheetRow, name: str, shown: str, sheet: _Sheet) -> str | None:
    plain = text.number(shown.rstrip(_NUMBERS[name] + " ")) if shown else ""
    if plain and not re.fullmatch(r"\d+(\.\d+)?", plain):
        _complain(row, name, sheet, _("“%(value)s”不是数字。") % {"value": shown})
        return None
    if name in {"longitude", "latitude"} and plain:
        return f"{float(plain):.6f}"
    return plain or None


def _complain(row: SheetRow, name: str, sheet: _Sheet, said: str) -> None:
    cell = reading.address(sheet.columns.get(name, 1), row.number)
    sheet.problems.append(_("%(cell)s：%(said)s") % {"cell": cell, "said": said})


def _text(row: SheetRow, index: int) -> str:
    raw = row.values[index - 1] if index <= len(row.values) else None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return "" if raw is None else text.clean(str(raw))


def _key(label: str) -> str:
    return text.key(_DECORATION.sub("", text.half_width(label)) or label)


def _areas(actor: Account) -> dict[str, list[Area]]:
    found: dict[str, list[Area]] = {}
    for area in areas.subtree(actor.association.area):
        for name in (area.name, area.code):
            found.setdefault(text.key(name), []).append(area)
    return found


def _units(scope: Scope) -> dict[str, Unit]:
    found = {}
    for unit in units.units(scope).select_related("area"):
        found[text.key(unit.name)] = found[text.key(unit.code)] = unit
    return found
