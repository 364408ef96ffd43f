"""Rank candidates for a query by their documents: each scored by itself, in several ways that are brought to one scale and added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from kexie.platform.matching import phrases
from kexie.platform.matching.fields import Field, Vector
from kexie.platform.matching.latent import latent
from kexie.platform.matching.tokens import tokens

_BEST = 5
# How far apart scores of texts lie that have nothing to do with each other: they are measured in this (`fields.spread`).
_USUAL = 1.0
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Text:
    """A title and a body; `kind` and `year` are shown with the reason."""

    title: str = ""
    text: str = ""
    kind: str = ""
    year: int | None = None

    def whole(self) -> str:
        """Return all that is said."""
        return f"{self.title}\n{self.text}"


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


class Library:
    """Documents that can be searched, each once."""

    def __init__(self, documents: Sequence[Text]) -> None:
        self.documents = list(dict.fromkeys(documents))
        self.places = {document: at for at, document in enumerate(self.documents)}
        self.titles = Field([one.title for one in self.documents])
        self.whole = Field([one.whole() for one in self.documents])
        self.latent = latent(self.whole)

    def scores(self, query: Text) -> Vector:
        """Return each document's score: by its title, by all it says, and by what is said like it elsewhere, on one scale, added."""
        title = self.titles.query(query.title if query.title.strip() else query.whole())
        whole = self.whole.query(query.whole())
        found = (
            self.titles.scores(*title) / self.titles.spread + self.whole.scores(*whole) / self.whole.spread
        )
        return found + self.latent.scores(*whole) / self.latent.spread if self.latent else found


class Index:
    """Candidates and their documents, which stand in a library of their own or in a larger one."""

    def __init__(self, candidates: Mapping[str, Sequence[Text]], library: Library | None = None) -> None:
        self.ids = list(candidates)
        self.documents = [text for texts in candidates.values() for text in texts]
        self.library = library or Library(self.documents)
        self.places = np.array([self.library.places[one] for one in self.documents], dtype=np.int64)
        self.starts = list(accumulate(map(len, candidates.values()), initial=0))
        self.firsts = np.array(self.starts, dtype=np.int64)
        self.groups = _equally_many(np.diff(self.firsts))

    def rank(
        self,
        query: Text,
        *,
        extra: Vector | None = None,
        top: int | None = None,
        explained: int | None = None,
    ) -> list[Ranked]:
        """Return the candidates, best first: all or `top` of them.

        `extra`: a further score of each document in order (vectors), added on the same scale. `explained`: how many of the best come
        with reasons, all by default.
        """
        scores = self._scores(query, extra)
        means = self._means(scores)
        order = np.argsort(-means, kind="stable")[:top]
        words = frozenset(tokens(query.whole()))
        return [
            Ranked(
                self.ids[at],
                float(means[at]),
                self._reasons(at, scores, words) if explained is None or place < explained else [],
            )
            for place, at in enumerate(order.tolist())
        ]

    def explain(
        self, query: Text, ids: Sequence[str], *, extra: Vector | None = None
    ) -> dict[str, list[Reason]]:
        """Return the reasons of these candidates alone, as `rank` would give them."""
        scores, words = self._scores(query, extra), frozenset(tokens(query.whole()))
        places = {one: at for at, one in enumerate(self.ids)}
        return {one: self._reasons(places[one], scores, words) for one in ids}

    def _scores(self, query: Text, extra: Vector | None) -> Vector:
        scores = self.library.scores(query)[self.places]
        return scores if extra is None else scores + _alike(extra, scores)

    def _means(self, scores: Vector) -> Vector:
        """Return each candidate's mean of its best documents; one without any comes last."""
        means = np.full(len(self.ids), scores.min(initial=0.0) - 1.0)
        for candidates, documents in self.groups:
            held = scores[documents + self.firsts[candidates][:, None]]
            best = min(_BEST, held.shape[1])
            means[candidates] = np.partition(held, -best, axis=1)[:, -best:].mean(axis=1)
        return means

    def _reasons(self, at: int, scores: Vector, words: frozenset[str]) -> list[Reason]:
        start, end = self.starts[at], self.starts[at + 1]
        best = start + np.argsort(-scores[start:end], kind="stable")[:_BEST]
        reasons = [self._reason(row, scores, words) for row in best.tolist()]
        return [one for one in reasons if one.phrases]

    def _reason(self, row: int, scores: Vector, words: frozenset[str]) -> Reason:
        document = self.documents[row]
        said = phrases.shared(document.whole(), words, self.library.whole.weight)
        return Reason(document, float(scores[row]), said)


def _equally_many(sizes: Places) -> list[tuple[Places, Places]]:
    """Return the candidates with equally many documents together, and the numbers of those documents."""
    return [(np.flatnonzero(sizes == size), np.arange(size)) for size in np.unique(sizes).tolist() if size]


def _alike(extra: Vector, scores: Vector) -> Vector:
    """Return further scores with the mean and spread of those that there are, and a usual spread where words say next to nothing."""
    own = float(extra.std())
    factor = max(float(scores.std()), _USUAL) / own if own else 0.0
    return np.asarray((extra - extra.mean()) * factor + scores.mean(), dtype=np.float32)
