"""What becomes of places once they are taken: confirmed, given back, moved, used."""

import dataclasses
import datetime as dt
from uuid import uuid4

import pytest

from kexie.platform.audit.models import Entry
from kexie.platform.capacity import queries
from kexie.platform.capacity.models import Reservation, Seat, Wish
from kexie.platform.capacity.operations import bookings
from kexie.platform.capacity.orders import Limit, Placed, Reason, Refused
from kexie.platform.outbox.models import Event
from tests.platform.capacity.build import (
    ASSOCIATION,
    DAY,
    NOW,
    Staff,
    offer,
    order,
    placed,
    taken,
    wish,
)  # fmt: skip

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
UNTIL = NOW + 10 * MINUTE
STAFF = Staff()


def confirm(held: Reservation, *identities: str, now: dt.datetime = NOW) -> Reservation:
    return bookings.confirm(
        reservation_id=held.pk, details=b"sealed", identities=identities, window=held.offer_id, actor=None, now=now
    )  # fmt: skip


def cancel(*reservations: Reservation, now: dt.datetime = NOW) -> list[Reservation]:
    return bookings.cancel(
        reservation_ids=[one.pk for one in reservations], reason="VISITOR", actor=STAFF, now=now
    )


def state_of(one: Reservation) -> str:
    return Reservation.objects.get(pk=one.pk).state


def sound() -> None:
    assert queries.audit(ASSOCIATION) == []


# --- confirming -----------------------------------------------------------------------------------------------------


def test_a_hold_is_confirmed_with_who_comes() -> None:
    held = placed(offer(), size=2, held_until=UNTIL)
    done = confirm(held, "a", "b", now=UNTIL - MINUTE)
    done.refresh_from_db()
    assert (done.state, done.confirmed_at, done.held_until, bytes(done.details)) == (
        "CONFIRMED", UNTIL - MINUTE, None, b"sealed",
    )  # fmt: skip
    assert sorted(done.seats.values_list("identity", flat=True)) == ["a", "b"]
    assert list(Event.objects.order_by("at").values_list("kind", flat=True)) == [
        "reservation.held", "reservation.confirmed",
    ]  # fmt: skip
    assert set(Entry.objects.values_list("action", flat=True)) == {"capacity.hold", "capacity.confirmed"}
    sound()


def test_a_hold_lapses_by_the_clock_however_late_the_sweep() -> None:
    held = placed(offer(), held_until=UNTIL)
    with pytest.raises(bookings.NotPossible):
        confirm(held, "a", now=UNTIL)
    assert state_of(held) == "HELD"


def test_a_hold_is_confirmed_once() -> None:
    held = placed(offer(), held_until=UNTIL)
    confirm(held, "a")
    with pytest.raises(bookings.NotPossible):
        confirm(held, "a")


def test_confirming_refuses_who_has_a_seat_and_keeps_the_hold() -> None:
    slot = offer()
    placed(slot, identities=("a",))
    held = placed(slot, size=2, held_until=UNTIL)
    with pytest.raises(bookings.SeatTaken):
        confirm(held, "b", "a")
    assert (state_of(held), held.seats.count()) == ("HELD", 0)
    confirm(held, "b", "c")
    sound()


# --- giving back ----------------------------------------------------------------------------------------------------


def test_cancelling_gives_everything_back_once() -> None:
    slot, own = offer(quotas={"PUBLIC": 5}), uuid4()
    limit = Limit(id=own, capacity=4, amount=2, drop_on=DAY)
    made = placed(slot, size=2, identities=("a", "b"), limits=(limit,))
    assert [one.pk for one in cancel(made)] == [made.pk]
    assert taken(slot) == {"": 0, "PUBLIC": 0}
    made.refresh_from_db()
    assert (made.state, made.ended_at, made.end_reason) == ("CANCELLED", NOW, "VISITOR")
    assert cancel(made) == []
    assert taken(slot) == {"": 0, "PUBLIC": 0}
    assert isinstance(placed(slot, identities=("a",), limits=(limit,)), Reservation)
    entry = Entry.objects.get(action="capacity.cancelled")
    assert (entry.actor_id, entry.actor_name, entry.detail["why"]) == (STAFF.id, "王值班", "VISITOR")
    sound()


def test_who_is_inside_cannot_cancel() -> None:
    slot = offer()
    made = placed(slot, size=2)
    Reservation.objects.filter(pk=made.pk).update(admitted=1)
    assert cancel(made) == []
    with pytest.raises(bookings.NotPossible):
        bookings.move(reservation_id=made.pk, order=order(offer(), size=2), actor=None, now=NOW)
    assert (state_of(made), taken(slot)) == ("CONFIRMED", {"": 2})


