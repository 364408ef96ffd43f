"""Two people at the same moment, step by step: what the second does while the first has not finished."""

import datetime as dt
from uuid import uuid4

import pytest

from kexie.platform.capacity import engine, queries
from kexie.platform.capacity.models import Pool, Reservation, Seat, Wish
from kexie.platform.capacity.operations import bookings, waiting
from kexie.platform.capacity.orders import Limit, Placed, Reason, Refused
from tests.platform.capacity.build import ASSOCIATION, DAY, NOW, offer, order, placed, taken, wish
from tests.platform.capacity.threads import Job, together, unfinished, waits

pytestmark = pytest.mark.usefixtures("committed")
UNTIL = NOW + dt.timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _sound(committed):
    yield
    assert queries.audit(ASSOCIATION) == []


def confirm(held: Reservation, *identities: str) -> Reservation:
    return bookings.confirm(
        reservation_id=held.pk, details=b"", identities=identities, window=held.offer_id, actor=None, now=NOW
    )  # fmt: skip


def cancel(*made: Reservation) -> list[Reservation]:
    return bookings.cancel(
        reservation_ids=[one.pk for one in made], reason="VISITOR", actor=None, now=NOW
    )  # fmt: skip


def state_of(one: Reservation | Wish) -> str:
    return type(one).objects.get(pk=one.pk).state


def test_the_sweep_does_not_undo_what_was_confirmed_in_the_last_second() -> None:
    slot = offer()
    held = placed(slot, held_until=UNTIL)
    with unfinished(lambda: confirm(held, "a")):
        sweep = Job(lambda: bookings.expire(now=UNTIL))
        waits()
    assert sweep.done() == 0
    assert (state_of(held), taken(slot)) == ("CONFIRMED", {"": 1})


def test_the_sweep_does_not_end_a_hold_that_was_just_extended() -> None:
    held = placed(offer(), held_until=UNTIL)
    later = UNTIL + dt.timedelta(minutes=10)
    with unfinished(lambda: bookings.extend(reservation_id=held.pk, until=later, actor=None, now=NOW)):
        sweep = Job(lambda: bookings.expire(now=UNTIL))
        waits()
    assert (sweep.done(), state_of(held)) == (0, "HELD")


def test_a_retry_beside_its_own_first_attempt_is_not_told_that_it_is_sold_out() -> None:
    slot = offer(capacity=1)
    wanted = order(slot, identities=("a",))
    with unfinished(lambda: engine.place([wanted], now=NOW)):
        retry = Job(lambda: engine.place([wanted], now=NOW))
        waits()
    (answer,) = retry.done()
    assert isinstance(answer, Placed)
    assert (answer.is_new, Reservation.objects.get().pk) == (False, answer.id)


def test_a_retry_beside_its_own_first_attempt_is_not_told_that_it_is_beyond_its_limit() -> None:
    slot, limit = offer(), Limit(id=uuid4(), capacity=1, amount=1, drop_on=DAY)
    placed(slot, limits=(limit,), identities=("x",))
    cancel(Reservation.objects.get())
    wanted = order(slot, limits=(limit,))
    with unfinished(lambda: engine.place([wanted], now=NOW)):
        retry = Job(lambda: engine.place([wanted], now=NOW))
        waits()
    assert isinstance(retry.done()[0], Placed)


def test_a_person_in_two_slots_of_a_day_at_once_has_one_place() -> None:
    morning, afternoon, day = offer(), offer(), uuid4()
    with unfinished(lambda: placed(morning, identities=("a",), window=day)):
        other = Job(
            lambda: engine.place([order(afternoon, identities=("b", "a"), size=2, window=day)], now=NOW)
        )
        waits()
    assert other.done() == [Refused(Reason.TWICE, which=(1,))]
    assert taken(afternoon) == {"": 0}


def test_neighbours_of_a_conflict_get_their_places() -> None:
    slot, other, day = offer(), offer(), uuid4()
    orders = [order(other, identities=(f"p{n}",), window=day) for n in range(5)]
    with unfinished(lambda: placed(slot, identities=("p3",), window=day)):
        batch = Job(lambda: engine.place(orders, now=NOW))
        waits()
    answers = batch.done()
    assert [isinstance(one, Placed) for one in answers] == [True, True, True, False, True]
    assert answers[3] == Refused(Reason.TWICE, which=(0,))


def test_an_account_that_books_twice_at_once_keeps_to_its_first_limit() -> None:
    slot, other, limit = offer(), offer(), Limit(id=uuid4(), capacity=1, amount=1, drop_on=DAY)
    with unfinished(lambda: placed(slot, limits=(limit,))):
        second = Job(lambda: engine.place([order(other, limits=(limit,))], now=NOW))
        waits()
    assert second.done() == [Refused(Reason.LIMIT, left=0)]
    assert Pool.objects.get(pk=limit.id).taken == 1


