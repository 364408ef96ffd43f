"""What every test shares: the database is the embedded one, in a cluster of its own (see kexie.config.testing)."""

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from kexie.platform.capacity import writer
from kexie.platform.capacity.operations import passages
from tests import databases

_JOURNEYS = "tests/e2e/journeys/"

# No test is timed: a busy machine draws and runs examples slowly, and that is no fault of the code.
settings.register_profile("kexie", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kexie")


@pytest.fixture(autouse=True)
def _records_can_be_flushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Django empty the tables after a test with real transactions: triggers guard records against TRUNCATE.

    The triggers rest only while the tables are emptied, after the test's own code; never during a test. Threads
    with a connection of their own end first, and no task is left for the next test.
    """
    if not _is_transactional(request):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
    yield
    writer.stop()
    passages.stop()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # a table that Django does not manage


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Let each worker's test database be a copy of one that is migrated."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


class OneCityForAllJourneys(LoadScopeScheduling):
    """Modules are shared out among the workers; the journeys, which load a whole city once, stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return _JOURNEYS if nodeid.startswith(_JOURNEYS) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Share out by module; leave every other way that somebody asks for as it is."""
    return OneCityForAllJourneys(config, log) if config.getvalue("dist") == "loadscope" else None


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))
    return bool(marked) or not {"transactional_db", "live_server"}.isdisjoint(request.fixturenames)
