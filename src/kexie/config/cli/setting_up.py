"""`kexie setup`."""

import click

from kexie.config.cli.lazy import start_django


@click.command()
def setup() -> None:
    """准备好脚本、翻译、数据库和静态文件。 Prepare scripts, translations, the database and static files."""
    from kexie.config import build

    start_django()
    build.everything(click.echo)
    click.echo("准备就绪。 Ready.")
