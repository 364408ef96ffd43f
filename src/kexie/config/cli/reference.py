"""`kexie reference`."""

import click

from kexie.config import reference as made


@click.command()
def reference() -> None:
    """从代码生成 docs/reference。 Write the reference pages from the code."""
    for path in made.write():
        click.echo(path.relative_to(made.FOLDER.parents[1]))
