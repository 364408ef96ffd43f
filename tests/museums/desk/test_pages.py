"""The desk's pages: what they show, what they refuse, and that a longer list costs no more statements."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from kexie.contexts.museums.models import GroupRequest
from kexie.contexts.museums.operations import groups as group_operations
from kexie.foundation.access import operations as access
from kexie.foundation.access.models import Account
from kexie.kernel.ids import uuid7
from kexie.platform import crypto
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Block, Reservation
from kexie.platform.capacity.operations import conduct
from tests.museums.desk.build import BOOKED_AT, DAY, MORNING, person
from tests.museums.desk.test_daycount import confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    """It is Wednesday morning."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    return MORNING


@pytest.fixture
def client(house, now):
    return signed_in(house, "MUSEUM_DESK")


def signed_in(house, role):
    account = Account.objects.create(
        association=house.world.association, username=f"u{role.lower()}", display_name="李服务", unit=house.museum.unit,
        created_at=BOOKED_AT, password_changed_at=BOOKED_AT, must_change_password=False,
    )  # fmt: skip
    access.grant(account=account, role=role, unit=house.museum.unit, actor=None, now=BOOKED_AT)
    found = Client()
    found.force_login(account)
    return found


def at(house, path):
    return f"/work/museum/{house.museum.unit.code}/{path}"


def statements(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(captured)


def post(client, path, **data):
    return client.post(path, data)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def a_group(house, number, state="REQUESTED"):
    party = [person(f"学生{'甲乙丙丁'[n % 4]}") for n in range(15)]
    asked = group_operations.Asked(
        slot=house.facts(dt.date(2025, 7, 5)), visitor_id=house.visitor(f"1390000000{number}").pk, key=f"g{number}",
        kind="SCHOOL", organisation=f"颍淮第{number}小学", leader_name="王老师", leader_phone="13900000001", leaders=2,
        size=15,
    )  # fmt: skip
    group = group_operations.request(asked=asked, actor=None, now=BOOKED_AT, is_staff=True)
    return group_operations.submit_roster(group=group, party=party, actor=None, now=BOOKED_AT)


def a_block(house, number):
    visitor = house.visitor(f"1380000020{number}")
    where = {"association_id": house.museum.association_id, "venue_id": house.museum.unit_id}
    subject = f"visitor:{visitor.pk.hex}"
    one = house.book(phone=f"1380000020{number}")
    conduct.note(**where, subjects=[subject], kind="NO_SHOW", reservation_id=one.pk, now=BOOKED_AT)
    return conduct.make_block(
        **where, subject=subject, holder_id=visitor.pk, until=MORNING + dt.timedelta(days=30), reason="爽约达到3次",
        actor=None, now=BOOKED_AT,
    )  # fmt: skip


def fill(house, count, since=0):
    """Some of everything that the lists show."""
    for number in range(since, since + count):
        one = house.book(phone=f"1380000010{number}")
        house.come(one)
        a_group(house, number)
        a_block(house, number)


PAGES = (
    "today/",
    "today/live/",
    "days/2025-07-02/",
    "groups/",
    "groups/calendar/",
    "visitors/",
    "visitors/conduct/",
)


def test_longer_lists_cost_no_more_statements(house, client):
    fill(house, 1)
    few = {path: statements(client, at(house, path)) for path in PAGES}
    fill(house, 2, since=1)
    assert {path: statements(client, at(house, path)) for path in PAGES} == few


def test_a_reservation_costs_the_same_however_many_come(house, client):
    small, large = house.book(), house.book(*(person() for _n in range(4)), phone="13800000002")
    for one in (small, large):
        house.come(one, count=1)
    counts = {statements(client, at(house, f"reservations/{one.code}/")) for one in (small, large)}
    assert len(counts) == 1


def test_today_says_places_people_and_what_is_to_be_done(house, client):
    fill(house, 1)
    page = text(client.get(at(house, "today/")))
    assert "团队待审核" in page
    assert "进行中" in page
    assert 'data-refresh="' in page
    assert "<script>" not in page
    assert "style=" not in page


def test_walk_ins_are_let_in_with_one_tap_and_a_double_tap_lets_in_once(house, client):
    slot, key = house.slot_on(), str(uuid7())
    given = {"slot": slot.pk, "size": "3", "channel": "WALK_IN", "key": key}
    for _again in range(2):
        response = client.post(at(house, "today/admit/"), given)
        assert response.status_code == 302
    one = Reservation.objects.get()
    assert (one.size, one.admitted, one.channel) == (3, 3, "WALK_IN")
    assert f"已放行3人，票号 {one.code}。" in text(client.get(at(house, "today/")))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"size": "abc"}, "请填写整数，例如 3。"),
        ({"size": "0"}, "大于或等于"),
        ({"size": ""}, "请填写人数。"),
        ({"size": "101"}, "这个时段只剩100个名额"),
        ({"channel": "PUBLIC"}, "选择"),
        ({"slot": "nonsense"}, "选择"),
    ],
)
def test_what_cannot_be_a_walk_in_is_said_beside_the_field_and_kept(house, client, given, said):
    data = {"slot": house.slot_on().pk, "size": "7", "channel": "WALK_IN", "key": str(uuid7()), **given}
    response = client.post(at(house, "today/admit/"), data)
    assert response.status_code == 422
    page = text(response)
    assert said in page
    assert "错误：" in page
    if data["size"]:
        assert f'value="{data["size"]}"' in page
    assert Reservation.objects.count() == 0


