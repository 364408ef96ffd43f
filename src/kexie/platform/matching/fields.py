"""One field of many texts, searched by cosine: log-tf x idf, every text of length one, so that scores of different queries compare."""

from array import array
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kexie.platform.matching.tokens import tokens

Vector = NDArray[np.float32]
_SMALLEST = 1e-12
# How far apart the cosines of two texts that have nothing to do with each other lie, believed as if seen on a hundred texts.
_SPREAD, _BELIEF = 0.05, 100
_SAMPLE = 200


class Field:
    """An index of texts by their words; what is kept is one number for each word of each text."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words: dict[str, int] = {}
        counted = self._counted(texts)
        holding = np.bincount(counted.indices, minlength=len(self.words))
        self.idf = (np.log((1 + len(texts)) / (1 + holding)) + 1.0).astype(np.float32)
        counted.data *= self.idf[counted.indices]
        lengths = np.sqrt(np.add.reduceat(np.append(counted.data**2, 0), counted.indptr[:-1]))
        lengths[np.diff(counted.indptr) == 0] = 1.0  # what reduceat says of an empty text is of its neighbour
        counted.data /= np.repeat(lengths, np.diff(counted.indptr))
        self.by_word = counted.T.tocsr()
        sample = sampled(len(texts))
        self.spread = spread((counted[sample] @ self.by_word).toarray(), sample)

    def _counted(self, texts: Sequence[str]) -> sparse.csr_matrix:
        columns, values, starts = array("i"), array("f"), array("q", [0])
        for text in texts:
            times = Counter(tokens(text))
            columns.extend(self.words.setdefault(word, len(self.words)) for word in times)
            values.extend(times.values())
            starts.append(len(columns))
        weights = 1.0 + np.log(np.array(values, dtype=np.float32))
        shape = (len(texts), len(self.words))
        return sparse.csr_matrix((weights, np.array(columns), np.array(starts)), shape=shape)

    def query(self, text: str) -> tuple[NDArray[np.int64], Vector]:
        """Return the words of a query that the index knows, and their weights (length one)."""
        known = {
            self.words[word]: times for word, times in Counter(tokens(text)).items() if word in self.words
        }
        at = np.fromiter(known, dtype=np.int64, count=len(known))
        times = np.fromiter(known.values(), dtype=np.float32, count=len(known))
        weights = (1.0 + np.log(times)) * self.idf[at]
        return at, cosines(weights)

    def scores(self, at: NDArray[np.int64], weights: Vector) -> Vector:
        """Return the cosine of a query, as `query` gives it, with each text."""
        return np.asarray(self.by_word[at].T @ weights).ravel()

    def weight(self, word: str) -> float:
        """Return how much a word says, 0 for one that no text has."""
        at = self.words.get(word)
        return 0.0 if at is None else float(self.idf[at])


def sampled(texts: int) -> NDArray[np.int64]:
    """Return some of the texts, the same ones each time."""
    return np.random.default_rng(0).permutation(texts)[:_SAMPLE]


def spread(cosines: NDArray[np.float32], sample: NDArray[np.int64]) -> float:
    """Return how far apart the cosines of the sample with all texts lie: what one of this kind of score is worth beside another.

    It belongs to the collection and not to a query, so that scores of different queries compare.
    """
    others = np.ones(cosines.shape, dtype=bool)
    others[np.arange(len(sample)), sample] = False
    seen = float(cosines[others].var()) if others.any() else 0.0
    texts = cosines.shape[1]
    return float(np.sqrt((texts * seen + _BELIEF * _SPREAD**2) / (texts + _BELIEF)))


def cosines(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return rows of length one."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, _SMALLEST), dtype=np.float32)
