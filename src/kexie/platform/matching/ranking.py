"""Rank candidates for a query by their documents: each scored by itself, title and all text apart, as cosines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kexie.platform.matching.tokens import tokens

_BEST = 5
_PHRASES = 6
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Text:
    """A title and a body; `kind` and `year` are shown with the reason."""

    title: str = ""
    text: str = ""
    kind: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Reason:
    """Which document speaks for a candidate, how much, and by which phrases."""

    document: Text
    score: float
    phrases: Sequence[str]


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score and the documents behind it."""

    id: str
    score: float
    reasons: Sequence[Reason]


class Field:
    """An index of texts: log-tf x idf, rows of length one, so that scores of different queries compare."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words: dict[str, int] = {}
        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            for word, times in Counter(tokens(text)).items():
                rows.append(row)
                columns.append(self.words.setdefault(word, len(self.words)))
                values.append(1.0 + np.log(times))
        shape = (len(texts), len(self.words))
        counted = sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float64)
        holding = np.bincount(columns, minlength=len(self.words)) if columns else np.zeros(len(self.words))
        self.idf = np.log((1 + len(texts)) / (1 + holding)) + 1.0
        weighted = counted @ sparse.diags(self.idf)
        lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        self.matrix = sparse.diags(1.0 / np.maximum(lengths, 1e-12)) @ weighted
        self.by_word = self.matrix.T.tocsr()

    def query(self, text: str) -> tuple[NDArray[np.int64], Vector]:
        """Return the words of a query that the index knows, and their weights (length one)."""
        known = {
            self.words[word]: times for word, times in Counter(tokens(text)).items() if word in self.words
        }
        at = np.fromiter(known, dtype=np.int64, count=len(known))
        weights = (1.0 + np.log(np.fromiter(known.values(), dtype=np.float64, count=len(known)))) * self.idf[
            at
        ]
        return at, weights / max(float(np.linalg.norm(weights)), 1e-12)

    def scores(self, text: str) -> Vector:
        """Return the cosine of the query with each text."""
        at, weights = self.query(text)
        return np.asarray(self.by_word[at].T @ weights).ravel()

    def phrases(self, text: str, row: int) -> list[str]:
        """Return the words that bring query and text together, strongest first."""
        at, weights = self.query(text)
        shares = np.asarray(self.matrix[row, at].todense()).ravel() * weights
        names = {number: word for word, number in self.words.items() if number in set(at.tolist())}
        best = [
            names[int(at[one])].replace("_", " ")
            for one in np.argsort(-shares, kind="stable")
            if shares[one] > 0
        ]
        return best[:_PHRASES]


class Index:
    """The documents of all candidates."""

    def __init__(self, candidates: Mapping[str, Sequence[Text]]) -> None:
        self.ids = list(candidates)
        self.documents = [text for texts in candidates.values() for text in texts]
        owners = [at for at, texts in enumerate(candidates.values()) for _ in texts]
        self.owners = np.array(owners, dtype=np.int64)
        self.titles = Field([one.title for one in self.documents])
        self.whole = Field([f"{one.title}\n{one.text}" for one in self.documents])

    def scores(self, query: Text) -> Vector:
        """Return each document's score: what its title and what all of it say, on one scale, added."""
        text = f"{query.title}\n{query.text}"
        title = self.titles.scores(query.title if query.title.strip() else text)
        return _standard(title) + _standard(self.whole.scores(text))

    def rank(self, query: Text, *, extra: Vector | None = None) -> list[Ranked]:
        """Return all candidates, best first. `extra`: a further score of each document (vectors), added on the same scale."""
        scores = self.scores(query)
        if extra is not None:
            scores = scores + _standard(extra)
        text = f"{query.title}\n{query.text}"
        ranked = [self._ranked(at, scores, text) for at in range(len(self.ids))]
        return sorted(ranked, key=lambda one: -one.score)

    def _ranked(self, at: int, scores: Vector, text: str) -> Ranked:
        own = np.flatnonzero(self.owners == at)
        if not len(own):
            return Ranked(self.ids[at], float(scores.min(initial=0.0)) - 1.0, [])
        best = own[np.argsort(-scores[own], kind="stable")][:_BEST]
        reasons = [
            Reason(self.documents[row], float(scores[row]), self.whole.phrases(text, int(row)))
            for row in best
        ]
        return Ranked(self.ids[at], float(scores[best].mean()), [one for one in reasons if one.phrases])


def _standard(scores: Vector) -> Vector:
    spread = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros(len(scores))  # noqa: PLR2004
