"""What vectors may change of a ranking by words, so that they help and never harm."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kexie.platform.matching.fields import Vector
from kexie.platform.matching.ranking import Index

# As many of the best by words alone always stand among the first five, whatever vectors say.
FLOOR, FIRST = 3, 5
# Past cases without which vectors have not shown that they harm nothing.
PROOF = 5
# Vectors that know nothing of what texts say alike are not believed: the correlation with words over a sample of pairs must be
# more than this, and far more than the same vectors give when dealt to other texts: of few texts, noise often correlates by accident.
_AGREEMENT, _SAMPLE, _DEALS = 0.1, 100, 200
# Deviations above chance; of few texts even good vectors do not show more than two.
_MANY, _DEVIATIONS, _OF_FEW = 40, 4.0, 2.0


def floored(lexical: Sequence[str], fused: Sequence[str]) -> list[str]:
    """Return the fused order with the first three by words among its first five."""
    first = list(fused[:FIRST])
    missing = [one for one in lexical[:FLOOR] if one not in first]
    if missing:
        replaceable = [one for one in reversed(first) if one not in lexical[:FLOOR]][: len(missing)]
        first = [one for one in first if one not in replaceable] + missing
    return [*first, *(one for one in fused if one not in first)]


def agree(index: Index, rows: Vector, known: Any) -> bool:
    """Whether texts that say alike lie nearer, of an index's documents: rubbish, or one vector for everything, does not."""
    places = np.flatnonzero(known)
    sample = np.random.default_rng(0).permutation(places)[:_SAMPLE]
    words = index.library.whole.by_word[:, index.places[sample]]
    pairs = np.triu_indices(len(sample), 1)
    said, meant = (words.T @ words).toarray()[pairs], (rows[sample] @ rows[sample].T)[pairs]
    if len(said) == 0 or not said.std() or not meant.std():
        return False
    chance = np.random.default_rng(0)
    near = rows[sample] @ rows[sample].T
    by_chance = [_correlation(said, near[np.ix_(deal, deal)][pairs]) for deal in _deals(len(sample), chance)]
    deviations = _DEVIATIONS if len(sample) >= _MANY else _OF_FEW
    needed = max(_AGREEMENT, float(np.mean(by_chance) + deviations * np.std(by_chance)))
    return _correlation(said, meant) > needed


def behind(lexical: Sequence[str], fused: Sequence[str]) -> list[str]:
    """Return those of whom words say something in their order, and behind them the others as vectors have them.

    Nobody whom words speak for falls a place, whatever the vectors are.
    """
    said = set(lexical)
    return [*lexical, *(one for one in fused if one not in said)]


def harmless(places: Sequence[tuple[int, int]]) -> bool:
    """Whether the right candidates of past cases stand no worse by vectors: (place by words, place with vectors) of each.

    Too few cases prove nothing.
    """
    if len(places) < PROOF:
        return False
    words, fused = ([pair[side] for pair in places] for side in (0, 1))
    nearer = sum(1 / place for place in fused) >= sum(1 / place for place in words)
    return nearer and sum(place <= FIRST for place in fused) >= sum(place <= FIRST for place in words)


def _deals(number: int, chance: np.random.Generator) -> Iterable[Any]:
    return (chance.permutation(number) for _deal in range(_DEALS))


def _correlation(one: Any, other: Any) -> float:
    return float(np.corrcoef(one, other)[0, 1])
