"""What happens is told to each consumer at least once, whatever the others do."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform import tasks as queue
from kexie.platform.outbox import consumers, operations, queries, tasks
from kexie.platform.outbox.models import Event, Handover
from tests.platform.outbox.conftest import NOW, OURS, happen

pytestmark = pytest.mark.django_db


def drain_for(days: int, step: dt.timedelta = dt.timedelta(hours=1)) -> None:
    for turn in range(int(dt.timedelta(days=days) / step)):
        operations.drain(now=NOW + turn * step)


def test_each_consumer_hears_the_kinds_it_wants(listen) -> None:
    all_kinds, closed = listen("all"), listen("closed", "slot.closed")
    happen(1)
    happen(2, kind="slot.opened", now=NOW + dt.timedelta(seconds=1))
    assert operations.drain(now=NOW) == 3
    assert (all_kinds.heard, closed.heard) == (["slot.closed 1", "slot.opened 2"], ["slot.closed 1"])
    assert Handover.objects.count() == 0


def test_nothing_is_told_twice(listen) -> None:
    one = listen()
    happen()
    assert [operations.drain(now=NOW) for _ in range(3)] == [1, 0, 0]
    assert one.heard == ["slot.closed 1"]


def test_a_rolled_back_transaction_tells_nobody(listen) -> None:
    one = listen()
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)
    operations.drain(now=NOW)
    assert one.heard == []


def test_rows_inserted_by_sql_are_told_too(listen) -> None:
    one = listen()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_event (id, association_id, kind, subject_id, payload, at)"
            " VALUES (%s, %s, 'reservation.confirmed', %s, '{\"n\": 7}', %s)",
            [uuid.uuid4(), OURS, uuid.uuid4(), NOW],
        )
    operations.drain(now=NOW)
    assert one.heard == ["reservation.confirmed 7"]


def test_one_bad_event_stops_no_other(listen) -> None:
    one = listen()
    one.bad = {2}
    for n in (1, 2, 3):
        happen(n)
    operations.drain(now=NOW)
    assert sorted(set(one.heard)) == ["slot.closed 1", "slot.closed 3"]
    left = Handover.objects.get()
    assert (left.attempts, left.error, left.due_at) == (
        1,
        "ValueError: no 2",
        NOW + dt.timedelta(seconds=5),
    )


def test_a_failing_consumer_delays_no_other(listen) -> None:
    bad, good = listen("bad"), listen("good")
    bad.bad = {1}
    happen(1)
    operations.drain(now=NOW)
    assert (bad.heard, good.heard) == ([], ["slot.closed 1"])


def test_what_failed_is_told_again_once_the_consumer_is_well(listen) -> None:
    one = listen()
    one.bad = {1}
    happen(1)
    operations.drain(now=NOW)
    one.bad = set()
    operations.drain(now=NOW + dt.timedelta(seconds=4))
    assert one.heard == []
    operations.drain(now=NOW + dt.timedelta(seconds=5))
    assert one.heard == ["slot.closed 1"]


def test_an_event_that_always_fails_is_parked_and_shown_to_its_association(listen) -> None:
    one = listen()
    one.bad = {1}
    event = happen(1)
    drain_for(days=2)
    calls = one.calls
    drain_for(days=3)
    assert one.calls == calls
    parked = queries.parked(Scope(association_id=OURS)).get()
    assert (parked.event, parked.attempts) == (event, 8)
    assert not queries.parked(Scope(association_id=uuid.uuid4())).exists()
    assert not queries.parked(Scope(association_id=OURS, unit_paths=("0001.",))).exists()


def test_a_parked_event_can_be_tried_again(listen) -> None:
    one = listen()
    one.bad = {1}
    happen(1)
    drain_for(days=2)
    one.bad = set()
    operations.retry(handovers=[Handover.objects.get()], actor=None, now=NOW)
    operations.drain(now=NOW)
    assert (one.heard, Handover.objects.count()) == (["slot.closed 1"], 0)


def test_what_a_handler_wrote_before_it_failed_is_undone(listen) -> None:
    one = listen()
    handle = one.handle

    def write_then_fail(events, now) -> None:
        happen("written", kind="other.kind")
        handle(events, now)

    consumers.consumers()["one"] = consumers.Consumer(
        name="one", kinds=("slot.closed",), handle=write_then_fail
    )
    one.bad = {1}
    happen(1)
    operations.drain(now=NOW)
    assert list(Event.objects.values_list("kind", flat=True)) == ["slot.closed"]


def test_many_events_are_told_in_batches(listen) -> None:
    one = listen()
    for n in range(120):
        happen(n)
    assert operations.drain(now=NOW) == 120
    assert (len(one.heard), one.calls) == (120, 2)


def test_old_events_are_purged_once_everybody_has_heard(listen) -> None:
    one = listen()
    one.bad = {2}
    heard, parked = happen(1), happen(2)
    drain_for(days=2)
    late = NOW + dt.timedelta(days=31)
    fresh = happen(3, now=late)
    assert operations.purge(now=late) == 1
    assert set(Event.objects.all()) == {parked, fresh}
    assert heard not in Event.objects.all()
    operations.purge(now=late + dt.timedelta(days=200))
    assert list(Event.objects.all()) == [fresh]


def test_the_task_of_each_minute_catches_up_after_a_pump_that_stopped(listen) -> None:
    one = listen()
    happen()
    assert queries.oldest_waiting() == NOW
    for minute in (1, 2):
        tasks.catch_up(timestamp=int(NOW.timestamp()) + 60 * minute)
        queue.run_pending()
    assert (one.heard, queries.oldest_waiting()) == (["slot.closed 1"], None)


def test_there_is_no_consumer_nobody_declared() -> None:
    with pytest.raises(NotFound):
        consumers.consumer("nobody")
