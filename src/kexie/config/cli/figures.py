"""`kexie figures`: listing, showing and auditing figures."""

import datetime as dt
import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from kexie.config.cli.common import Day, association_option, now, today, whole
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures as reading
from kexie.ledger import registry
from kexie.ledger.measures import Cell

_as_of = click.option("--as-of", type=Day(), help="统计截止日（含当天）。 Last day that counts.")
_since = click.option("--since", type=Day(), help="起始日；不写为累计。 First day; cumulative without.")
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")


@click.group()
def figures() -> None:
    """查看和审计数字。 List, show and audit figures."""


@figures.command("list")
@_as_of
@_since
@association_option
@_json
def list_(*, as_of: dt.date | None, since: dt.date | None, code: str | None, as_json: bool) -> None:
    """列出全部指标及其值。 List every measure with its value."""
    scope, period = whole(code), Period.until(as_of or today(), since=since)
    lines = [_line(Cell(key, period), scope) for key in registry.measures()]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    table = Table("指标 Measure", "名称 Label", "值 Value", "单位 Unit", "行 Rows")
    for line in lines:
        shown = "不可计算" if line["value"] is None else str(line["value"])
        table.add_row(line["measure"], line["label"], shown, line["unit"], str(line["rows"]))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


@figures.command()
@click.argument("measure")
@click.option(
    "--by",
    default=None,
    help="分解：county、unit、month、year、method 或指标自己的维度。 Break down by a dimension.",
)
@_as_of
@_since
@association_option
@_json
def show(
    *,
    measure: str,
    by: str | None,
    as_of: dt.date | None,
    since: dt.date | None,
    code: str | None,
    as_json: bool,
) -> None:
    """显示一个数字。 Show one figure."""
    scope, cell = whole(code), Cell(measure, Period.until(as_of or today(), since=since))
    line = _line(cell, scope)
    line["definition"] = str(registry.measure(measure).definition)
    if by:
        line["by"] = [_slice(one) for one in reading.breakdown(cell, scope, by=by)]
    if as_json:
        click.echo(json.dumps(line, ensure_ascii=False, indent=2))
        return
    for name, value in line.items():
        click.echo(f"{name:<12}{value}")


@figures.command()
@association_option
def audit(*, code: str | None) -> None:
    """从记录重算每个指标，与汇总缓存逐月比对。 Recompute every roll-up from rows and compare month by month."""
    wrong = 0
    for measure, cached, counted in reading.audit(whole(code), until=today()):
        good = cached == counted
        wrong += not good
        click.secho(
            f"{'✓' if good else '✗'} {measure.key:<32} {cached} {'=' if good else '≠'} {counted}",
            fg=None if good else "red",
        )
    sys.exit(1 if wrong else 0)


def _line(cell: Cell, scope: Scope) -> dict[str, Any]:
    found = reading.figure(cell, scope, now=now())
    value = None if found.value is None else float(found.value)
    return {
        "measure": found.measure.key,
        "label": str(found.measure.label),
        "value": int(value) if value is not None and value.is_integer() else value,
        "unit": found.measure.unit,
        "rows": found.rows,
        "parts": found.parts,
        "methods": {method: int(total) for method, total in found.methods},
        "uncounted": found.uncounted,
        "since": str(cell.period.start or ""),
        "until": str(cell.period.last_day),
        "digest": found.digest,
    }


def _slice(one: reading.Slice) -> dict[str, Any]:
    return {
        "group": str(one.group),
        "value": None if one.value is None else float(one.value),
        "rows": one.rows,
    }
