"""Work done in the background, by the queue in our own database (procrastinate).

A task is deferred inside the caller's transaction: if that is rolled back, the task never was. Write tasks in an
application's `tasks.py`, which is found by itself::

    @tasks.task(retries=3)
    def send_release(*, release_id: str) -> None: ...

    send_release.defer(release_id=str(release.id))

    @tasks.periodic("15 3 * * *")
    def fold_deltas(*, at: datetime) -> None: ...
"""

import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Any, Protocol, cast

from asgiref.sync import async_to_sync
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

QUEUE = "default"


class Task(Protocol):
    """A function that can also be done later."""

    def __call__(self, **arguments: Any) -> Any:
        """Do it now."""

    def defer(self, **arguments: Any) -> int:
        """Have it done in the background once the transaction is committed; return the job's number."""


def task(
    *, retries: int = 0, queue: str = QUEUE, one_at_a_time: bool = False
) -> Callable[[Callable[..., Any]], Task]:
    """Make a function a background task, tried again `retries` times with growing pauses.

    Arguments must be plain JSON values. With `one_at_a_time`, no two jobs of this task run together.
    """

    def declare(function: Callable[..., Any]) -> Task:
        retry = RetryStrategy(max_attempts=retries, exponential_wait=4) if retries else False
        lock = _name(function) if one_at_a_time else None
        return cast("Task", app.task(name=_name(function), queue=queue, retry=retry, lock=lock)(function))

    return declare


def periodic(cron: str, *, queue: str = QUEUE) -> Callable[[Callable[..., Any]], Task]:
    """Make a function a task done at times given as cron (in UTC); it is passed the planned time as `at`.

    Times missed while no worker ran are not caught up, except for the last of the past ten minutes.
    """

    def declare(function: Callable[..., Any]) -> Task:
        @functools.wraps(function)
        def at_time(timestamp: int) -> Any:
            return function(at=dt.datetime.fromtimestamp(timestamp, tz=dt.UTC))

        name = _name(function)
        declared = app.task(name=name, queue=queue, queueing_lock=name, lock=name)(at_time)
        return cast("Task", app.periodic(cron=cron, periodic_id=name)(declared))

    return declare


def _name(function: Callable[..., Any]) -> str:
    """Return the task's lasting name: jobs in the queue know it by this."""
    return f"{function.__module__}.{function.__qualname__}"


def run_worker(*, concurrency: int = 2) -> None:
    """Do tasks as they come until the process is told to stop; those under way are finished first."""
    with app.replace_connector(cast("Any", app.connector).get_worker_connector()) as worker:
        worker.run_worker(concurrency=concurrency, shutdown_graceful_timeout=20)


def run_pending() -> int:
    """Do the waiting tasks now, on this thread's own database connection, and return how many; the first error ends it.

    For tests and for commands without a worker.
    """
    manager = app.job_manager
    worker_id = async_to_sync(manager.register_worker)()
    done = 0
    try:
        while job := async_to_sync(manager.fetch_job)(queues=None, worker_id=worker_id):
            arguments = cast("Any", job.task_kwargs)  # Django's connection leaves JSON as text
            arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
            cast("Any", app.tasks[job.task_name]).func(**arguments)
            async_to_sync(manager.finish_job)(job=job, status=Status.SUCCEEDED, delete_job=False)
            done += 1
    finally:
        async_to_sync(manager.unregister_worker)(worker_id=worker_id)
    return done
