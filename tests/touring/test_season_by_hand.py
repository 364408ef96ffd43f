"""What is changed by hand can be undone; a stop that is put off goes to the next day that will do."""

import datetime as dt

import pytest
from django.utils import timezone

from kexie.contexts.touring.models import PlannedStop
from kexie.contexts.touring.operations import by_hand
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.plan_steps import MOST_STEPS
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import season as rules
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from tests.ledger import build
from tests.touring.seasons import DAY, MONDAY, NOW, TODAY, made_season


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def plan(world):
    """Four schools, all placed."""
    made = operations.add_plan(season=made_season(world), by_hand=True, actor=world.account, now=NOW)
    for site in queries.sites(made.season):
        operations.place(plan=made, site=str(site.pk), **by(world))
    return made


def by(world, today=TODAY):
    return {"actor": world.account, "now": NOW, "today": today}


def state(plan):
    plan.refresh_from_db()
    marks = [(one.site_id, one.trip.day, one.trip.van_id, one.host_state) for one in queries.stops(plan)]
    return queries.routes(plan), marks, plan.unserved


def test_each_change_is_undone_in_turn(world, plan):
    states = [state(plan)]
    first = queries.stops(plan).first()
    operations.move(plan=plan, stop=first, van=first.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    states.append(state(plan))
    operations.drop(plan=plan, stop=queries.stops(plan).first(), **by(world))
    states.append(state(plan))
    by_hand.postpone(plan=plan, stop=queries.stops(plan).first(), **by(world))
    words = []
    while states:
        words.append(by_hand.undo(plan=plan, **by(world)))
        assert state(plan) == states.pop()
    assert [one[:2] for one in words] == ["移动", "取消", "移动"]


def test_undoing_gives_a_host_s_answer_back(world, plan):
    stop = queries.stops(plan).first()
    operations.publish(plan=plan, actor=world.account, now=NOW)
    operations.answer(stop=stop, confirms=False, note="当天考试", now=NOW)
    other = MONDAY + 9 * DAY
    operations.move(plan=plan, stop=queries.stop(plan, stop.pk), van=stop.trip.van_id, day=other, **by(world))
    assert queries.stops(plan).get(site=stop.site).host_state == "ASKED"
    by_hand.undo(plan=plan, **by(world))
    found = queries.stops(plan).get(site=stop.site)
    assert (found.trip.day, found.host_state, found.host_note) == (stop.trip.day, "DECLINED", "当天考试")


def test_nothing_is_undone_that_would_break_a_rule_now(world, plan):
    stop = queries.stops(plan).first()
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    van = plan.season.vans.get(pk=stop.trip.van_id)
    van.off_days = [stop.trip.day.isoformat()]
    van.save()
    before = state(plan)
    with pytest.raises(PlanRefused, match="不能出车"):
        by_hand.undo(plan=plan, **by(world))
    assert state(plan) == before
    with pytest.raises(PlanRefused, match="已过的日子"):
        by_hand.undo(plan=plan, **by(world, today=MONDAY + 2 * DAY))


def test_only_so_many_steps_are_kept_and_publishing_ends_them(world, plan):
    for number in range(MOST_STEPS + 2):
        stop = queries.stops(plan).order_by("site__name").first()
        day = MONDAY + (8 + number % 2) * DAY
        operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=day, **by(world))
    plan.refresh_from_db()
    assert len(plan.undo) == MOST_STEPS
    operations.publish(plan=plan, actor=world.account, now=NOW)
    with pytest.raises(PlanRefused, match="没有可以撤销"):
        by_hand.undo(plan=plan, **by(world))


