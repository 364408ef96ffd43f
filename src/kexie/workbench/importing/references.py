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
from kexie.workbench.desk.columns import Column
from kexie.workbench.importing import cells, headings
from kexie.workbench.importing.cells import BadCell
from kexie.workbench.importing.checking import Built, Checker

Identity = tuple[Hashable, ...]


class ReferenceChecker(Checker):
    """Reads the rows of one sheet as reference data of one type."""

    reference_type: ReferenceType

    def __init__(self, *, desk_type: ReferenceType, **options: Any) -> None:
        self.reference_type = desk_type
        self.rows_by_identity: dict[Identity, int] = {}
        super().__init__(desk_type=desk_type, **options)
        self.required.update(name for name in desk_type.identity if name in self.head.fields)

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
        reader = self.reference_type.readers.get(one.name)
        if reader is None:
            return super()._value(one, row)
        index = self.head.fields[one.name]
        try:
            shown = cells.as_text(headings.cell(row, index))
            return reader(shown) if shown else None
        except (BadCell, UserError) as error:
            self._problem(row, index, str(error))
            return None

    def _choose(self, one: Column, row: SheetRow, found: list[Any]) -> list[Any]:
        """Of several areas of a name, keep those in the area of the row's unit."""
        if one.field is None or one.field.related_model is not Area or "unit" not in self.head.fields:
            return found
        units = self.things["unit"].get(_text(headings.cell(row, self.head.fields["unit"])), [])
        if len(units) != 1 or not isinstance(units[0], Unit) or units[0].area is None:
            return found
        prefix = units[0].area.prefix
        return [area for area in found if area.pk.startswith(prefix)] or found

    def _record(self, values: dict[str, Any]) -> Any:
        given = {name: value for name, value in values.items() if value is not None}
        row: Any = self.desk_type.model(
            id=uuid7(), association_id=self.scope.association_id, **{**self.desk_type.initial, **given}
        )
        if row.unit_id is None and self.only_unit is not None:
            row.unit = self.only_unit
        if row.area_id is None:
            row.area_id = row.unit.area_id
        return row

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
