"""The list of commands and how failures are told."""

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from kexie import __version__
from kexie.config.cli import COMMANDS, cli
from tests.config.processes import kexie

PUBLIC = ["setup", "demo", "init", "serve", "stop", "claims", "check", "release", "figures", "ledger", "client", "capacity", "keys",
          "import", "export", "plan", "assign", "match", "backup", "restore", "doctor", "test", "lint", "bench", "screens", "clean"]  # fmt: skip


def test_help_lists_the_commands_in_order_one_line_each() -> None:
    told = CliRunner().invoke(cli, ["--help"], terminal_width=110).output
    assert [line.split()[0] for line in told.partition("Commands:\n")[2].splitlines()] == PUBLIC


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "manage"])
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0, done.exception
    assert done.output.startswith("Usage: ")
    assert COMMANDS[name].load().help


def test_commands_are_where_the_table_says() -> None:
    for entry in COMMANDS.values():
        module, _, name = entry.at.partition(":")
        assert hasattr(import_module(module), name)


def test_the_version_is_that_of_the_package() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'version = "{__version__}"' in project
    assert CliRunner().invoke(cli, ["--version"]).output == f"kexie, version {__version__}\n"


def test_a_failure_is_told_in_one_line(tmp_path: Path) -> None:
    taken = tmp_path / "home"
    taken.write_text("not a folder")
    done = kexie(taken, "doctor")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "KEXIE_HOME" in done.stderr


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    done = kexie(tmp_path / "home", "setup", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("无法使用数据库")
    assert "Traceback" not in done.stderr
