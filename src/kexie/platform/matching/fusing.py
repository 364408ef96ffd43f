"""What vectors may change of a ranking by words, so that they help and never harm."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kexie.platform.matching.fields import Vector
from kexie.platform.matching.ranking import Index

# As many of the best by words alone always stand among the first five, whatever vectors say.
FLOOR, FIRST = 3, 5
# Vectors that know nothing of what texts say alike are not believed: the correlation with words over a sample of pairs must be
# more than this, and more than chance gives: of few texts, noise often correlates by accident.
_AGREEMENT, _SAMPLE, _DEVIATIONS = 0.1, 100, 2.0


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
    needed = max(_AGREEMENT, _DEVIATIONS / len(said) ** 0.5)
    return bool(np.corrcoef(said, meant)[0, 1] > needed)
