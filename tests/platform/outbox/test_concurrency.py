"""Late commits, several workers, slow consumers: with real transactions on several connections."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kexie.platform import loops
from kexie.platform.outbox import operations, pump
from kexie.platform.outbox.models import Handover
from tests.platform.outbox.conftest import NOW, happen

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(do: Callable[[], object]) -> threading.Thread:
    def work() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_transaction_that_commits_late_is_not_skipped(listen) -> None:
    one, written, go = listen(), threading.Event(), threading.Event()

    def early_but_late() -> None:
        with transaction.atomic():
            happen("early")
            written.set()
            go.wait(10)

    thread = in_thread(early_but_late)
    written.wait(10)
    happen("later")
    operations.drain(now=NOW)
    assert one.heard == ["slot.closed later"]
    go.set()
    thread.join()
    operations.drain(now=NOW)
    assert one.heard == ["slot.closed later", "slot.closed early"]


def test_two_workers_share_the_events(listen) -> None:
    one = listen()
    for n in range(250):
        happen(n)
    for thread in [in_thread(lambda: operations.drain(now=NOW)) for _ in range(3)]:
        thread.join()
    operations.drain(now=NOW)
    assert sorted(one.heard) == sorted(f"slot.closed {n}" for n in range(250))


def test_the_pump_tells_at_once_and_a_stuck_consumer_holds_up_no_other(listen) -> None:
    stuck, quick, go = listen("stuck"), listen("quick"), threading.Event()
    object.__setattr__(stuck.consumer, "handle", lambda _events, _now: go.wait(10))
    with pump.running(seconds=0.02):
        happen(1)
        wait_for(lambda: quick.heard == ["slot.closed 1"])
        happen(2)
        wait_for(lambda: quick.heard == ["slot.closed 1", "slot.closed 2"])
        assert Handover.objects.filter(consumer="stuck").count() == 2
        go.set()
        wait_for(lambda: not Handover.objects.exists())


def test_the_pump_goes_on_after_an_error(listen, monkeypatch: pytest.MonkeyPatch) -> None:
    one = listen()
    monkeypatch.setattr(loops, "SECONDS_AFTER_ERROR", 0.02)
    errors = iter([RuntimeError("the database restarts")])
    consume = operations.consume

    def once_failing(**values) -> int:
        for error in errors:
            raise error
        return consume(**values)

    monkeypatch.setattr(operations, "consume", once_failing)
    with pump.running(seconds=0.02):
        happen(1)
        wait_for(lambda: one.heard == ["slot.closed 1"])
