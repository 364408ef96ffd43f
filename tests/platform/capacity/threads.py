"""Several people at once, each in a thread and on a connection of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class Job(threading.Thread):
    """Something done beside; `done()` waits for it, and returns or raises what it did."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.do = do
        self.result: object = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.do()
        except BaseException as error:  # noqa: BLE001  told by whoever waits for it
            self.error = error
        finally:
            connection.close()

    def done(self) -> object:
        self.join(60)
        assert not self.is_alive(), "it still waits"
        if self.error:
            raise self.error
        return self.result


def together(*jobs: Callable[[], object]) -> list[object]:
    """Do several things at once; raise what any of them raised."""
    return [one.done() for one in [Job(job) for job in jobs]]


def waits(count: int = 1) -> None:
    """Return once so many wait for a lock."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@contextmanager
def unfinished(do: Callable[[], object]) -> Iterator[None]:
    """Something done by somebody else who commits only when the block ends."""
    made, finish = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            do()
            made.set()
            assert finish.wait(30)

    job = Job(slowly)
    while not made.wait(0.1):
        if not job.is_alive():
            job.done()
    try:
        yield
    finally:
        finish.set()
    job.done()
