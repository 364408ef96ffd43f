"""The frame of the museums' desk: which museums one works for, and which of its pages are there."""

import pytest
from django.test import Client

from kexie.contexts.museums.web import tabs
from kexie.foundation.access.roles import Action
from tests.architecture.access_rows import World
from tests.architecture.access_rows.museum_desk import museum

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def signed_in(world, role, unit):
    client = Client()
    client.force_login(world.account(role, unit))
    return client


def test_whoever_works_for_one_museum_goes_straight_there(world):
    one = museum(world)
    response = signed_in(world, "MUSEUM_DESK", world.museum).get("/work/museum/")
    assert (response.status_code, response["Location"]) == (302, f"/work/museum/{one.unit.code}/")


def test_without_a_museum_the_page_says_where_to_enter_one(world):
    page = signed_in(world, "MUSEUM_DESK", world.school).get("/work/museum/").content.decode()
    assert "还没有登记科技馆" in page


def test_the_rail_leads_there_for_those_who_read_museums_only(world):
    found = {
        role: 'href="/work/museum/"' in signed_in(world, role, unit).get("/work/").content.decode()
        for role, unit in (("MUSEUM_DESK", world.museum), ("WORKERS_DEPARTMENT", world.association))
    }
    assert found == {"MUSEUM_DESK": True, "WORKERS_DEPARTMENT": True}
    tutor = signed_in(world, "CARAVAN_CREW", world.yingzhou).get("/work/").content.decode()
    assert 'href="/work/museum/"' not in tutor


def test_tabs_without_a_page_or_a_right_are_left_out():
    assert tabs.links("abc", set(), "") == []
    assert all(link.href for link in tabs.links("abc", {Action.READ}, ""))
