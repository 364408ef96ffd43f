"""`kexie doctor` finds what is wrong and says what to do."""

import json
from pathlib import Path

import pytest

from kexie.config.postgres import Cluster
from tests.config.processes import kexie


def levels(home: Path, **environment: str) -> tuple[int, dict[str, str]]:
    done = kexie(home, "doctor", "--json", **environment)
    found = json.loads(done.stdout)
    assert all(finding["remedy"] for finding in found if finding["level"] != "ok")
    return done.returncode, {finding["name"].split()[-1]: finding["level"] for finding in found}


def test_a_home_that_was_set_up_passes(home: Path) -> None:
    code, found = levels(home)
    assert code == 0
    assert found["migrations"] == found["files"] == found["KEXIE_HOME"] == found["fsync"] == "ok"


def test_a_home_that_was_not_set_up_fails(tmp_path: Path) -> None:
    code, found = levels(tmp_path / "home")
    Cluster(tmp_path / "home").destroy()
    assert code == 1
    assert found["migrations"] == found["files"] == "failed"


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"KEXIE_DEBUG": "1"}, "KEXIE_DEBUG"),
        ({"KEXIE_ALLOWED_HOSTS": "*"}, "KEXIE_ALLOWED_HOSTS"),
        ({"KEXIE_ALLOWED_HOSTS": "kexie.example"}, "HTTPS"),
        ({"KEXIE_SECRET_KEY": "short"}, "KEXIE_SECRET_KEY"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "database"),
    ],
)
def test_each_mistake_is_found(home: Path, environment: dict[str, str], name: str) -> None:
    code, found = levels(home, **environment)
    assert code == 1
    assert found[name] == "failed"


def test_keys_that_others_may_read_are_found(home: Path) -> None:
    secret = home / "keys" / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    secret.chmod(0o644)
    assert levels(home)[1]["keys"] == "failed"
    secret.chmod(0o600)
    assert levels(home)[1]["keys"] == "ok"


def test_a_fresh_backup_can_be_restored_and_satisfies(home: Path) -> None:
    done = kexie(home, "backup")
    assert done.returncode == 0, done.stderr
    (dump,) = (home / "backups").glob("*.dump")
    assert dump.read_bytes()[:5] == b"PGDMP"
    assert dump.stat().st_mode & 0o077 == 0
    assert levels(home)[1]["backup"] == "ok"
