"""Every measure and record type, found in the `measures` and `records` rooms of the installed apps."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

from django.apps import apps

from kexie.kernel.errors import NotFound
from kexie.ledger.measures import Measure
from kexie.ledger.models.record import Record
from kexie.ledger.record_types import DeskType, RecordType, ReferenceType

Declared = TypeVar("Declared")


@cache
def measures() -> dict[str, Measure]:
    """Return all measures by key, in the order of their declaration."""
    return _by_key(_declared("measures", "MEASURES"))


def measure(key: str) -> Measure:
    """Return one measure, or raise NotFound."""
    return _find(measures(), key)


@cache
def record_types() -> dict[str, RecordType]:
    """Return all record types by key."""
    return _by_key(_declared("records", "RECORD_TYPES"))


@cache
def reference_types() -> dict[str, ReferenceType]:
    """Return all types of reference data by key."""
    return _by_key(_declared("records", "REFERENCE_TYPES"))


def record_type(key: str) -> RecordType:
    """Return one record type, or raise NotFound."""
    return _find(record_types(), key)


def desk_type(key: str) -> DeskType:
    """Return a record type or a type of reference data, or raise NotFound."""
    every: dict[str, DeskType] = {**reference_types(), **record_types()}
    return _find(every, key)


@cache
def measures_of(model: type[Any]) -> tuple[Measure, ...]:
    """Return the measures that count rows of this model's table, whatever proxy they name."""
    table = model._meta.concrete_model
    return tuple(m for m in measures().values() if m.of._meta.concrete_model is table)


def type_of_record(record: Record) -> RecordType | None:
    """Return the record type of a record: its own model's, and for activities the one of their kind."""
    kind = getattr(record, "kind", None)
    for declared in record_types().values():
        same_table = declared.model._meta.concrete_model is record._meta.concrete_model
        if same_table and getattr(declared.model, "KIND", "") in {"", kind}:
            return declared
    return None


def _find(declared: dict[str, Declared], key: str) -> Declared:
    if key not in declared:
        raise NotFound(key)
    return declared[key]


def _by_key(items: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.key in found:
            message = f"declared twice: {item.key}"
            raise ValueError(message)
        found[item.key] = item
    return found


def _declared(room: str, name: str) -> list[Any]:
    rooms = (_room(f"{app.name}.{room}") for app in apps.get_app_configs() if app.name.startswith("kexie."))
    return [item for module in rooms if module for item in getattr(module, name, ())]


def _room(path: str) -> ModuleType | None:
    return import_module(path) if find_spec(path) else None
