"""What every template, style sheet and script of ours keeps to: the browsers' floor, the CSP, one set of tokens."""

import re
from itertools import chain
from pathlib import Path

import pytest

import kexie

ROOT = Path(kexie.__file__).parent
TEMPLATES = sorted(path for path in ROOT.rglob("templates/**/*.html"))
STYLES = sorted(path for path in ROOT.rglob("static/**/*.css") if "vendor" not in path.parts)
SCRIPTS = sorted(path for path in ROOT.rglob("static/**/*.js") if "vendor" not in path.parts)
TOKENS = (ROOT / "ui/static/ui/css/tokens.css").read_text()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_have_no_inline_style_script_or_handler(path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=name)
def test_nothing_is_fetched_from_elsewhere(path):
    assert not re.search(r"(?:src|href|url\(|from|import)\s*[=(]?\s*[\"']?(?:https?:)?//", path.read_text())


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_styles_are_whole_and_say_nothing_twice(path):
    """A rule that a careless merge doubled, or cut in two, once hid a form."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert text.count("{") == text.count("}")
    rules = [line for line in text.splitlines() if re.fullmatch(r"\S.*\{.*\}", line)]
    assert {line for line in rules if rules.count(line) > 1} == set()


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_styles_stay_below_the_oldest_browsers(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    # What a browser is asked about first costs those that lack it nothing.
    text = re.sub(r"@supports selector\(:has\(\*\)\) {.*?\n}", "", text, flags=re.DOTALL)
    assert not re.search(
        r":has\(|color-mix\(|@layer|@container|@scope|\boklch\(|\blab\(|&\s*[.:#\[{]|\d[sld]v[hw]\b", text
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_table_that_scrolls_is_reached_by_keyboard_and_has_a_name(path):
    for box in re.findall(r'<div class="table-box"[^>]*>', path.read_text()):
        assert re.search(r' tabindex="0" role="region" aria-label', box)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_chinese_in_templates_goes_through_gettext(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(
        r"{% blocktranslate.*?%}.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL
    )
    left = re.findall(r"[一-鿿]+", text)
    assert [word for word in left if word != "中文"] == []  # a language is offered by its own name


def test_every_icon_asked_for_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "ui/static/ui/icons.svg").read_text()))
    asked = {
        icon
        for path in TEMPLATES
        for icon in chain(
            re.findall(r'<c-icon name="([\w-]+)"', path.read_text()),
            re.findall(r'\b(?:icon|after)="([\w-]+)"', path.read_text()),
        )
    }
    assert asked - drawn == set()


def test_every_component_is_shown_in_the_gallery():
    folder = ROOT / "ui/templates/cotton"
    pages = [ROOT / f"ui/templates/ui/{one}.html" for one in ("gallery", "gallery_staff", "staff", "base")]
    shown, waiting = set(), [path.read_text() for path in pages]
    while waiting:
        used = {one.replace("-", "_") for one in re.findall(r"<c-([a-z-]+)", waiting.pop())} - {
            "slot",
            "vars",
        }
        waiting += [(folder / f"{one}.html").read_text() for one in used - shown]
        shown |= used
    assert {path.stem for path in folder.glob("*.html")} - shown == set()


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", block))


LIGHT = _tokens(TOKENS.split("@media")[0])
DARK = _tokens(TOKENS.split(":root.theme-dark")[1])
TEXT_ON_GROUND = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "accent", "accent-deep", "red", "amber")
    for ground in ("paper", "sheet", "wash")
] + [
    ("ink", "accent-wash"),
    ("accent-deep", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("red", "red-wash"),
    ("ink", "red-wash"),
    ("amber", "amber-wash"),
    ("ink", "amber-wash"),
    ("paper", "ink"),
    ("sheet", "red"),
]


def test_dark_is_the_same_whether_chosen_or_preferred():
    preferred = TOKENS.split("prefers-color-scheme: dark")[1].split(":root.theme-dark")[0]
    assert _tokens(preferred) == DARK
    assert DARK.keys() == LIGHT.keys()


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_is_readable_on_its_ground(theme, ink, ground):
    assert _contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["rule-strong", "chart-1", "chart-2", "focus"])
def test_edges_of_controls_and_bars_can_be_seen(theme, edge):
    assert min(_contrast(theme[edge], theme[ground]) for ground in ("paper", "sheet")) >= 3
