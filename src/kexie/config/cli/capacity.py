"""`kexie capacity`: proving that nothing was sold twice."""

import json
import sys
from collections.abc import Sequence

import click

from kexie.config.cli.common import association, association_option
from kexie.platform.capacity import queries
from kexie.platform.capacity.queries import Discrepancy


@click.group()
def capacity() -> None:
    """核对名额与预约。 Check the counters of places against the reservations."""


@capacity.command()
@association_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def audit(*, code: str | None, as_json: bool) -> None:
    """核对名额、预约、人员与候补；不一致则逐条指出并以 1 退出。

    Compare counters, reservations, seats and the waiting list; name every row that does not agree, and exit with 1.
    """
    found = queries.audit(association(code).pk)
    if as_json:
        rows = [
            {"check": one.check, "id": str(one.id), "found": one.found, "expected": one.expected}
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    sys.exit(1 if found else 0)


def _tell(found: Sequence[Discrepancy]) -> None:
    for one in found:
        click.secho(f"✗ {one.check} {one.id}", fg="red")
        click.echo(f"  现为 {one.found}，应为 {one.expected}。 Found {one.found}, expected {one.expected}.")
    if found:
        click.secho(f"发现 {len(found)} 处不一致。 Discrepancies found: {len(found)}", fg="red")
    else:
        click.secho("名额与预约一致。 Counters and reservations agree.", fg="green")
