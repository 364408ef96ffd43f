"""The writer decides what waits together, and one bad order, a lost connection or a fork spoils nothing."""

import dataclasses
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, connection

from kexie.kernel.errors import Unavailable
from kexie.platform.capacity import batching, engine, memory, queries, writer
from kexie.platform.capacity.models import Pool, Reservation
from kexie.platform.capacity.operations import bookings
from kexie.platform.capacity.orders import Order, Placed, Reason, Refused
from tests.platform.capacity.build import ASSOCIATION, NOW, offer, order, placed, taken
from tests.platform.capacity.threads import Job, together, unfinished, waits

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _own_writer(committed: None) -> Iterator[None]:
    memory.forget()
    yield
    writer.stop()
    memory.forget()
    assert queries.audit(ASSOCIATION) == []


def backends(query: str) -> list[int]:
    """Which of the server's processes run, or ran last, a statement like this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query LIKE %s",
            [query],
        )
        return [pid for (pid,) in cursor.fetchall()]


def end(pids: list[int]) -> None:
    with connection.cursor() as cursor:
        for pid in pids:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_many_threads_fill_a_slot_exactly() -> None:
    slot = offer(capacity=30)
    orders = [order(slot, size=1 + n % 3) for n in range(40)]
    answers = together(*[lambda one=one: writer.submit(one) for one in orders])
    granted = [one.size for one in answers if isinstance(one, Placed)]
    assert taken(slot) == {"": sum(granted)}
    assert 28 <= sum(granted) <= 30


def test_a_key_that_is_known_gets_its_answer_although_the_slot_is_full() -> None:
    slot = offer(capacity=1)
    wanted = order(slot)
    first = writer.submit(wanted)
    assert writer.submit(order(slot)) == Refused(Reason.FULL)
    assert isinstance(first, Placed)
    assert writer.submit(wanted) == dataclasses.replace(first, is_new=False)
    late = dataclasses.replace(wanted, refusal=Reason.TOO_LATE)
    assert writer.submit(late) == dataclasses.replace(first, is_new=False)
    assert writer.submit(order(slot, refusal=Reason.TOO_LATE)) == Refused(Reason.TOO_LATE)


def test_a_party_too_large_is_told_what_is_left_and_a_smaller_one_gets_it() -> None:
    slot = offer(capacity=3)
    assert isinstance(writer.submit(order(slot, size=1)), Placed)
    assert writer.submit(order(slot, size=3)) == Refused(Reason.FULL, left=2)
    assert writer.submit(order(slot, size=3)) == Refused(Reason.FULL, left=2)
    assert isinstance(writer.submit(order(slot, size=2)), Placed)


def test_what_is_remembered_yields_to_places_given_back_here_at_once_and_elsewhere_within_a_second() -> None:
    slot = offer(capacity=1)
    first = writer.submit(order(slot))
    assert writer.submit(order(slot)) == Refused(Reason.FULL)
    bookings.cancel(reservation_ids=[first.id], reason="VISITOR", actor=None, now=NOW)
    second = writer.submit(order(slot))
    assert isinstance(second, Placed)
    assert writer.submit(order(slot)) == Refused(Reason.FULL)
    made = Reservation.objects.filter(pk=second.id)
    made.update(state="CANCELLED", ended_at=NOW)
    slot.pools.update(taken=0)
    assert writer.submit(order(slot)) == Refused(Reason.FULL)
    time.sleep(memory.SECONDS)
    assert isinstance(writer.submit(order(slot)), Placed)


POISON = {
    "a key that is too long": {"key": "k" * 81},
    "a byte that text cannot hold": {"key": "k\x00"},
    "half a character": {"key": "k\ud800"},
    "an address that is none": {"ip": "not an address"},
    "a channel that is too long": {"channel": "C" * 11},
    "no places": {"size": 0},
    "fewer than none": {"size": -1},
    "more than a number holds": {"size": 2**31},
    "a size that is none": {"size": None},
    "an identity that is too long": {"identities": ("i" * 65,)},
}


@pytest.mark.parametrize("name", POISON)
def test_a_bad_order_spoils_no_neighbour(name: str) -> None:
    slot = offer(capacity=2**31 - 1)
    pools = tuple(slot.pools.values_list("pk", flat=True))
    bad = order(slot, **{"pools": pools, **POISON[name]})
    good = [order(slot, pools=pools) for _ in range(6)]
    batch = [*good[:3], bad, *good[3:]]
    promises: list[tuple[Order, Future]] = [(one, Future()) for one in batch]
    settling = Job(lambda: batching.settle(promises, writer._decided))
    settling.done()
    answers = [promise.result() for wanted, promise in promises if wanted is not bad]
    assert [isinstance(one, Placed) for one in answers] == [True] * 6
    said = promises[3][1]
    assert said.exception() is not None or isinstance(said.result(), Refused)
    assert taken(slot) == {"": 6}


def test_a_bad_order_is_not_called_a_lost_database() -> None:
    with pytest.raises(DataError):
        writer.submit(order(offer(), key="k" * 81))


def test_an_order_without_counters_is_not_let_in_unlimited() -> None:
    assert writer.submit(order(offer(), pools=())) == Refused(Reason.CLOSED)


def test_a_key_is_not_lent_to_another_person() -> None:
    slot = offer()
    wanted = order(slot)
    writer.submit(wanted)
    assert writer.submit(dataclasses.replace(wanted, holder_id=uuid4())) == Refused(Reason.KEY_REUSED)


def test_a_connection_lost_while_idle_is_made_again() -> None:
    slot = offer()
    writer.submit(order(slot))
    end(backends("%capacity_reservation%") + backends("COMMIT"))
    assert isinstance(writer.submit(order(slot)), Placed)
    assert taken(slot) == {"": 2}


def test_a_connection_lost_in_the_middle_of_a_batch_loses_and_doubles_nothing() -> None:
    slot = offer()
    wanted = [order(slot) for _ in range(5)]
    with unfinished(lambda: placed(slot)):
        jobs = [Job(lambda one=one: writer.submit(one)) for one in wanted]
        waits()
        end(backends("%FOR UPDATE%"))
    answers = [job.done() for job in jobs]
    assert all(isinstance(one, Placed) for one in answers)
    assert len({one.id for one in answers}) == 5
    assert taken(slot) == {"": 6}


def test_an_order_whose_time_ran_out_while_it_waited_leaves_no_ghost(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = offer()
    with unfinished(lambda: placed(slot)):
        first = Job(lambda: writer.submit(order(slot, key="being decided")))
        waits()
        monkeypatch.setattr(batching, "WAIT_SECONDS", 0.3)
        with pytest.raises(Unavailable):
            writer.submit(order(slot, key="still waiting"))
    first.done()
    assert isinstance(writer.submit(order(slot)), Placed)
    assert set(Reservation.objects.filter(key__contains=" ").values_list("key", flat=True)) == {
        "being decided"
    }


def test_an_order_that_ran_out_of_time_while_it_was_decided_is_found_by_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slot = offer(capacity=2)
    wanted = order(slot)
    monkeypatch.setattr(batching, "WAIT_SECONDS", 0.5)
    with unfinished(lambda: placed(slot)), pytest.raises(Unavailable):
        writer.submit(wanted)
    monkeypatch.undo()
    answer = writer.submit(wanted)
    assert isinstance(answer, Placed)
    assert (taken(slot), Reservation.objects.filter(key=wanted.key).count()) == ({"": 2}, 1)


def test_a_writer_whose_database_is_away_says_so_and_works_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slot = offer()
    monkeypatch.setattr(batching, "PAUSES", (0.01,))
    monkeypatch.setitem(connection.settings_dict, "USER", "nobody")
    with pytest.raises(Unavailable):
        writer.submit(order(slot))
    monkeypatch.undo()
    assert isinstance(writer.submit(order(slot)), Placed)


def test_a_process_forked_from_one_that_writes_has_a_writer_of_its_own() -> None:
    slot = offer()
    wanted, pools = order(slot), slot.pools.get().pk
    writer.submit(order(slot))
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(30)
            granted = isinstance(writer.submit(wanted), Placed)
            writer.stop()
            os._exit(0 if granted else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert isinstance(writer.submit(order(slot)), Placed)
    assert Pool.objects.get(pk=pools).taken == 3


def test_batches_stay_below_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST", 4)
    sizes: list[int] = []
    decide = engine.decide

    def counted(orders, **values):
        sizes.append(len(orders))
        return decide(orders, **values)

    monkeypatch.setattr(engine, "decide", counted)
    slot = offer(capacity=100)
    wanted = [order(slot) for _ in range(11)]
    with unfinished(lambda: placed(slot)):
        jobs = [Job(lambda one=one: writer.submit(one)) for one in wanted]
        waits()
        while threading.active_count() < 13:
            time.sleep(0.01)
    for job in jobs:
        job.done()
    assert max(sizes) <= 4
    assert taken(slot) == {"": 12}


def test_the_statements_are_prepared_also_after_a_reconnection() -> None:
    slot = offer()
    job = Job(lambda: [writer.decided([order(slot)]), prepared(), connection.close(), writer.decided([order(slot)]),
                       prepared()])  # fmt: skip
    _, before, _, _, after = job.done()
    assert (before, after) == (2, 2)


def prepared() -> int:
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE statement LIKE '%taken%' AND statement NOT LIKE '%pg_prepared%'"
        )
        return cursor.fetchone()[0]
