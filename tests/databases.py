"""Databases that all test processes share: above all the migrated one, of which every test database is a copy."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def migrated() -> str:
    """Return the name of an empty database with every table; migrate it if none is as the present sources say.

    Migrating takes a minute and a half, copying a tenth of a second.
    """
    name = f"migrated_{_digest()}"
    with (Path(os.environ["KEXIE_TEST_HOME"]) / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = names("migrated_%")
        if name not in known:
            with becoming(name, known):
                call_command("migrate", verbosity=0, interactive=False)
    return name


@contextmanager
def becoming(name: str, outdated: list[str], *, template: str = "template1") -> Iterator[None]:
    """Work in a new database that bears its name only when it is complete; drop what it replaces."""
    home, raw = connection.settings_dict["NAME"], f"raw_{name}"
    execute(
        *(f'DROP DATABASE "{old}" WITH (FORCE)' for old in [*outdated, *names(raw)]),
        f'CREATE DATABASE "{raw}" TEMPLATE "{template}"',
    )
    move_to(raw)
    try:
        yield
    finally:
        move_to(home)
    execute(f'ALTER DATABASE "{raw}" RENAME TO "{name}"')


@cache
def _digest() -> str:
    """Over whatever makes tables: migrations, what they call, and the packages that bring their own."""
    found = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted((ROOT / "src").rglob("*.py")):
        if {"migrations", "models"} & {*path.parts, path.stem} or path.stem in {"guards", "ids"}:
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def names(pattern: str) -> list[str]:
    """Return the databases whose names are LIKE this; there may be no test database yet."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall()]


def execute(*statements: str) -> None:
    """Run statements about whole databases."""
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def move_to(name: str) -> None:
    """Work in another database from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name
