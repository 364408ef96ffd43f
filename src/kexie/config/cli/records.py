"""`kexie import` and `kexie export`: records in and out of Excel, with an account's own rights."""

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from kexie.kernel.errors import UserError

_AS = click.option("--as", "username", required=True, help="以哪个账号的权限。 Whose rights to act with.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--type", "key", required=True, help="记录类型，如 museums.visits。 Type of record.")
@_AS
@click.option("--draft", is_flag=True, help="导入为草稿。 Import as drafts.")
@click.option("--dry-run", is_flag=True, help="只校验，不导入。 Check only.")
def import_(file: Path, key: str, username: str, *, draft: bool, dry_run: bool) -> None:
    """从 Excel 导入记录：先校验每一行，全部无误才导入；同一文件再导入不会重复。

    Import records from Excel: every row is checked first, all or none come in, and no row twice.
    """
    from django.core.files.base import File
    from django.utils import timezone

    from kexie.ledger import registry
    from kexie.workbench.importing import operations

    actor, record_type = _account(username), registry.record_type(key)
    confirms = not draft and _may_confirm(actor, record_type.context)
    with file.open("rb") as content:
        upload = File(content, name=file.name)
        job = operations.take_in(
            desk_type=record_type, upload=upload, actor=actor, confirms=confirms, now=timezone.now()
        )
    operations.check(job=job)
    _tell_findings(job)
    if job.state != job.State.READY:
        sys.exit(1)
    if dry_run:
        operations.cancel(job=job)
        return
    operations.start(job=job, confirms=confirms)
    operations.run(job=job)
    if job.state != job.State.DONE:
        _tell_findings(job)
        sys.exit(1)
    state = "已确认 confirmed" if confirms else "草稿 drafts"
    click.echo(
        f"新建 {job.created} 条（{state}），此前已导入 {job.known} 行。 {job.created} new, {job.known} known."
    )


@click.command("export")
@click.argument("key")
@_AS
@click.option(
    "--filter",
    "query",
    default="",
    help="列表地址里的条件，如 state=draft&from=2025-01-01。 As in a list's address.",
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="文件名。 Name of the file."
)
def export(key: str, username: str, query: str, output: Path | None) -> None:
    """导出一类记录到 Excel。

    Export records of one type to Excel: exactly those that the same list shows.
    """
    from django.http import QueryDict
    from django.utils import timezone

    from kexie.foundation.access import queries as access
    from kexie.foundation.access.roles import Action
    from kexie.ledger import registry
    from kexie.workbench.desk import exporting, filters, queries

    actor, desk_type, now = _account(username), registry.desk_type(key), timezone.now()
    scope = access.scope_for(actor, Action.EXPORT, desk_type.context)
    rows = queries.asked(desk_type, filters.read(QueryDict(query), desk_type, scope), scope)
    path = output or Path(exporting.file_name(desk_type, timezone.localdate(now)))
    file = exporting.export(desk_type=desk_type, rows=rows, query=query, account=actor, now=now)
    with file, path.open("wb") as written:
        shutil.copyfileobj(file, written)
    click.echo(str(path))


def _account(username: str) -> Any:
    from kexie.foundation.access.models import Account

    found = Account.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise UserError(f"没有账号“{username}”，或已停用。 There is no active account {username}.")
    return found


def _may_confirm(actor: Any, context: str) -> bool:
    from kexie.foundation.access import queries as access
    from kexie.foundation.access.roles import Action

    return access.may(actor, Action.CONFIRM, context)


def _tell_findings(job: Any) -> None:
    """Write what checking found: problems to standard error, the sum to standard output."""
    if job.message:
        click.secho(job.message, fg="red", err=True)
    for one in job.problems:
        click.echo(f"{one['cell']}\t{one['message']}", err=True)
    for one in job.warnings:
        click.secho(f"{one['cell']}\t{one['message']}", fg="yellow", err=True)
    click.echo(
        f"{job.total} 行，{job.problem_count} 处问题。 {job.total} rows, {job.problem_count} problems."
    )
