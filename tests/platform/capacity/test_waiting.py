"""The waiting list: who waits gets places before anybody who came later, all or nothing."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.platform.capacity import queries
from kexie.platform.capacity.models import Offer, Pool, Reservation, Wish
from kexie.platform.capacity.operations import bookings, offers, waiting
from kexie.platform.outbox.models import Event
from tests.platform.capacity.build import ASSOCIATION, DAY, NOW, offer, order, placed, taken, wish

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert queries.audit(ASSOCIATION) == []


def cancel(made: Reservation, *, now: dt.datetime = NOW) -> None:
    assert bookings.cancel(reservation_ids=[made.pk], reason="VISITOR", actor=None, now=now)


def states(*wishes: Wish) -> list[str]:
    return [Wish.objects.get(pk=one.pk).state for one in wishes]


def test_a_place_given_back_is_held_for_who_waits_first() -> None:
    slot = offer(capacity=1, wish_minutes=20)
    made = placed(slot)
    first, second = wish(slot), wish(slot)
    cancel(made)
    assert states(first, second) == ["OFFERED", "WAITING"]
    first.refresh_from_db()
    held = first.reservation
    assert (held.state, held.holder_id, held.held_until) == (
        "HELD", first.holder_id, NOW + dt.timedelta(minutes=20),
    )  # fmt: skip
    assert taken(slot) == {"": 1}
    told = Event.objects.get(kind="wish.offered")
    assert (told.subject_id, told.payload["offer"]) == (first.pk, str(slot.pk))


def test_who_waits_for_what_is_cancelled_waits_no_longer() -> None:
    gone, other = offer(capacity=0), offer(capacity=0, starts_at=NOW + dt.timedelta(days=3))
    only, both = wish(gone), wish(gone, other)
    offers.cancel_offers(association_id=ASSOCIATION, offers=[gone.pk], actor=None, now=NOW)
    assert states(only, both) == ["LAPSED", "WAITING"]
    only.refresh_from_db()
    assert only.ended_at == NOW
    told = Event.objects.get(kind="wish.lapsed")
    assert (told.subject_id, told.payload["why"], told.payload["waits_on"]) == (only.pk, "CANCELLED", False)
    offers.cancel_offers(association_id=ASSOCIATION, offers=[other.pk], actor=None, now=NOW)
    assert states(both) == ["LAPSED"]


def test_what_was_offered_is_taken_up_once() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine = wish(slot)
    cancel(made)
    mine.refresh_from_db()
    bookings.confirm(
        reservation_id=mine.reservation_id, details=b"", identities=("a",), window=slot.pk, actor=None, now=NOW
    )  # fmt: skip
    waiting.take_up(wish=mine, now=NOW)
    assert states(mine) == ["TAKEN"]
    with pytest.raises(waiting.CannotWait):
        waiting.take_up(wish=mine, now=NOW)


def test_an_offer_let_go_passes_to_the_next_and_comes_once_more() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    first, second = wish(slot), wish(slot, now=NOW + dt.timedelta(seconds=1))
    cancel(made)
    for hours, expected in (
        (1, ["WAITING", "OFFERED"]),
        (2, ["OFFERED", "WAITING"]),
        (3, ["LAPSED", "OFFERED"]),
        (4, ["LAPSED", "LAPSED"]),
    ):
        assert bookings.expire(now=NOW + hours * HOUR) == 1
        assert states(first, second) == expected
    assert taken(slot) == {"": 0}


def test_who_lets_an_offer_go_is_offered_what_is_free_in_his_other_slots() -> None:
    closing, other = offer(capacity=1), offer(capacity=1)
    made, elsewhere = placed(closing), placed(other)
    mine = wish(closing, other)
    cancel(made)
    cancel(elsewhere)
    offers.close_offers(association_id=ASSOCIATION, offers=[closing.pk], actor=None, now=NOW)
    mine.refresh_from_db()
    cancel(mine.reservation)
    mine.refresh_from_db()
    assert (mine.state, mine.reservation.offer_id) == ("OFFERED", other.pk)


def test_a_large_party_keeps_its_place_while_smaller_ones_pass() -> None:
    slot = offer(capacity=3)
    made = [placed(slot) for _ in range(3)]
    family, one = wish(slot, size=2), wish(slot)
    cancel(made[0])
    assert states(family, one) == ["WAITING", "OFFERED"]
    cancel(made[1])
    assert states(family) == ["WAITING"]
    cancel(made[2])
    assert states(family) == ["OFFERED"]


def test_sixty_large_parties_do_not_hide_who_fits() -> None:
    slot = offer(capacity=2)
    made = placed(slot), placed(slot)
    for _ in range(60):
        wish(slot, size=2)
    small = wish(slot)
    cancel(made[0])
    assert states(small) == ["OFFERED"]


def test_any_of_several_offers_will_do_and_one_is_enough() -> None:
    slots = [offer(capacity=1) for _ in range(2)]
    made = [placed(slot) for slot in slots]
    mine = wish(*slots)
    cancel(made[1])
    cancel(made[0])
    mine.refresh_from_db()
    assert (mine.state, mine.reservation.offer_id) == ("OFFERED", slots[1].pk)
    assert [taken(slot) for slot in slots] == [{"": 0}, {"": 1}]


def test_a_place_of_a_days_cap_is_offered_to_who_waits_in_another_slot() -> None:
    cap = Pool.objects.create(association_id=ASSOCIATION, capacity=2, wanted=2)
    morning, afternoon = (offer(capacity=5, shared=[cap.pk]) for _ in range(2))
    made = placed(morning, size=2, pools=waiting.pools_of(morning, "PUBLIC"))
    mine = wish(afternoon)
    assert states(mine) == ["WAITING"]
    cancel(made)
    assert states(mine) == ["OFFERED"]
    assert (taken(morning), taken(afternoon)) == ({"": 0}, {"": 1})


def test_a_quota_of_another_channel_is_not_for_who_waits() -> None:
    slot = offer(capacity=4, quotas={"GROUP": 2, "PUBLIC": 2})
    group = placed(slot, channel="GROUP", size=2)
    placed(slot, size=2)
    mine = wish(slot)
    cancel(group)
    assert states(mine) == ["WAITING"]


def test_places_that_are_free_are_offered_at_once() -> None:
    assert states(wish(offer())) == ["OFFERED"]


def test_a_closed_offer_offers_nothing_until_it_is_open_again() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine = wish(slot)
    offers.close_offers(association_id=ASSOCIATION, offers=[slot.pk], actor=None, now=NOW)
    cancel(made)
    assert states(mine) == ["WAITING"]
    offers.open_offers(association_id=ASSOCIATION, offers=[slot.pk], actor=None, now=NOW)
    assert states(mine) == ["OFFERED"]


def test_more_places_are_for_who_waits() -> None:
    cap = Pool.objects.create(association_id=ASSOCIATION, capacity=1, wanted=1)
    slot = offer(capacity=1, shared=[cap.pk])
    placed(slot, pools=waiting.pools_of(slot, "PUBLIC"))
    mine = wish(slot)
    for pool, expected in ((slot.pools.get(), "WAITING"), (cap, "OFFERED")):
        offers.change_capacity(pool=pool, wanted=3, actor=None, now=NOW)
        assert states(mine) == [expected]


def test_more_places_of_a_channel_are_for_who_waits_there() -> None:
    slot = offer(capacity=5, quotas={"PUBLIC": 1})
    placed(slot)
    mine = wish(slot)
    offers.set_quotas(association_id=ASSOCIATION, quotas={slot.pk: {"PUBLIC": 2}}, actor=None, now=NOW)
    assert states(mine) == ["OFFERED"]


def test_nobody_is_ahead_of_the_opening() -> None:
    slot = offer(opens_at=NOW + HOUR)
    with pytest.raises(waiting.CannotWait):
        wish(slot)
    assert wish(slot, now=NOW + HOUR).state == "OFFERED"


def test_nobody_waits_for_what_is_over_or_cancelled() -> None:
    slot = offer()
    with pytest.raises(waiting.CannotWait):
        wish(slot, now=slot.closes_at)
    Offer.objects.filter(pk=slot.pk).update(state="CANCELLED")
    with pytest.raises(waiting.CannotWait):
        wish(slot)


def test_the_same_key_is_the_same_wish_also_after_closing_time() -> None:
    slot, holder = offer(capacity=1), uuid4()
    placed(slot)
    mine = wish(slot, key="again", holder_id=holder)
    assert wish(slot, key="again", holder_id=holder, now=slot.closes_at) == mine
    with pytest.raises(waiting.CannotWait):
        wish(slot, key="again")


def test_one_waits_once_for_an_offer() -> None:
    slot, other, holder = offer(capacity=1), offer(capacity=1), uuid4()
    placed(slot), placed(other)
    mine = wish(slot, holder_id=holder)
    with pytest.raises(waiting.CannotWait):
        wish(other, slot, holder_id=holder)
    bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW)
    assert wish(other, slot, holder_id=holder).state == "WAITING"


def test_wishes_end_with_the_last_offer_they_are_for() -> None:
    early = offer(capacity=1)
    late = offer(capacity=1, day=DAY + dt.timedelta(days=1))
    placed(early), placed(late)
    short, long = wish(early), wish(early, late)
    assert waiting.lapse(now=early.closes_at) == 1
    assert states(short, long) == ["LAPSED", "WAITING"]
    assert waiting.lapse(now=late.closes_at) == 1


def test_an_offer_ends_no_later_than_booking_does() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine = wish(slot)
    cancel(made, now=slot.closes_at - dt.timedelta(minutes=5))
    mine.refresh_from_db()
    assert mine.reservation.held_until == slot.closes_at


def test_a_key_that_looks_like_a_wishs_gets_nothing_of_it() -> None:
    slot = offer(capacity=2)
    made = placed(slot, size=2)
    mine = wish(slot)
    thief = order(slot, key=f"wish:{mine.pk}:0", holder_id=mine.holder_id)
    cancel(made)
    mine.refresh_from_db()
    assert mine.state == "OFFERED"
    held = Reservation.objects.get(key=thief.key)
    assert held.pk == mine.reservation_id


@pytest.mark.parametrize("count", [1, 3, 20])
def test_who_does_not_fit_costs_no_statement(count: int) -> None:
    slot = offer(capacity=2)
    made = placed(slot), placed(slot)
    for _ in range(count):
        wish(slot, size=2)
    with CaptureQueriesContext(connection) as found:
        cancel(made[0])
    statements = [one for one in found.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 15
