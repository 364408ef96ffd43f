"""`kexie release`: verifying a release without the records, and auditing all of them against the records alone."""

import sys
from pathlib import Path

import click

from kexie.reporting.releases import auditing, documents
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.states import Stage


@click.group()
def release() -> None:
    """核验发布文件。 Verify release files."""


@release.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="应有的公钥（十六进制）。 The public key it must be signed with, in hex.")
def verify(*, file: Path, key: str | None) -> None:
    """核验发布文件；有误时说明哪里不对，退出码为 1。 Verify a release; exit code 1 says what is wrong."""
    data = file.read_bytes()
    try:
        expected = bytes.fromhex(key) if key else None
    except ValueError as error:
        raise click.UsageError("--key 应为十六进制。 --key must be hex.") from error
    wrong = documents.problems(data, key=expected)
    for line in wrong:
        click.echo(f"✗ {line}")
    if wrong:
        click.echo("核验没有通过。 REFUSED.")
        sys.exit(1)
    found = documents.read(data.decode())
    click.echo(
        f"✓ {found['unit']['name']} {found['period']['start']}/{found['period']['end']} R{found['version']}："
        f"{len(found['cells'])} 格，公钥 {found['public_key']}。 VERIFIED."
    )


@release.command()
def audit() -> None:
    """只凭记录重算每次发布的每一格；不一致时逐条列出，退出码为 1。 Make every cell again from the records alone."""
    found = 0
    for one in Release.objects.filter(state=Stage.CLOSED).select_related("unit").order_by("id"):
        problems = list(auditing.audit(one))
        found += len(problems)
        click.echo(f"{'✗' if problems else '✓'} {one.unit} {one}")
        for problem in problems:
            click.echo(f"  {problem.subject}: {problem.what}")
    sys.exit(1 if found else 0)
