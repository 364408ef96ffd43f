"""Canonical bytes of a record, and the salted leaf hash over them.

The encoding is fixed here and pinned by a test vector: pairs of field name and value, sorted by name, each
length-prefixed UTF-8. Empty values (None and "") are left out, so that a nullable column added later changes
no hash. What may change after confirmation (the state and the reversal) is not part of a confirmation's bytes.
"""

import datetime as dt
import decimal
import hashlib
import os
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.db import models

from kexie.ledger.models.log import LogEntry
from kexie.ledger.models.record import Record

REVERSAL_FIELDS = ("reversed_at", "reversed_by_id", "reversal_reason")
_LIVE_FIELDS = ("state", *REVERSAL_FIELDS)


def payload(record: Record, kind: str) -> bytes:
    """Return the canonical bytes that a log entry of `kind` holds for this record."""
    values = {name: encode(read(record)) for name, read in _readers(type(record), kind)}
    return pack(record_type(record), record.pk, kind, values)


def pack(type_name: str, record_id: uuid.UUID, kind: str, values: dict[str, str]) -> bytes:
    """Return length-prefixed pairs in the order of their names, headed by kind, type and id."""
    head = [("", kind), ("", type_name), ("", record_id.hex)]
    pairs = [*head, *((name, value) for name, value in sorted(values.items()) if value)]
    return b"".join(_prefixed(name) + _prefixed(value) for name, value in pairs)


def unpack(data: bytes) -> dict[str, str]:
    """Return the named values in canonical bytes (without the three that head them)."""
    texts, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        texts.append(data[at + 4 : at + 4 + size].decode())
        at += 4 + size
    return dict(zip(texts[6::2], texts[7::2], strict=True))


def leaf_hash(salt: bytes, data: bytes) -> bytes:
    """Return the leaf hash of RFC 9162 section 2.1.1 over salted bytes."""
    return hashlib.sha256(b"\x00" + salt + data).digest()


def new_salt() -> bytes:
    """Return 16 random bytes, so that a leaf does not betray a guessable record."""
    return os.urandom(16)


def table_of(record: Record | type[Record]) -> type[Record]:
    """Return the model that has the record's table, whatever proxy it was read through."""
    return cast("type[Record]", record._meta.concrete_model)


def record_type(record: Record | type[Record]) -> str:
    """Return the label of the record's own table, whatever proxy it was read through."""
    return table_of(record)._meta.label_lower


def encode(value: Any) -> str:
    """Return one value as text; times in UTC with microseconds, decimals without trailing zeros."""
    for kind, text in _TEXTS:
        if isinstance(value, kind):
            return text(value)
    return "" if value is None else str(value)


# The first that fits; bool before int and datetime before date, of which they are kinds.
_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (dt.datetime, lambda value: value.astimezone(dt.UTC).isoformat(timespec="microseconds")),
    (dt.date, dt.date.isoformat),
    (dt.time, dt.time.isoformat),
    (decimal.Decimal, lambda value: format(value.normalize(), "f")),
    (uuid.UUID, lambda value: value.hex),
)


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(4, "big") + data


def names_of(model: type[Record]) -> list[str]:
    """Return the columns that a confirmation's bytes hold."""
    names = (field.attname for field in model._meta.concrete_fields)
    return [name for name in names if name not in _LIVE_FIELDS]


@cache
def _readers(model: type[Record], kind: str) -> list[tuple[str, Callable[[Record], Any]]]:
    if kind == LogEntry.Kind.REVERSED:
        return [(name, _reader(model, name)) for name in REVERSAL_FIELDS]
    return [(name, _reader(model, name)) for name in names_of(model)]


def _reader(model: type[Record], attname: str) -> Callable[[Record], Any]:
    field: models.Field[Any, Any] = next(f for f in model._meta.concrete_fields if f.attname == attname)
    return lambda record: field.to_python(getattr(record, attname))
