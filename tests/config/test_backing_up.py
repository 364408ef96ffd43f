"""`kexie backup` and `kexie restore`: what was dumped comes back, whole, and never over other data."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kexie.config.postgres import Cluster
from tests.config.processes import kexie

FOUND = (
    "init",
    "--area",
    "341200",
    "--name",
    "阜阳市科学技术协会",
    "--short-name",
    "阜阳市科协",
    "--credit-code",
    "",
)


@pytest.fixture
def other(home: Path) -> Iterator[Path]:
    """Another KEXIE_HOME, with nothing in it."""
    folder = home.with_name("other")
    yield folder
    Cluster(folder).destroy()
    shutil.rmtree(folder)


def test_a_backup_comes_back_whole_and_never_over_data(home: Path, other: Path, tmp_path: Path) -> None:
    dump = tmp_path / "kexie.dump"
    assert kexie(home, "backup", str(dump)).returncode == 0
    assert dump.stat().st_mode & 0o077 == 0

    cut = tmp_path / "cut.dump"
    cut.write_bytes(dump.read_bytes()[:-20_000])
    failed = kexie(other, "restore", str(cut))
    assert failed.returncode == 1
    assert "恢复失败" in failed.stderr

    done = kexie(other, "restore", str(dump))
    assert done.returncode == 0, done.stderr
    founded = kexie(other, *FOUND)
    assert founded.returncode == 0, founded.stderr

    refused = kexie(other, "restore", str(dump))
    assert refused.returncode == 1
    assert "已有数据" in refused.stderr
