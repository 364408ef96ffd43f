"""`kexie serve`, `kexie worker` and `kexie stop`."""

import sys

import click

from kexie.config.cli.lazy import start_django

HOST, PORT = "127.0.0.1", 8000
host_option = click.option("--host", default=HOST, show_default=True, help="监听地址。 Address to listen on.")
port_option = click.option("--port", default=PORT, show_default=True, help="监听端口。 Port to listen on.")


@click.command()
@host_option
@port_option
@click.option(
    "--processes", type=click.IntRange(1, 64), help="网页进程数，默认按处理器。 Web processes; by processors."
)
@click.option(
    "--no-worker", is_flag=True, help="不在此运行后台任务。 Leave background tasks to another machine."
)
def serve(*, host: str, port: int, processes: int | None, no_worker: bool) -> None:
    """启动网站和后台任务，按 Ctrl+C 停止。 Serve the site and run background tasks, until Ctrl+C."""
    run(host=host, port=port, processes=processes, with_worker=not no_worker)


def run(
    *, host: str = HOST, port: int = PORT, processes: int | None = None, with_worker: bool = True
) -> None:
    """Prepare what is stale, then serve until told to stop."""
    from kexie.config import build, serving

    with serving.listen(host, port) as listener:
        start_django()
        build.everything(click.echo)
        supervisor = serving.Supervisor(lambda line: click.echo(line, err=True))
        command = serving.gunicorn_command(listener, processes or serving.web_processes())
        supervisor.add("web", command, keep=(listener.fileno(),))
        if with_worker:
            supervisor.add("worker", [sys.executable, "-m", "kexie.config.cli", "worker"])
        address = "localhost" if host in {HOST, "0.0.0.0", "::", "::1"} else host  # noqa: S104  compared, not bound
        click.secho(
            f"科协平台已启动：http://{address}:{port}/ （按 Ctrl+C 停止） Kexie is running; Ctrl+C stops it.",
            bold=True,
        )
        sys.stdout.flush()
        supervisor.run()
        click.echo("已停止。 Stopped.")


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="同时执行的任务数。 Tasks done at once.")
def worker(*, concurrency: int) -> None:
    """只运行后台任务。 Run background tasks alone."""
    start_django()
    from kexie.foundation.webhooks import sender
    from kexie.platform import tasks
    from kexie.platform.outbox import pump

    with pump.running(), sender.running():
        tasks.run_worker(concurrency=concurrency)


@click.command()
def stop() -> None:
    """停止 KEXIE_HOME 的内置数据库。 Stop the embedded database of KEXIE_HOME, whoever uses it."""
    start_django()
    from django.conf import settings

    stopped = settings.EMBEDDED_POSTGRES is not None and settings.EMBEDDED_POSTGRES.stop()
    click.echo(
        "数据库已停止。 The database is stopped." if stopped else "数据库没有运行。 No database was running."
    )
