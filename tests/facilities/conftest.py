"""What tests of facilities share: a small world, whoever acts in it, and a browser signed in."""

import pytest

from kexie.contexts.facilities.models import Facility
from kexie.contexts.facilities.operations import life
from kexie.foundation.access import demo, operations
from tests.ledger import build


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
def built(world):
    """A gallery that was accepted."""
    unit, by = world.counties[0], {"actor": world.account, "now": build.NOW, "scope": world.scope}
    made = Facility.objects.create(
        association=world.association, unit=unit, area=unit.area, name="广场画廊", kind="GALLERY"
    )
    life.enter_stage(
        facility_id=made.pk, stage="ACCEPTED", on=build.NOW.date(), reason="", confirm=world.scope, **by
    )
    return made
