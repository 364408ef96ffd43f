"""`kexie bench`: measuring speed. Benchmarks are programs in `benchmarks/`, never timed tests."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import click
from django.db import connections

from kexie.config import build

FOLDER = Path(__file__).resolve().parents[4] / "benchmarks"
DATABASE = "kexie_bench"
PLANNER, MATCHING = "planner", "matching"


@click.command()
@click.argument("name", type=click.Choice(sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))))
@click.option("--rows", multiple=True, type=int, help="数据量，可写多次。 Size of the data; may be repeated.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="planner、matching：公开数据所在的文件夹。 For planner and matching: where the public sets are.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1),
    default=30.0,
    help="planner：每个算例的 CPU 秒数；没有 --folder 时是真实秒数。 For planner: CPU seconds of each; of the clock without --folder.",
)
@click.option("--keep", is_flag=True, help="保留测试库。 Keep the benchmark's database.")
def bench(*, name: str, rows: tuple[int, ...], folder: Path | None, seconds: float, keep: bool) -> None:
    """测量性能，在单独的数据库里进行，结束时打印一张表。

    Measure speed in a database of its own, and print one table with ratios against a baseline of the same run. Matching, and planner with a folder, need no
    database; without a folder a season made by chance is planned as the board does it.
    """
    sys.path.insert(0, str(FOLDER))  # for what benchmarks share
    if name == PLANNER and folder:
        _program(name)(folder=folder, seconds=seconds)
        return
    if name == MATCHING:
        _program(name)(folder=folder, sizes=rows or None)
        return
    build.static_files(click.echo)
    _use_database()
    try:
        _measure(name, rows, seconds)
    finally:
        if not keep:
            _drop_database()


def _measure(name: str, rows: tuple[int, ...], seconds: float) -> None:
    if name == PLANNER:
        _program(name)(folder=None, seconds=seconds)
    else:
        _program(name)(sizes=rows or None)


def _program(name: str) -> Callable[..., None]:
    run: Callable[..., None] = runpy.run_path(str(FOLDER / f"{name}.py"))["run"]
    return run


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
