"""The interface speaks Chinese and English: what the sources say in Chinese, a catalogue beside them says in English."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from kexie.ledger import registry
from kexie.workbench.desk.columns import columns

SOURCES = Path(__file__).parents[2] / "src" / "kexie"
CATALOGUES = sorted(path.relative_to(SOURCES) for path in SOURCES.glob("**/locale/en/LC_MESSAGES/django.po"))
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy"}
# What a template says, after Django has rewritten it as calls of gettext and pgettext.
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})?)\s*\)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
CHINESE = re.compile(r"[　-〿一-鿿＀-￯]")
TRANSLATED = re.compile(
    r"\{#.*?#\}|\{% comment .*?endcomment %\}|\{% blocktranslate.*?endblocktranslate %\}|\{% translate .*?%\}"
    r"|\b_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
NAME_OF_CHINESE = "中文"  # the switch of languages names each language in itself


def texts(suffix: str) -> list[Path]:
    """The sources whose words people read."""
    return sorted(one for one in SOURCES.glob(f"**/*{suffix}") if one.parent.name != "migrations")


# A message, after its context if it has one ("one" or "many" of a thing, where Chinese makes no difference).
Words = tuple[str, ...]


def said_in_python(path: Path) -> Iterator[Words]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            words = tuple(one.value for one in node.args if isinstance(one, ast.Constant))
            if words:
                yield words


def said_in_template(path: Path) -> Iterator[Words]:
    for found in CALL.finditer(templatize(path.read_text(), origin=str(path))):
        yield ast.literal_eval(f"({found.group(1)},)")


def catalogue_of(path: Path) -> Path:
    """The catalogue of the nearest package above that has one."""
    beside = next(folder for folder in path.parents if (folder / "locale" / "en").is_dir())
    return (beside / "locale/en/LC_MESSAGES/django.po").relative_to(SOURCES)


@cache
def said() -> dict[Path, set[Words]]:
    found: dict[Path, set[Words]] = defaultdict(set)
    for suffix, reader in ((".py", said_in_python), (".html", said_in_template)):
        for path in texts(suffix):
            found[catalogue_of(path)].update(reader(path))
    return found


@cache
def catalogue(path: Path) -> Catalog:
    with (SOURCES / path).open("rb") as file:
        return read_po(file)


def words_of(one: Message) -> Words:
    return (one.context, one.id) if one.context else (one.id,)


def entries(path: Path) -> list[Message]:
    return [one for one in catalogue(path) if one.id]


def test_catalogues_and_sources_were_found() -> None:
    assert len(CATALOGUES) > 20
    assert sum(map(len, said().values())) > 2000


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_everything_said_is_translated(path: Path) -> None:
    translated = {words_of(one) for one in entries(path) if one.string and not one.fuzzy}
    assert sorted(said()[path] - translated) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_translations_keep_the_placeholders(path: Path) -> None:
    wrong = [
        one.id
        for one in entries(path)
        if sorted(PLACEHOLDER.findall(one.id)) != sorted(PLACEHOLDER.findall(one.string))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_translations_hold_no_chinese(path: Path) -> None:
    """But for words that are typed as they are, which stand in `…`."""
    said = {one.string: re.sub(r"`[^`]+`", "", one.string) for one in entries(path)}
    assert [whole for whole, rest in said.items() if CHINESE.search(rest)] == []


def test_catalogues_agree() -> None:
    """Django reads all catalogues as one, so two translations of a word would depend on the order of apps."""
    found = defaultdict(set)
    for path in CATALOGUES:
        for one in entries(path):
            found[words_of(one)].add(one.string)
    assert {word: strings for word, strings in found.items() if len(strings) > 1} == {}


def test_templates_say_chinese_only_through_translation() -> None:
    bare = {}
    for path in texts(".html"):
        left = TRANSLATED.sub("", path.read_text()).replace(NAME_OF_CHINESE, "")
        if CHINESE.search(left):
            bare[str(path.relative_to(SOURCES))] = CHINESE.findall(left)
    assert bare == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_columns_of_a_record_type_have_names_of_their_own(language: str) -> None:
    """An import finds its columns by their names, and a form tells its fields apart by them."""
    doubled = {}
    with translation.override(language):
        for one in registry.record_types().values():
            labels = [str(column.label) for column in columns(one.model, one.fields)]
            if len(set(labels)) < len(labels):
                doubled[one.key] = sorted({label for label in labels if labels.count(label) > 1})
    assert doubled == {}
