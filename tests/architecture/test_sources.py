"""Rules for files: no address of another host where a page could load from it, nothing inline, no huge modules."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "kexie"
PAGES = [
    path
    for pattern in ("**/*.html", "**/*.css", "**/*.js", "**/*.svg")
    for path in SOURCES.glob(pattern)
    if "vendor" not in path.parts
]
# Migrations are written by Django, and never edited once they are out.
MODULES = [path for path in SOURCES.glob("**/*.py") if path.parent.name != "migrations"]
NUMBER_FIELDS = {"forms.IntegerField", "forms.DecimalField", "forms.FloatField"}
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def name(path: Path) -> str:
    return str(path.relative_to(SOURCES))


def test_there_are_pages_and_modules_to_look_at() -> None:
    assert len(PAGES) > 20
    assert len(MODULES) > 100


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_name_no_other_host_and_hold_nothing_inline(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"https?://[\w./-]+", text)) <= NAMESPACES
    if path.suffix == ".html":
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text)
        assert not re.search(r"<style\b|\sstyle=\"|\son(click|change|submit|load|input)=", text)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_page_has_a_browsers_own_number_field(path: Path) -> None:
    """They drop full-width digits without a word, and change when the page is scrolled."""
    assert 'type="number"' not in path.read_text()


@pytest.mark.parametrize("path", [one for one in PAGES if one.suffix == ".js"], ids=name)
def test_no_script_adds_to_what_it_took_before_waiting(path: Path) -> None:
    """`S.list.push(await …)` takes the list first: what replaced it meanwhile never sees the new entry."""
    assert not re.search(r"\.(push|unshift|patch|add)\([^)\n]*\bawait\b|[+|]= await\b", path.read_text())


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_form_asks_for_a_number_in_one(path: Path) -> None:
    """Django's fields of numbers take a browser's own unless they are told of another."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in NUMBER_FIELDS:
            assert "widget" in {one.arg for one in node.keywords}
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) != "forms.NumberInput"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 500


def test_no_page_keeps_its_origin_from_its_own_forms() -> None:
    """Under "no-referrer" a browser posts "Origin: null", which is refused as forged; "same-origin" tells no other site."""
    told = [path for path in [*PAGES, *MODULES] if path.suffix in {".py", ".html"}]
    assert [name(path) for path in told if "no-referrer" in path.read_text()] == []


def test_days_are_those_of_the_city() -> None:
    """The day of a moment in UTC is yesterday until eight in the morning here: `timezone.localdate(now)` is meant."""
    assert [name(path) for path in MODULES if re.search(r"\bnow\.date\(\)", path.read_text())] == []


# Modules that import another of ours late, and why.
LATE = {"platform/assignment/solving.py": "loads a solver's large library where it is used"}


def test_no_circle_is_hidden_in_a_function() -> None:
    """Operations do not know their tasks: who calls them defers (`apps.py` must import late, commands start quicker so)."""
    late = {
        name(path)
        for path in MODULES
        if path.name != "apps.py" and not name(path).startswith("config/")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kexie")
    }
    assert late == set(LATE)


def test_no_index_or_registry_is_named() -> None:
    named = re.compile(r"(pypi|npmjs|npmmirror|tsinghua|aliyun)\.\w+", re.IGNORECASE)
    for path in (
        *(ROOT / "requirements").iterdir(),
        ROOT / "package-lock.json",
        ROOT / "kexie",
        ROOT / "pyproject.toml",
    ):
        assert not named.search(path.read_text()), path
