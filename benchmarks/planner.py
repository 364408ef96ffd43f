"""The planner on public instances and on a season: gaps to the best known costs, checked by code apart from the solver.

`./kexie bench planner --folder FOLDER --seconds 30` takes every Solomon and Cordeau file (`*.txt`, or without an ending) in a folder and those
below it. Best known costs are read from a `BKS.json` beside them (name → cost, or → {"best_known_cost": cost}; a name with `_distance`
wins: Solomon's own order puts vehicles first). Seconds are of CPU, so that a busy machine measures the same. Where PyVRP is installed
(`pip install pyvrp`) it plans for as long, beside ours, whatever it has words for.

Without a folder a season is made by chance (8 counties, 500 sites, 8 vans, 90 school days, nights away allowed) and planned as the board does it; single stops are
cancelled and placed anew, and put off.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _season import season
from rich.console import Console
from rich.table import Table

from kexie.platform.routing import borrowed, checker, engine, formats
from kexie.platform.routing.problem import Pace, Problem, Solution

Solve = Callable[..., Solution]


def run(*, folder: Path | None, seconds: float) -> None:
    """Measure each instance and print the table; without a folder the season."""
    if folder is None:
        season(seconds)
        return
    engine.load()
    engines: dict[str, Solve] = {"Kexie": engine.solve}
    if borrowed.is_installed():
        engines["PyVRP"] = borrowed.solve
    heads = [f"{name} {what}" for name in engines for what in ("cost", "gap %", "CPU s")]
    table = Table("instance", "sites", "best known", *heads)
    gaps: dict[str, list[float]] = {name: [] for name in engines}
    for path, problem in _instances(folder):
        cells = []
        for name, solve in engines.items():
            told, gap = _measured(path, problem, solve, seconds)
            cells += told
            gaps[name] += [gap] if gap is not None else []
        known = _best_known(path)
        row = (path.stem, f"{len(problem.sites)}", f"{known:.2f}" if known else "", *cells)
        table.add_row(*row)
        Console().print(*row)
    Console().print(table)
    for name, found in gaps.items():
        if found:
            Console().print(f"{name}: mean gap {sum(found) / len(found):.2f} % of {len(found)}")


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


def _measured(
    path: Path, problem: Problem, solve: Solve, seconds: float
) -> tuple[tuple[str, str, str], float | None]:
    if solve is engine.solve:
        engine.solve(problem, paces=[Pace(1, 0.0)])  # compiled, or read from disk
    elif not borrowed.can_say(problem):
        return ("cannot say it", "", ""), None
    started = time.process_time()
    solution = solve(problem, seconds=seconds, clock=time.process_time)
    took = time.process_time() - started
    cost = checker.cost(problem, solution.routes).cost
    good = not checker.check(problem, solution.routes) and not solution.unserved
    known = _best_known(path)
    gap = (cost / known - 1) * 100 if known and good else None
    verdict = "NOT feasible" if not good else "" if gap is None else f"{gap:.2f}"
    return (f"{cost:.2f}", verdict, f"{took:.1f}"), gap


def _best_known(path: Path) -> float | None:
    file = path.parent / "BKS.json"
    if not file.exists():
        return None
    costs: dict[str, Any] = json.loads(file.read_text())
    one = costs.get(f"{path.stem}_distance", costs.get(path.stem))
    return one["best_known_cost"] if isinstance(one, dict) else one
