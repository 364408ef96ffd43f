"""Which townships were reached: by whoever's caravan, by confirmed stops alone, and to the day."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring.models import Site
from kexie.contexts.touring.queries import coverage
from kexie.contexts.touring.rules.coverage import HALF, YEAR, Reach
from kexie.foundation.areas.models import Area
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.ledger import build
from tests.touring.test_caravan_trips import a_stop, a_trip
from tests.touring.test_fleet import a_van

TODAY = dt.date(2025, 6, 30)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


def a_town(county, number: int) -> Area:
    code = f"{county.area_id[:6]}{number}"
    return Area.objects.create(
        code=code, name=f"第{number}镇", level="TOWNSHIP", parent=county.area, population=1000
    )


def visited(world, by, town: Area, on: dt.date):
    """A confirmed stop in a township by the first county's caravan."""
    van = a_van(world, plate=f"演{town.code[-3:]}{on:%y%m%d}")
    trip = a_trip(world, van, by, on=on)
    trip.area = town
    return a_stop(trip, by)


def reach(scope: Scope) -> dict[str, str]:
    return {one.code: one.reach for one in coverage.townships(scope, TODAY)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, Reach.HALF),
        (HALF.days - 1, Reach.HALF),
        (HALF.days, Reach.YEAR),
        (YEAR.days - 1, Reach.YEAR),
        (YEAR.days, Reach.LATE),
    ],
)
def test_a_township_is_told_by_its_last_stop(world, by, days, expected):
    town = a_town(world.counties[0], 101)
    assert reach(world.scope) == {town.code: Reach.NEVER}
    visited(world, by, town, TODAY - dt.timedelta(days=days))
    assert reach(world.scope) == {town.code: expected}


def test_a_stop_in_a_village_counts_for_its_township(world, by):
    town = a_town(world.counties[0], 101)
    village = Area.objects.create(code=f"{town.code}200", name="前村", level="VILLAGE", parent=town)
    visited(world, by, village, TODAY)
    (one,) = coverage.townships(world.scope, TODAY)
    assert (one.last_on, one.stops, one.sites) == (TODAY, 1, 0)


def test_a_reversed_stop_was_never_there(world, by):
    town = a_town(world.counties[0], 101)
    stop = visited(world, by, town, TODAY)
    ledger.reverse(record=stop, reason="登记错了", **by)
    assert reach(world.scope) == {town.code: Reach.NEVER}


def test_a_county_sees_its_own_townships_and_what_others_did_there(world, by):
    first, second = world.counties
    town, other = a_town(first, 101), a_town(second, 101)
    visited(world, by, other, TODAY)  # by the first county's caravan
    scope = Scope(association_id=world.association.pk, unit_paths=(second.path,))
    assert reach(scope) == {other.code: Reach.HALF}
    assert reach(world.scope) == {town.code: Reach.NEVER, other.code: Reach.HALF}
    assert reach(Scope(association_id=world.association.pk, unit_paths=())) == {}


def test_sites_are_counted(world):
    town = a_town(world.counties[0], 101)
    Site.objects.create(association=world.association, unit=world.counties[0], area=town, name="中心小学")
    (one,) = coverage.townships(world.scope, TODAY)
    assert one.sites == 1


@pytest.mark.parametrize("item_count", [1, 3])
def test_more_townships_cost_no_more_statements(world, item_count):
    for number in range(101, 101 + item_count):
        a_town(world.counties[0], number)
    with CaptureQueriesContext(connection) as captured:
        assert len(coverage.townships(world.scope, TODAY)) == item_count
    assert len(captured) == 4