def test_two_parties_of_the_same_persons_do_not_wait_in_a_circle() -> None:
    slots, day = (offer(capacity=100), offer(capacity=100)), uuid4()
    people = [f"p{n}" for n in range(40)]

    def batch(slot, names):
        orders = [order(slot, identities=(name,), window=day) for name in names]
        return lambda: engine.place(orders, now=NOW)

    for _ in range(3):
        together(batch(slots[0], people), batch(slots[1], people[::-1]))
    assert Seat.objects.filter(is_active=True).count() == 40


def test_moves_in_both_directions_at_once_do_not_wait_in_a_circle() -> None:
    one, other = offer(), offer()
    here, there = placed(one), placed(other)

    def move(made, to):
        return lambda: bookings.move(
            reservation_id=made.pk, order=order(to), actor=None, now=NOW
        )  # fmt: skip

    with unfinished(move(here, other)):
        back = Job(move(there, one))
        waits()
    assert isinstance(back.done(), Placed)
    assert (taken(one), taken(other)) == ({"": 1}, {"": 1})


def test_withdrawing_while_the_offer_lapses_ends_the_wish_once() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine, next_ = wish(slot), wish(slot)
    cancel(made)
    with unfinished(lambda: bookings.expire(now=UNTIL + dt.timedelta(hours=1))):
        leaving = Job(lambda: bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW))
        waits()
    leaving.done()
    assert (state_of(mine), state_of(next_), taken(slot)) == ("WITHDRAWN", "OFFERED", {"": 1})


def test_withdrawing_while_places_are_offered_passes_them_on() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine, next_ = wish(slot), wish(slot)
    with unfinished(lambda: cancel(made)):
        leaving = Job(lambda: bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW))
        waits()
    leaving.done()
    assert (state_of(mine), state_of(next_), taken(slot)) == ("WITHDRAWN", "OFFERED", {"": 1})


def test_who_withdraws_is_passed_over() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine, next_ = wish(slot), wish(slot)
    with unfinished(lambda: bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW)):
        cancelling = Job(lambda: cancel(made))
        waits()
    cancelling.done()
    assert (state_of(mine), state_of(next_)) == ("WITHDRAWN", "OFFERED")


def test_who_begins_to_wait_while_a_place_is_given_back_gets_it() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    with unfinished(lambda: cancel(made)):
        waiter = Job(lambda: wish(slot))
        waits()
    assert waiter.done().state == "OFFERED"


def test_a_place_given_back_while_somebody_begins_to_wait_is_his() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    with unfinished(lambda: wish(slot, key="mine")):
        cancelling = Job(lambda: cancel(made))
        waits()
    cancelling.done()
    assert state_of(Wish.objects.get(key="mine")) == "OFFERED"


def test_a_party_of_two_offers_is_not_passed_over_in_one_because_the_other_looks_at_it() -> None:
    one, other = offer(capacity=2), offer(capacity=1)
    places = [placed(one), placed(one)]
    last = placed(other)
    both, later = wish(one, other), wish(other)
    big = wish(one, size=2)

    def look() -> None:
        waiting.lock_counters(offers=[one.pk])
        Wish.objects.select_for_update().get(pk=both.pk)

    with unfinished(look):
        cancelling = Job(lambda: cancel(last))
        waits()
    cancelling.done()
    assert (state_of(both), state_of(later), state_of(big)) == ("OFFERED", "WAITING", "WAITING")
    assert len(places) == 2


@pytest.mark.parametrize("keys", [("k", "k"), ("k", "l")])
def test_whoever_asks_twice_at_once_waits_once(keys: tuple[str, str]) -> None:
    slot, holder = offer(capacity=1), uuid4()
    placed(slot)

    def ask(key):
        def asked():
            try:
                return wish(slot, key=key, holder_id=holder)
            except waiting.CannotWait as error:
                return error

        return asked

    with unfinished(ask(keys[0])):
        second = Job(ask(keys[1]))
        waits()
    assert isinstance(second.done(), Wish if keys[0] == keys[1] else waiting.CannotWait)
    assert Wish.objects.count() == 1


def test_confirming_and_withdrawing_at_once_has_one_outcome() -> None:
    slot = offer(capacity=1)
    made = placed(slot)
    mine = wish(slot)
    cancel(made)
    mine.refresh_from_db()

    def accept() -> None:
        confirm(mine.reservation, "a")
        waiting.take_up(wish=mine, now=NOW)

    with unfinished(accept):
        leaving = Job(lambda: bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW))
        waits()
    with pytest.raises(waiting.CannotWait):
        leaving.done()
    assert (state_of(mine), state_of(mine.reservation)) == ("TAKEN", "CONFIRMED")


def test_cancelling_twice_at_once_gives_back_once() -> None:
    slot = offer()
    made, _other = placed(slot), placed(slot)
    with unfinished(lambda: cancel(made)):
        again = Job(lambda: cancel(made))
        waits()
    assert again.done() == []
    assert taken(slot) == {"": 1}
