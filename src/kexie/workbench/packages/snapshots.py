"""What a record says, as canonical text by field: comparable, storable, and back again."""

import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kexie.kernel import text
from kexie.ledger import canonical
from kexie.ledger.record_types import RecordType
from kexie.workbench.desk import forms
from kexie.workbench.desk.columns import Column, Kind, excel_value
from kexie.workbench.importing import headings

Values = dict[str, str]


def columns_of(record_type: RecordType) -> list[Column]:
    """Return the columns of a type's sheet: those of its import."""
    return headings.importable(record_type)


def snapshot(record_type: RecordType, record: Any) -> Values:
    """Return what a record says in the fields of its form."""
    return {one.name: canonical.encode(getattr(record, one.field.attname)) for one in columns_of(record_type)}


def version(values: Values) -> str:
    """Return a digest of what a record said."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def restore(record_type: RecordType, values: Values, record: Any = None) -> Any:
    """Return a record (a new one, or the given) that says these values."""
    found = record if record is not None else record_type.model(**record_type.initial)
    for one in columns_of(record_type):
        if one.name in values:
            setattr(found, one.field.attname, python_value(one.field, values[one.name]))
    return found


def python_value(field: Any, said: str) -> Any:
    """Return canonical text as the value a field holds."""
    if not said:
        return None if field.null else field.get_default()
    if isinstance(field, models.BooleanField):
        return said == "true"
    return (field.target_field if field.is_relation else field).to_python(said)


def is_same(column: Column, one: str, other: str) -> bool:
    """Whether two values say the same, but for spaces and widths that reading a sheet puts right."""
    if one == other:
        return True
    return column.kind is Kind.TEXT and text.clean_lines(one) == text.clean_lines(other)


def labels(record_type: RecordType, record: Any) -> dict[str, str]:
    """Return the names of what a record's relations point at."""
    related = [one for one in columns_of(record_type) if one.kind is Kind.RELATION]
    return {one.name: str(thing) for one in related if (thing := getattr(record, one.name)) is not None}


def cell(column: Column, record: Any, names: dict[str, str]) -> Any:
    """Return what a sheet shows of a field; what relations point at is named by `names`."""
    if column.kind is Kind.RELATION:
        return names.get(column.name)
    return excel_value(column.value(record))


def told(column: Column, record: Any) -> str:
    """Return a field as a page tells it."""
    found = cell(column, record, {column.name: _name(column, record)})
    return "" if found is None else str(found)


def _name(column: Column, record: Any) -> str:
    thing = getattr(record, column.name) if column.kind is Kind.RELATION else None
    return "" if thing is None else str(thing)


def blank(record_type: RecordType, values: Values, scope: Any, pk: Any = None) -> Any:
    """Return an unsaved record of a type that says these values."""
    return restore(record_type, values, forms.blank(record_type, scope, pk))


def difference(column: Column, *, base: str, mine: str, theirs: str, conflict: bool) -> dict[str, Any]:
    """Return one field's versions as a line keeps them."""
    return {
        "name": column.name, "label": str(column.label), "base": base or _("（空）"), "mine": mine or _("（空）"),
        "theirs": theirs or _("（空）"), "conflict": conflict,
    }  # fmt: skip
