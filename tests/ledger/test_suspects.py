"""Records that may not be what their leaf says are found by the database, and none is missed."""

import pytest
from django.apps import apps
from django.db import connection

from kexie.ledger import canonical, log, suspects
from kexie.ledger.models import Activity, LogEntry, Record
from tests.ledger import build

pytestmark = pytest.mark.django_db
MODELS = [one for one in apps.get_models() if issubclass(one, Record) and not one._meta.proxy]


@pytest.fixture
def world():
    return build.world()


def unguarded(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = origin")


def bytes_in_sql(record):
    expression = suspects._payload(type(record))
    with connection.cursor() as cursor:
        table = type(record)._meta.db_table
        cursor.execute(f"SELECT {expression} FROM {table} AS record WHERE record.id = %s", [record.pk])  # noqa: S608  the text is ours
        return bytes(cursor.fetchone()[0])


def test_the_database_makes_the_canonical_bytes(world):
    record = world.confirmed(build.NOW.date(), headcount=120, title="科普“进校园”\\活动%s", note="两行\n说明")
    record.refresh_from_db()
    assert bytes_in_sql(record) == canonical.payload(record, LogEntry.Kind.CONFIRMED)


def test_what_differs_is_suspected_and_nothing_else(world):
    plain, altered, bare, reversed_, revived = (
        world.confirmed(build.NOW.date(), headcount=people, title=str(people)) for people in range(10, 60, 10)
    )
    world.reverse(reversed_)
    world.reverse(revived)
    unguarded("UPDATE ledger_activity SET headcount = headcount + 1 WHERE id = %s", altered.pk)
    unguarded("DELETE FROM ledger_logentry WHERE record_id = %s", bare.pk)
    unguarded(
        "UPDATE ledger_activity SET state = 'CONFIRMED', reversed_at = NULL, reversed_by_id = NULL, reversal_reason = ''"
        " WHERE id = %s",
        revived.pk,
    )
    rows = Activity.objects.all()
    assert set(suspects.suspects(rows) or ()) == {altered.pk, bare.pk, reversed_.pk, revived.pk}
    assert suspects.suspects(rows.filter(pk=plain.pk)) == []
    assert {one.record_id for one in log.check(rows)} == {str(one.pk) for one in (altered, bare, revived)}


def test_an_altered_leaf_is_suspected(world):
    record = world.confirmed(build.NOW.date(), headcount=7)
    unguarded("UPDATE ledger_logentry SET salt = %s WHERE record_id = %s", b"0" * 16, record.pk)
    assert suspects.suspects(Activity.objects.all()) == [record.pk]


@pytest.mark.parametrize("model", MODELS, ids=canonical.record_type)
def test_every_type_is_either_compared_or_left_to_python(model):
    found = suspects.suspects(model._base_manager.all())
    assert found in ([], None)
