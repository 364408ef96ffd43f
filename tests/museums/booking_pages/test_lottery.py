"""Draws: a promise before, an order that follows from the seed alone, places for whom they suffice, others wait."""

import dataclasses
import datetime as dt
import hashlib

import pytest
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from kexie.contexts.museums.models import Draw, LotteryEntry
from kexie.contexts.museums.operations import draws
from kexie.contexts.museums.rules import lottery
from kexie.contexts.museums.rules.lottery import Lot
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.platform.capacity.models import Offer, Pool, Reservation, Wish
from tests.museums.booking_pages.conftest import NOW, SATURDAY, adult, signed_in

LOTS = st.lists(
    st.builds(Lot, number=st.text("23456789abcdefgh", min_size=8, max_size=8), size=st.integers(1, 5), lots=st.integers(1, 5)),
    unique_by=lambda lot: lot.number,
    max_size=20,
)  # fmt: skip
SEEDS = st.binary(min_size=32, max_size=32)


@given(seed=SEEDS, lots=LOTS, data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_depends_on_the_seed_alone_and_can_be_checked(seed, lots, data):
    order = [lot.number for lot in lottery.ranked(seed, lots)]
    shuffled = data.draw(st.permutations(lots))
    assert [lot.number for lot in lottery.ranked(seed, shuffled)] == order
    assert sorted(order) == sorted(lot.number for lot in lots)
    published = hashlib.sha256(seed).hexdigest()
    assert lottery.verify(published=published, seed=seed, lots=lots, order=order)
    other = bytes([seed[0] ^ 1]) + seed[1:]
    assert not lottery.verify(published=published, seed=other, lots=lots, order=order)
    if len(order) > 1:
        assert not lottery.verify(published=published, seed=seed, lots=lots, order=[*order[1:], order[0]])


@given(seed=SEEDS, lots=LOTS)
@settings(max_examples=100, deadline=None)
def test_a_further_lot_never_makes_anybody_worse(seed, lots):
    for position, lot in enumerate(lots):
        more = [*lots[:position], dataclasses.replace(lot, lots=lot.lots + 1), *lots[position + 1 :]]
        rank = [one.number for one in lottery.ranked(seed, lots)].index(lot.number)
        assert [one.number for one in lottery.ranked(seed, more)].index(lot.number) <= rank


def test_two_lots_win_about_twice_as_often():
    wins = sum(
        lottery.ranked(n.to_bytes(32, "big"), [Lot(number="a", size=1, lots=2), Lot(number="b", size=1)])[
            0
        ].number
        == "a"
        for n in range(3000)
    )
    assert 1900 < wins < 2100  # two of three


@pytest.fixture
def slot(house):
    house.rules(uses_lottery=True)
    house.generate()
    found = house.slot(SATURDAY)
    Offer.objects.filter(pk=found.offer_id).update(opens_at=NOW + dt.timedelta(hours=20))
    Pool.objects.filter(offer=found.offer_id, channel="").update(capacity=3, wanted=3)
    found.offer.refresh_from_db()
    return found


DRAWN = NOW + dt.timedelta(hours=20)


@pytest.fixture
def draw(slot):
    return draws.lay_out(slot=slot, now=NOW)


def people(house, count):
    return [house.someone(f"138000001{n:02}") for n in range(count)]


def entered(house, draw, sizes):
    for visitor, size in zip(people(house, len(sizes)), sizes, strict=True):
        draws.enter(draw=draw, visitor_id=visitor.pk, size=size, actor=None, now=NOW)


def test_draws_are_laid_out_for_slots_that_open_within_a_day(house, slot):
    assert draws.lay_out_all(now=NOW) == 1
    assert draws.lay_out_all(now=NOW) == 0
    draw = Draw.objects.get()
    assert (draw.slot_id, draw.seed, len(draw.commitment)) == (slot.pk, "", 64)


def test_entering_twice_is_one_entry_and_can_be_taken_back(house, draw):
    [one] = people(house, 1)
    for size in (2, 3):
        draws.enter(draw=draw, visitor_id=one.pk, size=size, actor=None, now=NOW)
    assert [entry.size for entry in draw.entries.all()] == [3]
    draws.withdraw(draw=draw, visitor_id=one.pk, now=NOW)
    assert draw.entries.count() == 0


def test_too_many_and_too_late_are_refused(house, draw):
    [one] = people(house, 1)
    with pytest.raises(PartyRefused):
        draws.enter(draw=draw, visitor_id=one.pk, size=9, actor=None, now=NOW)
    with pytest.raises(draws.CannotEnter):
        draws.enter(draw=draw, visitor_id=one.pk, size=1, actor=None, now=DRAWN)


def test_the_draw_gives_places_in_its_order_and_lets_the_others_wait(house, slot, draw):
    entered(house, draw, [2, 2, 1, 3, 1])
    assert draws.hold_draw(draw=draw, now=NOW).state == "OPEN"
    done = draws.hold_draw(draw=draw, now=DRAWN)
    assert hashlib.sha256(bytes.fromhex(done.seed)).hexdigest() == draw.commitment
    found = draws.published(done)
    left, expected = 3, []
    for one in found:
        fits = one.size <= left
        left -= one.size if fits else 0
        expected.append("WON" if fits else "LOST")
    assert [one.outcome for one in found] == expected
    won = [one for one in found if one.outcome == "WON"]
    assert house.pool(slot).taken == sum(one.size for one in won)
    assert Reservation.objects.filter(state="HELD").count() == len(won)
    assert Wish.objects.filter(state="WAITING").count() == len(found) - len(won)
    again = draws.hold_draw(draw=draw, now=DRAWN)
    assert (again.drawn_at, house.pool(slot).taken) == (done.drawn_at, sum(one.size for one in won))


def test_who_lost_has_a_lot_more_next_time_and_who_won_has_one(house, slot, draw):
    entered(house, draw, [3, 3])
    draws.hold_draw(draw=draw, now=DRAWN)
    second = house.slots(offer__day=SATURDAY)[1]
    Offer.objects.filter(pk=second.offer_id).update(opens_at=DRAWN + dt.timedelta(hours=5))
    second.offer.refresh_from_db()
    later = draws.lay_out(slot=second, now=DRAWN)
    found = {}
    for visitor in people(house, 2):
        entry = draws.enter(draw=later, visitor_id=visitor.pk, size=1, actor=None, now=DRAWN)
        found[LotteryEntry.objects.get(draw=draw, visitor_id=visitor.pk).outcome] = entry.lots
    assert found == {"WON": 1, "LOST": 2}


def test_the_page_promises_takes_entries_and_proves(house, slot, draw, client, time_machine):
    path = f"{house.path}book/{slot.pk}/draw/"
    shown = strip_tags(client.get(path).content.decode())
    assert draw.commitment in shown
    assert client.get(f"{path}proof.json").status_code == 404
    signed_in(client, house.visitor)
    assert client.post(path, {"size": "x"}).status_code == 422
    assert client.post(path, {"size": "2"}).status_code == 302
    assert "已登记" in strip_tags(client.get(path).content.decode())
    time_machine.move_to(DRAWN)
    draws.hold_due(now=DRAWN)
    page = strip_tags(client.get(path).content.decode())
    assert "中签了" in page
    proof = client.get(f"{path}proof.json").json()
    assert proof["holds"] is True
    assert hashlib.sha256(bytes.fromhex(proof["seed"])).hexdigest() == proof["commitment"]
    held = Reservation.objects.get(state="HELD")
    data = {f"p{n}-{name}": value for n in range(2) for name, value in (
        ("name", "张三"), ("document", "RESIDENT_ID"), ("number", adult().number))}  # fmt: skip
    assert client.post(f"{house.path}book/held/{held.code}/", data).status_code == 302
