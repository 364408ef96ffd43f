"""`kexie claims` and `kexie check` from the command line."""

import json

import pytest
from click.testing import CliRunner

from kexie.config.cli.texts import check, claims
from tests.claims.conftest import SAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "text.txt"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def run(command, *arguments):
    return CliRunner().invoke(command, list(arguments))


def test_claims_prints_objects(file):
    result = run(claims, file("接待130多万人次。", "gb18030"), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "text": "130多万人次",
            "value": 1_300_000,
            "low": 1_300_001,
            "high": 1_399_999,
            "unit": "人次",
            "start": 2,
            "end": 9,
        }
    ]


def test_claims_prints_a_table(file):
    result = run(claims, file("接待130多万人次。"))
    assert "1,300,001" in result.stdout
    assert "共 1 个数量" in result.stdout


def test_claims_of_nothing(file):
    assert json.loads(run(claims, file("没有数。"), "--json").stdout) == []


@pytest.mark.parametrize("command", [claims, check])
def test_a_file_that_cannot_be_read_is_bad_usage(command, tmp_path):
    missing = run(command, str(tmp_path / "missing.txt"))
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert (missing.exit_code, run(command, str(picture)).exit_code) == (2, 2)


@pytest.mark.parametrize(
    ("text", "code"), [("全市累计建设校园科技馆61个。", 0), ("全市累计建设校园科技馆62个。", 1)]
)
def test_check_exits_with_1_when_something_is_contradicted(scope, file, text, code):
    result = run(check, file(text), "--as-of", "2025-06-30", "--json")
    assert result.exit_code == code
    (found,) = json.loads(result.stdout)
    assert set(found) >= {
        "text",
        "value",
        "low",
        "high",
        "unit",
        "start",
        "end",
        "measure",
        "period",
        "actual",
        "verdict",
        "why",
    }
    assert (found["measure"], found["actual"]) == ("facilities.campus_museums", 61)


def test_check_prints_a_table(scope):
    result = run(check, str(SAMPLE), "--as-of", "2025-06-30")
    assert result.exit_code == 1
    assert "一百二十四处" in result.stdout
    assert "↗ 台账以外 2" in result.stdout


def test_check_refuses_what_is_no_date(scope, file):
    assert run(check, file("61个。"), "--as-of", "上周").exit_code == 2
