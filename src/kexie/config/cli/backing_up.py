"""`kexie backup`."""

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
    from django.db import connection

    params = connection.get_connection_params()
    folder = settings.KEXIE_HOME / "backups"
    target = file or folder / f"kexie-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.dump"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.part")
    environment = {**os.environ, "PGPASSWORD": params.get("password", "")}
    names = {"host": "--host", "port": "--port", "user": "--username", "dbname": "--dbname"}
    where = [f"{option}={params[name]}" for name, option in names.items() if params.get(name)]
    ran = subprocess.run(
        [_pg_dump(), *where, "--format=custom", "--no-owner", f"--file={partial}"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, umask=0o077,
    )  # fmt: skip
    if ran.returncode:
        partial.unlink(missing_ok=True)
        reason = " ".join(ran.stderr.split())
        message = f"备份失败（{reason}）。 The backup failed ({reason})."
        raise UserError(message)
    partial.replace(target)
    click.echo(f"已备份到 {target}（{target.stat().st_size >> 10} KB）。 Backed up.")


def _pg_dump() -> str:
    """Return the newest pg_dump at hand: the embedded server's serves every older one too."""
    from kexie.config.postgres import installed_programs

    bundled = installed_programs() / "pg_dump"
    return str(bundled) if bundled.exists() else shutil.which("pg_dump") or "pg_dump"
