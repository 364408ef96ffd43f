"""`kexie bench`: measuring speed. Benchmarks are programs in `benchmarks/`, never timed tests."""

import runpy
from pathlib import Path

import click
from django.db import connections

from kexie.config import build

FOLDER = Path(__file__).resolve().parents[4] / "benchmarks"
DATABASE = "kexie_bench"


@click.command()
@click.argument("name", type=click.Choice(sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))))
@click.option("--rows", multiple=True, type=int, help="数据量，可写多次。 Size of the data; may be repeated.")
@click.option("--keep", is_flag=True, help="保留测试库。 Keep the benchmark's database.")
def bench(*, name: str, rows: tuple[int, ...], keep: bool) -> None:
    """测量性能，在单独的数据库里进行，结束时打印一张表。

    Measure speed in a database of its own, and print one table with ratios against a baseline of the same run.
    """
    build.static_files(click.echo)
    _use_database()
    try:
        runpy.run_path(str(FOLDER / f"{name}.py"))["run"](sizes=rows or None)
    finally:
        if not keep:
            _drop_database()


def _use_database() -> None:
    """Make a fresh database beside the real one and let Django's connection point at it."""
    _drop_database()
    default = connections["default"]
    with default.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    default.close()
    default.settings_dict["NAME"] = DATABASE


def _drop_database() -> None:
    default = connections["default"]
    default.close()
    if default.settings_dict["NAME"] == DATABASE:
        default.settings_dict["NAME"] = _HOME
    with default.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


_HOME = connections["default"].settings_dict["NAME"]
