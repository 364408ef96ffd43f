"""What every test shares: the database is the embedded one, in a cluster of its own (see kexie.config.testing)."""

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _records_can_be_flushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Django empty the tables after a test with real transactions: triggers guard records against TRUNCATE.

    The triggers rest only while the tables are emptied, after the test's own code; never during a test.
    """
    if not _is_transactional(request):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))
    return bool(marked) or not {"transactional_db", "live_server"}.isdisjoint(request.fixturenames)
