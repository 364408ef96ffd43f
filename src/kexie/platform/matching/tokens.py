"""What a text is made of, for search: single Chinese characters and pairs of them; stems of Latin words and pairs of them."""

import re
import unicodedata
from itertools import pairwise

_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+")
_LATIN = re.compile(r"[a-z0-9]")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s")
_STOP = frozenset(
    "a an and are as at be by can for from has have in is it its of on or that the this to was we were which with".split()
)
_LONGEST = 200_000  # characters read of one text


def tokens(text: str) -> list[str]:
    """Return the tokens of a text of any kind; control characters, full-width forms and case make no difference."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    found: list[str] = []
    words: list[str] = []
    for run in _RUNS.findall(plain):
        if _LATIN.match(run):
            if run not in _STOP:
                words.append(stem(run))
            continue
        found += _pairs(words, "_")
        words = []
        found += _pairs(list(run), "")
    return found + _pairs(words, "_")


def _pairs(units: list[str], glue: str) -> list[str]:
    return units + [f"{one}{glue}{other}" for one, other in pairwise(units)]


def stem(word: str) -> str:
    """Return a Latin word without its common endings."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:  # noqa: PLR2004 - what remains must be a word
            return word[: -len(ending)]
    return word
