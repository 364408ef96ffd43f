"""How good rankings are against labels: ndcg@10, p@5, average precision, and pairs in the wrong order."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kexie.kernel.errors import UserError
from kexie.platform.matching.fusing import agree, floored
from kexie.platform.matching.ranking import Index, Library, Text

_EXPLAINED = 10
_MEASURES = ("ndcg@10", "p@5", "ap")


@dataclass(frozen=True)
class Case:
    """A query, its candidates' documents, and how relevant each labelled candidate is."""

    query: Text
    candidates: Mapping[str, Sequence[Text]]
    labels: Mapping[str, float]
    # Where a file gives them: the query's vector, and one for each document in the order of the candidates (or none).
    vector: Sequence[float] = ()
    vectors: Sequence[Sequence[float]] = ()


def parse(content: str) -> list[Case]:
    """Return the cases of a file of JSON lines. Raises UserError naming the line."""
    cases = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UserError(
                f'第 {number} 行应是 {{"query": {{…}}, "candidates": [{{"id", "documents": […]}}], "labels": {{…}}}}：{error!r}。'
                " This line is not a labelled case."
            ) from error
    if not cases:
        raise UserError("文件里没有一条数据。 The file holds no case.")
    return cases


def _case(row: Any) -> Case:
    candidates = {str(one["id"]): [_text(text) for text in one["documents"]] for one in row["candidates"]}
    if len(candidates) < len(row["candidates"]):
        raise ValueError("an id appears twice")
    labels = {str(one): float(level) for one, level in row["labels"].items()}
    if unknown := sorted(set(labels) - set(candidates)):
        raise ValueError(f"labels of unknown candidates: {unknown[:5]}")
    if not all(math.isfinite(level) and level >= 0 for level in labels.values()):
        raise ValueError("labels are numbers from 0")
    vectors = [_vector(text) for one in row["candidates"] for text in one["documents"]]
    return Case(_text(row["query"]), candidates, labels, _vector(row["query"]), vectors)


def _vector(row: Mapping[str, Any]) -> list[float]:
    found = [float(one) for one in row.get("vector") or ()]
    if not all(map(math.isfinite, found)):
        raise ValueError("vectors hold numbers")
    return found


def _text(row: Mapping[str, Any]) -> Text:
    return Text(
        title=str(row.get("title") or ""),
        text=str(row.get("text") or ""),
        kind=str(row.get("kind") or ""),
        year=row.get("year"),
    )


def evaluate(cases: Sequence[Case]) -> dict[str, Any]:
    """Return each query's measures and ranking, and the means over the queries in which a measure is defined.

    How much a word says is learnt from the documents of all cases: those of one case are too few.
    """
    library = Library([text for case in cases for texts in case.candidates.values() for text in texts])
    queries = [_evaluated(case, library) for case in cases]
    overall = {name: _mean([one[name] for one in queries]) for name in ("ndcg@10", "p@5", "ap", "pair_loss")}
    is_used = _keep_only_what_helps(queries)
    fused = [one["fused"] for one in queries if one["fused"] is not None]
    told: dict[str, Any] = {"overall": overall | {"queries": len(queries)}, "queries": queries}
    if fused:
        told["fused"] = {name: _mean([one[name] for one in fused]) for name in _MEASURES} | {
            "queries": len(fused), "used": is_used,
        }  # fmt: skip
    return told


def _keep_only_what_helps(queries: Sequence[dict[str, Any]]) -> bool:
    """Return whether vectors make no measure worse over these cases; where they do, words alone stand, as on the site."""
    with_vectors = [one for one in queries if one["fused"] is not None]
    if not with_vectors:
        return False
    for name in _MEASURES:
        fused = _mean([one["fused"][name] for one in with_vectors])
        words = _mean([one[name] for one in with_vectors])
        if fused is not None and words is not None and fused < words:
            for one in queries:
                one["fused"] = {each: one[each] for each in _MEASURES}
            return False
    for one in queries:
        one["fused"] = one["fused"] or {each: one[each] for each in _MEASURES}
    return True


def _evaluated(case: Case, library: Library) -> dict[str, Any]:
    index = Index(case.candidates, library)
    ranked = index.rank(case.query, explained=_EXPLAINED)
    levels = [case.labels.get(one.id, 0.0) for one in ranked]
    pairs = [(one.score, case.labels[one.id]) for one in ranked if one.id in case.labels]
    return {
        **measures(levels),
        "pair_loss": pair_loss(pairs),
        "fused": _fused(case, index, [one.id for one in ranked if one.score > 0]),
        "ranking": [
            {
                "id": one.id,
                "score": round(one.score, 6),
                "phrases": list(one.reasons[0].phrases) if one.reasons else [],
            }
            for one in ranked
        ],
    }


def _fused(case: Case, index: Index, said: Sequence[str]) -> dict[str, float | None] | None:
    """Return the measures with the file's vectors beside words, as finding uses them; None where there are none to use."""
    known = np.array([len(one) == len(case.vector) > 0 for one in case.vectors])
    if not known.any():
        return None
    nothing = [0.0] * len(case.vector)
    rows = _unit(np.array([one if has else nothing for one, has in zip(case.vectors, known, strict=True)]))
    order = [one.id for one in index.rank(case.query, explained=0)]
    if agree(index, rows, known):
        near = rows @ _unit(np.array([case.vector]))[0]
        near[~known] = near[known].mean()
        order = floored(
            said, [one.id for one in index.rank(case.query, extra=near.astype(np.float32), explained=0)]
        )
    return measures([case.labels.get(one, 0.0) for one in order])


def _unit(rows: Any) -> Any:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths == 0, 1.0, lengths)


def measures(levels: Sequence[float]) -> dict[str, float | None]:
    """Return the measures of relevances in ranked order; ndcg and ap are undefined when nothing is relevant."""
    best = _gain(sorted(levels, reverse=True)[:10])
    hits = [at for at, level in enumerate(levels, 1) if level > 0]
    return {
        "ndcg@10": _gain(levels[:10]) / best if best else None,
        "p@5": sum(level > 0 for level in levels[:5]) / 5,
        "ap": sum(found / at for found, at in enumerate(hits, 1)) / len(hits) if hits else None,
    }


def _gain(levels: Sequence[float]) -> float:
    return sum((2**level - 1) / math.log2(at + 1) for at, level in enumerate(levels, 1))


def pair_loss(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return the share of differently labelled pairs in the wrong order, equal scores half, weighted by the difference."""
    wrong = total = 0.0
    for at, (score, level) in enumerate(pairs):
        for other_score, other_level in pairs[at + 1 :]:
            weight = abs(level - other_level)
            total += weight
            order = (score - other_score) * (level - other_level)
            wrong += weight * (0.5 if score == other_score else float(order < 0))
    return wrong / total if total else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