def test_people_with_documents_are_let_in_by_name(house, client):
    elder = person("赵德全", born="19400101")
    data = {
        "slot": house.slot_on().pk, "channel": "PRIORITY", "key": str(uuid7()), "name_0": elder.name,
        "document_0": "RESIDENT_ID", "number_0": elder.number,
    }  # fmt: skip
    assert client.post(at(house, "today/named/"), data).status_code == 302
    one = Reservation.objects.get()
    assert (one.channel, one.size, one.admitted, one.seats.get().identity) == ("PRIORITY", 1, 1, elder.digest)
    again = client.post(at(house, "today/named/"), {**data, "key": str(uuid7())})
    assert again.status_code == 422
    assert "此人在同一日期（或时段）已有预约。" in text(again)


def test_a_wrong_document_is_said_beside_it(house, client):
    data = {
        "slot": house.slot_on().pk, "channel": "PRIORITY", "key": str(uuid7()), "name_0": "赵德全",
        "document_0": "RESIDENT_ID", "number_0": "34129919400101001X",
    }  # fmt: skip
    response = client.post(at(house, "today/named/"), data)
    assert response.status_code == 422
    assert 'id="id_number_0_error"' in text(response)
    assert 'value="赵德全"' in text(response)


def test_nobody_filled_in_is_said(house, client):
    data = {"slot": house.slot_on().pk, "channel": "PRIORITY", "key": str(uuid7())}
    response = client.post(at(house, "today/named/"), data)
    assert "请至少填写一位观众，或改用不记名领票。" in text(response)


@pytest.mark.parametrize(
    ("act", "given", "status"),
    [
        ("heads", {"kind": "INSIDE", "count": "120"}, 302),
        ("heads", {"kind": "INSIDE", "count": "-1"}, 422),
        ("leave", {"count": "12"}, 302),
        ("leave", {"count": ""}, 422),
        ("pause", {"reason": "客流已满"}, 302),
        ("pause", {"reason": " "}, 422),
        ("notice", {"words": "请走东门"}, 302),
        ("resume", {}, 302),
    ],
)
def test_small_things_about_the_day(house, client, act, given, status):
    assert house.slot_on()
    assert client.get(at(house, f"today/{act}/")).status_code == 200
    assert client.post(at(house, f"today/{act}/"), given).status_code == status
    assert client.get(at(house, "today/nonsense/")).status_code == 404


def test_somebody_is_found_and_nothing_typed_is_in_an_address(house, client):
    who = person("欧阳明月")
    one = house.book(who)
    by_code = client.post(at(house, "reservations/"), {"typed": one.code})
    assert by_code["Location"] == at(house, f"reservations/{one.code}/")
    by_number = client.post(at(house, "reservations/"), {"typed": who.number})
    assert by_number.status_code == 200
    assert one.code in text(by_number)
    assert "欧阳明月" not in text(by_number)
    nobody = client.post(at(house, "reservations/"), {"typed": "东方不败"})
    assert "没有找到预约" in text(nobody)
    assert client.post(at(house, "reservations/"), {"typed": ""}).status_code == 422


def test_a_party_is_masked_until_somebody_says_why(house, client):
    who = person("欧阳明月")
    one = house.book(who)
    address = at(house, f"reservations/{one.code}/")
    page = text(client.get(address))
    assert "欧阳明月" not in page
    assert who.number not in page
    assert who.masked_number in page
    assert client.post(f"{address}reveal/", {"reason": ""}).status_code == 422
    shown = text(client.post(f"{address}reveal/", {"reason": "核对证件"}))
    assert who.number in shown
    assert who.number not in text(client.get(address))


