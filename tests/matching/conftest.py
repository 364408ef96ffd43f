"""What tests of matching share: a small world, whoever acts in it, experts, and a browser signed in."""

import datetime as dt

import pytest

from kexie.contexts.matching.operations import expert_facts, experts
from kexie.contexts.matching.operations.experts import Profile
from kexie.foundation.access import demo, operations
from tests.ledger import build

TODAY = dt.date(2025, 7, 1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def staff(world, client):
    """The browser of the coordinator, signed in."""
    operations.grant(
        account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW
    )
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client.force_login(world.account)
    return client


@pytest.fixture
def enter(by):
    """Enter an expert: `enter("王知远", phone="13800138000", disciplines=["460"])`."""

    def entered(name="王知远", *, phone="", email="", agreed=True, **profile):
        made = experts.register(profile=Profile(name=name, **profile), phone=phone, email=email, **by)
        if agreed:
            expert_facts.give_consent(expert_id=made.pk, use="RECOMMEND", basis="PAPER", on=TODAY, **by)
        return made

    return entered
