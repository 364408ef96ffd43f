"""`kexie backup` and `kexie restore`."""

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import click

from kexie.config.cli.lazy import start_django
from kexie.kernel.errors import UserError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
def backup(*, file: Path | None) -> None:
    """备份数据库，默认存入 KEXIE_HOME/backups；附件和密钥须另行复制。

    Dump the database, by default into KEXIE_HOME/backups. Files and keys of KEXIE_HOME must be copied beside it.
    """
    start_django()
    from django.conf import settings

    folder = settings.KEXIE_HOME / "backups"
    target = file or folder / f"kexie-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.dump"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.part")
    ran = _run("pg_dump", "--format=custom", "--no-owner", f"--file={partial}")
    if ran.returncode:
        partial.unlink(missing_ok=True)
        reason = " ".join(ran.stderr.split())
        message = f"备份失败（{reason}）。 The backup failed ({reason})."
        raise UserError(message)
    partial.replace(target)
    click.echo(f"已备份到 {target}（{target.stat().st_size >> 10} KB）。 Backed up.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(*, file: Path) -> None:
    """把备份恢复到还没有科协的数据库，要么全部要么不动；附件和密钥须另行复制。

    Restore a backup into a database without an association, all or nothing. Copy files and keys beside it.
    """
    start_django()
    _refuse_data()
    ran = _run(
        "pg_restore", "--no-owner", "--clean", "--if-exists", "--single-transaction", str(file.absolute())
    )
    if ran.returncode:
        reason = " ".join(ran.stderr.split())
        message = f"恢复失败，数据库未改动（{reason}）。 Not restored; nothing was changed ({reason})."
        raise UserError(message)
    click.echo(
        "已恢复。请运行 kexie setup，再运行 kexie ledger verify。 Restored. Now: kexie setup; kexie ledger verify."
    )


def _refuse_data() -> None:
    """Raise UserError if the database holds an association already."""
    from django.db import connection

    from kexie.foundation.units.models import Unit

    table = Unit._meta.db_table
    if table in connection.introspection.table_names() and Unit.objects.exists():
        message = (
            "这个数据库里已有数据，不能覆盖；请换一个 KEXIE_HOME 或 DATABASE_URL。"
            " This database holds data: restore into another KEXIE_HOME or DATABASE_URL."
        )
        raise UserError(message)
    connection.close()


def _run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on the database; what it writes only its owner may read."""
    from django.db import connection

    connection.ensure_connection()
    params = connection.get_connection_params()
    names = {"host": "--host", "port": "--port", "user": "--username", "dbname": "--dbname"}
    where = [f"{option}={params[name]}" for name, option in names.items() if params.get(name)]
    return subprocess.run(
        [_program(program), *where, *options], env={**os.environ, "PGPASSWORD": params.get("password", "")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, umask=0o077,
    )  # fmt: skip


def _program(name: str) -> str:
    """Return the newest of its kind at hand: the embedded server's serves every older server too."""
    from kexie.config.postgres import installed_programs

    bundled = installed_programs() / name
    return str(bundled) if bundled.exists() else shutil.which(name) or name
