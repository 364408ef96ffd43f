"""What a text is made of, for search: single Chinese characters and pairs of them; stems of Latin words and pairs of them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-zA-Z0-9]+")
_LATIN = re.compile(r"[a-zA-Z0-9]")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s")
_STOP = frozenset(
    "a an and are as at be by can for from has have in is it its of on or that the this to was we were which with".split()
)
_LONGEST = 200_000  # characters read of one text


@dataclass(frozen=True)
class Stretch:
    """Units that follow one another: characters of one Chinese run, or Latin words between two of those."""

    units: list[str]
    written: list[str]  # the units as they stand in the text
    latin: bool

    def pairs(self) -> list[str]:
        """Return the token of each unit with its next."""
        glue = "_" if self.latin else ""
        return [f"{one}{glue}{other}" for one, other in pairwise(self.units)]

    def text(self, start: int, end: int) -> str:
        """Return the units from `start` to before `end` as a person reads them."""
        return (" " if self.latin else "").join(self.written[start:end])


def stretches(text: str) -> Iterator[Stretch]:
    """Yield the stretches of a text of any kind; control characters, full-width forms and case make no difference."""
    words: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text[:_LONGEST])):
        if _LATIN.match(run):
            if run.lower() not in _STOP:
                words.append(run)
            continue
        if words:
            yield _latin(words)
            words = []
        yield Stretch(list(run), list(run), latin=False)
    if words:
        yield _latin(words)


def _latin(words: list[str]) -> Stretch:
    return Stretch([stem(word.lower()) for word in words], words, latin=True)


def tokens(text: str) -> list[str]:
    """Return the tokens of a text: the units and pairs of its stretches."""
    return [token for stretch in stretches(text) for token in (*stretch.units, *stretch.pairs())]


def stem(word: str) -> str:
    """Return a Latin word without its common endings."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:  # noqa: PLR2004 - what remains must be a word
            return word[: -len(ending)]
    return word
