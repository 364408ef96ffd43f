"""Everything that speaks for the experts of an association, ready to be searched.

An index is built when it is asked for and kept in the process until a work or a profile changes: what it was built
from is known by a digest that the database computes. It holds experts who may not be proposed too; who may is asked
for each problem.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

import numpy as np
from django.db import connection

from kexie.contexts.matching.models import Expert, ExpertWork
from kexie.contexts.matching.queries import experts
from kexie.kernel.scope import Scope
from kexie.platform.matching.fields import Vector
from kexie.platform.matching.ranking import Index, Text

# Associations whose index one process keeps at a time.
_KEPT = 4
_DIGEST = """
SELECT (SELECT count(*) || ':' || coalesce(bit_xor(hashtextextended(id::text || xmin::text, 0)), 0)
        FROM {works} WHERE association_id = %s)
    || '/' ||
       (SELECT count(*) || ':' || coalesce(bit_xor(hashtextextended(
            concat_ws('|', id, merged_into_id, skills, about, disciplines::text), 0)), 0)
        FROM {experts} WHERE association_id = %s)
"""
Weighed = tuple["np.typing.NDArray[np.int64]", Vector]


@dataclass
class Finder:
    """An index of experts by their documents, and what was read of problems' texts."""

    version: str
    index: Index | None
    # The vectors of the documents, where there are any (`queries.vectors`).
    vectors: object = None
    _read: dict[Text, Weighed] = field(default_factory=dict)

    def scores(self, query: Text, extra: Vector | None = None) -> dict[str, float]:
        """Return the score of every expert, by id, best first."""
        if self.index is None:
            return {}
        return {one.id: one.score for one in self.index.rank(query, extra=extra, explained=0)}

    def alike(self, one: Text, other: Text) -> float:
        """Return how much two problems say alike, from 0 to 1."""
        (at, weights), (other_at, other_weights) = self._weighed(one), self._weighed(other)
        _, here, there = np.intersect1d(at, other_at, assume_unique=True, return_indices=True)
        return float(weights[here] @ other_weights[there])

    def _weighed(self, text: Text) -> Weighed:
        if text not in self._read and self.index is not None:
            self._read[text] = self.index.library.whole.query(text.whole())
        return self._read[text]


_finders: OrderedDict[UUID, Finder] = OrderedDict()
_lock = Lock()


def finder(association_id: UUID) -> Finder:
    """Return the index of an association as its works are now; one thread builds, the others wait for it."""
    version = _version(association_id)
    with _lock:
        known = _finders.get(association_id)
        if known is None or known.version != version:
            known = _finders[association_id] = _built(association_id, version)
        _finders.move_to_end(association_id)
        while len(_finders) > _KEPT:
            _finders.popitem(last=False)
    return known


def _built(association_id: UUID, version: str) -> Finder:
    rows = list(experts.register(Scope(association_id=association_id)).order_by("name", "pk"))
    documents = {str(pk): texts for pk, texts in experts.documents(rows).items()}
    return Finder(version, Index(documents) if documents else None)


def _version(association_id: UUID) -> str:
    statement = _DIGEST.format(works=ExpertWork._meta.db_table, experts=Expert._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [association_id, association_id])
        return str(cursor.fetchone()[0])
