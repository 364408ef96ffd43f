"""`kexie assign`: who sees what, with a proof of how good it is."""

import json
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kexie.kernel.errors import UserError
from kexie.platform.assignment import reading, solving
from kexie.platform.assignment.problem import Problem, Solution
from kexie.platform.assignment.refusals import Infeasible


@click.group()
def assign() -> None:
    """分配评审、专家或桌次。 Assign judges, experts or tables."""


@assign.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def solve(*, file: Path, as_json: bool) -> None:
    """求 FILE（JSON，- 为标准输入）的最优分配。 Find the best assignment for a task.

    没有可行的分配时退出码为 1，并说明是哪条规则、哪些条目。 Exits with 1 and names the rule and entries that bind when there is none.
    """
    problem = _read(file)
    start = time.process_time()
    try:
        found = solving.solve(problem)
    except Infeasible as error:
        if not as_json:
            raise
        told = {"error": str(error), "rule": error.rule, "left": error.left, "right": error.right}
        click.echo(json.dumps(told, ensure_ascii=False))
        sys.exit(1)
    seconds = time.process_time() - start
    if as_json:
        answer = reading.as_dict(problem, found) | {"cpu_seconds": round(seconds, 3)}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    _print(problem, found)


def _read(file: Path) -> Problem:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return reading.parse(data.decode("utf-8-sig"))
    except OSError as error:
        raise click.UsageError(f"读不到文件 {file}：{error.strerror}。 Cannot read the file.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} 不是 UTF-8 文本。 The file is not UTF-8.") from error
    except UserError as error:
        raise click.UsageError(f"{file}：{error}") from error


def _print(problem: Problem, found: Solution) -> None:
    table = Table("条目 Entry", "人员 People")
    people: dict[int, list[str]] = {}
    for entry, person in found.pairs:
        people.setdefault(entry, []).append(problem.right[person].id)
    for entry, names in people.items():
        table.add_row(problem.left[entry].id, "、".join(names))
    Console().print(table)
    click.echo(f"总分 {found.total:.4f}（上界 {found.bound:.4f}，差距 {found.gap:.2%}）")
    click.echo(f"最差条目 {found.worst:.4f}（上界 {found.worst_bound:.4f}，差距 {found.worst_gap:.2%}）")
