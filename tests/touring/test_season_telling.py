"""A whole season's hosts are told in the background, each once: whatever breaks off, whoever stops it, and however often it is begun."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import Plan, Site, Telling, ToldVisit
from kexie.contexts.touring.operations import hosts, telling
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.platform.audit.models import Entry
from kexie.platform.notify.models import Notice
from kexie.platform.tasks import run_pending
from tests.ledger import build
from tests.touring.seasons import NOW, TODAY, made_season
from tests.touring.test_season_hosts import signed_in

LATER = NOW + telling.LOST_AFTER + dt.timedelta(seconds=1)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def plan(world, settings, monkeypatch):
    """Five schools, four with a mobile number, in a published plan; two are told at a time and none while one waits."""
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    monkeypatch.setattr(telling, "BATCH", 2)
    monkeypatch.setattr(telling, "AT_ONCE", 0)
    made = operations.add_plan(season=made_season(world, sites=5), by_hand=True, actor=world.account, now=NOW)
    for number, site in enumerate(Site.objects.order_by("name")):
        site.seal_contact(name="演员", phone=f"1380000000{number}" if number else "")
        site.save()
        operations.place(plan=made, site=str(site.pk), actor=world.account, now=NOW, today=TODAY)
    operations.publish(plan=made, actor=world.account, now=NOW)
    return Plan.objects.get(pk=made.pk)


def begin(world, plan, now=NOW):
    return telling.begin(season=plan.season, site_url="https://kx.example", actor=world.account, now=now)


def told() -> tuple[int, int]:
    return ToldVisit.objects.count(), Notice.objects.count()


def counts(one: Telling) -> tuple[str, int, int, int]:
    one.refresh_from_db()
    return one.state, one.total, one.sent, one.to_call


def break_off(monkeypatch, after: int) -> None:
    """Let sending fail from the message after the first `after` on."""
    send, sent = hosts.notify.send, []

    def fails(**asked):
        if len(sent) == after:
            raise RuntimeError("the worker fell over")
        sent.append(asked)
        return send(**asked)

    monkeypatch.setattr(hosts.notify, "send", fails)


def test_all_are_told_once_some_at_a_time(world, plan):
    begun = begin(world, plan)
    assert (begun.state, told()) == ("WAITING", (0, 0))
    telling.run(telling_id=begun.pk, now=NOW)
    assert (counts(begun), told()) == (("DONE", 5, 4, 1), (5, 4))
    first = ToldVisit.objects.exclude(notice_id=None).first()
    assert hosts.Outcome(0, 0) == hosts.tell(season=plan.season, link=str, actor=world.account, now=NOW)
    assert begin(world, plan) is None
    telling.run(telling_id=begun.pk, now=NOW)
    assert told() == (5, 4)
    entries = Entry.objects.filter(action="touring.tell_hosts")
    assert [one.detail for one in entries] == [{"sent": 4, "to_call": 1, "state": "DONE"}]
    assert f"https://kx.example/caravans/confirm/{first.code}/" == telling._link(begun, first.code)


def test_what_breaks_off_is_gone_on_with(world, plan, monkeypatch):
    begun = begin(world, plan)
    with monkeypatch.context() as broken:
        break_off(broken, after=2)
        with pytest.raises(RuntimeError):
            telling.run(telling_id=begun.pk, now=NOW)
    # Of the batch that fell over nothing is left: neither message nor note of it.
    assert (counts(begun)[0], "不会重复" in begun.message) == ("FAILED", True)
    assert told()[0] == begun.done
    assert 0 < begun.done < 5
    again = begin(world, plan)
    assert (again.pk != begun.pk, again.total) == (True, 5 - begun.done)
    telling.run(telling_id=again.pk, now=NOW)
    assert (counts(again)[0], told()) == ("DONE", (5, 4))


def test_a_lost_worker_s_round_is_taken_up(world, plan, time_machine):
    time_machine.move_to(LATER, tick=False)
    begun = begin(world, plan)
    Telling.objects.filter(pk=begun.pk).update(state="RUNNING")
    assert telling._some(begun.pk, NOW)
    assert told()[0] == 2
    # It still lives for all we know: nobody begins beside it.
    assert begin(world, plan).state == "RUNNING"
    assert telling.take_up(now=NOW) == []
    tasks.take_up_telling(timestamp=int(LATER.timestamp()))
    assert run_pending() > 0
    assert (counts(begun), told()) == (("DONE", 5, 4, 1), (5, 4))
    # The worker that was slow, not dead, finds nothing to do.
    assert not telling._some(begun.pk, LATER)
    assert told() == (5, 4)


def test_one_stops_it_and_goes_on_later(world, plan):
    begun = begin(world, plan)
    Telling.objects.filter(pk=begun.pk).update(state="RUNNING")
    telling._some(begun.pk, NOW)
    telling.stop(season=plan.season, actor=world.account, now=NOW)
    assert not telling._some(begun.pk, NOW)
    assert (counts(begun)[0], told()[0]) == ("STOPPED", 2)
    again = begin(world, plan)
    telling.run(telling_id=again.pk, now=NOW)
    assert (counts(again)[:2], told()) == (("DONE", 3), (5, 4))


def test_what_cannot_be_told_says_why(world, plan):
    begun = begin(world, plan)
    Plan.objects.filter(pk=plan.pk).update(state="RUNNING")
    telling.run(telling_id=begun.pk, now=NOW)
    assert (counts(begun)[0], "还在计算" in begun.message) == ("FAILED", True)
    plan.season.published = None
    plan.season.save()
    with pytest.raises(PlanRefused, match="还没有发布"):
        begin(world, plan)


def test_the_page_answers_at_once_and_follows(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    home = f"/work/touring/season/plans/{plan.pk}/"
    client.post(home, {"act": "publish"})
    page = client.get(home).content.decode()
    assert "已发布，0 站待接待方确认。正在后台通知 5 站的接待方，可以离开这一页。" in page
    assert f'data-progress="{home}telling/"' in page
    assert told() == (0, 0)
    panel = client.get(f"{home}telling/")
    assert (panel["X-State"], "0 / 5 站" in panel.content.decode()) == ("WAITING", True)
    client.post(home, {"act": "stop_telling"})
    page = client.get(home).content.decode()
    assert ("5 站的变化还没有通知接待方" in page, "接着通知" in page) == (True, True)
    time_machine.move_to(NOW + dt.timedelta(minutes=1), tick=False)
    client.post(f"{home}hosts/", {"act": "tell"})
    assert "正在后台通知" in client.get(f"{home}hosts/").content.decode()
    while run_pending():
        pass
    assert client.get(f"{home}telling/")["X-State"] == "DONE"
    page = client.get(home).content.decode()
    assert ("短信 4 站，待打电话 1 站" in page, "还没有通知接待方" in page) == (True, False)
    client.post(home, {"act": "tell"})
    assert "没有要通知的" in client.get(home).content.decode()


def test_a_panel_costs_the_same_for_many(world, plan, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    signed_in(world, client)
    begun = begin(world, plan)
    address = f"/work/touring/season/plans/{plan.pk}/telling/"
    client.get(address)
    asked = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
        telling.run(telling_id=begun.pk, now=NOW)
    assert asked[0] == asked[1]
