"""Which booking rules hold on a day."""

import datetime as dt
from dataclasses import replace

import pytest

from kexie.contexts.museums.models import BookingRules, Museum
from kexie.contexts.museums.queries.rules import rules_on
from tests.ledger import build

DAY = dt.date(2025, 7, 10)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def museum(world):
    unit = world.museums[0]
    return Museum.objects.create(
        association=world.association, unit=unit, area=unit.area, name=unit.name, level="COUNTY"
    )


def rules(museum, day, **values):
    return BookingRules.objects.create(
        association=museum.association, museum=museum, valid_from=day, made_at=build.NOW, **values
    )


def test_without_rules_the_defaults_hold(world, museum):
    found = rules_on(museum.pk, DAY, world.scope)
    assert (found.max_party, found.horizon_days, found.no_shows) == (5, 7, 3)
    assert BookingRules.objects.count() == 0


def test_the_latest_rules_in_force_hold(world, museum):
    rules(museum, dt.date(2025, 1, 1), max_party=3)
    second = rules(museum, DAY, max_party=4)
    rules(museum, dt.date(2025, 8, 1), max_party=6)
    found = [rules_on(museum.pk, DAY + dt.timedelta(days=n), world.scope) for n in (-1, 0, 30)]
    assert [one.max_party for one in found] == [3, 4, 6]
    assert found[1] == second


def test_rules_outside_the_scope_are_not_seen(world, museum):
    rules(museum, dt.date(2025, 1, 1), max_party=3)
    elsewhere = replace(world.scope, unit_paths=(world.museums[1].path,))
    assert rules_on(museum.pk, DAY, elsewhere).max_party == 5
