"""The planner fills a term in the background; it grows, stops, goes on, and holds fast what is promised."""

import pytest
from django.utils import timezone

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import CaravanRequest, Plan, PlannedStop, Site
from kexie.contexts.touring.operations import planning
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.queries.season_figures import summary
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.web.season.planning import curve
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.platform.tasks import run_pending
from tests.ledger import build
from tests.touring.seasons import DAY, MONDAY, NOW, TODAY, made_season


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def season(world):
    return made_season(world, sites=12)


def by(world):
    return {"actor": world.account, "now": NOW}


def computed(plan, today=TODAY):
    planning.compute(plan_id=plan.pk, today=today)
    plan.refresh_from_db()
    return plan


def places(plan):
    return {(stop.site_id, stop.trip.van_id, stop.trip.day) for stop in queries.stops(plan)}


def test_a_term_is_planned_in_the_background(world, season):
    plan = computed(planning.begin(season=season, seconds=1, **by(world)))
    assert (plan.state, plan.unserved, plan.source) == ("DONE", [], "直线距离×1.35")
    assert queries.stops(plan).count() == 12
    assert rules.check_plan(queries.world(season), queries.routes(plan)) == []
    assert plan.history
    assert all(a[1:] >= b[1:] for a, b in zip(plan.history, plan.history[1:], strict=False))


def test_what_is_asked_for_today_begins_no_earlier(world, season):
    """The queue's own day is long after this season: nothing is put into the past."""
    plan = planning.begin(season=season, seconds=1, **by(world))
    tasks.compute_plan.defer(plan_id=str(plan.pk))
    assert run_pending() == 1
    plan.refresh_from_db()
    assert (plan.state, {one["reason"] for one in plan.unserved}) == ("DONE", {"NO_DAY"})
    assert not queries.stops(plan).exists()


def test_a_site_that_cannot_be_served_is_listed_with_its_reason(world, season):
    far = Site.objects.filter(name="第0小学").get()
    Site.objects.filter(pk=far.pk).update(longitude="87.60", latitude="43.80")
    lost = Site.objects.filter(name="第1小学").get()
    Site.objects.filter(pk=lost.pk).update(longitude=None, latitude=None)
    plan = computed(planning.begin(season=season, seconds=1, **by(world)))
    assert {one["site"]: one["reason"] for one in plan.unserved} == {
        str(far.pk): "TOO_FAR",
        str(lost.pk): "POINT",
    }


def test_locked_confirmed_and_past_stops_stay_when_it_is_planned_anew(world, season):
    first = computed(planning.begin(season=season, seconds=1, **by(world)))
    stops = list(queries.stops(first))
    PlannedStop.objects.filter(pk=stops[-1].pk).update(is_locked=True)
    PlannedStop.objects.filter(pk=stops[-2].pk).update(host_state="CONFIRMED", host_code="abc")
    today = stops[0].trip.day + DAY
    held = {(one.site_id, one.trip.van_id, one.trip.day) for one in queries.held(first, today)}
    second = planning.begin(season=season, seconds=1, start=first, **by(world))
    computed(second, today)
    assert second.state == "DONE"
    assert held <= places(second)
    assert {day for _site, _van, day in places(second) - held} <= {today + n * DAY for n in range(40)}
    kept = queries.stops(second).get(host_state="CONFIRMED")
    assert (kept.site_id, kept.host_code) == (stops[-2].site_id, "abc")
    assert queries.stops(second).get(is_locked=True).begins == stops[-1].begins


def test_a_promised_stop_on_a_day_the_van_cannot_go_is_named_and_nothing_is_lost(world, season):
    first = computed(planning.begin(season=season, seconds=1, **by(world)))
    stop = queries.stops(first).first()
    operations.lock(plan=first, stop=stop, locked=True, **by(world))
    van = season.vans.get(pk=stop.trip.van_id)
    van.off_days = [stop.trip.day.isoformat()]
    van.save()
    second = planning.begin(season=season, seconds=1, start=first, **by(world))
    before = places(second)
    computed(second)
    assert second.state == "FAILED"
    assert stop.site.name in second.message
    assert places(second) == before


def test_it_stops_cleanly_and_goes_on(world, season):
    plan = planning.begin(season=season, seconds=60, **by(world))
    operations.stop_planning(plan=plan, **by(world))
    assert computed(plan).state == "CANCELLED"
    planning.resume(plan=plan, seconds=1, **by(world))
    with pytest.raises(PlanRefused):
        planning.resume(plan=plan, seconds=1, **by(world))
    assert computed(plan).state == "DONE"
    # Stopped under way: what is best until then is kept.
    planning.resume(plan=plan, seconds=60, **by(world))
    Plan.objects.filter(pk=plan.pk).update(is_stopping=True)
    assert computed(plan).state == "CANCELLED"
    assert queries.stops(plan).count() == 12