def test_holds_lapse_when_their_time_is_over() -> None:
    slot = offer(capacity=3)
    late, early = placed(slot, held_until=UNTIL), placed(slot, size=2, held_until=UNTIL - MINUTE)
    assert bookings.expire(now=UNTIL - MINUTE) == 1
    assert (state_of(early), state_of(late), taken(slot)) == ("EXPIRED", "HELD", {"": 1})
    assert bookings.expire(now=UNTIL) == 1
    assert bookings.expire(now=UNTIL) == 0
    assert (state_of(late), taken(slot)) == ("EXPIRED", {"": 0})
    sound()


def test_a_pool_that_was_to_sink_sinks_with_each_place_given_back() -> None:
    slot = offer(capacity=4)
    made = [placed(slot) for _ in range(4)]
    slot.pools.update(wanted=2)
    for left, capacity in ((3, 3), (2, 2), (1, 2)):
        cancel(made.pop())
        pool = slot.pools.get()
        assert (pool.taken, pool.capacity) == (left, capacity)
        sound()


# --- moving ---------------------------------------------------------------------------------------------------------


def test_a_move_takes_the_new_places_and_gives_the_old_ones_back() -> None:
    old, new = offer(), offer()
    made = placed(old, size=2, identities=("a", "b"))
    wanted = order(new, size=2, identities=("a", "b"))
    answer = bookings.move(reservation_id=made.pk, order=wanted, actor=None, now=NOW)
    assert isinstance(answer, Placed)
    moved = Reservation.objects.get(pk=answer.id)
    assert (moved.moved_from_id, moved.moves, moved.offer_id) == (made.pk, 1, new.pk)
    made.refresh_from_db()
    assert (made.state, made.end_reason) == ("CANCELLED", "MOVED")
    assert (taken(old), taken(new)) == ({"": 0}, {"": 2})
    sound()


def test_a_move_whose_answer_was_lost_gets_it_again() -> None:
    made, wanted = placed(offer()), order(offer())
    first = bookings.move(reservation_id=made.pk, order=wanted, actor=None, now=NOW)
    again = bookings.move(reservation_id=made.pk, order=wanted, actor=None, now=NOW)
    assert isinstance(first, Placed)
    assert again == dataclasses.replace(first, is_new=False)
    with pytest.raises(bookings.NotPossible):
        bookings.move(reservation_id=made.pk, order=order(offer()), actor=None, now=NOW)


def test_a_refused_move_changes_nothing() -> None:
    old, new = offer(), offer(capacity=1)
    made = placed(old, size=2, identities=("a", "b"))
    answer = bookings.move(reservation_id=made.pk, order=order(new, size=2), actor=None, now=NOW)
    assert answer == Refused(Reason.FULL, left=1)
    assert (state_of(made), taken(old), taken(new)) == ("CONFIRMED", {"": 2}, {"": 0})
    assert Seat.objects.filter(is_active=True).count() == 2
    assert not Event.objects.filter(kind="reservation.cancelled").exists()
    sound()


def test_a_move_under_a_key_that_is_taken_loses_nothing() -> None:
    slot = offer()
    wanted = order(slot)
    made = placed(slot, key=wanted.key, holder_id=wanted.holder_id)
    answer = bookings.move(reservation_id=made.pk, order=wanted, actor=None, now=NOW)
    assert answer == Refused(Reason.KEY_REUSED)
    assert (state_of(made), taken(slot)) == ("CONFIRMED", {"": 1})


def test_a_hold_moves_until_its_time_is_over() -> None:
    slots = [offer(), offer(), offer()]
    held = placed(slots[0], held_until=UNTIL)
    wanted = order(slots[1], held_until=UNTIL)
    answer = bookings.move(reservation_id=held.pk, order=wanted, actor=None, now=NOW)
    assert isinstance(answer, Placed)
    assert answer.state == "HELD"
    with pytest.raises(bookings.NotPossible):
        bookings.move(reservation_id=answer.id, order=order(slots[2]), actor=None, now=UNTIL)
    assert [taken(slot) for slot in slots] == [{"": 0}, {"": 1}, {"": 0}]


