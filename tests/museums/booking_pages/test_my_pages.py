"""A visitor's bookings, waiting list and appeals: what is to come, changing one's mind, what is somebody else's."""

import datetime as dt
import io
import uuid

import pytest
from django.utils.html import strip_tags
from PIL import Image

from kexie.contexts.museums.operations import booking
from kexie.platform import crypto
from kexie.platform.capacity.models import Block, Pool, Reservation, Wish
from kexie.platform.capacity.operations import conduct
from tests.museums.booking_pages.conftest import NOW, SATURDAY, adult, child, signed_in
from tests.museums.booking_pages.test_museum_page import parse


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


@pytest.fixture
def visitor_client(house, client):
    return signed_in(client, house.visitor)


def text_of(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def test_an_empty_list_says_how_to_book(house, visitor_client):
    page = text_of(visitor_client.get("/my/bookings/"))
    assert "没有未来的预约" in page
    assert "没有候补" in text_of(visitor_client.get("/my/waiting/"))


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_asks_no_more_for_three_than_for_one(
    house, visitor_client, item_count, django_assert_max_num_queries
):
    house.generate()
    for number in range(item_count):
        house.booked(
            house.slot(SATURDAY + dt.timedelta(days=(0, 1, -1)[number])), adult(f"张{'一二三'[number]}")
        )
    with django_assert_max_num_queries(20):
        page = text_of(visitor_client.get("/my/bookings/"))
    assert page.count("已预约") == item_count


def test_a_booking_shows_its_ticket_and_what_comes_next(house, slot, visitor_client):
    one = house.booked(slot, adult("张三"), child("张小丽"))
    page = visitor_client.get(f"/my/bookings/{one.code}/?new=1")
    shown = text_of(page)
    assert "预约成功" in shown
    assert "<svg" in page.content.decode()
    assert one.code in shown
    assert "来不了请在 7月5日 8:00 前取消" in shown
    assert "张三" not in shown
    assert "7月5日 周六 9:00 起入馆，11:30 停止入馆。" in shown


def test_the_ticket_can_be_kept(house, slot, visitor_client):
    one = house.booked(slot)
    path = f"/my/bookings/{one.code}/ticket"
    assert Image.open(io.BytesIO(visitor_client.get(f"{path}.png").content)).format == "PNG"
    assert visitor_client.get(f"{path}.pdf").content.startswith(b"%PDF")
    [event] = parse(visitor_client.get(f"{path}.ics").content.decode())
    assert (event["DTSTART"], event["DTEND"]) == ("20250705T010000Z", "20250705T040000Z")
    booking.cancel(reservation=one, actor=None, now=NOW)
    assert visitor_client.get(f"{path}.png").status_code == 404


def test_somebody_elses_booking_is_not_there(house, slot, visitor_client):
    other = house.booked(slot, visitor=house.someone("13800000007"))
    pages = ("", "change/", "people/", "cancel/", "ticket.png")
    codes = [visitor_client.get(f"/my/bookings/{other.code}/{page}").status_code for page in pages]
    assert codes == [404] * 5
    assert visitor_client.post(f"/my/bookings/{other.code}/cancel/").status_code == 404
    other.refresh_from_db()
    assert other.state == "CONFIRMED"


def test_cancelling_asks_and_says_the_budget(house, visitor_client):
    house.rules(cancels_a_day=2)
    house.generate()
    one = house.booked(house.slot(SATURDAY))
    path = f"/my/bookings/{one.code}/cancel/"
    assert "一天内最多取消 2 次，您已取消 0 次。" in text_of(visitor_client.get(path))
    assert visitor_client.post(path)["Location"] == "/my/bookings/"
    one.refresh_from_db()
    assert one.state == "CANCELLED"
    assert visitor_client.post(path).status_code == 409


def test_after_the_cut_off_nothing_can_be_changed(house, slot, visitor_client, time_machine):
    one = house.booked(slot)
    time_machine.move_to(slot.offer.starts_at - dt.timedelta(minutes=30))
    page = text_of(visitor_client.get(f"/my/bookings/{one.code}/"))
    assert "取消预约" not in page
    refused = visitor_client.post(f"/my/bookings/{one.code}/cancel/")
    assert refused.status_code == 409
    assert "以后不能再取消或改签" in text_of(refused)


def test_moving_lists_slots_that_fit_and_moves_once(house, slot, visitor_client):
    one = house.booked(slot)
    path = f"/my/bookings/{one.code}/change/"
    other = house.slots(offer__day=SATURDAY)[1]
    Pool.objects.filter(offer=house.slot(dt.date(2025, 7, 6)).offer_id, channel="").update(taken=100)
    page = visitor_client.get(path).content.decode()
    assert str(other.pk) in page
    assert str(house.slot(dt.date(2025, 7, 6)).pk) not in page
    data = {"slot": str(other.pk), "key": uuid.uuid4().hex}
    moved = visitor_client.post(path, data)["Location"]
    assert "张" not in moved
    assert (house.pool(slot).taken, house.pool(other).taken) == (0, 1)
    assert "已改签到" in text_of(visitor_client.get(f"/my/bookings/{one.code}/"))
    code = moved.strip("/").rpartition("/")[2]
    again = visitor_client.post(f"/my/bookings/{code}/change/", {"slot": str(slot.pk), "key": "b"})
    assert again.status_code == 409
    assert "每单最多改签1次" in text_of(again)


@pytest.mark.parametrize("chosen", ["", "x", "0d10dc07-5e50-48db-982f-30d3efe6a274"])
def test_moving_nowhere_is_said(house, slot, visitor_client, chosen):
    one = house.booked(slot)
    response = visitor_client.post(f"/my/bookings/{one.code}/change/", {"slot": chosen})
    assert response.status_code == 422
    assert "请选择一个时段。" in text_of(response)


def test_somebody_can_be_left_out_but_no_child_left_alone(house, slot, visitor_client):
    one = house.booked(slot, adult("张三"), adult("李四"), child("张小丽"))
    path = f"/my/bookings/{one.code}/people/"
    assert visitor_client.post(path, {"out": ["0", "1"]}).status_code == 409
    assert visitor_client.post(path, {"out": ["0", "1", "2"]}).status_code == 422
    assert visitor_client.post(path, {}).status_code == 422
    assert visitor_client.post(path, {"out": ["1"]}).status_code == 302
    one.refresh_from_db()
    assert (one.size, house.pool(slot).taken) == (2, 2)


@pytest.fixture
def full(house, slot):
    """The slot, full but for one place, which somebody has."""
    Pool.objects.filter(offer=slot.offer_id, channel="").update(capacity=1, wanted=1)
    first = house.booked(slot, visitor=house.someone("13800000006"))
    return slot, first


def test_waiting_offer_and_confirming_it(house, full, visitor_client):
    slot, first = full
    path = f"{house.path}book/{slot.pk}/wait/"
    assert visitor_client.get(path).status_code == 200
    joined = visitor_client.post(path, {"size": "1", "slots": [str(slot.pk)], "key": uuid.uuid4()})
    assert joined["Location"] == "/my/waiting/"
    assert "候补中" in text_of(visitor_client.get("/my/waiting/"))
    booking.cancel(reservation=first, actor=None, now=NOW)
    page = text_of(visitor_client.get("/my/waiting/"))
    assert "7月5日 周六 9:00–12:00 有 1 个名额为您留着" in page
    held = Reservation.objects.get(state="HELD")
    data = {"p0-name": "王五", "p0-document": "RESIDENT_ID", "p0-number": adult().number}
    done = visitor_client.post(f"{house.path}book/held/{held.code}/", data)
    assert done.status_code == 302
    assert Wish.objects.get().state == "TAKEN"


def test_what_is_wrong_with_waiting(house, full, visitor_client):
    slot, _first = full
    path, good = f"{house.path}book/{slot.pk}/wait/", {"slots": [str(slot.pk)], "size": "2"}
    for change, said in (
        ({"size": ""}, "请填写人数。"), ({"size": "x"}, "请填写数字，例如 3。"), ({"size": "9"}, "每单最多5人"),
        ({"slots": []}, "请至少选择一个时段。"),
    ):  # fmt: skip
        response = visitor_client.post(path, {**good, **change, "key": uuid.uuid4()})
        assert response.status_code == 422
        assert said in text_of(response)
    visitor_client.post(path, {**good, "key": uuid.uuid4()})
    twice = visitor_client.post(path, {**good, "key": uuid.uuid4()})
    assert twice.status_code == 409
    assert "您已在候补这个时段" in text_of(twice)


def test_leaving_the_waiting_list(house, full, visitor_client):
    slot, _first = full
    visitor_client.post(
        f"{house.path}book/{slot.pk}/wait/", {"size": "1", "slots": [str(slot.pk)], "key": uuid.uuid4()}
    )
    wish = Wish.objects.get()
    assert visitor_client.get(f"/my/waiting/{wish.pk}/leave/").status_code == 200
    visitor_client.post(f"/my/waiting/{wish.pk}/leave/")
    wish.refresh_from_db()
    assert wish.state == "WITHDRAWN"
    signed_in(visitor_client, house.someone("13800000005"))
    assert visitor_client.get(f"/my/waiting/{wish.pk}/leave/").status_code == 404


def test_a_block_is_shown_with_its_end_and_can_be_appealed_once(house, visitor_client):
    block = conduct.make_block(
        association_id=house.museum.association_id, venue_id=house.museum.unit_id,
        subject=f"visitor:{house.visitor.pk.hex}", holder_id=house.visitor.pk,
        until=NOW + dt.timedelta(days=30), reason="爽约达到3次", actor=None, now=NOW,
    )  # fmt: skip
    page = text_of(visitor_client.get("/my/bookings/"))
    assert "7月31日 10:00 前不能预约" in page
    assert "爽约达到3次" in page
    path = f"/my/appeals/{block.pk}/"
    assert "请写明申诉理由。" in text_of(visitor_client.post(path, {"text": " "}))
    assert visitor_client.post(path, {"text": "孩子急诊，有病历"}).status_code == 302
    sealed = Block.objects.get(pk=block.pk).appeal_text
    assert crypto.decrypt(bytes(sealed), context=block.pk.bytes).decode() == "孩子急诊，有病历"
    assert visitor_client.post(path, {"text": "再说一次"}).status_code == 409
    assert "申诉待处理" in text_of(visitor_client.get("/my/bookings/"))
    signed_in(visitor_client, house.someone("13800000004"))
    assert visitor_client.get(path).status_code == 404