def test_a_plan_whose_worker_died_is_given_up_when_stopped_twice(world, season):
    plan = planning.begin(season=season, seconds=60, **by(world))
    Plan.objects.filter(pk=plan.pk).update(state="RUNNING")
    operations.stop_planning(plan=plan, **by(world))
    operations.stop_planning(plan=plan, **by(world))
    plan.refresh_from_db()
    assert plan.state == "CANCELLED"


def test_nothing_is_changed_by_hand_while_the_planner_works(world, season):
    plan = computed(planning.begin(season=season, seconds=1, **by(world)))
    stop = queries.stops(plan).first()
    planning.resume(plan=plan, seconds=1, **by(world))
    with pytest.raises(PlanRefused, match="还在计算"):
        operations.lock(plan=plan, stop=stop, locked=True, **by(world))
    with pytest.raises(PlanRefused, match="还在计算"):
        operations.drop(plan=plan, stop=stop, today=TODAY, **by(world))


def asked_for(world, site, first, last):
    one = CaravanRequest(
        association=world.association, unit=world.association, area=site.area, kind="SCHOOL", name=site.name,
        wished_from=first, wished_to=last, people=200, state="ACCEPTED", site=site, made_at=timezone.now(),
    )  # fmt: skip
    one.seal_contact(name="张三", phone="13800000000")
    one.save()
    return one


def test_days_wished_for_are_kept_where_they_can_be(world, season):
    wednesday = MONDAY + 16 * DAY
    site = Site.objects.get(name="第3小学")
    asked_for(world, site, wednesday, wednesday)
    saturday = Site.objects.get(name="第4小学")
    asked_for(world, saturday, MONDAY + 5 * DAY, MONDAY + 6 * DAY)
    plan = computed(planning.begin(season=season, seconds=1, **by(world)))
    assert queries.stops(plan).get(site=site).trip.day == wednesday
    assert queries.stops(plan).get(site=saturday).trip.day.weekday() < 5


def test_a_season_without_places_is_not_planned(world):
    season = made_season(world, sites=0)
    with pytest.raises(PlanRefused, match="点位"):
        planning.begin(season=season, seconds=1, **by(world))


@pytest.fixture
def planner(world, client):
    """A browser at which somebody is signed in who plans."""
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    client.force_login(world.account)
    return client


def test_a_plan_is_begun_watched_stopped_and_resumed_on_its_page(season, planner):
    answer = planner.post(f"/work/touring/season/{season.pk}/", {"seconds": "20"})
    plan = season.plans.get()
    home = f"/work/touring/season/plans/{plan.pk}/"
    assert (answer.url, plan.state, plan.seconds) == (home, "WAITING", 20)
    panel = planner.get(f"{home}progress/")
    assert panel["X-State"] == "WAITING"
    assert "排队中" in panel.content.decode()
    planner.post(home, {"act": "stop"})
    assert planner.get(f"{home}progress/")["X-State"] == "CANCELLED"
    planner.post(home, {"act": "resume", "seconds": "60"})
    plan.refresh_from_db()
    assert (plan.state, plan.seconds) == ("WAITING", 60)
    Plan.objects.filter(pk=plan.pk).update(seconds=1)
    assert run_pending() == 2
    assert "应去的都" not in planner.get(home).content.decode()
    assert planner.post(home, {"act": "replan", "seconds": "20"}).status_code == 302
    assert season.plans.count() == 2


def test_two_plans_stand_side_by_side(world, season, planner):
    first = computed(planning.begin(season=season, seconds=1, **by(world)))
    second = operations.add_plan(season=season, start=first, by_hand=True, **by(world))
    address = f"/work/touring/season/plans/{first.pk}/beside/{second.pk}/"
    assert "完全相同" in planner.get(address).content.decode()
    stop = queries.stops(second).first()
    operations.drop(plan=second, stop=stop, today=TODAY, **by(world))
    page = planner.get(address).content.decode()
    assert stop.site.name in page
    assert "未安排" in page
    mine, theirs = summary(first), summary(second)
    assert (mine.stops, theirs.stops, mine.missing, theirs.missing) == (12, 11, 0, 1)
    assert (mine.reached, mine.share) == (1, 100.0)
    assert mine.km == sum(one.metres for one in queries.trips(first)) // 1000


def test_the_curve_shows_plans_as_complete_as_the_last():
    assert curve([]) is None
    assert curve([[1, 2.0, 50.0], [2, 0.0, 90.0]]) is None
    drawn = curve([[1, 2.0, 50.0], [2, 0.0, 90.0], [6, 0.0, 60.0]])
    assert (drawn.points, drawn.first, drawn.best) == ("0.0,0.0 600.0,0.0 600.0,120.0", 90.0, 60.0)
    assert round(drawn.saved, 1) == 33.3
