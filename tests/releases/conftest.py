"""A small association whose last year is closed."""

import datetime as dt

import pytest

from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.kernel.periods import Period
from kexie.ledger import registry, rollups
from kexie.reporting.releases import operations
from tests.ledger import build

YEAR = Period.year(2024)
CLOSED_AT = dt.datetime(2025, 7, 2, 2, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2025, 7, 3, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _test_measures():
    build.register()
    rollups._delta_statement.cache_clear()
    yield
    for found in (registry.measures, registry.measures_of, rollups._delta_statement):
        found.cache_clear()


@pytest.fixture
def world(db):
    world = build.world()
    world.records = [
        world.confirmed(dt.date(2024, month, 5), headcount=100 + month, unit=world.museums[month % 2])
        for month in (3, 3, 4, 9)
    ]
    return world


def closed(world, *, reason="", now=CLOSED_AT):
    release = operations.close(
        unit=world.association, period=YEAR, reason=reason, scope=world.scope, actor=world.account, now=now
    )
    while operations.advance(release_id=release.pk, now=now):
        pass
    release.refresh_from_db()
    return release


@pytest.fixture
def release(world):
    return closed(world)


@pytest.fixture
def by(world):
    return {"scope": world.scope, "actor": world.account, "now": CLOSED_AT}


@pytest.fixture
def staff(world, client):
    """The browser of the coordinator, signed in."""
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client.force_login(world.account)
    return client
