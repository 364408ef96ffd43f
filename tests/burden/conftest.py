"""A small world, whoever acts in it, and a browser signed in."""

import datetime as dt

import pytest

from kexie.foundation.access import demo, operations
from tests.ledger import build

NOW = build.NOW


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": NOW, "scope": world.scope}


@pytest.fixture
def staff(world, client):
    """The browser of the coordinator, signed in."""
    operations.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    client.force_login(world.account)
    return client


@pytest.fixture
def lecture(world):
    """Confirm a lecture: `lecture(unit)`."""

    def confirmed(unit, day=dt.date(2024, 5, 1), **values):
        given = {"kind": "LECTURE", "title": "科普讲座", "mode": "ONSITE", "unit": unit, **values}
        return world.confirmed(day, **given)

    return confirmed
