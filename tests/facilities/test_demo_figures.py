"""The demonstration of facilities and titles gives the figures of the work report."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise

import pytest

from kexie.contexts.facilities import facade, queries
from kexie.contexts.facilities.models import Facility, FacilityStage, FacilityVisits
from kexie.contexts.facilities.states import FACILITY_TRANSITIONS
from tests.demo import AS_OF, TODAY, loaded, value

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("facilities") as found:
        yield found


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("facilities.campus_museums", 61),
        ("facilities.rooms", 135),
        ("facilities.rural_rooms", 88),
        ("facilities.community_rooms", 47),
        ("facilities.galleries", 127),
        ("facilities.provincial_bases", 8),
        ("facilities.provincial_demos", 73),
    ],
)
def test_figures_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


@pytest.mark.parametrize("kind", ["campus_museums", "rooms", "galleries", "e_stations"])
def test_fewer_are_in_use_than_were_ever_built(scope, kind):
    assert 0 < value(scope, f"facilities.{kind}_now") < value(scope, f"facilities.{kind}")


def test_rooms_are_rural_and_community_rooms(scope):
    kinds = ("RURAL_ROOM", "COMMUNITY_ROOM")
    assert [value(scope, "facilities.rooms", kind=kind) for kind in kinds] == [88, 47]


def test_e_stations_were_cleared_in_the_winter_of_2023(scope):
    assert value(scope, "facilities.e_stations_now", dt.date(2023, 12, 1)) == 60
    assert value(scope, "facilities.e_stations_now", dt.date(2024, 1, 31)) == 13


def test_titles_expire(scope):
    assert value(scope, "facilities.provincial_bases_valid") == 6
    assert value(scope, "facilities.provincial_bases_valid", dt.date(2026, 1, 1)) == 0
    assert value(scope, "facilities.provincial_bases_valid", TODAY) == 5


def test_the_two_look_alike_titles_are_apart(scope):
    assert value(scope, "facilities.provincial_st_bases") == 4
    awarders = {(one.title, one.awarder) for one in facade.titles_on(AS_OF, scope)}
    assert ("省级科普教育基地（省科协）", "省科协") in awarders
    assert ("省科学技术普及基地（省科技厅）", "省科技厅") in awarders


def test_every_stage_follows_the_one_before(scope):
    stages = defaultdict(list)
    for facility, stage in FacilityStage.objects.order_by("occurred_on", "id").values_list(
        "facility_id", "stage"
    ):
        stages[facility].append(stage)
    steps = {step for chain in stages.values() for step in pairwise(["", *chain])}
    assert {(before, after) for before, after in steps if after not in FACILITY_TRANSITIONS[before]} == set()


def test_the_portal_lists_what_can_be_visited(scope):
    campus = facade.facilities_on(TODAY, scope, kind="CAMPUS_MUSEUM")
    assert len(campus) == value(scope, "facilities.campus_museums_now", TODAY)
    assert all(one.host for one in campus)
    assert len(facade.facilities_on(TODAY, scope, county="341221", limit=5)) == 5


def test_a_withdrawn_facility_tells_its_history(scope):
    withdrawn = FacilityStage.objects.filter(stage="WITHDRAWN", facility_kind="GALLERY").first()
    stages = [one.stage for one in queries.stages_of(withdrawn.facility_id, scope)]
    assert stages == ["WITHDRAWN", "OPERATING", "ACCEPTED"]


def test_visits_are_of_facilities_that_existed(scope):
    built = dict(FacilityStage.objects.filter(stage="ACCEPTED").values_list("facility_id", "occurred_on"))
    assert all(built[one.facility_id] < one.occurred_on for one in FacilityVisits.objects.all())
    assert Facility.objects.count() == 61 + 5 + 88 + 7 + 47 + 4 + 127 + 4 + 60
