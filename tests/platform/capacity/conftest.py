"""Real transactions, of which other threads and processes see the results, without emptying every table afterwards."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

TABLES = (
    "outbox_handover", "outbox_event", "audit_entry", "capacity_passage", "capacity_tally", "capacity_device",
    "capacity_wish", "capacity_seat", "capacity_reservation", "capacity_conduct", "capacity_block", "capacity_pool",
    "capacity_offer",
)  # fmt: skip


@pytest.fixture
def db(django_db_setup: None) -> None:
    """The database is only set up if a test of the run asks for it by this name or by mark; here nothing is rolled back."""


@pytest.fixture
def committed(db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a test commit; remove afterwards what it left in the tables that capacity writes.

    Truncating all tables, as Django does after transactional tests, takes seconds each time.
    """
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_")
        yield
        with connection.cursor() as cursor:
            cursor.execute(
                "SET session_replication_role = replica"
            )  # the audit log is guarded against deletion
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  names of this module
            cursor.execute("SET session_replication_role = origin")
        connection.close()
