"""A KEXIE_HOME that production processes of these tests share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kexie.config.postgres import Cluster
from tests.config.processes import kexie


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder made ready by `kexie setup`, in a place that the database's user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="kexie-test-"))
    folder.chmod(0o755)
    done = kexie(folder / "home", "setup")
    assert done.returncode == 0, done.stderr
    yield folder / "home"
    Cluster(folder / "home").destroy()
    shutil.rmtree(folder)
