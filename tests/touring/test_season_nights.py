"""Nights away: set by hand or found by the planner, only where everything allows them; undone like any other change."""

import datetime as dt

import pytest

from kexie.contexts.touring.models import PlannedTrip, Site
from kexie.contexts.touring.operations import by_hand, planning
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import season as rules
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from tests.ledger import build
from tests.touring.pdf import pages
from tests.touring.seasons import DAY, MONDAY, NOW, TODAY, made_season


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def season(world):
    """Two sites that are too far for one day, near each other; one has beds. One van may stay away for a night."""
    season = made_season(world, sites=1)
    unit = world.association
    for name, east, can_stay in (("远村", "117.10", True), ("更远村", "117.14", False)):
        Site.objects.create(
            association=unit, unit=unit, area=unit.area, name=name, kind="VILLAGE", longitude=east,
            latitude="32.90", can_stay=can_stay,
        )  # fmt: skip
    season.vans.filter(caravan__name="1号车").update(most_nights=1)
    return season


@pytest.fixture
def plan(world, season):
    return operations.add_plan(season=season, by_hand=True, actor=world.account, now=NOW)


def by(world, today=TODAY):
    return {"actor": world.account, "now": NOW, "today": today}


def named(season, name):
    return Site.objects.get(name=name, association=season.association_id)


def test_a_far_site_is_reached_with_a_night_away(world, season, plan):
    far, farther = named(season, "远村"), named(season, "更远村")
    van = season.vans.get(caravan__name="1号车")
    with pytest.raises(PlanRefused, match="超过上限 300 分钟"):
        operations.place(plan=plan, site=str(far.pk), **by(world))
    by_hand.stay(plan=plan, van=van.pk, day=MONDAY, site=far.pk, **by(world))
    for site in (far, farther):
        operations.place(plan=plan, site=str(site.pk), **by(world))
    first, second = queries.trips(plan).order_by("day")
    assert [(one.day, one.night, one.van) for one in (first, second)] == [
        (MONDAY, far, van), (MONDAY + DAY, None, van),
    ]  # fmt: skip
    assert first.driving <= 240
    assert second.driving <= 240
    assert rules.check_plan(queries.world_of(plan, []), queries.routes(plan)) == []
    copy = operations.add_plan(season=season, start=plan, by_hand=True, actor=world.account, now=NOW)
    assert queries.nights(copy) == queries.nights(plan) == {(str(van.pk), MONDAY): str(far.pk)}
    # Without the bed the visits could not stand.
    with pytest.raises(PlanRefused, match="超过上限"):
        by_hand.stay(plan=plan, van=van.pk, day=MONDAY, site=None, **by(world))
    assert queries.nights(plan)


def test_a_night_needs_a_bed_an_allowance_and_a_day_after(world, season, plan):
    far, farther = named(season, "远村"), named(season, "更远村")
    van, other = season.vans.get(caravan__name="1号车"), season.vans.get(caravan__name="2号车")
    for one, day, site, told in (
        (van, MONDAY, farther, "没有登记可以住宿"),
        (other, MONDAY, far, "最多 0 晚"),
        (van, MONDAY + 4 * DAY, far, "第二天要出车"),
        (van, season.ends_on, far, "第二天要出车"),
        (van, TODAY - DAY, far, "今天以后"),
    ):
        with pytest.raises(PlanRefused, match=told):
            by_hand.stay(plan=plan, van=one.pk, day=day, site=site.pk, **by(world))
    by_hand.stay(plan=plan, van=van.pk, day=MONDAY, site=far.pk, **by(world))
    with pytest.raises(PlanRefused, match="连续外宿 2 晚"):
        by_hand.stay(plan=plan, van=van.pk, day=MONDAY + DAY, site=far.pk, **by(world))


def test_a_night_is_undone_with_its_trips(world, season, plan):
    far, van = named(season, "远村"), season.vans.get(caravan__name="1号车")
    by_hand.stay(plan=plan, van=van.pk, day=MONDAY, site=far.pk, **by(world))
    operations.place(plan=plan, site=str(far.pk), **by(world))
    assert by_hand.undo(plan=plan, **by(world)).startswith("安排")
    assert PlannedTrip.objects.filter(plan=plan).count() == 2
    assert by_hand.undo(plan=plan, **by(world)) == "外宿 2026-03-02"
    assert not PlannedTrip.objects.filter(plan=plan).exists()
    assert queries.nights(plan) == {}


def test_the_planner_finds_nights_for_what_is_too_far(world, season):
    plan = planning.begin(season=season, seconds=4, actor=world.account, now=NOW)
    planning.compute(plan_id=plan.pk, today=TODAY)
    plan.refresh_from_db()
    assert (plan.state, plan.unserved) == ("DONE", [])
    assert len(queries.nights(plan)) >= 1
    assert rules.check_plan(queries.world_of(plan, []), queries.routes(plan)) == []


def test_nights_stand_on_board_and_paper(world, season, plan, client, time_machine):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    time_machine.move_to(NOW + dt.timedelta(days=1), tick=False)
    client.force_login(world.account)
    far, van = named(season, "远村"), season.vans.get(caravan__name="1号车")
    home = f"/work/touring/season/plans/{plan.pk}/"
    sent = {
        "act": "stay",
        "van": str(van.pk),
        "day": MONDAY.isoformat(),
        "bed": str(far.pk),
        "week": MONDAY.isoformat(),
    }
    page = client.post(home, sent, follow=True).content.decode()
    assert "当晚住远村附近" in page
    assert "当晚住远村附近" in client.get(f"{home}sheets/?week={MONDAY}").content.decode()
    assert "当晚住：远村附近" in pages(client.get(f"{home}sheets.pdf?week={MONDAY}").content)[0]
    page = client.post(home, {**sent, "bed": ""}, follow=True).content.decode()
    assert "当晚住远村附近" not in page
