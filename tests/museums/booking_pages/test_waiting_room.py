"""Standing in line for a release: the number of people first, a turn of one's own, and nothing lost by coming early."""

import datetime as dt
import uuid

import pytest

from kexie.contexts.museums.operations import booking, draws
from kexie.contexts.museums.web.public import availability
from kexie.platform.capacity.models import Offer, Pool, Reservation
from tests.museums.booking_pages.conftest import NOW, SATURDAY, signed_in
from tests.museums.booking_pages.test_booking_pages import held, party, text_of

RELEASE = NOW + dt.timedelta(minutes=20)


@pytest.fixture
def slot(house):
    house.rules(wave_seconds=60)
    house.generate()
    Offer.objects.filter(day=SATURDAY).update(opens_at=RELEASE)
    return house.slot(SATURDAY)


def turn(house, slot) -> dt.datetime:
    return booking.turn_of(house.facts(slot), house.visitor.pk)


def test_the_grid_leads_to_the_room_half_an_hour_before(house, slot, client, time_machine):
    page = client.get(house.path).content.decode()
    assert f'href="{party(house, slot)}"' in page
    assert "放票，可先等候" in page
    time_machine.move_to(RELEASE - availability.ROOM - dt.timedelta(seconds=1), tick=False)
    availability.forget()
    assert f'href="{party(house, slot)}"' not in client.get(house.path).content.decode()


def test_whoever_comes_much_too_early_is_told_when(house, slot, client, time_machine):
    time_machine.move_to(RELEASE - availability.ROOM - dt.timedelta(seconds=61), tick=False)
    assert "还没有放票" in text_of(client.get(party(house, slot)))


def test_a_visitor_waits_with_the_number_of_people_and_is_let_in_at_their_turn(
    house, slot, client, time_machine
):
    signed_in(client, house.visitor)
    own = turn(house, slot)
    assert RELEASE <= own < RELEASE + dt.timedelta(seconds=60)
    page = client.get(party(house, slot))
    assert page.status_code == 200
    assert f"您的账号 {booking.when(own, 'H:i:s')} 放行" in text_of(page)
    key = uuid.uuid4()
    early = client.post(party(house, slot), {"adults": 2, "children": 1, "key": key})
    assert early.status_code == 409
    shown = early.content.decode()
    assert 'name="adults" value="2"' in shown
    assert str(key) in shown
    assert "等候放票" in shown
    assert not Reservation.objects.exists()
    time_machine.move_to(own, tick=False)
    held(client, house, slot, adults=2, children=1, key=key)
    assert Reservation.objects.get().size == 3


def test_after_the_release_others_still_wait_for_their_turn(house, slot, client, time_machine):
    signed_in(client, house.visitor)
    time_machine.move_to(turn(house, slot) - dt.timedelta(milliseconds=1), tick=False)
    assert "等候放票" in text_of(client.get(party(house, slot)))
    Pool.objects.filter(offer=slot.offer_id).update(taken=100)
    assert "这个时段已约满" in text_of(client.get(party(house, slot)))


def test_before_a_draw_one_enters_that_instead(house, slot, client):
    slot.allotment = "DRAW"
    slot.save(update_fields=["allotment"])
    draws.lay_out(slot=house.slot(SATURDAY), now=NOW)
    assert "这个时段抽签分配，去登记" in text_of(client.get(party(house, slot)))


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_the_room(house, slot, client):
    page = text_of(client.get(party(house, slot)))
    assert f"这个时段 {booking.when(RELEASE, 'H:i:s')} 放票" in page
    assert "请先登录" in page
    answers = {"adults": 2, "children": 0, "key": uuid.uuid4()}
    referer = f"http://testserver{party(house, slot)}"
    answer = client.post(party(house, slot), answers, headers={"Referer": referer})
    assert answer.status_code == 302
    signed_in(client, house.visitor)
    back = client.get(party(house, slot)).content.decode()
    assert 'name="adults" value="2"' in back
    assert "data-goes" in back
