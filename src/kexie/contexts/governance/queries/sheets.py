"""Targets as rows of a sheet: the template's columns, and reading what somebody filled in."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.governance.models import Basis, Direction, Target
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.rules.lines import YEARS
from kexie.foundation.units import queries as units
from kexie.kernel import text
from kexie.kernel.errors import Text, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.platform.imports import reading
from kexie.platform.imports.writing import Heading

COLUMNS: tuple[tuple[str, Text], ...] = (
    ("programme", pgettext_lazy("one", "专项行动")),
    ("name", gettext_lazy("目标名称")),
    ("measure", gettext_lazy("指标")),
    ("year", gettext_lazy("年度")),
    ("basis", gettext_lazy("口径")),
    ("direction", gettext_lazy("方向")),
    ("goal", gettext_lazy("目标值")),
    ("unit", gettext_lazy("责任单位")),
    ("note", gettext_lazy("备注")),
)
_SHOWN = 5


def headings() -> list[Heading]:
    """Return the head of the sheet."""
    return [
        Heading(str(label), 22 if name in {"programme", "name", "measure", "unit"} else 12)
        for name, label in COLUMNS
    ]


def row_of(target: Target) -> list[Any]:
    """Return a target as a row that the import reads again."""
    return [
        target.programme.name, target.name, str(registry.measure(target.measure).label), target.year,
        target.get_basis_display(), target.get_direction_display(), target.goal, target.unit.name, target.note,
    ]  # fmt: skip


def read(content: bytes, name: str, scope: Scope) -> list[dict[str, Any]]:
    """Return the rows of a sheet as values of a plan. Raises UserError on `file`, naming the cells that are wrong."""
    reading.check(name, content)
    rows = list(reading.rows(content))
    places = _places(rows[0].values if rows else ())
    known = _Known(scope)
    plans, wrong = [], list[str]()
    for row in rows[1:]:
        plan, faults = known.plan({key: _at(row.values, column) for key, column in places.items()})
        plans.append(plan)
        wrong += [f"{reading.address(places[key] + 1, row.number)}: {fault}" for key, fault in faults]
    if not plans and not wrong:
        wrong = [_("表里没有目标，请从第二行起填写。")]
    if wrong:
        raise UserError(fields={"file": "；".join(wrong[:_SHOWN])})
    return plans


def _places(head: tuple[Any, ...]) -> dict[str, int]:
    labels = [text.clean(str(one or "")) for one in head]
    found = {name: labels.index(str(label)) for name, label in COLUMNS if str(label) in labels}
    missing = [
        str(label) for name, label in COLUMNS if name not in found and name not in {"note", "direction"}
    ]
    if missing:
        raise UserError(
            fields={"file": _("缺少这些列：%(names)s。请下载模板填写。") % {"names": _("、").join(missing)}}
        )
    return found


def _at(values: tuple[Any, ...], column: int) -> str:
    return text.clean(str(values[column])) if column < len(values) and values[column] is not None else ""


class _Known:
    """What the names in a sheet can mean."""

    def __init__(self, scope: Scope) -> None:
        self.programmes = {one.name: one for one in queries.programmes(scope)}
        self.units = {one.name: one for one in units.units(scope)}
        readable = [one for one in registry.measures().values() if scope.allows(one.context)]
        self.measures = {one.key: one.key for one in readable} | {str(one.label): one.key for one in readable}
        self.bases = {str(label): code for code, label in Basis.choices}
        self.directions = {str(label): code for code, label in Direction.choices} | {
            "": Direction.AT_LEAST.value
        }

    def plan(self, given: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return a row's values, and what is wrong with which of them."""
        found: dict[str, Any] = {"name": given["name"], "note": given.get("note", "")}
        faults = list(self._look_up(given, found))
        if not given["name"]:
            faults.append(("name", _("请填目标名称。")))
        for key, read in (("year", _year), ("goal", _goal)):
            try:
                found[key] = read(given[key])
            except (ValueError, InvalidOperation):
                faults.append((key, _("“%(value)s”不是合适的数。") % {"value": given[key]}))
        return found, faults

    def _look_up(self, given: dict[str, str], found: dict[str, Any]) -> Iterator[tuple[str, str]]:
        tables: dict[str, dict[str, Any]] = {
            "programme": self.programmes, "unit": self.units, "measure": self.measures, "basis": self.bases,
            "direction": self.directions,
        }  # fmt: skip
        for key, table in tables.items():
            value = given.get(key, "")
            found[key] = table.get(value)
            if found[key] is None:
                yield key, _("没有“%(value)s”，请照系统里的名称填写。") % {"value": value}


def _year(value: str) -> int:
    year = int(text.number(value))
    if year not in YEARS:
        raise ValueError(value)
    return year


def _goal(value: str) -> Decimal:
    goal = Decimal(text.number(value))
    if not goal.is_finite() or goal <= 0:
        raise ValueError(value)
    return goal
