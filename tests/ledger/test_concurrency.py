"""Many writers, confirmers and folders at once: nothing is counted twice and nothing is lost."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from kexie.ledger import figures, log, operations, registry, rollups
from kexie.ledger.models import Activity, LogEntry
from tests.ledger import build
from tests.ledger.build import NOW, cell

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 6, 12
DAY = dt.date(2025, 3, 1)


def together(*jobs: Callable[[], None]) -> None:
    """Run jobs at once, each in its own thread and connection; raise what any of them raised."""
    failures: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def agree(world: build.World) -> None:
    """Roll-ups equal rows, and the log is whole."""
    measure = registry.measure("ledger.test_sum")
    assert figures.value(cell("sum"), world.scope) == measure.value(cell("sum"), world.scope)
    assert log.verify(association_id=world.association.pk).problems == ()


def test_a_hot_cell_under_writers_reversals_and_folds() -> None:
    world = build.world()

    def write() -> None:
        for n in range(EACH):
            record = world.confirmed(DAY, headcount=n)
            if n % 3 == 0:
                world.reverse(record)

    def fold() -> None:
        for _turn in range(EACH):
            rollups.fold(association_id=world.association.pk, now=NOW, limit=7)

    together(*[write] * WRITERS, fold, fold)
    agree(world)
    rollups.fold_all(association_id=world.association.pk, now=NOW)
    agree(world)
    assert Activity.objects.count() == WRITERS * EACH


def test_two_people_confirm_the_same_drafts() -> None:
    world = build.world()
    drafts = [
        operations.draft(record=world.activity(DAY), actor=world.account, now=NOW, scope=world.scope)
        for _n in range(EACH)
    ]
    confirmed: list[int] = []

    def confirm() -> None:
        done = operations.confirm(records=drafts, actor=world.account, now=NOW, scope=world.scope)
        confirmed.append(len(done))

    together(*[confirm] * WRITERS)
    assert sorted(confirmed) == [0] * (WRITERS - 1) + [EACH]
    assert LogEntry.objects.count() == EACH
    agree(world)


def test_two_people_reverse_the_same_record() -> None:
    world = build.world()
    record = world.confirmed(DAY)
    outcomes: list[str] = []

    def reverse() -> None:
        try:
            world.reverse(record)
            outcomes.append("reversed")
        except operations.NotADraft:
            outcomes.append("too late")

    together(reverse, reverse)
    assert sorted(outcomes) == ["reversed", "too late"]
    agree(world)


def test_positions_have_no_gaps_under_writers_and_sequencers() -> None:
    world = build.world()

    def write() -> None:
        for _n in range(EACH):
            world.confirmed(DAY)

    def sequence() -> None:
        for _turn in range(EACH):
            log.sequence(association_id=world.association.pk)

    together(*[write] * WRITERS, sequence, sequence)
    log.sequence(association_id=world.association.pk)
    positions = LogEntry.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(WRITERS * EACH))
