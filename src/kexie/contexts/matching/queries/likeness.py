"""Problems that say what another one says: within sight, or published so that their titles are for everybody."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, log1p, sqrt
from typing import Any
from uuid import UUID

from kexie.contexts.matching.models import Problem, SameProblem
from kexie.contexts.matching.queries import LOOKING_FOR_EXPERTS
from kexie.contexts.matching.queries.problems import problems
from kexie.kernel.scope import Scope
from kexie.platform.matching import phrases
from kexie.platform.matching.fields import Field
from kexie.platform.matching.ranking import Library, Text
from kexie.platform.matching.tokens import tokens

# Cosines of title and text from which a problem is shown as alike, and from which it may well be the same.
ALIKE, SAME = 0.3, 0.6
_SHOWN, _SEARCHED, _KEPT = 5, 5000, 8


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A problem like another one; `in_sight`: its page may be opened."""

    problem: Any
    likeness: float
    phrases: Sequence[str]
    in_sight: bool

    @property
    def may_be_the_same(self) -> bool:
        """Whether it says nearly the same."""
        return self.likeness >= SAME


def alike(title: str, body: str, scope: Scope, *, today: dt.date, but: UUID | None = None) -> list[Alike]:
    """Return the problems like a text, the likest first."""
    seen = {row.pk: row for row in problems(scope, today).exclude(pk=but).order_by("-pk")[:_SEARCHED]}
    whole = problems(Scope(association_id=scope.association_id), today)
    public = whole.filter(confidentiality=Problem.Confidentiality.PUBLIC, current__in=LOOKING_FOR_EXPERTS)
    rows = [*seen.values(), *public.exclude(pk__in=[*seen, *filter(None, [but])]).order_by("-pk")[:_SEARCHED]]
    asked = Text(title, body)
    if not rows or not asked.whole().strip():
        return []
    return _likest(asked, rows, in_sight=set(seen))


def _likest(asked: Text, rows: Sequence[Any], *, in_sight: set[UUID]) -> list[Alike]:
    texts = {row.pk: Text(row.name, row.summary if row.pk in in_sight else "") for row in rows}
    library = _library(tuple(dict.fromkeys(texts.values())))
    cosines = library.whole.scores(*library.whole.query(asked.whole())) * _known(library.whole, asked)
    words = frozenset(tokens(asked.whole()))
    scored = sorted(
        ((float(cosines[library.places[texts[row.pk]]]), row) for row in rows), key=lambda pair: -pair[0]
    )
    return [
        Alike(
            problem=row, likeness=min(score, 1.0), in_sight=row.pk in in_sight,
            phrases=phrases.shared(texts[row.pk].whole(), words, library.whole.weight),
        )
        for score, row in scored[:_SHOWN]
        if score >= ALIKE
    ]  # fmt: skip


@lru_cache(maxsize=_KEPT)
def _library(texts: tuple[Text, ...]) -> Library:
    return Library(texts)


def _known(field: Field, asked: Text) -> float:
    """Return how much of a text's weight lies in words that some other text has: what nobody else says makes it unlike."""
    unseen = log1p(field.by_word.shape[1]) + 1
    known = missing = 0.0
    for word, times in Counter(tokens(asked.whole())).items():
        weight = field.weight(word)
        square = ((1 + log(times)) * (weight or unseen)) ** 2
        known, missing = (known + square, missing) if weight else (known, missing + square)
    return sqrt(known / (known + missing)) if known else 0.0


def same_as(one: Problem) -> SameProblem | None:
    """Return what a problem was found to repeat, if that stands."""
    return SameProblem.objects.filter(problem=one, undone_at=None).select_related("other").first()


def repeated_by(one: Problem) -> list[SameProblem]:
    """Return the later problems found to be the same."""
    return list(SameProblem.objects.filter(other=one, undone_at=None).select_related("problem"))
