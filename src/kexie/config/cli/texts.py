"""`kexie claims` and `kexie check`: the quantities of a text, and what the records say of them."""

import datetime as dt
import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kexie.config.cli.common import Day, association_option, today, whole
from kexie.kernel.errors import UserError
from kexie.kernel.quantities import plain, quantities
from kexie.reporting.claims import checking
from kexie.reporting.claims.documents import text_of
from kexie.reporting.claims.findings import Finding, Verdict

_file = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
_SIGNS = {
    Verdict.SUPPORTED: ("✓", "green"),
    Verdict.CONTRADICTED: ("✗", "bold red"),
    Verdict.NO_RECORDS: ("○", "yellow"),
    Verdict.UNLINKED: ("?", "yellow"),
    Verdict.OUTSIDE: ("↗", "cyan"),
}
_NAMES = {
    Verdict.SUPPORTED: "相符",
    Verdict.CONTRADICTED: "不符",
    Verdict.NO_RECORDS: "没有记录",
    Verdict.UNLINKED: "未能对应",
    Verdict.OUTSIDE: "台账以外",
}


@click.command()
@_file
@_json
def claims(*, file: Path, as_json: bool) -> None:
    """列出文稿（.txt、.docx，- 为标准输入）中的数量。 List the quantities in a text."""
    found = quantities(read_text(file))
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
        return
    table = Table("数量 Quantity", "值 Value", "最低 Low", "最高 High", "单位 Unit", "位置 At")
    for one in found:
        low, high = _end(plain(one.low)), _end(plain(one.high))
        table.add_row(one.text, _end(plain(one.value)), low, high, one.unit, f"{one.start}–{one.end}")
    console().print(table)
    click.echo(f"共 {len(found)} 个数量。 {len(found)} quantities.")


def read_text(file: Path) -> str:
    """Return the text of a file or of standard input; bad usage (exit code 2) when it cannot be read as text."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return text_of(data)
    except OSError as error:
        raise click.UsageError(f"读不到文件 {file}：{error.strerror}。 Cannot read the file.") from error
    except UserError as error:
        raise click.UsageError(f"{file}：{error}") from error


def console() -> Console:
    """Return where tables are printed: as wide as the terminal, wide enough in a pipe."""
    return Console(width=None if sys.stdout.isatty() else 140)


def _end(value: float | None) -> str:
    return "—" if value is None else f"{value:,}"


@click.command()
@_file
@click.option(
    "--as-of", type=Day(), help="核对截止日（含当天），默认今天。 Last day that counts; today without."
)
@association_option
@_json
def check(*, file: Path, as_of: dt.date | None, code: str | None, as_json: bool) -> None:
    """逐个核对文稿中的数字。 Check each number of a text against the records.

    有不符的数字时退出码为 1。 Exits with 1 when a number is contradicted.
    """
    text = read_text(file)
    found = checking.check(text, scope=whole(code), as_of=as_of or today())
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        _print(found)
    sys.exit(1 if any(one.verdict == Verdict.CONTRADICTED for one in found) else 0)


def _print(found: list[Finding]) -> None:
    table = Table("", "文中 Text", "记录 Records", "指标 Measure", "依据 Why")
    for one in found:
        sign, style = _SIGNS[one.verdict]
        actual = _end(plain(None if one.actual is None else Decimal(one.actual)))
        label = str(one.measure.label) if one.measure else ""
        table.add_row(sign, one.quantity.text.replace("\n", ""), actual, label, one.why, style=style)
    console().print(table)
    counts = Counter(one.verdict for one in found)
    click.echo("，".join(f"{_SIGNS[verdict][0]} {_NAMES[verdict]} {counts[verdict]}" for verdict in Verdict))
