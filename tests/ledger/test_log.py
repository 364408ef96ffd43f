"""Verification finds every row changed behind the platform's back, and says what changed."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kexie.ledger import log
from kexie.ledger.models import Activity, LogEntry
from tests.ledger import build
from tests.ledger.build import NOW


@contextmanager
def triggers_disabled() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def problems(world: build.World) -> list[tuple[str, str, str]]:
    found = log.verify(association_id=world.association.pk).problems
    return [(one.record_type, one.record_id, one.what) for one in found]


def test_an_honest_ledger_has_no_problems(world: build.World) -> None:
    records = [world.confirmed(dt.date(2025, 3, day)) for day in range(1, 9)]
    world.reverse(records[3])
    log.sign_head(association_id=world.association.pk, now=NOW)
    world.confirmed(dt.date(2025, 4, 1))
    assert problems(world) == []


def test_a_changed_value_is_named(world: build.World) -> None:
    record = world.confirmed(dt.date(2025, 3, 1))
    with triggers_disabled():
        Activity.objects.filter(pk=record.pk).update(headcount=9100)
    assert problems(world) == [("ledger.activity", str(record.pk), "CONFIRMED: headcount: '100' -> '9100'")]


def test_a_deleted_record_is_named(world: build.World) -> None:
    record = world.confirmed(dt.date(2025, 3, 1))
    with triggers_disabled():
        Activity.objects.filter(pk=record.pk).delete()
    assert problems(world) == [
        ("ledger.activity", str(record.pk), "the record of this leaf is gone or a draft again")
    ]


def test_a_record_smuggled_in_is_named(world: build.World) -> None:
    record = world.activity(
        dt.date(2025, 3, 1), state="CONFIRMED", recorded_by=world.account, recorded_at=NOW,
        confirmed_by=world.account, confirmed_at=NOW,
    )  # fmt: skip
    record.save()
    assert problems(world) == [("ledger.activity", str(record.pk), "CONFIRMED: no leaf in the log")]


def test_an_undone_reversal_is_named(world: build.World) -> None:
    record = world.reverse(world.confirmed(dt.date(2025, 3, 1)))
    with triggers_disabled():
        Activity.objects.filter(pk=record.pk).update(
            state="CONFIRMED", reversed_at=None, reversed_by=None, reversal_reason=""
        )
    assert problems(world) == [
        ("ledger.activity", str(record.pk), "state: REVERSED in the log, CONFIRMED here")
    ]


def test_record_and_leaf_changed_together_break_the_signed_root(world: build.World) -> None:
    record = world.confirmed(dt.date(2025, 3, 1))
    log.sign_head(association_id=world.association.pk, now=NOW)
    with triggers_disabled():
        Activity.objects.filter(pk=record.pk).update(headcount=9100)
        LogEntry.objects.filter(record_id=record.pk).delete()
        log.append([Activity.objects.get(pk=record.pk)], "CONFIRMED", now=NOW)
    found = problems(world)
    assert [one[0] for one in found] == ["ledger.treehead"]
    assert "the root over 1 leaves is another" in found[0][2]


def test_signing_again_gives_the_same_head(world: build.World) -> None:
    world.confirmed(dt.date(2025, 3, 1))
    first = log.sign_head(association_id=world.association.pk, now=NOW)
    assert log.sign_head(association_id=world.association.pk, now=NOW).pk == first.pk
