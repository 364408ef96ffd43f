"""A season in a browser: a plan is computed and grows, a stop is dragged, an illegal day is explained, a host answers."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from kexie.contexts.touring.models import CaravanStop, Plan, PlannedTrip
from kexie.contexts.touring.operations import phones, planning, requests, telling
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules.days import clock
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.areas.models import Area
from kexie.kernel.holidays import is_day_off
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from tests.e2e.conftest import PHONE, violations
from tests.ledger import build
from tests.touring.seasons import DAY, made_season

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    return build.world()


@pytest.fixture
def season(world):
    """Four weeks from the Monday after next on, so that nothing of it is past."""
    today = timezone.localdate()
    return made_season(world, sites=6, starts_on=today + (14 - today.weekday()) * DAY)


@pytest.fixture
def session(world):
    now = timezone.now()
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=now)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=now
    )
    client = Client()
    client.force_login(world.account)
    return {"kexie_session": client.cookies["kexie_session"].value}


def drag(page: Page, stop: Locator, cell: Locator) -> None:
    """Take a stop by its head and hold it over another day."""
    head, over = stop.locator("summary").bounding_box(), cell.bounding_box()
    assert head
    assert over
    page.mouse.move(head["x"] + 20, head["y"] + 10)
    page.mouse.down()
    page.mouse.move(over["x"] + over["width"] / 2, over["y"] + 12, steps=8)


def test_from_the_request_to_the_host_s_word(world, season, session, open_page) -> None:
    now = timezone.now()
    site = queries.sites(season).first()
    county = world.counties[0].area
    site.area = Area.objects.create(
        code=f"{county.code[:6]}101", name="城关镇", level="TOWNSHIP", parent=county
    )
    site.save()
    wished = next(day for day in queries.world(season).days() if not is_day_off(day))
    asked = requests.submit(
        association=world.association, area=site.area, kind="SCHOOL", name=site.name, contact_name="演员",
        phone="13800000001", wished_from=wished, wished_to=wished, people=300, now=now,
    )  # fmt: skip
    requests.accept(
        request_id=asked.pk, site_id=site.pk, longitude=None, latitude=None, text="", actor=world.account,
        now=now, scope=world.scope,
    )  # fmt: skip
    page = open_page(f"/work/touring/season/{season.pk}/", cookies=session)
    assert violations(page) == []
    page.get_by_role("button", name="开始计算").click()
    expect(page.get_by_text("排队中，很快开始")).to_be_visible()
    assert violations(page) == []
    plan = season.plans.get()
    Plan.objects.filter(pk=plan.pk).update(seconds=2)
    # What the worker does; the queue has no place beside a browser in one thread.
    planning.compute(plan_id=plan.pk, today=timezone.localdate())
    expect(page.get_by_text("已完成")).to_be_visible()
    stop = queries.stops(plan).get(site=site)
    assert stop.trip.day == wished
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("6 站待接待方确认")).to_be_visible()
    stop.refresh_from_db()
    host = open_page(f"/caravans/confirm/{stop.host_code}/", viewport=PHONE)
    assert violations(host) == []
    host.get_by_label("确认接待").check()
    host.get_by_role("button", name="提交").click()
    expect(host.get_by_text("您已确认接待")).to_be_visible()
    stop.refresh_from_db()
    assert stop.host_state == "CONFIRMED"
    page.goto(f"/work/touring/season/plans/{plan.pk}/?week={stop.trip.day}")
    expect(page.locator(f'[data-stop="{stop.pk}"]')).to_have_class(re.compile("season-stop--confirmed"))
    page.locator(f'[data-stop="{stop.pk}"] summary').click()
    expect(page.locator(f'[data-stop="{stop.pk}"]')).to_contain_text("已确认")
    assert violations(page) == []
    page.get_by_role("link", name="接待方名单").first.click()
    expect(page.get_by_role("row").filter(has_text=site.name)).to_contain_text("已确认")
    assert violations(page) == []
    everybody = open_page("/caravans/", viewport=PHONE)
    listed = everybody.locator("li").filter(has_text=site.name)
    expect(listed).to_contain_text(f"{clock(stop.begins):%H:%M}–{clock(stop.ends):%H:%M}")
    expect(listed.locator("time")).to_have_attribute("datetime", wished.isoformat())
    assert violations(everybody) == []


def test_a_published_day_is_logged_offline_and_becomes_figures(world, season, session, open_page) -> None:
    now, today = timezone.now(), timezone.localdate()
    by = {"actor": world.account, "now": now, "scope": world.scope}
    plan = operations.add_plan(season=season, actor=world.account, now=now, seconds=1)
    planning.compute(plan_id=plan.pk, today=today)
    plan.refresh_from_db()
    operations.publish(plan=plan, actor=world.account, now=now)
    stop = queries.stops(plan).first()
    # The day has come.
    PlannedTrip.objects.filter(pk=stop.trip_id).update(day=today)

    _made, code = phones.add(name="车上手机", **by)
    page = open_page(f"/field/#pair={code}", viewport=PHONE)
    expect(page.locator("#state")).to_have_text("已全部上传")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    van = stop.trip.van.caravan
    page.get_by_label("大篷车").select_option(label=f"{van.name} {van.plate}")
    page.get_by_label("出车里程表（公里）").fill("100")
    page.get_by_role("button", name="出车", exact=True).click()
    page.locator("#planned").get_by_role("button", name=stop.site.name).click()
    page.get_by_label("人次", exact=True).fill("１２０")
    page.get_by_label("计数方法").select_option(label="计数器")
    page.get_by_label("主要对象").select_option(label="中小学生")
    page.get_by_role("button", name="记下人次").click()
    page.get_by_role("button", name="离开这一站").click()
    page.get_by_label("返回里程表（公里）").fill("160")
    page.get_by_role("button", name="收车", exact=True).click()
    expect(page.locator("#state")).to_contain_text("离线，待传 5 条")
    assert not CaravanStop.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("#state")).to_have_text("已全部上传", timeout=60_000)

    held = CaravanStop.objects.get()
    assert (held.spot, held.headcount, held.state) == (stop.site.name, 120, "DRAFT")
    ledger.confirm(records=[held.trip, held], **by)
    assert visits(world) == 120
    desk = open_page(f"/work/records/touring.caravan_stops/{held.pk}", cookies=session)
    desk.get_by_role("button", name="冲销", exact=True).first.click()
    dialog = desk.get_by_role("dialog", name="冲销这条记录？")
    dialog.get_by_role("textbox").fill("人次录错")
    with desk.expect_navigation():
        dialog.get_by_role("button", name="冲销", exact=True).click()
    assert visits(world) in {None, 0}


def visits(world) -> object:
    today = timezone.localdate()
    return figures.value(Cell("touring.caravan_visits", Period.until(today, since=today - DAY)), world.scope)


def test_dragging_says_what_it_breaks_before_it_moves_what_is_legal(
    world, season, session, open_page
) -> None:
    now, today = timezone.now(), timezone.localdate()
    plan = operations.add_plan(season=season, by_hand=True, actor=world.account, now=now)
    for site in queries.sites(season)[:2]:
        operations.place(plan=plan, site=str(site.pk), actor=world.account, now=now, today=today)
    stop = queries.stops(plan).first()
    monday = stop.trip.day - stop.trip.day.weekday() * DAY
    week = [monday + n * DAY for n in range(7)]
    off = next(day for day in week if is_day_off(day))
    other = season.vans.exclude(pk=stop.trip.van_id).get()
    page = open_page(f"/work/touring/season/plans/{plan.pk}/?week={monday}", cookies=session)

    def cell(van: object, day: dt.date) -> Locator:
        return page.locator(f'td[data-van="{van}"][data-day="{day}"]')

    held = page.locator(f'[data-stop="{stop.pk}"]')
    drag(page, held, cell(stop.trip.van_id, off))
    expect(page.locator(".season-hint")).to_contain_text("周末或节假日")
    page.mouse.up()
    expect(page.locator("[data-say]")).to_contain_text("不能移动")
    expect(page.locator("[data-say]")).to_contain_text("这一站留在原处")
    expect(held.get_by_role("button", name="移动")).to_be_disabled()
    # It is back where it was, also in its fields; nothing was sent.
    expect(held.get_by_label("日期")).to_have_value(stop.trip.day.isoformat())
    expect(cell(stop.trip.van_id, stop.trip.day).locator(f'[data-stop="{stop.pk}"]')).to_be_visible()
    assert queries.stops(plan).get(site=stop.site).trip.day == stop.trip.day
    assert violations(page) == []
    page.reload()
    drag(page, held, cell(other.pk, stop.trip.day))
    expect(page.locator(".season-hint")).to_contain_text("可以移动")
    page.mouse.up()
    expect(page.get_by_text("已移动")).to_be_visible()
    assert queries.stops(plan).get(site=stop.site).trip.van_id == other.pk
    page.get_by_role("button", name="撤销：移动").click()
    expect(page.get_by_text("已撤销")).to_be_visible()
    assert queries.stops(plan).get(site=stop.site).trip.van_id == stop.trip.van_id


def test_without_a_mouse_a_stop_is_moved_by_its_fields(world, season, session, open_page) -> None:
    now, today = timezone.now(), timezone.localdate()
    plan = operations.add_plan(season=season, by_hand=True, actor=world.account, now=now)
    site = queries.sites(season).first()
    operations.place(plan=plan, site=str(site.pk), actor=world.account, now=now, today=today)
    stop = queries.stops(plan).get()
    days = [stop.trip.day + n * DAY for n in range(1, 8)]
    off = next(day for day in days if is_day_off(day))
    good = next(day for day in queries.world(season).days() if day > stop.trip.day)
    page = open_page(f"/work/touring/season/plans/{plan.pk}/?week={stop.trip.day}", cookies=session)
    held = page.locator(f'[data-stop="{stop.pk}"]')
    held.locator("summary").focus()
    page.keyboard.press("Enter")
    field = held.get_by_label("日期")
    field.fill(off.isoformat())
    field.press("Tab")
    expect(held.locator("[data-effect]")).to_contain_text("不能移动")
    expect(held.get_by_role("button", name="移动")).to_be_disabled()
    assert violations(page) == []
    field.fill(good.isoformat())
    field.press("Tab")
    expect(held.locator("[data-effect]")).to_contain_text("可以移动")
    held.get_by_role("button", name="移动").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已移动")).to_be_visible()
    assert queries.stops(plan).get().trip.day == good


def test_many_hosts_are_told_while_one_looks_on(world, season, session, open_page, monkeypatch) -> None:
    now, today = timezone.now(), timezone.localdate()
    monkeypatch.setattr(telling, "AT_ONCE", 0)
    plan = operations.add_plan(season=season, by_hand=True, actor=world.account, now=now)
    for site in queries.sites(season)[:3]:
        operations.place(plan=plan, site=str(site.pk), actor=world.account, now=now, today=today)
    page = open_page(f"/work/touring/season/plans/{plan.pk}/", cookies=session)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("0 / 3 站")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="停止通知").click()
    expect(page.get_by_text("3 站的变化还没有通知接待方")).to_be_visible()
    page.get_by_role("button", name="接着通知").click()
    expect(page.get_by_text("0 / 3 站")).to_be_visible()
    # What the worker does.
    telling.run(telling_id=season.tellings.get(state="WAITING").pk, now=now)
    expect(page.get_by_text("待打电话 3 站")).to_be_visible()
    assert violations(page) == []


def test_a_plan_grows_on_its_page_while_it_is_computed(world, season, session, open_page) -> None:
    now, today = timezone.now(), timezone.localdate()
    done = operations.add_plan(season=season, by_hand=True, actor=world.account, now=now)
    for site in queries.sites(season):
        operations.place(plan=done, site=str(site.pk), actor=world.account, now=now, today=today)
    plan = operations.add_plan(season=season, actor=world.account, now=now)
    Plan.objects.filter(pk=plan.pk).update(state="RUNNING")
    page = open_page(f"/work/touring/season/plans/{plan.pk}/", cookies=session)
    expect(page.get_by_text("本周没有行程")).to_be_visible()
    # What the worker keeps after its first leg.
    operations.keep_routes(plan=plan, world=queries.world(season), routes=queries.routes(done))
    expect(page.locator("[data-stop]")).to_have_count(6)
    expect(page.get_by_text("本周没有行程")).to_be_hidden()
    expect(page.get_by_text("正在后台计算")).to_be_visible()
    assert violations(page) == []
