"""The planner on public instances: gap to the best known cost, checked by code apart from the solver.

`./kexie bench planner --folder FOLDER --seconds 30` takes every Solomon and Cordeau file (`*.txt`, or without an ending) in a folder and those
below it. Best known costs are read from a `BKS.json` beside them (name → cost, or → {"best_known_cost": cost}; a name with `_distance`
wins: Solomon's own order puts vehicles first). Seconds are of CPU, so that a busy machine measures the same.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kexie.platform.routing import checker, engine, formats
from kexie.platform.routing.problem import Pace, Problem


def run(*, folder: Path, seconds: float) -> None:
    """Measure each instance and print the table."""
    table = Table(
        "instance", "sites", "routes", "cost", "best known", "gap %", "feasible", "CPU s", "iterations"
    )
    gaps = []
    for path, problem in _instances(folder):
        row, gap = _measured(path, problem, seconds)
        gaps += [gap] if gap is not None else []
        table.add_row(path.stem, *row)
        Console().print(path.stem, *row)
    Console().print(table)
    if gaps:
        Console().print(f"mean gap {sum(gaps) / len(gaps):.2f} % of {len(gaps)}")


def _instances(folder: Path) -> Iterator[tuple[Path, Problem]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".txt", ""}:
            problem = _read(path)
            if problem is None:
                Console().print(f"{path.name}: neither Solomon's nor Cordeau's format; left out")
            else:
                yield path, problem


def _read(path: Path) -> Problem | None:
    for kind in reversed(formats.FORMATS):
        try:
            return formats.read(path, kind)
        except formats.BadFile:
            continue
    return None


def _measured(path: Path, problem: Problem, seconds: float) -> tuple[tuple[str, ...], float | None]:
    engine.solve(problem, paces=[Pace(1, 0.0)])  # compiled, or read from disk
    started = time.process_time()
    solution = engine.solve(problem, seconds=seconds, clock=time.process_time)
    took = time.process_time() - started
    cost = checker.cost(problem, solution.routes).cost
    good = not checker.check(problem, solution.routes) and not solution.unserved
    known = _best_known(path)
    gap = (cost / known - 1) * 100 if known and good else None
    return (
        f"{len(problem.sites)}",
        f"{len(solution.routes)}",
        f"{cost:.2f}",
        f"{known:.2f}" if known else "",
        "" if gap is None else f"{gap:.2f}",
        "yes" if good else "NO",
        f"{took:.1f}",
        f"{sum(pace.iterations for pace in solution.paces):,}",
    ), gap


def _best_known(path: Path) -> float | None:
    file = path.parent / "BKS.json"
    if not file.exists():
        return None
    costs: dict[str, Any] = json.loads(file.read_text())
    one = costs.get(f"{path.stem}_distance", costs.get(path.stem))
    return one["best_known_cost"] if isinstance(one, dict) else one
