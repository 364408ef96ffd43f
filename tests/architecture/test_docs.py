"""The documentation holds together: every link leads somewhere, every context explains itself, nothing local is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for pattern in ("*.md", "docs/**/*.md", "src/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield file and anchor of each link of a page that leads to this repository."""
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            file, _sep, anchor = target.partition("#")
            yield (page.parent / file if file else page), anchor


def anchors(page: Path) -> set[str]:
    """Return the anchors that headings of a page make, as the usual renderers do."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def test_there_are_pages_to_look_at() -> None:
    assert {"README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/operator.md"} <= set(map(name, PAGES))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    missing = [str(target) for target, _anchor in links(page) if not target.exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_anchor_is_a_heading(page: Path) -> None:
    missing = [
        anchor
        for target, anchor in links(page)
        if anchor and target.suffix == ".md" and target.exists() and anchor not in anchors(target)
    ]
    assert missing == []


def test_every_guide_is_in_the_index() -> None:
    guides = ROOT / "docs" / "guides"
    listed = {target.resolve() for target, _anchor in links(guides / "README.md")}
    assert {path for path in guides.glob("*.md") if path.name != "README.md"} <= listed


def test_every_context_has_a_readme() -> None:
    contexts = [path.parent for path in (ROOT / "src" / "kexie" / "contexts").glob("*/apps.py")]
    assert len(contexts) >= 9
    assert [name(context) for context in contexts if not (context / "README.md").exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_path_of_one_machine_is_named(page: Path) -> None:
    assert re.findall(r"/(?:home|root|tmp|Users)/[\w.-]+", page.read_text()) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "guides").glob("*.md")), ids=name)
def test_guides_quote_what_the_pages_say(page: Path, said: str) -> None:
    """What stands in “…” is a button, a heading or a message; examples of data stand in `…` or hold digits."""
    quoted = re.findall(r"“([^”]+)”", re.sub(r"`[^`]+`", "", page.read_text()))
    words = [part for text in quoted if not re.search(r"\d", text) for part in text.split("…")]
    assert [word for word in words if word not in said] == []


@pytest.fixture(scope="module")
def said() -> str:
    sources = ROOT / "src" / "kexie"
    return "\n".join(path.read_text() for kind in ("**/*.py", "**/*.html") for path in sources.glob(kind))
