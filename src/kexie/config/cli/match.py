"""`kexie match`: how well suggestions are ranked."""

import json
import sys
from pathlib import Path

import click

from kexie.kernel.errors import UserError
from kexie.platform.matching import evaluating


@click.group()
def match() -> None:
    """评价专家匹配。 Evaluate the matching of experts."""


@match.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（含每条的排名）。 Print JSON with the rankings."
)
def evaluate(*, file: Path, as_json: bool) -> None:
    """用带标签的 FILE（每行一个 JSON）计算排名指标。 Compute ranking measures on a labelled set."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        cases = evaluating.parse(data.decode("utf-8-sig"))
    except OSError as error:
        raise click.UsageError(f"读不到文件 {file}：{error.strerror}。 Cannot read the file.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} 不是 UTF-8 文本。 The file is not UTF-8.") from error
    except UserError as error:
        raise click.UsageError(f"{file}：{error}") from error
    found = evaluating.evaluate(cases)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for part in ("overall", "fused"):
        for name, value in found.get(part, {}).items():
            label = name if part == "overall" else f"{part} {name}"
            click.echo(f"{label}: {'—' if value is None else round(value, 4)}")
