"""Matching: how well public sets are ranked, and what a query over 100 000 texts costs.

`./kexie bench matching --folder FOLDER` reads what it finds below the folder, each in the format it is published in:

- the gold standard of reviewers and papers of CMU (Stelmakh et al. 2023): `evaluations.csv` and the folders `d_*` in OpenReview's format,
  titles and abstracts; the loss is the paper's, over the pairs of papers of each reviewer;
- the requirements and achievements of CCF BDCI 2019: `Requirements.csv`, `Train_Achievements.csv`, `Train_Interrelation.csv`;
- labelled sets as `kexie match evaluate` reads them (`*.jsonl` with query, candidates, labels).

Without a folder only the speed is measured, on texts made of random characters that are as unevenly used as those of Chinese. The
baseline of the same run is one product of the query with every text of the index, without the lists by word.
"""

import csv
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from kexie.platform.matching import evaluating
from kexie.platform.matching.evaluating import Case
from kexie.platform.matching.ranking import Index, Text

TEXTS, QUERIES = 100_000, 20


def run(*, folder: Path | None = None, sizes: Sequence[int] | None = None) -> None:
    """Measure and print the tables."""
    if folder is not None:
        _quality(folder)
    _speed(sizes or (TEXTS,))


def _quality(folder: Path) -> None:
    table = Table("set", "queries", "nDCG@10", "P@5", "AP", "pair loss", "CPU s")
    for name, cases in _labelled(folder):
        started = time.process_time()
        found = evaluating.evaluate(cases)["overall"]
        took = time.process_time() - started
        measures = [found[key] for key in ("ndcg@10", "p@5", "ap", "pair_loss")]
        table.add_row(
            name, str(len(cases)), *("—" if one is None else f"{one:.3f}" for one in measures), f"{took:.1f}"
        )
    losses = []
    for name, loss, took in _reviewers(folder):
        losses.append(loss)
        table.add_row(f"CMU {name}", "", "", "", "", f"{loss:.4f}", f"{took:.1f}")
    Console().print(table)
    if losses:
        Console().print(f"CMU: mean loss {np.mean(losses):.4f} of {len(losses)}")


def _labelled(folder: Path) -> Iterator[tuple[str, list[Case]]]:
    for path in sorted(folder.rglob("*.jsonl")):
        if path.parent.name != "archives":
            yield path.stem, evaluating.parse(path.read_text(encoding="utf-8-sig"))
    for path in sorted(folder.rglob("Train_Interrelation.csv")):
        yield f"BDCI {path.parent.name}", _requirements(path)


def _requirements(path: Path) -> list[Case]:
    wanted = _table(path.parent / "Requirements.csv")
    offered = _table(path.parent / "Train_Achievements.csv")
    labels: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["Rid"] in wanted and row["Aid"] in offered:
                labels[row["Rid"]][row["Aid"]] = float(row["Level"])
    return [
        Case(wanted[one], {other: [offered[other]] for other in levels}, levels)
        for one, levels in labels.items()
    ]


def _table(path: Path) -> dict[str, Text]:
    """Return texts by id. Contents hold commas that nobody quoted: what follows the title is the content."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    rows = (line.split(",", 2) for line in lines)
    return {row[0]: Text(row[1], row[2] if len(row) > 2 else "") for row in rows if len(row) > 1}  # noqa: PLR2004


def _reviewers(folder: Path) -> Iterator[tuple[str, float, float]]:
    for file in sorted(folder.rglob("evaluations.csv")):
        told = _expertise(file)
        for archives in sorted(folder.rglob("archives")):
            if (archives.parent / "submissions.json").exists():
                started = time.process_time()
                loss = _loss(told, _affinities(archives.parent))
                yield archives.parent.name, loss, time.process_time() - started


def _expertise(file: Path) -> dict[str, dict[str, float]]:
    told: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            papers = {row[f"Paper{at}"]: row[f"Expertise{at}"] for at in range(1, 11) if row[f"Paper{at}"]}
            told[row["ParticipantID"]] = {paper: float(level) for paper, level in papers.items()}
    return told


def _affinities(folder: Path) -> dict[str, dict[str, float]]:
    archives = {
        path.stem.lstrip("~"): [_paper(json.loads(line)) for line in path.read_text().splitlines() if line]
        for path in sorted((folder / "archives").glob("*.jsonl"))
    }
    index = Index(archives)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for key, paper in json.loads((folder / "submissions.json").read_text()).items():
        for one in index.rank(_paper(paper), explained=0):
            found[one.id][key] = one.score
    return found


def _paper(paper: Any) -> Text:
    content = paper["content"]
    return Text(content.get("title") or "", content.get("abstract") or "")


def _loss(told: dict[str, dict[str, float]], affinities: dict[str, dict[str, float]]) -> float:
    """Return the paper's loss: over all pairs of papers of one reviewer, weighted by how far apart they were said to be."""
    wrong = total = 0.0
    for reviewer, levels in told.items():
        pairs = [
            (affinities[reviewer][paper], level)
            for paper, level in levels.items()
            if paper in affinities[reviewer]
        ]
        weight = sum(
            abs(level - other) for at, (_, level) in enumerate(pairs) for _, other in pairs[at + 1 :]
        )
        wrong += (evaluating.pair_loss(pairs) or 0.0) * weight
        total += weight
    return wrong / total if total else 0.0


def _speed(sizes: Sequence[int]) -> None:
    table = Table("texts", "index CPU s", "characters asked", "CPU ms a query", "every text CPU ms", "ratio")
    for size in sizes:
        documents = _made(size, 140, seed=1)
        started = time.process_time()
        index = Index({str(at): documents[at * 5 : at * 5 + 5] for at in range(size // 5)})
        built = time.process_time() - started
        for length in (40, 300, 2_000):
            table.add_row(f"{size:,}", f"{built:.1f}", f"{length:,}", *_asked(index, length))
    Console().print(table)


def _asked(index: Index, length: int) -> list[str]:
    queries = _made(QUERIES, length, seed=length)
    ranking = _each(lambda query: index.rank(query, top=20), queries)
    everything = _each(lambda query: _every_text(index, query), queries)
    return [f"{ranking:.1f}", f"{everything:.1f}", f"{everything / ranking:.1f}"]


def _each(ask: Any, queries: Sequence[Text]) -> float:
    started = time.process_time()
    for query in queries:
        ask(query)
    return (time.process_time() - started) / len(queries) * 1000


def _every_text(index: Index, query: Text) -> None:
    for field in (index.library.titles, index.library.whole):
        at, weights = field.query(query.whole())
        asked = np.zeros(field.by_word.shape[0], dtype=np.float32)
        asked[at] = weights
        field.by_word.T @ asked


def _made(number: int, length: int, *, seed: int) -> list[Text]:
    """Return texts of random characters, the n-th most frequent 1/n^0.9 as often as the first."""
    chance = np.random.default_rng(seed)
    letters = np.array([chr(0x4E00 + at) for at in range(3500)])
    share = 1 / np.arange(1, 3501) ** 0.9
    drawn = chance.choice(letters, (number, length), p=share / share.sum())
    return [Text("".join(row[:18]), "".join(row[18:])) for row in drawn]
