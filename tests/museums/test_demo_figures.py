"""The museums' demonstration gives the figures of the work report, and looks like life."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise

import pytest

from kexie.contexts.museums import facade
from kexie.contexts.museums.models import DailyVisits, ExhibitStage, MuseumStage, Show
from kexie.contexts.museums.states import EXHIBIT_TRANSITIONS, MUSEUM_TRANSITIONS
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.demo import AS_OF, TODAY, loaded, value

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("museums") as found:
        yield found


@pytest.fixture
def city_museum(scope):
    return Unit.objects.get(name="阜阳市科技馆")


def names(scope, measure, on=AS_OF):
    rows = figures.rows(Cell(measure, Period.until(on)), scope)
    return sorted(row.museum.name for row in rows)


def test_visits_of_the_city_museum(scope, city_museum):
    cell = Cell("museums.visits", Period.until(AS_OF, since=dt.date(2021, 6, 1)), unit=city_museum.pk)
    assert 1_300_000 < figures.value(cell, scope) < 1_400_000
    assert figures.value(cell, scope) == sum(row.contribution for row in figures.rows(cell, scope))


def test_shows_of_the_city_museum(scope, city_museum):
    cell = Cell("museums.shows", Period.until(AS_OF), unit=city_museum.pk)
    assert 3_000 < figures.value(cell, scope) < 3_100
    assert value(scope, "museums.shows_cancelled") > 0


def test_who_is_open_and_who_is_being_built(scope):
    assert names(scope, "museums.open") == ["临泉县科技馆", "太和县科技馆", "阜阳市科技馆"]
    assert names(scope, "museums.building") == ["界首市科技馆", "颍上县科技馆"]
    assert value(scope, "museums.total") == 5
    assert value(scope, "museums.open", level="COUNTY") == 2


def test_the_first_museum_opened_in_june_2021(scope):
    rows = figures.rows(Cell("museums.openings", Period.month(2021, 6)), scope)
    assert [(row.museum.name, row.occurred_on, row.contribution) for row in rows.order_by("occurred_on")] == [
        ("阜阳市科技馆", dt.date(2021, 6, 18), 1),
        ("阜阳市科技馆", dt.date(2021, 6, 30), 0),
    ]


def test_life_went_on_after_the_report(scope):
    assert value(scope, "museums.open", TODAY) == 4
    assert value(scope, "museums.visits", TODAY) > value(scope, "museums.visits") + 500_000


def test_the_history_is_as_untidy_as_life(scope):
    assert DailyVisits.objects.filter(state="REVERSED").count() == 14
    assert DailyVisits.objects.filter(state="DRAFT").exists()
    assert DailyVisits.objects.filter(headcount=None, state="CONFIRMED").exists()
    mix = figures.breakdown(Cell("museums.visits", Period.until(TODAY)), scope, by="method")
    assert {one.group for one in mix} == {None, "BOOKING", "COUNTER", "GATE", "ROSTER"}
    assert not Show.objects.exclude(kind="SHOW").exists()


def test_nobody_came_on_days_closed(scope):
    closed = figures.rows(Cell("museums.closed_days", Period.until(TODAY)), scope).values(
        "unit", "occurred_on"
    )
    visited = set(DailyVisits.objects.values_list("unit", "occurred_on"))
    assert not visited & {(row["unit"], row["occurred_on"]) for row in closed}


@pytest.mark.parametrize(
    ("model", "entity", "transitions"),
    [(MuseumStage, "museum_id", MUSEUM_TRANSITIONS), (ExhibitStage, "exhibit_id", EXHIBIT_TRANSITIONS)],
)
def test_every_stage_follows_the_one_before(scope, model, entity, transitions):
    stages = defaultdict(list)
    for thing, stage in model.objects.order_by("occurred_on", "id").values_list(entity, "stage"):
        stages[thing].append(stage)
    steps = {step for chain in stages.values() for step in pairwise(["", *chain])}
    assert {(before, after) for before, after in steps if after not in transitions[before]} == set()


def test_exhibits_mostly_work(scope):
    assert value(scope, "museums.exhibits", TODAY) == 268 + 96 + 110 + 88
    assert 90 < value(scope, "museums.exhibits_intact", TODAY) < 100


def test_the_portal_sees_who_opens_today(scope):
    monday = {museum.name: museum for museum in facade.museums_on(dt.date(2026, 11, 23), scope)}
    wednesday = {museum.name: museum for museum in facade.museums_on(dt.date(2026, 11, 25), scope)}
    assert len(monday) == 5
    assert not any(museum.is_open for museum in monday.values())
    assert [name for name, museum in wednesday.items() if not museum.is_open] == ["颍上县科技馆"]
    assert wednesday["颍上县科技馆"].why_closed == "在建"
    assert wednesday["阜阳市科技馆"].opened_on == dt.date(2021, 6, 18)


def test_upcoming_shows_start_on_the_next_open_day(scope):
    shows = facade.upcoming_shows(dt.date(2026, 11, 23), scope, limit=5)
    assert {show.on for show in shows} == {dt.date(2026, 11, 25)}
    assert [show.starts_at for show in shows] == sorted(show.starts_at for show in shows)
