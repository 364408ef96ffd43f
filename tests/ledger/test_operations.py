"""Drafting, confirming, reversing; and the database that refuses everything else."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ledger import operations
from kexie.ledger.models import Activity, LogEntry
from tests.ledger import build
from tests.ledger.build import NOW

DAY = dt.date(2025, 3, 1)


def test_draft_is_not_in_the_log(world: build.World) -> None:
    operations.draft(record=world.activity(DAY), actor=world.account, now=NOW, scope=world.scope)
    assert LogEntry.objects.count() == 0


def test_confirmed_twice_is_confirmed_once(world: build.World) -> None:
    draft = operations.draft(record=world.activity(DAY), actor=world.account, now=NOW, scope=world.scope)
    first = operations.confirm(records=[draft], actor=world.account, now=NOW, scope=world.scope)
    second = operations.confirm(records=[draft], actor=world.account, now=NOW, scope=world.scope)
    assert ([record.pk for record in first], second, LogEntry.objects.count()) == ([draft.pk], [], 1)


def test_head_count_without_method_is_refused_beside_the_field(world: build.World) -> None:
    with pytest.raises(ValidationError) as caught:
        operations.draft(
            record=world.activity(DAY, method=""), actor=world.account, now=NOW, scope=world.scope
        )
    assert "填了人次就要选计数方法；没有计数就都留空。" in str(caught.value)


def test_reversal_needs_a_reason(world: build.World) -> None:
    record = world.confirmed(DAY)
    with pytest.raises(operations.ReasonMissing):
        operations.reverse(record=record, reason=" ", actor=world.account, now=NOW, scope=world.scope)


def test_reversed_twice_is_refused(world: build.World) -> None:
    record = world.confirmed(DAY)
    world.reverse(record)
    with pytest.raises(operations.NotADraft):
        world.reverse(record)


def test_correction_links_to_what_it_corrects(world: build.World) -> None:
    wrong = world.confirmed(DAY)
    right = operations.correct(
        record=wrong, replacement=world.activity(DAY, headcount=120), reason="补录", actor=world.account,
        now=NOW, scope=world.scope,
    )  # fmt: skip
    wrong.refresh_from_db()
    assert (wrong.state, right.state, right.corrects) == ("REVERSED", "CONFIRMED", wrong.pk)


def test_a_failing_correction_reverses_nothing(world: build.World) -> None:
    wrong = world.confirmed(DAY)
    with pytest.raises(ValidationError):
        operations.correct(
            record=wrong, replacement=world.activity(DAY, title=""), reason="补录", actor=world.account,
            now=NOW, scope=world.scope,
        )  # fmt: skip
    wrong.refresh_from_db()
    assert wrong.state == "CONFIRMED"


def test_record_outside_scope_is_refused(world: build.World) -> None:
    narrow = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(Forbidden):
        operations.draft(record=world.activity(DAY), actor=world.account, now=NOW, scope=narrow)


def test_record_outside_scope_is_not_confirmed(world: build.World) -> None:
    draft = operations.draft(record=world.activity(DAY), actor=world.account, now=NOW, scope=world.scope)
    narrow = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    assert operations.confirm(records=[draft], actor=world.account, now=NOW, scope=narrow) == []


def test_the_same_source_enters_once(world: build.World) -> None:
    def rows() -> list[Activity]:
        return [world.activity(DAY, source_key=f"sheet-{n}") for n in range(3)]

    written = [
        operations.record_many(records=rows(), actor=world.account, now=NOW, scope=world.scope)
        for _turn in (1, 2)
    ]
    assert written == [3, 0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_activity SET headcount = 999 WHERE id = %s",
        "UPDATE ledger_activity SET state = 'DRAFT' WHERE id = %s",
        "UPDATE ledger_activity SET state = 'REVERSED', reversal_reason = 'x', headcount = 1 WHERE id = %s",
        "DELETE FROM ledger_activity WHERE id = %s",
        "UPDATE ledger_logentry SET leaf_hash = 'x' WHERE record_id = %s",
        "DELETE FROM ledger_logentry WHERE record_id = %s",
    ],
)
def test_database_refuses_to_overwrite(world: build.World, statement: str) -> None:
    record = world.confirmed(DAY)
    with pytest.raises(DatabaseError, match="kexie: "), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [record.pk])


def test_database_refuses_to_empty_the_table(world: build.World) -> None:
    world.confirmed(DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="kexie: "), transaction.atomic():
            cursor.execute("TRUNCATE ledger_activity CASCADE")


def test_database_refuses_a_record_born_reversed(world: build.World) -> None:
    record = world.activity(DAY, state="REVERSED", recorded_by=world.account, recorded_at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        record.save()
