"""Work that a process does over and over beside its tasks: threads that take turns as long as there is something to do."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from django.db import connection

log = logging.getLogger("kexie.loops")

Turn = Callable[[], int]
"""Does some of what waits and returns how much it did; 0 when nothing waits."""

SECONDS = 1.0  # between looks when nothing waits
SECONDS_AFTER_ERROR = 10.0


@contextlib.contextmanager
def running(turns: Sequence[Turn], *, seconds: float = SECONDS) -> Iterator[None]:
    """Take turns, each in a thread with a database connection of its own, while the block lasts."""
    stop = threading.Event()
    threads = [threading.Thread(target=_repeat, args=(turn, stop, seconds), daemon=True) for turn in turns]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)


def _repeat(turn: Turn, stop: threading.Event, seconds: float) -> None:
    try:
        while not stop.is_set():
            if not _taken(turn, stop):
                stop.wait(seconds)
    finally:
        connection.close()


def _taken(turn: Turn, stop: threading.Event) -> int:
    """Take one turn; an error (a database that restarts) is logged and waited out."""
    try:
        return turn()
    except Exception:
        log.exception("a turn failed")
        connection.close()
        stop.wait(SECONDS_AFTER_ERROR)
        return 0
