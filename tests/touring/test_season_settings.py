"""A season is changed after it was made: wrong input is told beside its field, and plans that no longer fit say so."""

import pytest

from kexie.contexts.touring.models import SchoolTerm, Season, Site
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries import seasons as queries
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.kernel.errors import UserError
from tests.ledger import build
from tests.touring.seasons import DAY, MONDAY, NOW, TODAY, made_season


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def season(world):
    return made_season(world)


@pytest.fixture
def desk(world, client, time_machine):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    time_machine.move_to(NOW, tick=False)
    client.force_login(world.account)
    return client


def planned(world, season):
    plan = operations.add_plan(season=season, by_hand=True, actor=world.account, now=NOW)
    for site in queries.sites(season):
        operations.place(plan=plan, site=str(site.pk), actor=world.account, now=NOW, today=TODAY)
    return plan


SEASON = {
    "name": "春季", "starts_on": "2026-03-02", "ends_on": "2026年3月20日", "starts_at": "08:00", "shift_minutes": "480",
    "overtime_minutes": "30", "drive_minutes": "240", "rest_minutes": "660", "factor": "1.3", "kmh": "50",
    "off_days": "2026-03-03，2026-03-09~2026-03-11",
}  # fmt: skip


def test_a_season_s_days_and_limits_are_changed(world, season, desk):
    home = f"/work/touring/season/{season.pk}/edit/"
    assert desk.get(home).status_code == 200
    assert desk.post(home, SEASON).status_code == 302
    season = Season.objects.get(pk=season.pk)
    assert (season.ends_on.isoformat(), season.rest_minutes, season.kmh) == ("2026-03-20", 660, 50)
    assert season.off_days == ["2026-03-03", "2026-03-09", "2026-03-10", "2026-03-11"]
    site = queries.sites(season).first()
    plan = operations.add_plan(season=season, by_hand=True, actor=world.account, now=NOW)
    operations.place(plan=plan, site=str(site.pk), actor=world.account, now=NOW, today=MONDAY + DAY)
    # The day after the first is a day off for all.
    assert queries.stops(plan).get().trip.day == MONDAY + 2 * DAY


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ends_on": "2026-03-01"}, "最后一天不能早于第一天"),
        ({"off_days": "三月三"}, "“三月三”不是日期"),
        ({"off_days": "2026-03-09~2026-03-01"}, "起止日期不对"),
        ({"shift_minutes": "700", "overtime_minutes": "200"}, "加班最多 80 分钟"),
        ({"drive_minutes": "500"}, "480"),
        ({"starts_on": "2026-03-05"}, "第一天不能晚于这一天"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(world, season, desk, wrong, told):
    plan = planned(world, season)
    operations.publish(plan=plan, actor=world.account, now=NOW)
    answer = desk.post(f"/work/touring/season/{season.pk}/edit/", {**SEASON, **wrong})
    page = answer.content.decode()
    assert (answer.status_code, told in page, next(iter(wrong.values())) in page) == (422, True, True)
    assert Season.objects.get(pk=season.pk).kmh == 45


def test_a_van_is_changed_and_leaves_only_when_no_plan_sends_it(world, season, desk):
    plan = planned(world, season)
    stop = queries.stops(plan).first()
    van, day = stop.trip.van, stop.trip.day
    home = f"/work/touring/season/{season.pk}/vans/{van.pk}/"
    sent = {
        "longitude": "115.81",
        "latitude": "32.91",
        "shift_minutes": "",
        "overtime_minutes": "0",
        "most_nights": "2",
    }
    assert desk.post(home, {**sent, "most_nights": "9", "off_days": "明天"}).status_code == 422
    assert desk.post(home, {**sent, "off_days": day.isoformat()}).status_code == 302
    van.refresh_from_db()
    assert (van.most_nights, van.overtime_minutes, van.shift_minutes) == (2, 0, None)
    # The plan stays, and the board says what no longer fits.
    page = desk.get(f"/work/touring/season/plans/{plan.pk}/").content.decode()
    assert "处不合规则" in page
    assert f"{van.caravan.name} 这天不能出车" in page
    with pytest.raises(UserError, match="不能发布"):
        operations.publish(plan=plan, actor=world.account, now=NOW)
    assert "还有这辆车的行程" in desk.post(home, {"act": "remove"}, follow=True).content.decode()
    plan.trips.filter(van=van).delete()
    desk.post(home, {"act": "remove"})
    assert season.vans.count() == 1


def test_a_site_s_hours_and_market_are_changed(world, season, desk):
    site = queries.sites(season).first()
    home = f"/work/touring/season/{season.pk}/sites/{site.pk}/"
    sent = {
        "service_minutes": "60", "every_months": "3", "least_days": "20", "priority": "2", "market_use": "ANY",
        "hours_1": "８：３０－11:30 14:00~16:00", "hours_3": "09:00-10:30",
    }  # fmt: skip
    assert desk.post(home, sent).status_code == 302
    site = Site.objects.get(pk=site.pk)
    assert site.windows == {"1": [["08:30", "11:30"], ["14:00", "16:00"]], "3": [["09:00", "10:30"]]}
    assert "08:30-11:30 14:00-16:00" in desk.get(home).content.decode()
    listed = desk.get(f"/work/touring/season/{season.pk}/sites/").content.decode()
    assert "08:30–11:30、14:00–16:00" in listed
    for wrong, told in (
        ({"hours_1": "上午"}, "“上午”不是时段"),
        ({"hours_1": "10:00-09:00"}, "要晚于开始"),
        ({"hours_1": "08:00-10:00 09:00-11:00"}, "不能重叠"),
        ({"hours_1": "", "hours_3": ""}, "至少写一天"),
        ({"market_kind": "WEEKDAYS", "market_days": "2 8"}, "要在 1 到 7 之间"),
        ({"market_kind": "LUNAR", "market_days": ""}, "请写明哪几天"),
        ({"market_use": "ONLY"}, "请先写集日"),
    ):
        answer = desk.post(home, {**sent, **wrong})
        assert (answer.status_code, told in answer.content.decode()) == (422, True), wrong
    desk.post(
        home, {**sent, "usual": "on", "market_kind": "LUNAR", "market_days": "1 6", "market_use": "NEVER"}
    )
    site.refresh_from_db()
    assert (site.windows, site.market) == ({}, {"kind": "LUNAR", "days": [1, 6]})


def test_terms_are_entered_changed_and_deleted(world, season, desk):
    home = f"/work/touring/season/{season.pk}/terms/"
    sent = {
        "area": world.association.area_id,
        "name": "春季学期",
        "starts_on": "2026-03-04",
        "ends_on": "2026-06-30",
    }
    assert "还没有登记学期" in desk.get(home).content.decode()
    assert desk.post(home, {**sent, "ends_on": "2026-03-01"}).status_code == 422
    assert desk.post(home, {**sent, "off_days": "2026-03-05"}).status_code == 302
    term = SchoolTerm.objects.get()
    site = queries.sites(season).first()
    made = queries.world(season)
    facts = made.sites[str(site.pk)]
    open_on = [day.isoformat() for day in made.days()[:5] if made.windows(facts, day)]
    assert open_on == ["2026-03-04", "2026-03-06"]
    desk.post(f"{home}{term.pk}/", {**sent, "name": "改名"})
    assert SchoolTerm.objects.get().name == "改名"
    desk.post(f"{home}{term.pk}/", {"act": "remove"})
    assert not SchoolTerm.objects.exists()
