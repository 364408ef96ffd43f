"""`kexie claims` and `kexie check`: the quantities of a text, and what the records say of them."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kexie.kernel.errors import UserError
from kexie.kernel.quantities import plain, quantities
from kexie.reporting.claims.documents import text_of

_file = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")


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
