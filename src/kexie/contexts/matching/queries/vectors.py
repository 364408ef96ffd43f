"""Vectors of works and problems: which texts may be given to an endpoint, and what the stored ones say of a problem.

No page asks the endpoint: a problem without a stored vector is ranked by words alone.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Count, Max, Q

from kexie.contexts.matching.models import Problem, ProblemStage, TextVector
from kexie.contexts.matching.queries import experts, problems_with_state
from kexie.contexts.matching.queries.finding_index import Finder
from kexie.contexts.matching.states import ProblemState
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.platform.matching.fields import Vector
from kexie.platform.matching.fusing import agree, behind, floored, harmless
from kexie.platform.matching.ranking import Index, Text

Use = experts.Use
# Matched problems on which vectors are tried before they are used, the newest.
_TRIED = 30
_OVER = (ProblemState.SOLVED, ProblemState.CLOSED)


def digest(text: str) -> str:
    """Return by what a text is known without keeping it."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_of_problem(one: Problem) -> str:
    """Return what an endpoint may be told of a problem: the title, which is public; the summary only where that is public too."""
    is_public = one.confidentiality == Problem.Confidentiality.PUBLIC
    words = Text(one.name, one.summary if is_public else "").whole()
    return f"{settings.KEXIE_EMBEDDING_PREFIX}{words}"


def texts(association_id: UUID, *, today: Any) -> dict[str, str]:
    """Return every text that an endpoint may be given, by digest: of experts who agreed to that, and open problems."""
    scope = Scope(association_id=association_id)
    cleared = Q(is_home=False) | Q(cleared_on__lte=today)
    rows = experts.register(scope).filter(cleared, recommended=True, withdrawn_on=None)
    agreed = rows.filter(experts.agreed(Use.VECTORS))
    said = [text.whole() for documents in experts.documents(list(agreed)).values() for text in documents]
    looking = problems_with_state(scope, at=today).filter(Q(current=None) | ~Q(current__in=_OVER))
    return {digest(one): one for one in [*said, *map(text_of_problem, looking)] if one.strip()}


@dataclass(frozen=True)
class Loaded:
    """The vectors of an index's documents: a row for each, all nothing where there is none.

    `is_trusted`: they know what texts say; `is_proven`: past cases stood no worse with them.
    """

    version: str
    rows: Vector
    known: Any
    is_trusted: bool
    is_proven: bool = False


def nearness(found: Finder, one: Problem) -> Vector | None:
    """Return how near each document is to a problem, or None where words alone must do."""
    if not settings.KEXIE_EMBEDDING_URL or found.index is None:
        return None
    mine = _stored(one.association_id).filter(digest=digest(text_of_problem(one))).first()
    loaded = _loaded(found, one.association_id) if mine is not None else None
    if mine is None or loaded is None or not loaded.is_trusted or mine.dimension != loaded.rows.shape[1]:
        return None
    return _near(loaded, mine.numbers())


def order(found: Finder, *, words: Sequence[str], said: Sequence[str], fused: Sequence[str]) -> list[str]:
    """Return the order with vectors: mixed in where past cases proved them, else only behind those whom words speak for.

    `words`: the order by words, `said` those of it about whom words say something, `fused` the order with vectors.
    """
    is_proven = isinstance(found.vectors, Loaded) and found.vectors.is_proven
    return floored(said, fused) if is_proven else behind([one for one in words if one in set(said)], fused)


def _stored(association_id: UUID) -> Any:
    return TextVector.objects.filter(association=association_id, model=settings.KEXIE_EMBEDDING_MODEL)


def _loaded(found: Finder, association_id: UUID) -> Loaded | None:
    """Return the vectors of an index, read again when some were added."""
    seen = _stored(association_id).aggregate(n=Count("pk"), last=Max("made_at"))
    version = f"{settings.KEXIE_EMBEDDING_MODEL}:{seen['n']}:{seen['last']}"
    kept = found.vectors
    if not isinstance(kept, Loaded) or kept.version != version:
        kept = found.vectors = _read(found, version, _stored(association_id))
    return kept


def _read(found: Finder, version: str, stored: Iterable[TextVector]) -> Loaded | None:
    by_digest = {row.digest: row.numbers() for row in stored}
    documents = found.index.documents if found.index is not None else []
    rows = [by_digest.get(digest(one.whole())) for one in documents]
    lengths = {len(row) for row in rows if row is not None}
    if len(lengths) != 1:
        return None
    nothing = np.zeros(lengths.pop(), dtype=np.float32)
    made = np.array([nothing if row is None else row for row in rows], dtype=np.float32)
    known = np.array([row is not None for row in rows])
    loaded = Loaded(version, made, known, found.index is not None and agree(found.index, made, known))
    return (
        loaded
        if not loaded.is_trusted
        else replace(loaded, is_proven=harmless(_places(found, loaded, by_digest)))
    )


def _places(found: Finder, loaded: Loaded, stored: Mapping[str, Vector]) -> list[tuple[int, int]]:
    """Return where the experts of the newest matched problems stand, by words alone and with vectors."""
    if found.index is None:
        return []
    known = {UUID(one) for one in found.index.ids}
    rows = ProblemStage.objects.filter(
        state=State.CONFIRMED, stage=ProblemState.MATCHED, expert__identity__in=known
    ).select_related("problem", "expert")
    cases = [
        (row, stored[key])
        for row in rows.order_by("-occurred_on", "-pk")[:_TRIED]
        if (key := digest(text_of_problem(row.problem))) in stored
    ]
    return [
        _place(found.index, loaded, row.problem, str(row.expert.identity), numbers)  # type: ignore[union-attr]  # has one
        for row, numbers in cases
        if len(numbers) == loaded.rows.shape[1]
    ]


def _place(index: Index, loaded: Loaded, one: Problem, expert: str, numbers: Vector) -> tuple[int, int]:
    query = Text(title=one.name, text=one.summary)
    words = index.rank(query, explained=0)
    said = [row.id for row in words if row.score > 0]
    fused = floored(said, [row.id for row in index.rank(query, extra=_near(loaded, numbers), explained=0)])
    return [row.id for row in words].index(expert) + 1, fused.index(expert) + 1


def _near(loaded: Loaded, numbers: Vector) -> Vector:
    near = loaded.rows @ numbers
    near[~loaded.known] = near[loaded.known].mean()
    return np.asarray(near, dtype=np.float32)
