"""Background tasks: deferred with the transaction, done on request."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from kexie.platform import tasks

DONE: list[str] = []


@tasks.task(retries=2)
def note(*, text: str) -> None:
    DONE.append(text)


@tasks.task()
def fail(*, text: str) -> None:
    raise ValueError(text)


@tasks.periodic("0 4 * * *")
def nightly(*, at: datetime) -> None:
    DONE.append(at.isoformat())


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    DONE.clear()
    yield
    DONE.clear()


@pytest.fixture(autouse=True)
def _nothing_waits(request: pytest.FixtureRequest) -> None:
    """What tests with transactions of their own left in the queue is not counted here."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")


def count_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tasks_are_done_once_and_in_order() -> None:
    note.defer(text="first")
    note.defer(text="second")
    assert tasks.run_pending() == 2
    assert DONE == ["first", "second"]
    assert tasks.run_pending() == 0


@pytest.mark.django_db
def test_a_rolled_back_transaction_leaves_no_task() -> None:
    with transaction.atomic():
        note.defer(text="never")
        assert count_waiting() == 1
        transaction.set_rollback(True)
    assert count_waiting() == 0
    assert tasks.run_pending() == 0


@pytest.mark.django_db
def test_the_error_of_a_task_reaches_whoever_runs_it() -> None:
    fail.defer(text="broken")
    with pytest.raises(ValueError, match="broken"):
        tasks.run_pending()


@pytest.mark.django_db
def test_periodic_tasks_get_the_planned_time_in_utc() -> None:
    nightly.defer(timestamp=int(datetime(2026, 11, 23, 4, tzinfo=UTC).timestamp()))
    tasks.run_pending()
    assert DONE == ["2026-11-23T04:00:00+00:00"]


def test_a_task_can_be_done_at_once() -> None:
    note(text="now")
    assert DONE == ["now"]
