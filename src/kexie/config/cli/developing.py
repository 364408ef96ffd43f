"""Commands for those who work on Kexie: test, lint, clean, manage."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from kexie.config.settings.declared import setting

ROOT = Path(__file__).resolve().parents[4]
_PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import contracts", ("lint-imports",)),
    ("migrations", ("manage", "makemigrations", "--check", "--dry-run")),
)


@click.command(context_settings=_PASS_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """运行全部检查和测试；带参数时只把参数交给 pytest。

    Run every check, then all tests. With arguments, run pytest alone with them: kexie test tests/ledger -k merkle
    """
    from kexie.config import browser, build

    browser.require()
    build.assets(_say)
    build.translations(_say)
    failed = [] if arguments else list(_failed_stages())
    for name in failed:
        click.secho(f"✗ {name}", fg="red", err=True)
    command = ["pytest", *(arguments or ("-n", "2", "--dist", "loadscope", "-q"))]
    sys.stdout.flush()
    code = _run(command)
    sys.exit(code or (1 if failed else 0))


def _say(message: str) -> None:
    click.echo(message, err=True)


@click.command()
def lint() -> None:
    """检查代码风格、类型、分层和迁移。 Check style, types, import contracts and migrations."""
    failed = list(_failed_stages())
    for name in failed:
        click.secho(f"✗ {name}", fg="red", err=True)
    sys.exit(bool(failed))


def _failed_stages() -> Iterator[str]:
    """Run each stage, whether or not one before it failed; yield the names of those that failed."""
    for name, command in _STAGES:
        start = time.monotonic()
        click.secho(f"── {name}", bold=True, err=True)
        if _run(command):
            yield name
        click.echo(f"   {time.monotonic() - start:.1f} s", err=True)


def _run(command: tuple[str, ...] | list[str]) -> int:
    """Run a program of the environment in the repository and return its exit code."""
    programs = Path(sys.executable).parent
    found = (
        [sys.executable, "-m", "kexie.config.cli"] if command[0] == "manage" else [str(programs / command[0])]
    )
    rest = command if command[0] == "manage" else command[1:]
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [*found, *rest], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


_GENERATED = (
    "node_modules",
    "build",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
    ".hypothesis",
)


@click.command()
@click.option("--data", is_flag=True, help="连同 KEXIE_HOME 的全部数据。 Also KEXIE_HOME with all its data.")
@click.confirmation_option(prompt="删除生成的文件？ Remove what was generated?")
def clean(*, data: bool) -> None:
    """删除环境、缓存和构建结果；数据只在指明时删除。 Remove environment, caches and builds; data only when told."""
    home = setting("KEXIE_HOME").expanduser().absolute()
    if data:
        _remove_home(home)
    else:
        _remove_cluster(home / "test")
        shutil.rmtree(home / "static", ignore_errors=True)
    for cache in (
        *ROOT.glob("src/**/__pycache__"),
        *ROOT.glob("tests/**/__pycache__"),
        *ROOT.glob("src/**/*.mo"),
    ):
        shutil.rmtree(cache) if cache.is_dir() else cache.unlink()
    for name in (*_GENERATED, "src/kexie/ui/static/vendor", ".venv"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


def _remove_home(home: Path) -> None:
    for folder in (home / "test", home):
        _remove_cluster(folder)
    shutil.rmtree(home, ignore_errors=True)


def _remove_cluster(home: Path) -> None:
    """Stop the database of a folder and remove the folder, also the part of it kept elsewhere."""
    from kexie.config.postgres import Cluster

    if home.exists():
        Cluster(home).destroy()
        shutil.rmtree(home, ignore_errors=True)


@click.command(context_settings={**_PASS_ON, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands."""
    from kexie.config import manage as django_commands

    django_commands.main(list(arguments))
