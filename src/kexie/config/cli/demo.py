"""`kexie demo`: the demonstration city."""

import sys

import click
from django.core.management import call_command
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kexie.config.cli.common import now
from kexie.config.demo import load as loading
from kexie.config.demo.city import PASSWORD
from kexie.foundation.access.queries import demo_accounts
from kexie.foundation.access.roles import ROLES

_STEPS = 60


@click.command()
@click.option("--no-serve", is_flag=True, help="只载入数据，不启动网站。 Load only, do not serve.")
@click.option("--seed", default=loading.SEED, show_default=True, help="随机种子。 Seed of the city.")
@click.option("--port", default=8000, show_default=True, help="端口。 Port to serve on.")
def demo(*, no_serve: bool, seed: int, port: int) -> None:
    """载入演示城市阜阳（人物与企业均为虚构）并启动网站；已载入时直接启动。

    Load the demonstration city and serve it; when it is loaded already, just serve.
    """
    call_command("migrate", verbosity=0, interactive=False)
    if loading.existing() is None:
        _load(seed)
    _say_accounts(port)
    if not no_serve:
        from kexie.config.cli.serving import run

        run(port=port)


def _load(seed: int) -> None:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]} 条"),
        TimeElapsedColumn(),
    )
    rows = 0
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("载入演示城市", total=_STEPS, rows=0)
        for step in loading.load(now=now(), seed=seed):
            rows += step.rows
            progress.update(task, advance=1, description=step.label, rows=rows)
        progress.update(task, completed=_STEPS, description="载入完成")
    console.print(f"演示城市已载入。 Demonstration city loaded. ({rows})")


def _say_accounts(port: int) -> None:
    console = Console()
    console.print(f"\n  地址 Address   http://localhost:{port}")
    console.print(f"  密码 Password  {PASSWORD}\n")
    for account in demo_accounts():
        label = ROLES[account.grants.all()[0].role].label
        console.print(f"  {account.username:<28}{label}（{account.unit}）")
    console.print("\n  演示数据，人物与企业均为虚构。 Demonstration data: people and firms are fictional.\n")
