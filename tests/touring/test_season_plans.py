"""Plans on the board: stops move only where every hard rule holds, published ones are put to their hosts."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kexie.contexts.touring.models import Caravan, PlannedStop, Season, SeasonVan, Site
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import season_figures as figures
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.web.season import ics
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from tests.ledger import build

MONDAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 2, 20, tzinfo=dt.UTC)
TODAY = dt.date(2026, 2, 20)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def plan(world):
    unit = world.association
    season = operations.add_season(
        season=Season(association=unit, unit=unit, name="春季", starts_on=MONDAY, ends_on=MONDAY + 25 * DAY),
        actor=world.account, now=NOW,
    )  # fmt: skip
    for number in (1, 2):
        caravan = Caravan.objects.create(
            association=unit, unit=unit, name=f"{number}号车", plate=f"演{number}", vehicle_type="IV",
            bought_on=MONDAY,
        )  # fmt: skip
        van = SeasonVan(
            association=unit, season=season, caravan=caravan, longitude="115.80", latitude="32.90"
        )
        operations.add_van(van=van, actor=world.account, now=NOW)
    for number in range(4):
        Site.objects.create(
            association=unit, unit=unit, area=unit.area, name=f"第{number}小学", kind="SCHOOL",
            longitude=f"115.9{number}", latitude="32.90",
        )  # fmt: skip
    return operations.add_plan(season=season, actor=world.account, now=NOW, by_hand=True)


def by(world, **more):
    return {"actor": world.account, "now": NOW, **more}


def fill(world, plan):
    for site in queries.sites(plan.season):
        operations.place(plan=plan, site=str(site.pk), today=TODAY, **by(world))
    return list(queries.stops(plan))


def test_sites_are_placed_where_they_cost_least_within_the_rules(world, plan):
    stops = fill(world, plan)
    assert {stop.site.name for stop in stops} == {f"第{number}小学" for number in range(4)}
    assert rules.check_plan(queries.world(plan.season), queries.routes(plan)) == []
    assert {stop.host_state for stop in stops} == {"NONE"}


def test_a_page_can_tell_that_other_days_are_kept_by_now(world, plan):
    before = figures.mark(plan)
    fill(world, plan)
    assert (before, figures.mark(plan) == before) == ("0-0-0", False)


def test_an_illegal_day_is_explained_and_nothing_moves(world, plan):
    stop = fill(world, plan)[0]
    saturday = MONDAY + 5 * DAY
    before = queries.routes(plan)
    with pytest.raises(PlanRefused) as refused:
        operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=saturday, today=TODAY, **by(world))
    assert "周末或节假日" in str(refused.value)
    assert queries.routes(plan) == before


def test_a_stop_moves_to_another_van_and_day(world, plan):
    stop = fill(world, plan)[0]
    other = plan.season.vans.exclude(pk=stop.trip.van_id).get()
    day = MONDAY + 3 * DAY
    operations.move(plan=plan, stop=stop, van=other.pk, day=day, today=TODAY, **by(world))
    moved = queries.stops(plan).get(site=stop.site)
    assert (moved.trip.van_id, moved.trip.day) == (other.pk, day)
    assert queries.stops(plan).count() == 4


def test_locked_confirmed_and_past_stops_never_move(world, plan):
    first, second, third, _fourth = fill(world, plan)
    operations.lock(plan=plan, stop=first, locked=True, **by(world))
    PlannedStop.objects.filter(pk=second.pk).update(host_state="CONFIRMED")
    for stop, today in ((first, TODAY), (second, TODAY), (third, third.trip.day + DAY)):
        found = queries.stop(plan, stop.pk)
        with pytest.raises(PlanRefused) as refused:
            operations.move(
                plan=plan, stop=found, van=found.trip.van_id, day=MONDAY + 10 * DAY, today=today, **by(world)
            )
        assert "不能移动" in str(refused.value)


def test_a_cancelled_stop_is_taken_out_and_placed_again(world, plan):
    stop = fill(world, plan)[0]
    operations.drop(plan=plan, stop=stop, today=TODAY, **by(world))
    assert plan.unserved == [{"site": str(stop.site_id), "missing": 1, "reason": "CANCELLED"}]
    operations.place(plan=plan, site=str(stop.site_id), today=TODAY, **by(world))
    assert (plan.unserved, queries.stops(plan).count()) == ([], 4)


def test_hosts_answer_what_is_published(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    with pytest.raises(PlanRefused):
        operations.publish(plan=plan, **by(world))
    fill(world, plan)
    assert operations.publish(plan=plan, **by(world)) == 4
    stop = queries.stops(plan).first()
    address = f"/caravans/confirm/{stop.host_code}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "08:30–10:00" in page.content.decode()
    assert client.post(address, {"answer": "NO", "note": ""}).status_code == 422
    assert client.post(address, {"answer": "YES", "note": ""}).status_code == 302
    stop.refresh_from_db()
    assert stop.host_state == "CONFIRMED"
    # A copy of the plan keeps the promise, and publishing it asks nobody twice.
    copy = operations.add_plan(season=plan.season, start=plan, by_hand=True, **by(world))
    assert queries.routes(copy) == queries.routes(plan)
    assert operations.publish(plan=copy, **by(world)) == 0
    assert client.get(address).status_code == 200


def test_the_calendar_file_names_the_stops_in_utc(world, plan):
    first = fill(world, plan)[0]
    text = ics.calendar([ics.for_everybody(first)], host="example.org", made_at=timezone.now())
    assert "DTSTART:20260302T003000Z\r\n" in text
    assert f"SUMMARY:大篷车到{first.site.name}\r\n" in text


def test_pages_of_a_plan(world, plan, client):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    client.force_login(world.account)
    home = f"/work/touring/season/plans/{plan.pk}/"
    first, *rest = queries.sites(plan.season)
    operations.place(plan=plan, site=str(first.pk), today=TODAY, **by(world))
    client.get(home)
    with CaptureQueriesContext(connection) as one:
        client.get(f"{home}?week=2026-03-02")
    for site in rest[:2]:
        operations.place(plan=plan, site=str(site.pk), today=TODAY, **by(world))
    with CaptureQueriesContext(connection) as three:
        page = client.get(f"{home}?week=2026-03-02").content.decode()
    assert len(three) == len(one)
    assert all(stop.site.name in page for stop in queries.stops(plan))
    sheets = client.get(f"{home}sheets/?week=2026-03-02").content.decode()
    assert all(stop.site.name in sheets for stop in queries.stops(plan))
    stop = queries.stops(plan).first()
    asked = {"stop": str(stop.pk), "van": str(stop.trip.van_id), "day": "2026-03-07"}
    found = client.get(f"{home}try/", asked).json()
    assert found["allowed"] is False


def test_unknown_stops_are_not_found(world, plan):
    with pytest.raises(Exception, match="没有这一站"):
        queries.stop(plan, uuid.uuid4())
    with pytest.raises(Exception, match="没有这一站"):
        queries.stop_by_code("", world.scope)
