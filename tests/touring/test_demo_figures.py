"""The touring demonstration gives the figures of the work report, and looks like life."""

import datetime as dt

import pytest

from kexie.contexts.touring import facade
from kexie.contexts.touring.models import (
    CaravanStop,
    CaravanTrip,
    FieldLog,
    Handover,
    Season,
    SetPlan,
    SetTicket,
    Site,
    TourApplication,
    TourDailyLog,
    TourStop,
)
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.queries import sets as set_queries
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.field import fold
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.demo import AS_OF, TODAY, loaded, value

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("touring") as found:
        yield found


@pytest.mark.parametrize(
    ("measure", "expected"), [("touring.stops", 15), ("touring.months", 40), ("touring.counties", 8)]
)
def test_touring_stops_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


def test_touring_visits_of_the_report(scope):
    assert 1_200_000 < value(scope, "touring.visits") < 1_205_000


def test_caravan_figures_of_the_report(scope):
    assert 600 < value(scope, "touring.caravan_stops") < 700
    assert 1_195_000 <= value(scope, "touring.caravan_visits") <= 1_204_999
    assert value(scope, "touring.caravan_trips") < value(scope, "touring.caravan_stops")


def test_months_open_into_the_months_of_each_stop(scope):
    rows = figures.rows(Cell("touring.months", Period.until(AS_OF)), scope)
    assert sorted(row.contribution for row in rows) == [2] * 5 + [3] * 10


def test_six_sets_go_round_since_august_2024(scope):
    running = facade.running_stops(TODAY, scope)
    assert 1 <= len(running) <= 6
    assert len(running) == value(scope, "touring.stops_running", TODAY)
    assert value(scope, "touring.stops", TODAY, set="阜阳区域-1") >= 4


def test_the_history_is_as_untidy_as_life(scope):
    for model in (TourStop, TourDailyLog, CaravanStop):
        assert {"CONFIRMED", "REVERSED"} <= set(model.objects.values_list("state", flat=True))
    assert TourStop.objects.filter(state="DRAFT", occurred_on__gt=TODAY).count() == 1
    assert CaravanStop.objects.filter(headcount=None).exists()
    assert CaravanTrip.objects.filter(km=None).exists()


def test_every_log_lies_in_its_stop(scope):
    outside = [log for log in TourDailyLog.objects.select_related("stop") if not log._is_within()]
    assert outside == []


def test_old_caravans_are_to_be_replaced(scope):
    advice = {one.name: one.should_replace for one in facade.caravans_on(dt.date(2026, 11, 23), scope)}
    assert advice["市科协大篷车"] is True
    assert advice["颍上大篷车"] is False


def test_the_season_is_planned_published_and_drafted(scope):
    season = Season.objects.get(association=scope.association_id)
    published, draft = season.published, season.plans.exclude(pk=season.published_id).get()
    assert (season.vans.count(), Site.objects.filter(association=scope.association_id).count()) == (8, 500)
    assert published.unserved == []
    found = queries.routes(published)
    assert rules.check_plan(queries.world(season, list(queries.stops(published))), found) == []
    assert queries.routes(draft) == found
    answers = set(queries.stops(published).values_list("host_state", flat=True))
    assert answers == {"ASKED", "CONFIRMED", "DECLINED"}
    assert "虚构" in season.name


def test_a_crew_s_days_on_two_phones_leave_one_matter_to_settle(scope):
    found = [
        (log.drafted_at is not None, len(fold(log.notes.all()).conflicts))
        for log in FieldLog.objects.order_by("on")
    ]
    assert found == [(True, 0), (False, 1)]


def test_the_sets_desk_shows_each_thing_that_can_be(scope):
    assert {"ACCEPTED", "DECLINED", "SUBMITTED"} <= set(
        TourApplication.objects.values_list("state", flat=True)
    )
    assert SetPlan.objects.get().state == "READY"
    assert SetPlan.objects.get().items.exists()
    assert {"IN"} <= set(Handover.objects.values_list("kind", flat=True))
    assert {"OPEN", "DONE"} <= set(SetTicket.objects.values_list("state", flat=True))
    assert not set_queries.unsigned(scope, TODAY).exists()