def test_a_stop_is_put_off_to_the_next_day_that_will_do(world, plan):
    stop = queries.stops(plan).filter(trip__day=MONDAY).first()
    assert by_hand.postpone(plan=plan, stop=stop, **by(world)) == MONDAY + DAY
    moved = queries.stops(plan).get(site=stop.site)
    # From a Friday on, the weekend is passed over.
    friday = MONDAY + 4 * DAY
    operations.move(plan=plan, stop=moved, van=moved.trip.van_id, day=friday, **by(world))
    moved = queries.stops(plan).get(site=stop.site)
    assert by_hand.postpone(plan=plan, stop=moved, **by(world)) == MONDAY + 7 * DAY
    assert rules.check_plan(queries.world(plan.season), queries.routes(plan)) == []


def test_the_last_day_cannot_be_put_off_and_held_stops_stay(world, plan):
    stop = queries.stops(plan).first()
    last = MONDAY + 25 * DAY
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=last, **by(world))
    moved = queries.stops(plan).get(site=stop.site)
    with pytest.raises(PlanRefused, match="没有合适的日子"):
        by_hand.postpone(plan=plan, stop=moved, **by(world))
    locked = queries.stops(plan).first()
    PlannedStop.objects.filter(pk=locked.pk).update(is_locked=True)
    with pytest.raises(PlanRefused, match="已锁定"):
        by_hand.postpone(plan=plan, stop=queries.stop(plan, locked.pk), **by(world))


def test_the_board_offers_to_undo_and_to_put_off(world, plan, client):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    client.force_login(world.account)
    home = f"/work/touring/season/plans/{plan.pk}/"
    stop = queries.stops(plan).first()
    assert "撤销：安排" in client.get(home).content.decode()
    client.post(home, {"act": "undo"})
    # Every day of this season is past by now, and the page says so.
    assert "涉及已过的日子" in client.get(home).content.decode()
    client.post(home, {"act": "postpone", "stop": str(stop.pk)})
    assert "没有合适的日子" in client.get(home).content.decode()


def test_a_host_answers_until_the_day_is_over(world, plan):
    stop = queries.stops(plan).first()
    operations.publish(plan=plan, actor=world.account, now=NOW)
    evening = timezone.make_aware(dt.datetime.combine(stop.trip.day, dt.time(23, 59)))
    operations.answer(stop=stop, confirms=True, note="", now=evening)
    assert queries.stops(plan).get(pk=stop.pk).host_state == "CONFIRMED"
    with pytest.raises(PlanRefused, match="日期已过"):
        operations.answer(stop=stop, confirms=False, note="下雨", now=evening + dt.timedelta(minutes=1))
    assert queries.stops(plan).get(pk=stop.pk).host_state == "CONFIRMED"


def test_a_further_visit_never_falls_on_a_day_of_another_and_keeps_the_spacing(world, plan):
    site = queries.sites(plan.season).first()
    known = set(queries.stops(plan).filter(site=site).values_list("trip__day", flat=True))
    for least, apart in ((0, DAY), (9, 9 * DAY)):
        type(site).objects.filter(pk=site.pk).update(least_days=least)
        operations.place(plan=plan, site=str(site.pk), **by(world))
        days = set(queries.stops(plan).filter(site=site).values_list("trip__day", flat=True))
        (new,) = days - known
        assert min(abs(new - one) for one in known) >= apart
        known = days


def test_a_day_that_breaks_a_rule_by_now_can_be_cleared_stop_by_stop_but_takes_nothing_more(world, plan):
    first = queries.stops(plan).first()
    van, day = plan.season.vans.get(pk=first.trip.van_id), first.trip.day
    there = queries.stops(plan).filter(trip__van=van, trip__day=day)
    others = there.count() - 1
    elsewhere = queries.stops(plan).exclude(trip__van=van).first()
    van.off_days = [day.isoformat()]
    van.save()
    operations.drop(plan=plan, stop=first, **by(world))
    with pytest.raises(PlanRefused, match="不能出车"):
        operations.move(plan=plan, stop=elsewhere, van=van.pk, day=day, **by(world))
    operations.place(plan=plan, site=str(first.site_id), **by(world))
    assert there.count() == others > 0
