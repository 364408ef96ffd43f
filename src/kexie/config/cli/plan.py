"""`kexie plan`: planning rounds from files, without a database."""

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from kexie.kernel.errors import UserError
from kexie.platform.routing import checker, formats
from kexie.platform.routing.problem import Problem, Solution


@click.group()
def plan() -> None:
    """规划巡回路线。 Plan rounds."""


@plan.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format",
    "kind",
    type=click.Choice(formats.FORMATS),
    required=True,
    help="文件格式。 Format of the file.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, 86_400),
    default=10.0,
    show_default=True,
    help="求解时间。 Time to search.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="随机种子。 Random seed.")
@click.option(
    "--engine",
    "name",
    type=click.Choice(["kexie", "pyvrp"]),
    default="kexie",
    show_default=True,
    help="求解程序；pyvrp 需另行安装，只解单日问题。 The engine; PyVRP is installed apart and plans single days only.",
)
@click.option("--cpu", is_flag=True, help="按 CPU 秒计时。 Seconds are of CPU, not of the clock.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def solve(*, file: Path, kind: str, seconds: float, seed: int, name: str, cpu: bool, as_json: bool) -> None:
    """求解公开算例文件，用独立代码检查结果。 Solve a file of a public benchmark and check the plan by independent code."""
    problem = read(file, kind)
    clock = time.process_time if cpu else time.monotonic
    solution = _engine(name, problem)(problem, seconds=seconds, seed=seed, clock=clock)
    told = described(problem, solution)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told)


def _engine(name: str, problem: Problem) -> Callable[..., Solution]:
    from kexie.platform.routing import borrowed, engine

    if name == "kexie":
        return engine.solve
    if not borrowed.is_installed():
        raise UserError("没有安装 PyVRP：pip install pyvrp。 PyVRP is not installed: pip install pyvrp.")
    if not borrowed.can_say(problem):
        raise UserError(
            "PyVRP 只解单日、每点去一次的问题，请用 --engine kexie。 PyVRP plans single days with one visit each: use --engine kexie."
        )
    return borrowed.solve


def read(file: Path, kind: str) -> Problem:
    """Return the problem in a file; what is wrong with it is told in one line."""
    try:
        return formats.read(file, kind)
    except formats.BadFile as error:
        raise UserError(f"{file.name}：{error}") from error


def described(problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return a plan in plain values; feasibility and cost are the checker's."""
    breaks = checker.check(problem, solution.routes)
    cost = checker.cost(problem, solution.routes)
    return {
        "cost": cost.cost,
        "missing": cost.missing,
        "feasible": not breaks and not solution.unserved,
        "breaks": [dataclasses.asdict(one) for one in breaks],
        "unserved": [
            {"site": problem.sites[one.site].key, "missing": one.missing, "reason": one.reason}
            for one in solution.unserved
        ],
        "distances": solution.source,
        "seed": solution.seed,
        "iterations": sum(pace.iterations for pace in solution.paces),
        "routes": [
            {
                "day": route.day + 1,
                "vehicle": problem.vehicles[route.vehicle].key,
                "sites": [problem.sites[stop.site].key for stop in route.stops],
                "distance": route.distance,
                "departs": route.departs,
                "returns": route.returns,
            }
            for route in solution.routes
        ],
        "history": [
            {
                "seconds": round(one.seconds, 3),
                "iterations": one.iterations,
                "missing": one.best.missing,
                "cost": one.best.cost,
            }
            for one in solution.history
        ],
    }


def _print(told: Mapping[str, Any]) -> None:
    table = Table("天 Day", "车 Vehicle", "点位 Sites", "里程 Distance")
    for route in told["routes"]:
        table.add_row(
            str(route["day"]), route["vehicle"], " ".join(route["sites"]), f"{route['distance']:.2f}"
        )
    Console().print(table)
    verdict = "可行 feasible" if told["feasible"] else "不可行 NOT feasible"
    click.echo(f"成本 Cost {told['cost']:.2f}，{verdict}；{told['distances']}")
    for one in told["unserved"]:
        click.echo(f"未安排 Not served: {one['site']} × {one['missing']} ({one['reason']})")
