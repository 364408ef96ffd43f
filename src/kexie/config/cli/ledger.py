"""`kexie ledger`: proving that no record was changed behind the platform's back."""

import json
import sys

import click

from kexie.config.cli.common import association, association_option, now
from kexie.ledger import log


@click.group()
def ledger() -> None:
    """校验台账。 Verify the ledger and show its head."""


@ledger.command()
@association_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def verify(*, code: str | None, as_json: bool) -> None:
    """逐条比对记录、日志和树根；有改动则指出并以 1 退出。

    Compare every record with its leaf, every leaf with its record, and every signed head with the leaves;
    name the row and what changed, and exit with 1.
    """
    unit = association(code)
    found = log.verify(association_id=unit.pk)
    if as_json:
        problems = [vars(problem) for problem in found.problems]
        data = {"records": found.records, "size": found.size, "root": found.root.hex(), "problems": problems}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    sys.exit(1 if found.problems else 0)


@ledger.command()
@association_option
def head(*, code: str | None) -> None:
    """签署并显示当前树根。 Sign and show the current tree head."""
    found = log.sign_head(association_id=association(code).pk, now=now())
    text = log.head_text(found.association_id, found.size, bytes(found.root)).decode()
    click.echo(f"{text}signature {bytes(found.signature).hex()}")


def _tell(found: log.Verification) -> None:
    for problem in found.problems:
        click.secho(f"✗ {problem.record_type} {problem.record_id}", fg="red")
        click.echo(f"  {problem.what}")
    if found.problems:
        click.secho(f"发现 {len(found.problems)} 处问题。 Problems found: {len(found.problems)}", fg="red")
    else:
        click.secho(
            f"台账完好：{found.records} 条记录，{found.size} 片叶子。 The ledger is intact.", fg="green"
        )
    click.echo(f"root {found.root.hex()}")
