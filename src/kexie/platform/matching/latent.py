"""Texts that say the same in other words: the 200 strongest directions of a collection's words (latent semantic analysis)."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from kexie.platform.matching.fields import Field, Vector, cosines, sampled, spread

_DIRECTIONS = 200
# Below some thousand texts it makes rankings worse; above, finding the directions takes minutes and a query as long as both fields.
_FEWEST, _MOST = 2_000, 20_000


class Latent:
    """Where each text of a field lies in the directions."""

    def __init__(self, field: Field) -> None:
        matrix = field.by_word
        start = np.random.default_rng(0).random(min(matrix.shape)).astype(np.float32)
        words, _, _ = svds(matrix, k=_DIRECTIONS, v0=start, return_singular_vectors="u")
        self.words: NDArray[np.float32] = np.ascontiguousarray(words, dtype=np.float32)
        self.texts = cosines(np.asarray(matrix.T @ self.words))
        sample = sampled(len(self.texts))
        self.spread = spread(self.texts[sample] @ self.texts.T, sample)

    def scores(self, at: NDArray[np.int64], weights: Vector) -> Vector:
        """Return the cosine of a query, as `Field.query` gives it, with each text."""
        return np.asarray(self.texts @ cosines(weights @ self.words[at]))


def latent(field: Field) -> Latent | None:
    """Return the directions of a field that has enough texts, and not too many."""
    words, texts = field.by_word.shape
    return Latent(field) if _FEWEST <= texts <= _MOST and words > _DIRECTIONS else None