def test_the_same_persons_move_within_a_day_whose_cap_is_full() -> None:
    old, new, day = offer(capacity=2), offer(capacity=2), uuid4()
    cap = offer(capacity=2).pools.get()
    pools = {one.pk: (one.pools.get().pk, cap.pk) for one in (old, new)}
    made = placed(old, size=2, identities=("a", "b"), window=day, pools=pools[old.pk])
    wanted = order(new, size=2, identities=("a", "b"), window=day, pools=pools[new.pk])
    assert isinstance(bookings.move(reservation_id=made.pk, order=wanted, actor=None, now=NOW), Placed)
    cap.refresh_from_db()
    assert (taken(old), taken(new), cap.taken) == ({"": 0}, {"": 2}, 2)


# --- leaving some out -----------------------------------------------------------------------------------------------


def shrink(made: Reservation, *identities: str) -> Reservation:
    return bookings.shrink(
        reservation_id=made.pk, identities=identities, details=b"fewer", actor=None, now=NOW
    )


def test_some_of_a_party_stay_away() -> None:
    slot, people, orders = offer(quotas={"PUBLIC": 5}), uuid4(), uuid4()
    limits = (
        Limit(id=people, capacity=4, amount=3, drop_on=DAY),
        Limit(id=orders, capacity=2, amount=1, drop_on=DAY),
    )
    made = placed(slot, size=3, identities=("a", "b", "c"), limits=limits)
    fewer = shrink(made, "a", "c")
    fewer.refresh_from_db()
    assert (fewer.size, bytes(fewer.details), fewer.amounts) == (1, b"fewer", [1, 1, 1, 1])
    assert taken(slot) == {"": 1, "PUBLIC": 1}
    assert list(fewer.seats.filter(is_active=True).values_list("identity", flat=True)) == ["b"]
    placed(slot, identities=("a",))
    sound()


@pytest.mark.parametrize("gone", [(), ("a", "b"), ("stranger",), ("a", "stranger")])
def test_only_members_leave_and_never_all(gone: tuple[str, ...]) -> None:
    slot = offer()
    made = placed(slot, size=2, identities=("a", "b"))
    with pytest.raises(bookings.NotPossible):
        shrink(made, *gone)
    assert taken(slot) == {"": 2}
    sound()


def test_who_came_in_cannot_be_left_out() -> None:
    made = placed(offer(), size=3, identities=("a", "b", "c"))
    Reservation.objects.filter(pk=made.pk).update(admitted=2)
    with pytest.raises(bookings.NotPossible):
        shrink(made, "a")


# --- the end of the day ---------------------------------------------------------------------------------------------


def test_at_the_end_of_the_day_places_stay_taken_and_persons_are_free() -> None:
    slot, day = offer(), uuid4()
    came, stayed = placed(slot, identities=("a",), window=day), placed(slot, identities=("b",), window=day)
    bookings.settle(reservation_ids=[came.pk], state="USED", actor=None, now=NOW)
    bookings.settle(reservation_ids=[stayed.pk], state="NO_SHOW", actor=None, now=NOW)
    assert (state_of(came), state_of(stayed), taken(slot)) == ("USED", "NO_SHOW", {"": 2})
    assert not Seat.objects.filter(is_active=True).exists()
    assert bookings.settle(reservation_ids=[came.pk], state="NO_SHOW", actor=None, now=NOW) == []
    late = bookings.settle(reservation_ids=[stayed.pk], state="USED", actor=None, now=NOW)
    assert [one.state for one in late] == ["USED"]
    assert cancel(came, stayed) == []
    sound()


def test_a_hold_is_neither_used_nor_missed() -> None:
    held = placed(offer(), held_until=UNTIL)
    for state in ("USED", "NO_SHOW"):
        assert bookings.settle(reservation_ids=[held.pk], state=state, actor=None, now=NOW) == []


# --- leaving the waiting list -----------------------------------------------------------------------------------------


def test_who_withdraws_an_offer_passes_it_on() -> None:
    slot = offer(capacity=2)
    made = placed(slot, size=2)
    first, second = wish(slot, size=2), wish(slot, size=1)
    cancel(made)
    first.refresh_from_db()
    assert first.state == "OFFERED"
    assert bookings.withdraw(wish_id=first.pk, actor=None, now=NOW).state == "WITHDRAWN"
    second.refresh_from_db()
    assert (second.state, taken(slot)) == ("OFFERED", {"": 1})
    assert state_of(first.reservation) == "CANCELLED"
    sound()


def test_who_only_waits_withdraws_once() -> None:
    slot = offer(capacity=1)
    placed(slot)
    mine = wish(slot)
    assert bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW).state == Wish.State.WITHDRAWN
    with pytest.raises(bookings.waiting.CannotWait):
        bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW)
