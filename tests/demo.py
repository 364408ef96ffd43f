"""The demonstration city for tests: some contexts in a transaction, or the whole city in a database of its own."""

import datetime as dt
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection, transaction

from kexie.config.demo import city as demo_city
from kexie.config.demo import load as demo_load
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.demo import AS_OF
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell
from tests import databases

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
SOURCE = Path(__file__).resolve().parents[1] / "src"
__all__ = ["AS_OF", "NOW", "TODAY", "demo_city", "loaded", "value", "whole_city"]


@contextmanager
def loaded(*contexts: str) -> Iterator[Scope]:
    """Load the demonstration of these contexts in a transaction that is rolled back; yield the whole scope."""
    with transaction.atomic():
        for _step in demo_load.load(now=NOW, only=contexts):
            pass
        yield _scope()
        transaction.set_rollback(True)


@contextmanager
def whole_city() -> Iterator[Scope]:
    """Work in a copy of the whole city, which is loaded once for all processes; yield the whole scope."""
    city, copy = _loaded_database(), f"city_{os.getpid()}"
    home = connection.settings_dict["NAME"]
    databases.execute(f'DROP DATABASE IF EXISTS "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE "{city}"')
    databases.move_to(copy)
    try:
        yield _scope()
    finally:
        databases.move_to(home)
        databases.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _loaded_database() -> str:
    """Return the name of a database with the city as the present sources make it; load it if there is none."""
    name = f"city_of_{_digest()}"
    with (Path(os.environ["KEXIE_TEST_HOME"]) / "city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = databases.names("city_of_%")
        if name not in known:
            _load_into(name, known)
    return name


def _load_into(name: str, outdated: list[str]) -> None:
    migrated = databases.migrated()
    with databases.becoming(name, outdated, template=migrated):
        for _step in demo_load.load(now=NOW):
            pass


@cache
def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _scope() -> Scope:
    return Scope(association_id=Unit.objects.get(parent=None).pk)


def value(
    scope: Scope, measure: str, on: dt.date = AS_OF, *, since: dt.date | None = None, **filters: str
) -> Number:
    """Return a measure's value up to a day, since another if given."""
    cell = Cell(measure, Period.until(on, since=since), filters=tuple(filters.items()))
    return figures.value(cell, scope)
