"""Which records may not be what their leaf says: the database makes the canonical bytes of millions and compares.

It only narrows: whatever differs, and whatever is not plain (reversed, without a leaf, of a type whose bytes only Python
knows), is looked at again by `kexie.ledger.log`, which alone says what is wrong. The bytes made here must be those of
`kexie.ledger.canonical`; were they others, every record would be looked at again, and none would be missed.
"""

from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import QuerySet

from kexie.ledger import canonical
from kexie.ledger.models import LogEntry, Record

_NUMBER = "{0}::text"
# How each type of column is written, and in how many bytes where it is always as many.
_TEXTS: dict[str, tuple[str, int]] = {
    "BooleanField": (_NUMBER, 0),
    "CharField": ("{0}", 0),
    "DateField": ("to_char({0}, 'YYYY-MM-DD')", 10),
    "DateTimeField": ("to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'", 32),
    "DecimalField": ("trim_scale({0})::text", 0),
    "TextField": ("{0}", 0),
    "TimeField": (_NUMBER, 0),
    "UUIDField": ("encode(uuid_send({0}), 'hex')", 32),
    "BigIntegerField": (_NUMBER, 0),
    "IntegerField": (_NUMBER, 0),
    "PositiveIntegerField": (_NUMBER, 0),
    "PositiveSmallIntegerField": (_NUMBER, 0),
    "SmallIntegerField": (_NUMBER, 0),
}
_MAY_BE_EMPTY = {"CharField", "TextField"}
_SUSPECTS = """
SELECT record.id FROM ({rows}) AS record LEFT JOIN ledger_logentry AS leaf
ON leaf.record_id = record.id AND leaf.kind = 'CONFIRMED' AND leaf.association_id = record.association_id
WHERE record.state <> 'CONFIRMED' OR leaf.payload IS DISTINCT FROM {payload}
OR leaf.leaf_hash IS DISTINCT FROM sha256('\\x00'::bytea || leaf.salt || leaf.payload)
OR record.id IN (SELECT record_id FROM ledger_logentry WHERE kind = 'REVERSED')
"""
_MEMORY = "256MB"


def suspects(rows: QuerySet[Any]) -> list[UUID] | None:
    """Return which of these records must be looked at, None if that cannot be said of their type."""
    payload = _payload(canonical.table_of(rows.model))
    if payload is None:
        return None
    names = [field.attname for field in rows.model._meta.concrete_fields]
    sql, parameters = rows.order_by().values(*names).query.sql_with_params()
    statement = _SUSPECTS.format(rows=sql, payload=payload)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [_MEMORY])
        cursor.execute(statement, parameters)
        return [pk for (pk,) in cursor.fetchall()]


@cache
def _payload(model: type[Record]) -> str | None:
    """Return an expression for what `canonical.payload` makes of a confirmation, None if a column is of another type."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    names = sorted(canonical.names_of(model))
    if any(_type_of(fields[name]) not in _TEXTS for name in names):
        return None
    head = b"".join(_pair("", text) for text in (LogEntry.Kind.CONFIRMED, canonical.record_type(model)))
    columns = (_column(fields[name]) for name in names)
    return " || ".join([_literal(head), _written("", "record.id", "UUIDField"), *columns])


def _column(field: "models.Field[Any, Any]") -> str:
    """Return name and value of a column as bytes, nothing where it is empty."""
    column, kind = f"record.{connection.ops.quote_name(str(field.column))}", _type_of(field)
    written = _written(field.attname, column, kind)
    if kind in _MAY_BE_EMPTY:
        return f"CASE WHEN {column} <> '' THEN {written} ELSE ''::bytea END"
    return f"COALESCE({written}, ''::bytea)" if field.null else written


def _written(name: str, column: str, kind: str) -> str:
    shape, size = _TEXTS[kind]
    text = shape.format(column)
    if size:
        return f"{_literal(_prefixed(name) + _size(size))} || convert_to({text}, 'UTF8')"
    return f"{_literal(_prefixed(name))} || int4send(octet_length({text})) || convert_to({text}, 'UTF8')"


def _type_of(field: "models.Field[Any, Any]") -> str:
    return _type_of(field.target_field) if isinstance(field, models.ForeignKey) else field.get_internal_type()


def _pair(name: str, value: str) -> bytes:
    return _prefixed(name) + _prefixed(value)


def _prefixed(text: str) -> bytes:
    return _size(len(text.encode())) + text.encode()


def _size(size: int) -> bytes:
    return size.to_bytes(4, "big")


def _literal(data: bytes) -> str:
    return f"'\\x{data.hex()}'::bytea"
