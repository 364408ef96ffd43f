"""`kexie screens`."""

import os
from pathlib import Path

import click

from kexie.config.cli.lazy import start_django

FOLDER = Path(__file__).resolve().parents[4] / "docs" / "screens"


@click.command()
@click.option(
    "--to", default=FOLDER, type=click.Path(path_type=Path, file_okay=False), help="文件夹。 Folder."
)
def screens(*, to: Path) -> None:
    """为演示城市的主要页面截图（390 和 1440 像素宽）。 Take pictures of the demo's main pages, 390 and 1440 px wide."""
    from kexie.config import browser

    browser.require()
    # Playwright's loop runs in this thread; Django would refuse its database there, though we ask it only before.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    start_django()
    from kexie.config import screens as pictures

    for path in pictures.take(to):
        click.echo(path)
