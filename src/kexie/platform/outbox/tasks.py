"""What the outbox does by itself, besides the worker's pump."""

import datetime as dt

from kexie.platform import tasks
from kexie.platform.outbox import consumers, operations, queries


@tasks.periodic("* * * * *")
def catch_up(*, at: dt.datetime) -> None:
    """Hand out what waits and let each consumer that fell behind take its turn, should the pump have stopped."""
    while operations.hand_out(now=at):
        pass
    for name in queries.behind(before=at):
        consume.defer(name=name, at=at.isoformat())


@tasks.task()
def consume(*, name: str, at: str) -> None:
    """Have one consumer handle what is due."""
    while operations.consume(consumer=consumers.consumer(name), now=dt.datetime.fromisoformat(at)):
        pass


@tasks.periodic("40 19 * * *")
def purge(*, at: dt.datetime) -> None:
    """Forget old events, each night."""
    operations.purge(now=at)
