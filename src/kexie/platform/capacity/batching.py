"""One thread of each process that commits what waits together: nobody waits for somebody else's flush to disk twice.

While one batch is being committed the next one gathers, so batches are small when it is quiet and large in a rush.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from kexie.kernel.errors import Unavailable

MOST = 200  # asked for in one transaction
WAIT_SECONDS = 20
PAUSES = (0.05, 0.2, 0.8)  # seconds before a batch is tried again on a new connection
log = logging.getLogger("kexie.capacity")

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Decide = Callable[[Sequence[Asked]], Sequence[Answer]]


class Batches(Generic[Asked, Answer]):
    """Each process's own thread that decides what many threads ask, by `decide`, on a connection of its own.

    `decide` must give the same answer when it is asked the same again: an answer may be lost with the connection.
    """

    def __init__(self, name: str, decide: Decide[Asked, Answer]) -> None:
        self.name, self.decide = name, decide
        self._lock = threading.Lock()
        self._thread: tuple[int, _Thread[Asked, Answer]] | None = None  # made after the server has forked
        os.register_at_fork(after_in_child=self._forget)

    def ask(self, one: Asked) -> Answer:
        """Have it decided and wait for the answer, which is given once it is safe on disk.

        Inside a transaction it is decided there: another connection would not see what was just written. Raises
        Unavailable when the database cannot be reached. What waited too long is not decided at all; what was being
        decided may still be granted.
        """
        if connection.in_atomic_block:
            return self.decide([one])[0]
        promise = self.ask_soon(one)
        try:
            return promise.result(timeout=WAIT_SECONDS)
        except (TimeoutError, OperationalError, InterfaceError) as error:
            raise Unavailable from error
        finally:
            promise.cancel()

    def ask_soon(self, one: Asked) -> Future[Answer]:
        """Have it decided without waiting; whoever stops waiting cancels the promise."""
        with self._lock:
            if (
                self._thread is None
                or self._thread[0] != os.getpid()
                or not self._thread[1].thread.is_alive()
            ):
                self._thread = (os.getpid(), _Thread(self.name, self.decide))
            promise: Future[Answer] = Future()
            self._thread[1].waiting.put((one, promise))
            return promise

    def stop(self) -> None:
        """End this process's thread once it has decided what waits (at shutdown, and after tests that use it)."""
        with self._lock:
            found, self._thread = self._thread, None
        if found and found[0] == os.getpid():
            found[1].waiting.put(None)
            found[1].thread.join()

    def _forget(self) -> None:
        """The parent's thread does not live in a child, and its lock may have been held just then."""
        self._lock, self._thread = threading.Lock(), None


class _Thread(Generic[Asked, Answer]):
    """Gathers what waits and has it decided, until it finds None."""

    def __init__(self, name: str, decide: Decide[Asked, Answer]) -> None:
        self.decide = decide
        self.waiting: SimpleQueue[tuple[Asked, Future[Answer]] | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            while batch := self._gather():
                settle([one for one in batch if one[1].set_running_or_notify_cancel()], self.decide)
        finally:
            connection.close()

    def _gather(self) -> list[tuple[Asked, Future[Answer]]]:
        """Wait for something and take along what else is there; nothing when it is time to stop."""
        batch: list[tuple[Asked, Future[Answer]]] = []
        one = self.waiting.get()
        while one is not None:
            batch.append(one)
            if len(batch) == MOST:
                return batch
            try:
                one = self.waiting.get_nowait()
            except Empty:
                return batch
        if batch:
            self.waiting.put(None)  # after these
        return batch


def settle(batch: Sequence[tuple[Asked, Future[Answer]]], decide: Decide[Asked, Answer]) -> None:
    """Decide a batch; if one spoils it (what no database can store), in halves, so that it spoils no other."""
    if not batch:
        return
    try:
        answers = again(decide, [one for one, _ in batch])
    except Exception as error:
        if len(batch) == 1 or isinstance(error, Unavailable):
            log.exception("%s could not be decided", len(batch))
            for _, promise in batch:
                promise.set_exception(error)
            return
        settle(batch[: len(batch) // 2], decide)
        settle(batch[len(batch) // 2 :], decide)
        return
    for (_, promise), answer in zip(batch, answers, strict=True):
        promise.set_result(answer)


def again(decide: Decide[Asked, Answer], batch: Sequence[Asked]) -> Sequence[Answer]:
    """Decide a batch on this thread's connection, connecting again when it was lost."""
    for pause in PAUSES:
        try:
            return decide(batch)
        except (OperationalError, InterfaceError):
            log.warning("the database does not answer", exc_info=True)
            connection.close()
            time.sleep(pause)
    try:
        return decide(batch)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable from error


def connect() -> None:
    """Connect this thread, and have the few statements it runs all day prepared."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0
