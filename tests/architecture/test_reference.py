"""The reference pages say what the code says."""

import pytest

from kexie.config import reference


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return reference.pages()


@pytest.mark.parametrize(
    "name", ["measures.md", "editions.md", "permissions.md", "commands.md", "record-types.md", "api.md"]
)
def test_the_page_is_as_the_code_would_write_it_now(made: dict[str, str], name: str) -> None:
    assert (reference.FOLDER / name).read_text() == made[name], "run .venv/bin/kexie reference"


def test_no_other_page_is_made(made: dict[str, str]) -> None:
    assert {path.name for path in reference.FOLDER.iterdir()} == {*made, "settings.md"}
