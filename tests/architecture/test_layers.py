"""The contracts of layers hold, and a breach of each kind would be reported."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache"], cwd=root, env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(
        ROOT / "src", root / "src", ignore=shutil.ignore_patterns("*.egg-info", "static", "__pycache__")
    )
    return root


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("kernel/planted.py", "import kexie.ledger", "Imports run downward only"),
        ("foundation/units/planted.py", "import kexie.contexts.museums", "Imports run downward only"),
        ("kernel/planted.py", "import psycopg", "Plain ideas stay free"),
        (
            "contexts/museums/planted.py",
            "import kexie.contexts.touring.models",
            "Contexts know each other only",
        ),
        ("portal/planted.py", "import kexie.contexts.museums.models", "Nobody above the contexts"),
        ("contexts/museums/models/planted.py", "import kexie.contexts.museums.measures", "Inside a context"),
    ],
)
def test_a_planted_breach_is_reported(copy: Path, file: str, line: str, contract: str) -> None:
    planted = copy / "src" / "kexie" / file
    planted.write_text(f"{line}\n")
    told = lint(copy)
    planted.unlink()
    assert told.returncode == 1
    broken = [text for text in told.stdout.splitlines() if "BROKEN" in text or text.startswith(contract)]
    assert any(text.startswith(contract) for text in broken), told.stdout
    assert "BROKEN" in told.stdout
