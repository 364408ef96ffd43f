"""Settings: what the environment may say, and that the reference says it too."""

import re
import threading
from pathlib import Path

import pytest

from kexie.config.settings import database, declared, keys
from kexie.kernel.errors import UserError

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_every_setting_is_in_the_reference_with_its_default_and_nothing_else_is() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|—) \| (.+) \|$", REFERENCE.read_text(), re.MULTILINE)
    assert rows == [(setting.env, setting.default, setting.description) for setting in declared.DECLARED]


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("off", False), ("", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:  # noqa: FBT001  a parameter of the test
    monkeypatch.setenv("KEXIE_HTTPS", text)
    assert declared.setting("KEXIE_HTTPS") is value


def test_a_value_that_makes_no_sense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEXIE_HTTPS", "maybe")
    with pytest.raises(UserError, match="KEXIE_HTTPS"):
        declared.setting("KEXIE_HTTPS")


def test_names_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEXIE_ALLOWED_HOSTS", "kexie.example, www.kexie.example,")
    assert declared.setting("KEXIE_ALLOWED_HOSTS") == ["kexie.example", "www.kexie.example"]


def test_a_database_address_with_escapes_and_options() -> None:
    entry = database.from_url("postgresql://us%40er:p%2Fw@db.example:6432/ke%20xie?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"], entry["OPTIONS"]) == (
        "us@er", "p/w", "db.example", 6432, "ke xie", {"sslmode": "require"},
    )  # fmt: skip


def test_a_database_address_with_a_socket_folder() -> None:
    assert database.from_url("postgresql:///kexie?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://localhost/kexie", "postgresql://localhost", "kexie"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UserError, match="DATABASE_URL must look like"):
        database.from_url(url)


def test_processes_that_make_the_secret_at_once_agree_on_it(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.secret_key(tmp_path / "keys"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (tmp_path / "keys" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret"]
