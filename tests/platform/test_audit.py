"""The audit log: what it holds, who reads it, and that the database lets nobody change it."""

import datetime as dt
import json
import logging
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from kexie.foundation.areas.models import Area
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations, queries
from kexie.platform.audit.models import Entry
from kexie.platform.audit.stream import LineFile

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
OURS, THEIRS = uuid.uuid4(), uuid.uuid4()


class Actor:
    id = uuid.uuid4()

    def __str__(self) -> str:
        return "王小明"


def append(action="areas.load", **values) -> Entry:
    given = {
        "association_id": OURS,
        "actor": Actor(),
        "action": action,
        "subject": None,
        "detail": {"day": dt.date(2026, 3, 1), "name": "名"},
        "now": NOW,
    }
    return operations.append(**{**given, **values})


def test_an_entry_says_who_what_when_why_and_where_from():
    token = operations.origin.set("10.0.0.7")
    append(subject=Area(code="341200", name="阜阳市"), reason="换届")
    operations.origin.reset(token)
    entry = Entry.objects.get()
    assert (entry.actor_name, entry.actor_id, entry.at, entry.reason) == ("王小明", Actor.id, NOW, "换届")
    assert (entry.subject_type, entry.subject_id, entry.subject_label) == ("areas.area", "341200", "阜阳市")
    assert (entry.detail, entry.ip, entry.succeeded) == (
        {"day": "2026-03-01", "name": "名"},
        "10.0.0.7",
        True,
    )


def test_each_entry_is_also_a_line_of_json(tmp_path, django_capture_on_commit_callbacks):
    handler, logger = LineFile(tmp_path / "logs" / "audit.jsonl"), logging.getLogger("kexie.audit")
    logger.addHandler(handler)
    with django_capture_on_commit_callbacks(execute=True):
        entry = append()
    logger.removeHandler(handler)
    handler.close()
    (written,) = (tmp_path / "logs" / "audit.jsonl").read_text().splitlines()
    line = json.loads(written)
    assert (line["id"], line["action"], line["detail"]["name"]) == (str(entry.pk), "areas.load", "名")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET reason = 'x'",
        "UPDATE audit_entry SET at = at",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_lose_an_entry(sql):
    entry = append(now=dt.datetime.now(dt.UTC))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Entry.objects.get() == entry


def test_entries_are_kept_half_a_year_whatever_is_asked():
    now = dt.datetime.now(dt.UTC)
    for days in (10, 180, 190, 400):
        append(now=now - dt.timedelta(days=days))
    assert operations.purge(now=now, keep_days=365) == 1
    assert operations.purge(now=now, keep_days=1) == 1
    assert Entry.objects.count() == 2


def test_only_a_scope_over_the_whole_association_reads():
    append()
    append(association_id=THEIRS)
    assert queries.entries(Scope(association_id=OURS)).count() == 1
    assert not queries.entries(Scope(association_id=OURS, unit_paths=("a/b/",))).exists()
    assert not queries.entries(Scope(association_id=OURS, unit_paths=())).exists()


def test_filters_narrow_the_log():
    append("units.create")
    append("access.grant", reason="任职", now=NOW + dt.timedelta(days=1))
    scope = Scope(association_id=OURS)
    assert [entry.action for entry in queries.entries(scope)] == ["access.grant", "units.create"]
    assert queries.entries(scope, action="access.").count() == 1
    assert queries.entries(scope, text="任职").count() == 1
    assert queries.entries(scope, actor="小明").count() == 2
    assert queries.entries(scope, since=NOW + dt.timedelta(hours=1)).count() == 1
    assert queries.entries(scope, until=NOW).count() == 0


def test_the_history_of_one_thing_is_its_own():
    area = Area(code="341200", name="阜阳市")
    append(subject=area)
    append(subject=Area(code="341202", name="颍州区"))
    assert queries.history(Scope(association_id=OURS), "areas.area", "341200").count() == 1
    assert queries.history(Scope(association_id=THEIRS), "areas.area", "341200").count() == 0
