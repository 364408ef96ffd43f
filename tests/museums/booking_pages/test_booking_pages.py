"""Booking a visit page by page: how many, signing in on the way, who comes, the ticket; and everything typed wrong."""

import datetime as dt
import uuid

import pytest
from django.utils.html import strip_tags

from kexie.contexts.museums.operations import booking
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors import queries as visitor_queries
from kexie.platform.capacity.models import Offer, Pool, Reservation
from kexie.platform.capacity.operations import conduct
from tests.museums.booking_pages.conftest import NOW, SATURDAY, adult, child, resident, signed_in

ADULT, CHILD = dt.date(1988, 5, 1), dt.date(2018, 6, 1)
FILLED = {"document": "RESIDENT_ID", "birth_date": ""}


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


@pytest.fixture
def visitor_client(house, client):
    return signed_in(client, house.visitor)


def text_of(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def party(house, slot) -> str:
    return f"{house.path}book/{slot.pk}/"


def held(client, house, slot, *, adults=1, children=0, key=None):
    """Hold places by the form; return the page that asks who comes."""
    data = {"adults": adults, "children": children, "key": key or uuid.uuid4()}
    response = client.post(party(house, slot), data)
    assert response.status_code == 302, text_of(response)
    return response["Location"]


def person(position: int, /, **values) -> dict[str, str]:
    given = {"name": "张三", "number": resident(ADULT), **FILLED, **values}
    return {f"p{position}-{name}": value for name, value in given.items()}


def test_a_parent_books_for_two_with_typed_details(house, slot, visitor_client):
    address = held(visitor_client, house, slot, adults=1, children=1)
    assert Reservation.objects.get().state == "HELD"
    page = visitor_client.get(address)
    assert "已为您留好 2 个名额，保留到 10:10" in text_of(page)
    kid = person(1, name="张小丽", document="NONE", number="", birth_date="2018年6月1日")
    done = visitor_client.post(address, {**person(0, keep="on"), **kid, "relation": "PARENT"}, follow=True)
    shown = text_of(done)
    assert "预约成功" in shown
    assert "张三" not in shown
    assert Reservation.objects.get().state == "CONFIRMED"
    assert [one.name for one in booking.party_of(Reservation.objects.get())] == ["张三", "张小丽"]
    kept = visitor_queries.companions(house.visitor)
    assert [one.person.name for one in kept] == ["张三"]


def test_companions_are_chosen_with_a_tap(house, slot, visitor_client):
    made = [
        visitors.add_companion(
            visitor=house.visitor, name=one.name, document=one.document, number=one.number,
            birth_date=one.birth_date, relation="PARENT" if one.number == "" else "", now=NOW,
        )
        for one in (adult("张三"), child("张小丽"))
    ]  # fmt: skip
    address = held(visitor_client, house, slot, adults=1, children=1)
    assert "张*" in text_of(visitor_client.get(address))
    done = visitor_client.post(address, {"pick": [str(one.pk) for one in made]})
    assert done.status_code == 302
    assert Reservation.objects.get().state == "CONFIRMED"


def test_a_double_tap_holds_once(house, slot, visitor_client):
    key = uuid.uuid4()
    first, again = (held(visitor_client, house, slot, adults=2, key=key) for _ in range(2))
    assert first == again
    assert house.pool(slot).taken == 2


def test_sending_the_first_form_again_after_confirming_leads_to_the_booking(house, slot, visitor_client):
    key = uuid.uuid4()
    address = held(visitor_client, house, slot, key=key)
    visitor_client.post(address, person(0))
    assert held(visitor_client, house, slot, key=key).startswith("/my/bookings/")
    assert visitor_client.get(address)["Location"].startswith("/my/bookings/")


def test_signing_in_on_the_way_keeps_the_choice(house, slot, client):
    address = party(house, slot)
    key = str(uuid.uuid4())
    sent = client.post(
        address,
        {"adults": "2", "children": "3", "key": key},
        headers={"Referer": f"http://testserver{address}"},
    )
    assert sent["Location"].startswith("/my/sign-in/?next=")
    signed_in(client, house.visitor)
    form = client.get(address).context["form"]
    assert (form["adults"].value(), form["children"].value(), str(form["key"].value())) == ("2", "3", key)


def test_steps_work_without_scripts(house, slot, client):
    answers = {"adults": "1", "children": "0", "key": str(uuid.uuid4()), "step": "children+"}
    form = client.post(party(house, slot), answers).context["form"]
    assert (form["adults"].value(), form["children"].value()) == (1, 1)
    assert str(form["key"].value()) == answers["key"]


@pytest.mark.parametrize(
    "case",
    [
        ({"adults": "0"}, 422, "请至少选择1人。"),
        ({"adults": "两个"}, 422, "请填写数字，例如 2。"),
        ({"adults": "0", "children": "2"}, 422, "未满14周岁须由成人陪同，请至少选择1名成人。"),
        ({"adults": "6"}, 422, "每单最多5人，现为6人，请减少人数或按团队预约。"),
        ({"adults": "２", "children": "１"}, 302, ""),
        ({"adults": "-1"}, 422, "请填写数字，例如 2。"),
    ],
)
def test_numbers_of_people(house, slot, visitor_client, case):
    given, status, said = case
    response = visitor_client.post(party(house, slot), {"key": uuid.uuid4(), **given})
    assert response.status_code == status
    assert said in text_of(response)
    if status == 422:
        assert "<title>错误：" in response.content.decode()
        assert given["adults"] in response.content.decode()


@pytest.mark.parametrize(
    "case",
    [
        ({"number": "341202198805011234"}, "p0-number", "校验位不符"),
        ({"number": ""}, "p0-number", "请填写证件号码。"),
        ({"name": ""}, "p0-name", "请填写姓名，与证件上的一致。"),
        ({"name": "张3"}, "p0-name", "姓名应只含文字"),
        ({"number": "34120219880230123X"}, "p0-number", "身份证"),
        ({"document": "PASSPORT", "number": "E12345678"}, "p0-birth_date", "请填写出生日期"),
        ({"document": "PASSPORT", "number": "E1", "birth_date": "1990-01-01"}, "p0-number", "4至20位"),
        ({"document": "NONE", "number": "", "birth_date": "2030-01-01"}, "p0-birth_date", "不合情理"),
        ({"document": "NONE", "number": "", "birth_date": "2001-02-29"}, "p0-birth_date", "不是有效的日期"),
        ({"document": "NONE", "number": "", "birth_date": "2005-01-01"}, "p0-document", "满14周岁须有证件"),
    ],
)
def test_what_is_wrong_with_a_person_stands_beside_the_field(house, slot, visitor_client, case):
    values, field, said = case
    address = held(visitor_client, house, slot)
    response = visitor_client.post(address, person(0, **values))
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert "请更正以下问题" in page
    assert Reservation.objects.get().state == "HELD"


@pytest.mark.parametrize(
    "values",
    [
        {
            "document": "PASSPORT",
            "number": "e 1234-5678",
            "birth_date": "19900101",
            "name": "O'Brien Jean-Luc",
        },
        {"number": "Ｘ"},
        {"document": "RESIDENT_ID", "name": "阿依古丽·买买提"},
    ],
)
def test_foreign_passports_and_full_width_numbers_are_taken(house, slot, visitor_client, values):
    if values.get("number") == "Ｘ":
        plain = resident(ADULT)
        values = {"number": " " + "".join(chr(ord(one) + 0xFEE0) for one in plain) + " "}
    address = held(visitor_client, house, slot)
    assert visitor_client.post(address, person(0, **values)).status_code == 302


@pytest.mark.parametrize(("born", "needs"), [(dt.date(2012, 2, 29), False), (dt.date(2011, 7, 5), True)])
def test_birthdays_that_make_fourteen_by_the_day_of_the_visit(house, visitor_client, born, needs):
    """Somebody born on 29 February 2012 is thirteen; who turns fourteen on the very day needs a document."""
    house.generate()
    slot = house.slot(SATURDAY)
    address = held(visitor_client, house, slot, adults=1, children=1)
    kid = person(1, name="李小明", document="NONE", number="", birth_date=born.isoformat())
    response = visitor_client.post(address, {**person(0), **kid, "relation": "PARENT"})
    assert response.status_code == (422 if needs else 302)
    assert ("参观当日已满14周岁，须填写证件号码。" in text_of(response)) == needs


def test_a_child_asks_for_the_guardian_and_for_an_adult(house, slot, visitor_client):
    address = held(visitor_client, house, slot)
    kid = person(0, name="张小丽", document="NONE", number="", birth_date="2018-06-01")
    assert "请选择您与孩子的关系" in text_of(visitor_client.post(address, kid))
    alone = text_of(visitor_client.post(address, {**kid, "relation": "PARENT"}))
    assert "未满14周岁的观众须由成人陪同，请添加一位成人。" in alone


def test_one_person_twice_and_too_few_are_said(house, slot, visitor_client):
    address = held(visitor_client, house, slot, adults=2)
    number = resident(ADULT)
    few = text_of(visitor_client.post(address, person(0)))
    assert "已保留2个名额，还差1位，请点选或填写。" in few
    twice = {**person(0, number=number), **person(1, number=number)}
    assert "这位观众在本单中重复，请删去一位。" in text_of(visitor_client.post(address, twice))


def test_who_comes_already_is_told_so(house, slot, visitor_client):
    somebody = adult("李四")
    house.booked(slot, somebody, visitor=house.someone("13800000009"))
    address = held(visitor_client, house, slot)
    response = visitor_client.post(address, person(0, name="李四", number=somebody.number))
    assert response.status_code == 422
    assert "同一证件不能重复预约" in text_of(response)


def test_a_hold_that_lapsed_says_so_and_books_nothing(house, slot, visitor_client, time_machine):
    address = held(visitor_client, house, slot, adults=1)
    time_machine.move_to(NOW + dt.timedelta(minutes=10))
    response = visitor_client.post(address, person(0))
    assert response.status_code == 409
    assert "保留时间已过，名额已释放" in text_of(response)
    assert f'href="{party(house, slot)}?adults=1&amp;children=0"' in response.content.decode()


def test_places_can_be_given_back_before_confirming(house, slot, visitor_client):
    address = held(visitor_client, house, slot, adults=2)
    visitor_client.post(address, {"release": "1"})
    assert (Reservation.objects.get().state, house.pool(slot).taken) == ("CANCELLED", 0)


def test_a_hold_is_its_visitors_alone(house, slot, visitor_client, client):
    address = held(visitor_client, house, slot)
    signed_in(client, house.someone("13800000008"))
    assert client.get(address).status_code == 404
    client.cookies.clear()
    assert client.get(address)["Location"].startswith("/my/sign-in/")


def test_a_full_slot_leads_to_the_waiting_list(house, slot, visitor_client):
    Pool.objects.filter(offer=slot.offer_id, channel="").update(taken=100)
    page = visitor_client.get(party(house, slot))
    assert "登记候补，有名额通知我" in text_of(page)
    response = visitor_client.post(party(house, slot), {"adults": 1, "key": uuid.uuid4()})
    assert response.status_code == 409


def test_fewer_places_than_people_stands_beside_the_number(house, slot, visitor_client):
    Pool.objects.filter(offer=slot.offer_id, channel="").update(taken=98)
    response = visitor_client.post(party(house, slot), {"adults": 3, "key": uuid.uuid4()})
    assert response.status_code == 409
    assert "这个时段只剩2个名额" in text_of(response)


@pytest.mark.parametrize("seconds", [-1, 0])
def test_bookings_begin_with_the_very_second(house, slot, visitor_client, time_machine, seconds):
    """A second before the release the page waits; on the second the places are held."""
    opens = dt.datetime(2025, 7, 2, 16, 0, tzinfo=dt.UTC)  # midnight in China
    Offer.objects.filter(pk=slot.offer_id).update(opens_at=opens)
    time_machine.move_to(opens + dt.timedelta(seconds=seconds))
    signed_in(visitor_client, house.visitor)
    response = visitor_client.post(party(house, slot), {"adults": 1, "key": uuid.uuid4()})
    assert response.status_code == (409 if seconds else 302)
    if seconds:
        assert "您的账号 00:00:00 放行" in text_of(response)


def test_another_order_on_the_same_day_is_refused_by_the_rules(house, slot, visitor_client):
    house.booked(slot)
    response = visitor_client.post(party(house, slot), {"adults": 1, "key": uuid.uuid4()})
    assert response.status_code == 409
    assert "您的账号在这一天的预约已达上限" in text_of(response)


def test_who_is_blocked_is_sent_to_appeal(house, slot, visitor_client):
    conduct.make_block(
        association_id=house.museum.association_id, venue_id=house.museum.unit_id,
        subject=f"visitor:{house.visitor.pk.hex}", holder_id=house.visitor.pk,
        until=NOW + dt.timedelta(days=30), reason="爽约达到3次", actor=None, now=NOW,
    )  # fmt: skip
    response = visitor_client.post(party(house, slot), {"adults": 1, "key": uuid.uuid4()})
    assert "查看原因并申诉" in text_of(response)


def test_slots_of_other_museums_and_none_are_not_found(house, slot, client):
    paths = (f"{house.path}book/{uuid.uuid4()}/", f"/museums/zzzz/book/{slot.pk}/")
    assert [client.get(path).status_code for path in paths] == [404, 404]


@pytest.mark.parametrize("item_count", [1, 3])
def test_who_comes_asks_no_more_for_three_companions(
    house, slot, visitor_client, item_count, django_assert_max_num_queries
):
    for number in range(item_count):
        one = adult(f"张{'一二三'[number]}")
        visitors.add_companion(
            visitor=house.visitor, name=one.name, document=one.document, number=one.number, now=NOW
        )
    address = held(visitor_client, house, slot)
    with django_assert_max_num_queries(16):
        assert visitor_client.get(address).status_code == 200
