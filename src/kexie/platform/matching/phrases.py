"""What two texts say alike, in words that a person can look up in the text."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from kexie.platform.matching.tokens import Stretch, stretches

_MOST = 6
_EDGES = "的了与及是等"
# A phrase of less than this share of the weightiest one's weight is not named.
_FAINT = 0.15


def shared(text: str, words: frozenset[str], weight: Callable[[str], float]) -> list[str]:
    """Return the longest phrases of a text that are made of these words, the weightiest first; single words only where there is none."""
    weighed: dict[str, float] = {}
    single: dict[str, float] = {}
    for stretch in stretches(text):
        for start, end in _common(stretch, words):
            said = stretch.text(start, end)
            if not stretch.latin:
                said = said.strip(_EDGES)
            if len(said) > 1:
                weighed[said] = sum(weight(pair) for pair in stretch.pairs()[start : end - 1])
        for unit, written in zip(stretch.units, stretch.written, strict=True):
            if unit in words:
                single[written] = weight(unit)
    return _apart(_telling(weighed)) or _apart(_telling(single))


def _telling(weighed: dict[str, float]) -> list[str]:
    """Return what says most first, without what says next to nothing beside it: a word that every text has is no reason."""
    least = max(weighed.values(), default=0.0) * _FAINT
    return [said for said in sorted(weighed, key=lambda said: -weighed[said]) if weighed[said] >= least]


def _common(stretch: Stretch, words: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where all pairs are among the words."""
    missing = [at for at, pair in enumerate(stretch.pairs()) if pair not in words]
    for before, after in pairwise([-1, *missing, len(stretch.units) - 1]):
        if after - before > 1:
            yield before + 1, after + 1


def _apart(phrases: list[str]) -> list[str]:
    """Return the first phrases, without those that a chosen one holds."""
    chosen: list[str] = []
    for phrase in phrases:
        if not any(phrase in other for other in chosen):
            chosen.append(phrase)
        if len(chosen) == _MOST:
            break
    return chosen