def test_a_reservation_is_checked_in_noted_moved_and_cancelled(house, client):
    one = house.book(person(), person("李华"))
    address = at(house, f"reservations/{one.code}/")
    assert client.post(f"{address}note/", {"words": "带轮椅"}).status_code == 302
    assert "带轮椅" in text(client.get(address))
    too_many = client.post(f"{address}check_in/", {"count": "5"})
    assert too_many.status_code == 422
    assert "本单还有2人未入馆" in text(too_many)
    moved = client.post(
        f"{address}move/", {"slot": house.slot_on(title="下午").pk, "reason": "停电", "key": str(uuid7())}
    )
    new = Reservation.objects.get(state="CONFIRMED")
    assert moved["Location"] == at(house, f"reservations/{new.code}/")
    address = at(house, f"reservations/{new.code}/")
    assert client.post(f"{address}cancel/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}cancel/", {"reason": "全馆停电"}).status_code == 302
    new.refresh_from_db()
    assert (new.state, new.end_reason) == ("CANCELLED", "STAFF")
    assert client.post(f"{address}nonsense/").status_code == 404
    for each in (one, new):
        history = text(client.get(at(house, f"reservations/{each.code}/")))
        assert "预约成功" in history
        assert [word for word in ("capacity.", "museums.") if word in history] == []


def test_groups_are_approved_refused_asked_and_moved(house, client):
    first, second, third = (a_group(house, number) for number in (1, 2, 3))
    page = text(client.get(at(house, f"groups/{first.code}/")))
    assert "学生甲" not in page
    assert "139****0001" in page
    assert (
        client.post(at(house, f"groups/{first.code}/approve/"), {"note": "请走团队通道"}).status_code == 302
    )
    assert client.post(at(house, f"groups/{second.code}/refuse/"), {"reason": ""}).status_code == 422
    assert (
        client.post(at(house, f"groups/{second.code}/refuse/"), {"reason": "当天有专场"}).status_code == 302
    )
    asked = {"asked_for": "请补盖章公函", "asked_until": "2025-07-04T12:00"}
    assert client.post(at(house, f"groups/{third.code}/ask/"), asked).status_code == 302
    late = client.post(at(house, f"groups/{third.code}/ask/"), {**asked, "asked_until": "2025-07-01T12:00"})
    assert late.status_code == 422
    other = house.slot_on(dt.date(2025, 7, 5), "下午")
    assert (
        client.post(at(house, f"groups/{third.code}/change/"), {"slot": other.pk, "size": "15"}).status_code
        == 302
    )
    states = dict(GroupRequest.objects.values_list("code", "state"))
    assert states == {first.code: "APPROVED", second.code: "REFUSED", third.code: "REQUESTED"}
    assert "13900000001" in text(client.post(at(house, f"groups/{first.code}/phone/")))
    assert client.post(at(house, f"groups/{first.code}/call_off/"), {"reason": "停水"}).status_code == 302


def test_a_group_arrives_in_parts_by_its_roster(house, client):
    group = a_group(house, 1)
    group_operations.approve(group=group, actor=house.actor, now=BOOKED_AT)
    group.refresh_from_db()
    refused = client.post(at(house, f"groups/{group.code}/arrive/"), {"count": "10"})
    assert refused.status_code == 422  # not its day
    sure = {"count": "10", "override": "提前到馆，馆长同意"}
    assert client.post(at(house, f"groups/{group.code}/arrive/"), sure).status_code == 302
    group.reservation.refresh_from_db()
    assert group.reservation.admitted == 10


def test_groups_filter_and_say_when_there_are_none(house, client):
    assert "没有将来馆的团队" in text(client.get(at(house, "groups/")))
    a_group(house, 1)
    assert "颍淮第1小学" in text(client.get(at(house, "groups/?state=REQUESTED&q=颍淮")))
    assert "没有符合条件的团队" in text(client.get(at(house, "groups/?state=REFUSED")))
    assert client.get(at(house, "groups/?state=nonsense&page=99")).status_code == 200


