"""Importing reference data: a row is known again by what identifies it, not by everything it says."""

from collections.abc import Hashable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.kernel.ids import uuid7
from kexie.ledger.record_types import ReferenceType
from kexie.platform.imports.reading import SheetRow
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.importing import cells, headings
from kexie.workbench.importing.cells import BadCell
from kexie.workbench.importing.checking import Built, Checker, Findings, Progress
from kexie.workbench.importing.checking import shown as _shown

Identity = tuple[Hashable, ...]


class ReferenceChecker(Checker):
    """Reads the rows of one sheet as reference data of one type."""

    reference_type: ReferenceType

    def __init__(self, *, desk_type: ReferenceType, system: str = "", **options: Any) -> None:
        self.reference_type, self.system = desk_type, system
        self.rows_by_identity: dict[Identity, int] = {}
        # Rows by field, what stood there ("": nothing) and what it was taken for.
        self.guessed: dict[tuple[str, str, Any], list[int]] = {}
        super().__init__(desk_type=desk_type, **options)
        self.required.update(name for name in desk_type.identity if name in self.head.fields)
        self._warn_about_coordinates()

    def fresh(self, chunk: list[Built]) -> list[Built]:
        """Return the rows whose like is not there yet."""
        names = [f"{name}_id" if name in self.things else name for name in self.reference_type.identity]
        wanted = Q()
        for built in chunk:
            wanted |= Q(**{name: getattr(built.record, name) for name in names})
        rows = self.desk_type.model._base_manager.filter(association_id=self.scope.association_id)
        known = set(rows.filter(wanted).values_list(*names)) if chunk else set()
        return [one for one in chunk if tuple(getattr(one.record, name) for name in names) not in known]

    def _value(self, one: Column, row: SheetRow) -> Any:
        index, shown = self.head.fields[one.name], _text(headings.cell(row, self.head.fields[one.name]))
        if not shown and one.name in self.reference_type.guesses:
            return self._guess(one.name, row)
        reader = self.reference_type.readers.get(one.name)
        if reader is None:
            return super()._value(one, row)
        try:
            shown = cells.as_text(headings.cell(row, index))
            found = reader(shown) if shown else None
        except (BadCell, UserError) as error:
            self._problem(row, index, str(error))
            return None
        if one.kind is Kind.CHOICE and found is not None:
            self._understood(one, row, shown, found)
        return found

    def _guess(self, name: str, row: SheetRow) -> Any:
        """Return what another cell of the row tells of a field that says nothing itself; a problem if it tells nothing."""
        source, guess = self.reference_type.guesses[name]
        one = next(each for each in headings.importable(self.reference_type) if each.name == name)
        found = guess(_text(headings.cell(row, self.head.fields.get(source))))
        if found:
            self.guessed.setdefault((name, "", found), []).append(row.number)
            return found
        told = _("%(label)s没有填，从%(source)s也看不出，请填写。")
        labels = {each.name: each.label for each in headings.importable(self.reference_type)}
        where = self.head.fields.get(name) or self.head.fields.get(source, 0)
        self._problem(row, where, told % {"label": one.label, "source": labels.get(source, source)})
        return None

    def _understood(self, one: Column, row: SheetRow, shown: str, found: Any) -> None:
        """Remember a word that is no label of the choice it was taken for."""
        if shown not in {str(found), _shown(one, found)}:
            self.guessed.setdefault((one.name, shown, found), []).append(row.number)

    def check(self, progress: Progress) -> Findings:
        """Check everything, and say what was guessed: a line for each word, with how many rows and the first of them."""
        findings = super().check(progress)
        columns = {one.name: one for one in headings.importable(self.reference_type)}
        for (name, shown, found), numbers in sorted(self.guessed.items(), key=lambda one: one[1][0]):
            one, source = columns[name], columns[self.reference_type.guesses.get(name, (name,))[0]]
            values = {
                "label": one.label, "shown": shown, "found": _shown(one, found), "n": len(numbers), "source": source.label,
            }  # fmt: skip
            told = (
                _("“%(shown)s”理解为“%(found)s”，共%(n)d行。")
                if shown
                else _("%(label)s空着，按%(source)s理解为“%(found)s”，共%(n)d行。请核对。")
            )
            self._warn(SheetRow(numbers[0], ()), self.head.fields.get(name, 0), told % values)
        return findings

    def _choose(self, one: Column, row: SheetRow, found: list[Any]) -> list[Any]:
        """Of several areas of a name, keep those in the area of the row's unit."""
        if one.field is None or one.field.related_model is not Area or "unit" not in self.head.fields:
            return found
        units = self.things["unit"].get(_text(headings.cell(row, self.head.fields["unit"])), [])
        if len(units) != 1 or not isinstance(units[0], Unit) or units[0].area is None:
            return found
        prefix = units[0].area.prefix
        return [area for area in found if area.pk.startswith(prefix)] or found

    def _build(self, row: SheetRow) -> Built | None:
        """Build a row; what has no column at all is guessed for each."""
        self.without_column = {
            name: self._guess(name, row)
            for name in self.reference_type.guesses
            if name not in self.head.fields
        }
        return super()._build(row)

    def _record(self, values: dict[str, Any]) -> Any:
        values = {**self.without_column, **values}
        given = self._placed({name: value for name, value in values.items() if value is not None})
        row: Any = self.desk_type.model(
            id=uuid7(), association_id=self.scope.association_id, **{**self.desk_type.initial, **given}
        )
        if row.unit_id is None and self.only_unit is not None:
            row.unit = self.only_unit
        if row.area_id is None:
            row.area_id = row.unit.area_id
        return row

    def _placed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Turn coordinates of another system into ours."""
        found = self.reference_type.coordinates
        if found is None or not self.system or not {found.longitude, found.latitude} <= given.keys():
            return given
        x, y = found.convert(given[found.longitude], given[found.latitude], self.system)
        return {**given, found.longitude: x, found.latitude: y}

    def _warn_about_coordinates(self) -> None:
        found = self.reference_type.coordinates
        if found is None or found.longitude not in self.head.fields:
            return
        systems = dict(found.systems)
        label = systems.get(self.system, next(iter(systems.values())))
        told = _("坐标按“%(system)s”理解，统一换算成 WGS-84 保存。选错会偏三五百米，请核对。") % {
            "system": label
        }
        self._warn(SheetRow(self.head.row, ()), self.head.fields[found.longitude], told)

    def _source_key(self, row: SheetRow, values: dict[str, Any]) -> str:
        """Refuse a second row of the same identity."""
        names = self.reference_type.identity
        identity = tuple(getattr(values.get(name), "pk", values.get(name)) for name in names)
        before = self.rows_by_identity.setdefault(identity, row.number)
        if before != row.number:
            labels = _("、").join(str(one.label) for one in self.columns if one.name in names)
            told = _("%(labels)s与第%(row)d行相同，请删去一行，或改成能区分的名称。")
            self._problem(row, self.head.fields.get(names[-1], 0), told % {"labels": labels, "row": before})
        return ""

    def _ask_about(self, row: SheetRow, record: Any) -> None:
        """Reference data has no bands."""


def _text(raw: Any) -> str:
    try:
        return cells.as_text(raw)
    except BadCell:
        return ""
