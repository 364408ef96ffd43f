"""Hosts are told of what is published, once each; of changes when somebody says so; and their answers are taken."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.touring.models import Plan, PlannedStop, Site, ToldVisit
from kexie.contexts.touring.operations import by_hand, hosts
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import hosts as queries
from kexie.contexts.touring.queries import seasons
from kexie.contexts.touring.rules.days import clock
from kexie.contexts.touring.rules.hosts import Mark, pairs
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.platform.audit.models import Entry
from kexie.platform.notify.delivery import unseal
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.touring.seasons import DAY, MONDAY, NOW, TODAY, made_season

PHONES = ("13800000001", "13800000002", "0558-1234567", "")


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def plan(world, settings):
    """Four schools, all placed: two with a mobile number, one with a landline, one nobody can be reached at."""
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    made = operations.add_plan(season=made_season(world), by_hand=True, actor=world.account, now=NOW)
    for site, phone in zip(Site.objects.order_by("name"), PHONES, strict=True):
        site.seal_contact(name="演员" if phone else "", phone=phone)
        site.save()
        operations.place(plan=made, site=str(site.pk), **by(world))
    return made


def by(world, today=TODAY):
    return {"actor": world.account, "now": NOW, "today": today}


def published(world, plan) -> hosts.Outcome:
    operations.publish(plan=plan, actor=world.account, now=NOW)
    return tell(world, plan)


def tell(world, plan) -> hosts.Outcome:
    season = Plan.objects.get(pk=plan.pk).season
    return hosts.tell(
        season=season, link=lambda code: f"https://kx.example/{code}", actor=world.account, now=NOW
    )


def stop_of(plan, number: int) -> PlannedStop:
    return seasons.stops(plan).get(site__name=f"第{number}小学")


def told(number: int) -> ToldVisit:
    return ToldVisit.objects.get(site__name=f"第{number}小学", off_at=None)


def news(plan, today=TODAY) -> list[str]:
    return [str(what) for what, _visit in queries.news(Plan.objects.get(pk=plan.pk), today)]


def texts() -> list[tuple[str, str]]:
    return [(one.template, unseal(one)["zh-hans"][1]) for one in Notice.objects.order_by("created_at", "id")]


def signed_in(world, client):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    client.force_login(world.account)
    return client


def test_visits_are_known_again_by_link_then_day_then_order():
    days = [MONDAY + n * DAY for n in range(4)]
    before = [Mark("a", days[0]), Mark("b", days[1]), Mark("c", days[2])]
    after = [Mark("", days[3]), Mark("x", days[1]), Mark("a", days[2])]
    assert sorted(pairs(before, after)) == [(0, 2), (1, 1), (2, 0)]
    assert pairs(before[:1], []) == [(0, None)]
    assert pairs([], after[:1]) == [(None, 0)]


def test_every_host_is_told_once(world, plan):
    assert published(world, plan) == hosts.Outcome(sent=2, to_call=2)
    first = stop_of(plan, 0)
    assert first.host_state == "ASKED"
    link, hours = (
        f"https://kx.example/{first.host_code}",
        f"{clock(first.begins):%H:%M}–{clock(first.ends):%H:%M}",
    )
    assert (
        "visit.ask",
        f"{world.association}的科普大篷车（{first.trip.van}）拟于3月2日（周一）{hours}到第0小学。能否接待请打开 {link} 答复。",
    ) in texts()
    assert [told(n).how for n in range(4)] == ["SMS", "SMS", "CALL", "CALL"]
    assert tell(world, plan) == hosts.Outcome(sent=0, to_call=0)
    # Another plan with the same visits: nobody hears of it.
    copy = operations.add_plan(season=plan.season, start=plan, by_hand=True, actor=world.account, now=NOW)
    assert published(world, copy) == hosts.Outcome(sent=0, to_call=0)
    assert (Notice.objects.count(), ToldVisit.objects.count()) == (2, 4)


def test_a_moved_visit_keeps_its_link_and_is_asked_about_anew(world, plan):
    published(world, plan)
    stop, code = stop_of(plan, 0), told(0).code
    hosts.answer(stop=stop, confirms=False, note="当天考试", now=NOW)
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    tell(world, plan)
    moved = stop_of(plan, 0)
    assert (moved.host_code, moved.host_state) == (code, "ASKED")
    assert (told(0).day, told(0).old_day, told(0).sequence) == (MONDAY + 8 * DAY, MONDAY, 1)
    _template, text = next(one for one in texts() if one[0] == "visit.move" and "第0小学" in one[1])
    assert f"原定3月2日（周一）{clock(stop.begins):%H:%M}到第0小学，现改为3月10日（周二）" in text
    assert news(plan) == []
    # Taken back: the host hears of that too.
    plan.refresh_from_db()
    by_hand.undo(plan=plan, **by(world))
    tell(world, plan)
    assert (told(0).day, told(0).sequence, stop_of(plan, 0).host_state) == (MONDAY, 2, "ASKED")


def test_a_dropped_visit_is_called_off_and_a_later_one_is_new(world, plan):
    published(world, plan)
    operations.drop(plan=plan, stop=stop_of(plan, 1), **by(world))
    tell(world, plan)
    gone = ToldVisit.objects.get(site__name="第1小学")
    assert (gone.off_at, gone.sequence) == (NOW, 1)
    assert [template for template, text in texts() if "第1小学" in text] == ["visit.ask", "visit.off"]
    operations.place(plan=plan, site=str(gone.site_id), **by(world))
    tell(world, plan)
    assert (told(1).number, stop_of(plan, 1).host_code) == (2, told(1).code)
    assert told(1).code != gone.code


def test_a_visit_taken_out_and_put_in_again_keeps_its_link(world, plan):
    published(world, plan)
    code, before = told(3).code, stop_of(plan, 3)
    operations.drop(plan=plan, stop=before, **by(world))
    operations.place(plan=plan, site=str(before.site_id), **by(world))
    hosts.keep_links(plan=Plan.objects.get(pk=plan.pk))
    assert (stop_of(plan, 3).trip.day, stop_of(plan, 3).host_code) == (before.trip.day, code)
    assert stop_of(plan, 3).host_state == ("NONE" if news(plan) else "ASKED")


def test_of_what_is_past_nobody_is_told_and_without_a_gateway_all_are_called(world, plan, settings):
    settings.KEXIE_SMS = "none"
    with pytest.raises(PlanRefused, match="还没有发布"):
        tell(world, plan)
    assert published(world, plan) == hosts.Outcome(sent=0, to_call=4)
    operations.drop(plan=plan, stop=stop_of(plan, 0), **by(world))
    assert news(plan) != []
    assert news(plan, MONDAY + 20 * DAY) == []


def test_who_was_called_is_noted_and_an_answer_makes_calling_needless(world, plan):
    published(world, plan)
    season = plan.season
    hosts.called(season=season, told_id=told(2).pk, actor=world.account, now=NOW)
    with pytest.raises(PlanRefused, match="不用再打电话"):
        hosts.called(season=season, told_id=told(2).pk, actor=world.account, now=NOW)
    hosts.answer(stop=stop_of(plan, 3), confirms=True, note="", actor=world.account, now=NOW)
    assert (told(2).how, told(3).how, stop_of(plan, 3).host_state) == ("PHONE", "PHONE", "CONFIRMED")


def test_publishing_tells_and_the_board_names_what_is_untold(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    home = f"/work/touring/season/plans/{plan.pk}/"
    client.post(home, {"act": "publish"})
    page = client.get(home).content.decode()
    assert "已发布，4 站待接待方确认。已发短信通知 2 站；2 站要打电话，见接待方名单。" in page
    assert "还没有通知接待方" not in page
    operations.drop(plan=plan, stop=stop_of(plan, 1), **by(world))
    assert f"{len(news(plan))} 站的变化还没有通知接待方" in client.get(home).content.decode()
    client.post(home, {"act": "tell"})
    assert "还没有通知接待方" not in client.get(home).content.decode()


def test_the_hosts_page_follows_the_visit(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    published(world, plan)
    address, stop = f"/caravans/confirm/{told(0).code}/", stop_of(plan, 0)
    assert client.post(address, {"answer": "YES", "note": ""}).status_code == 302
    assert "您已确认接待" in client.get(address).content.decode()
    PlannedStop.objects.filter(pk=stop.pk).update(host_state="ASKED")
    stop.refresh_from_db()
    operations.drop(plan=plan, stop=stop, **by(world))
    assert "这次来访正在重新安排" in client.get(address).content.decode()
    assert client.post(address, {"answer": "YES", "note": ""}).status_code == 422
    tell(world, plan)
    assert "这次来访已取消" in client.get(address).content.decode()
    assert client.get("/caravans/confirm/abcdefgh/").status_code == 404


def list_page(client, plan, query="") -> str:
    response = client.get(f"/work/touring/season/plans/{plan.pk}/hosts/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_of_hosts_is_filtered_and_taken_out(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    assert "这个方案还没有发布" in list_page(client, plan)
    published(world, plan)
    hosts.answer(stop=stop_of(plan, 1), confirms=False, note="当天考试", now=NOW)
    page = list_page(client, plan, "?answer=DECLINED")
    assert all(words in page for words in ("第1小学", "当天考试", "短信待发送", "2026-02-20 08:00"))
    assert "第0小学" not in page
    assert (
        "第2小学" in (called := list_page(client, plan, "?told=CALL&sort=-site")),
        "第1小学" in called,
    ) == (True, False)
    assert called.index("第3小学") < called.index("第2小学")
    assert "没有符合条件的站次" in list_page(client, plan, "?q=无此校")
    Notice.objects.update(state="FAILED", next_try_at=None)
    assert "短信没有发出，请打电话" in list_page(client, plan)
    book = load_workbook(
        io.BytesIO(b"".join(client.get(f"/work/touring/season/plans/{plan.pk}/hosts/?export=1")))
    )
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    row = next(one for one in rows if "第1小学" in one)
    assert row[-2:] == ["当天考试", f"http://testserver/caravans/confirm/{told(1).code}/"]


def test_the_list_asks_the_database_no_more_for_more_rows(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    published(world, plan)
    for number in (1, 2, 3):
        operations.drop(plan=plan, stop=stop_of(plan, number), **by(world))
    list_page(client, plan)
    with CaptureQueriesContext(connection) as one:
        list_page(client, plan)
    for number in (1, 2):
        operations.place(plan=plan, site=str(Site.objects.get(name=f"第{number}小学").pk), **by(world))
    tell(world, plan)
    with CaptureQueriesContext(connection) as three:
        page = list_page(client, plan)
    assert page.count("复制链接") == 3
    assert len(three) == len(one)


def test_a_host_is_called_and_its_answer_noted(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    published(world, plan)
    stop = stop_of(plan, 2)
    home = f"/work/touring/season/plans/{plan.pk}/hosts/{stop.site_id}/"
    assert "0558-1234567" not in client.get(home).content.decode()
    assert "0558-1234567" in client.post(home, {"act": "open"}).content.decode()
    assert (
        Entry.objects.filter(action="touring.open_contacts", detail__sites=[str(stop.site_id)]).count() == 1
    )
    refused = client.post(home, {"act": "answer", "stop": str(stop.pk), "answer": "NO", "note": ""})
    assert (refused.status_code, "请写明原因和方便的日期。" in refused.content.decode()) == (422, True)
    client.post(home, {"act": "answer", "stop": str(stop.pk), "answer": "YES", "note": "门卫有钥匙"})
    assert (stop_of(plan, 2).host_state, stop_of(plan, 2).host_note, told(2).how) == (
        "CONFIRMED",
        "门卫有钥匙",
        "PHONE",
    )
    wrong = client.post(home, {"act": "contact", "name": "演员", "phone": "123"})
    assert (wrong.status_code, "请填写11位手机号码" in wrong.content.decode()) == (422, True)
    client.post(home, {"act": "send", "told": str(told(2).pk)})
    assert "发不出短信" in client.get(home).content.decode()
    client.post(home, {"act": "contact", "name": "演员", "phone": "１３８００００００３３"})
    client.post(home, {"act": "send", "told": str(told(2).pk)})
    assert (told(2).how, texts()[-1][0]) == ("SMS", "visit.ask")


def test_a_called_off_visit_stays_listed_until_its_host_was_called(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    published(world, plan)
    operations.drop(plan=plan, stop=stop_of(plan, 3), **by(world))
    home = f"/work/touring/season/plans/{plan.pk}/hosts/"
    client.post(home, {"act": "tell"})
    gone = ToldVisit.objects.get(site__name="第3小学")
    assert "已取消，要打电话告诉接待方" in list_page(client, plan)
    assert "已取消的来访" in client.get(f"{home}{gone.site_id}/").content.decode()
    client.post(home, {"act": "called", "told": str(gone.pk)})
    assert "已取消，要打电话告诉接待方" not in list_page(client, plan)
    client.post(home, {"act": "called", "told": "nonsense"})
    assert "不用再打电话" in list_page(client, plan)