def test_an_appeal_is_answered_and_the_block_ends(house, client):
    block = a_block(house, 1)
    words = crypto.encrypt("孩子突然发烧".encode(), context=block.pk.bytes)
    conduct.appeal(block_id=block.pk, text=words, actor=None, now=MORNING)
    listed = text(client.get(at(house, "visitors/?show=appeals")))
    assert "138****0201" in listed
    page = text(client.get(at(house, f"visitors/{block.pk}/")))
    assert "孩子突然发烧" in page
    address = at(house, f"visitors/{block.pk}/answer/")
    assert client.post(address, {"answer": "", "grants": "yes"}).status_code == 422
    assert client.post(address, {"answer": "情况属实", "grants": "yes"}).status_code == 302
    block.refresh_from_db()
    assert (block.appeal, block.lift_reason) == ("GRANTED", "情况属实")
    assert "已免记" in text(client.get(at(house, f"visitors/{block.pk}/")))


def test_somebody_is_blocked_by_hand_and_the_number_is_not_kept(house, client):
    house.visitor("13800000007")
    address = at(house, "visitors/new/")
    given = {"whom": "138 0000 0007", "days": "60", "reason": "倒卖名额"}
    response = client.post(address, given)
    block = Block.objects.get()
    assert response["Location"] == at(house, f"visitors/{block.pk}/")
    assert block.until - block.since == dt.timedelta(days=60)
    assert "已在限制中" in text(client.post(address, given))
    for wrong, said in (
        ("13899999999", "没有用这个手机号码登录过的观众"),
        ("", "请填写手机号码或身份证号码。"),
        ("123", "手机号码"),
    ):
        assert said in text(client.post(address, {**given, "whom": wrong}))


def test_an_amnesty_first_says_how_many_it_concerns(house, client):
    one = a_block(house, 1)
    data = {"since": "2025-07-01", "until": "2025-07-02", "slot": "", "reason": "暴雪"}
    looked = text(client.post(at(house, "visitors/amnesty/"), {**data, "look": "1"}))
    assert "涉及 1 次爽约" in looked
    assert client.post(at(house, "visitors/amnesty/"), {**data, "reason": ""}).status_code == 422
    backwards = client.post(at(house, "visitors/amnesty/"), {**data, "until": "2025-06-01"})
    assert backwards.status_code == 422
    assert client.post(at(house, "visitors/amnesty/"), data).status_code == 302
    one.refresh_from_db()
    assert one.lift_reason == "暴雪"


def test_the_day_is_confirmed_on_its_page_once(house, client, monkeypatch):
    house.come(house.book())
    page = text(client.get(at(house, "days/2025-07-02/")))
    assert "今天还有时段没有结束" in page
    monkeypatch.setattr(timezone, "now", lambda: MORNING + dt.timedelta(days=1))
    client.force_login(Account.objects.get(username="umuseum_desk"))
    assert "2025-07-02" in text(client.get(at(house, "days/")))
    address = at(house, "days/2025-07-02/confirm/")
    refused = client.post(address, {"counter": "9"})
    assert refused.status_code == 422
    assert "计数器与核验人数相差8人" in text(refused)
    assert client.post(address, {"counter": "1"}).status_code == 302
    assert "已确认" in text(client.get(at(house, "days/2025-07-02/")))
    assert client.post(address, {}).status_code == 422
    assert client.get(at(house, "days/nonsense/")).status_code == 404


def test_a_gate_keeper_looks_but_does_not_decide(house, now):
    gate = signed_in(house, "MUSEUM_GATE")
    one = house.book()
    page = text(gate.get(at(house, "today/")))
    assert "现场领票" not in page
    assert gate.get(at(house, f"reservations/{one.code}/")).status_code == 200
    refused = [
        gate.post(at(house, path), {}).status_code
        for path in (
            "today/admit/",
            f"reservations/{one.code}/cancel/",
            "days/2025-07-02/confirm/",
            "visitors/new/",
        )
    ]
    assert refused == [403, 403, 403, 403]


def written(response) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)


def test_groups_are_taken_out_as_they_are_filtered_without_rosters(house, client):
    for number in (1, 2):
        a_group(house, number)
    rows = written(client.get(at(house, "groups/export.xlsx?q=第2")))
    assert [(row[2], row[4], row[7]) for row in rows] == [
        ("单位名称", "总人数", "状态"),
        ("颍淮第2小学", 15, "待审核"),
    ]
    assert not any("13900000001" in str(cell) or "学生" in str(cell) for row in rows for cell in row)
    assert Entry.objects.get(action="museums.export").detail["query"].startswith("q=")


def test_confirmed_days_are_taken_out(house, client):
    house.come(house.book(person(), person("李华")))
    confirm(house)
    (_head, row) = written(client.get(at(house, "days.xlsx")))
    assert (row[0].date(), row[1:4]) == (DAY, (2, 0, 2))  # whoever is inside is let out
