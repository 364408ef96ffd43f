"""Places are taken once, by whoever came first, and every refusal says why."""

import dataclasses
import datetime as dt
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kexie.platform.audit.models import Entry
from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Block, Pool, Reservation, Seat
from kexie.platform.capacity.operations import bookings
from kexie.platform.capacity.orders import Limit, Placed, Reason, Refused
from kexie.platform.outbox.models import Event
from tests.platform.capacity.build import ASSOCIATION, DAY, NOW, VENUE, offer, order, placed

pytestmark = pytest.mark.django_db


def test_an_order_takes_its_places_and_leaves_its_traces() -> None:
    slot = offer(capacity=10, quotas={"PUBLIC": 6})
    wanted = order(
        slot, size=3, identities=("a", "b", "c"), details=b"sealed", actor_name="观众", ip="10.1.2.3"
    )
    (answer,) = engine.place([wanted], now=NOW)
    assert isinstance(answer, Placed)
    made = Reservation.objects.get(pk=answer.id)
    assert (made.state, made.size, bytes(made.details), made.confirmed_at) == ("CONFIRMED", 3, b"sealed", NOW)
    assert dict(slot.pools.values_list("channel", "taken")) == {"": 3, "PUBLIC": 3}
    assert set(made.seats.values_list("identity", flat=True)) == {"a", "b", "c"}
    entry = Entry.objects.get(subject_id=str(made.pk))
    assert (entry.action, entry.actor_id, entry.actor_name, entry.ip) == (
        "capacity.book", wanted.holder_id, "观众", "10.1.2.3",
    )  # fmt: skip
    event = Event.objects.get(subject_id=made.pk)
    assert (event.kind, event.payload["size"], event.payload["code"]) == (
        "reservation.confirmed",
        3,
        made.code,
    )


def test_the_same_key_again_gets_the_same_reservation() -> None:
    slot = offer(capacity=1)
    wanted = order(slot)
    (first,) = engine.place([wanted], now=NOW)
    (second,) = engine.place([wanted], now=NOW)
    assert isinstance(second, Placed)
    assert (second.id, first.is_new, second.is_new) == (first.id, True, False)
    assert slot.pools.get().taken == 1


def test_a_key_is_not_lent_to_another_order() -> None:
    slot = offer()
    wanted = order(slot)
    engine.place([wanted], now=NOW)
    (answer,) = engine.place([dataclasses.replace(wanted, size=2)], now=NOW)
    assert answer == Refused(Reason.KEY_REUSED)


def test_within_a_batch_first_come_is_first_served() -> None:
    slot = offer(capacity=5)
    sizes = (3, 3, 2, 1)
    answers = engine.place([order(slot, size=size) for size in sizes], now=NOW)
    assert [isinstance(answer, Placed) for answer in answers] == [True, False, True, False]
    assert answers[1] == Refused(Reason.FULL, left=2)
    assert answers[3] == Refused(Reason.FULL, left=0)
    assert slot.pools.get().taken == 5


def test_a_quota_ends_before_the_total() -> None:
    slot = offer(capacity=10, quotas={"GROUP": 4})
    answers = engine.place(
        [order(slot, channel="GROUP", size=3), order(slot, channel="GROUP", size=2)], now=NOW
    )
    assert answers[1] == Refused(Reason.FULL, left=1)
    (public,) = engine.place([order(slot, size=7)], now=NOW)
    assert isinstance(public, Placed)


def test_a_person_has_one_seat_in_a_window() -> None:
    slot = offer()
    engine.place([order(slot, identities=("a",))], now=NOW)
    (answer,) = engine.place([order(slot, size=2, identities=("b", "a"))], now=NOW)
    assert answer == Refused(Reason.TWICE, which=(1,))
    (twins,) = engine.place([order(slot, size=2, identities=("c", "c"))], now=NOW)
    assert twins == Refused(Reason.TWICE, which=(1,))


def test_the_database_stands_behind_it() -> None:
    slot = offer(capacity=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.filter(offer=slot).update(taken=3)
    engine.place([order(slot, identities=("a",))], now=NOW)
    seat = Seat.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(
            association_id=ASSOCIATION, reservation_id=seat.reservation_id, window=seat.window, identity="a"
        )


def limit(capacity: int, *, amount: int = 1, pk=None) -> Limit:
    return Limit(id=pk or uuid4(), capacity=capacity, amount=amount, drop_on=DAY + dt.timedelta(days=1))


def test_an_account_has_a_limit_of_its_own() -> None:
    slot, own = offer(), uuid4()
    first, second = (order(slot, size=2, limits=(limit(3, amount=2, pk=own),)) for _ in range(2))
    answers = engine.place([first, second], now=NOW)
    assert isinstance(answers[0], Placed)
    assert answers[1] == Refused(Reason.LIMIT, left=1)
    (later,) = engine.place([second], now=NOW)
    assert later == Refused(Reason.LIMIT, left=1)
    assert Pool.objects.get(pk=own).taken == 2


@pytest.mark.parametrize(("now_most", "expected"), [(2, 0), (3, 1), (4, None)])
def test_a_limit_is_the_one_of_now_also_for_who_booked_under_another(now_most, expected) -> None:
    slot, own = offer(), uuid4()
    placed(slot, size=2, limits=(limit(3, amount=2, pk=own),))
    (answer,) = engine.place([order(slot, size=2, limits=(limit(now_most, amount=2, pk=own),))], now=NOW)
    counter = Pool.objects.get(pk=own)
    if expected is None:
        assert isinstance(answer, Placed)
        assert (counter.taken, counter.capacity, counter.wanted) == (4, 4, 4)
    else:
        assert answer == Refused(Reason.LIMIT, left=expected)
        assert (counter.taken, counter.capacity) == (2, 3)


def test_a_limit_below_what_was_booked_leaves_nothing_and_gives_back_all() -> None:
    slot, own = offer(), uuid4()
    made = placed(slot, size=3, limits=(limit(3, amount=3, pk=own),))
    (answer,) = engine.place([order(slot, limits=(limit(1, pk=own),))], now=NOW)
    assert answer == Refused(Reason.LIMIT, left=0)
    bookings.cancel(reservation_ids=[made.pk], reason="VISITOR", actor=None, now=NOW)
    (answer,) = engine.place([order(slot, limits=(limit(1, pk=own),))], now=NOW)
    assert isinstance(answer, Placed)
    assert Pool.objects.get(pk=own).capacity == 1


def test_a_blocked_person_is_refused_until_the_block_ends() -> None:
    slot, until = offer(), NOW + dt.timedelta(days=3)
    Block.objects.create(
        association_id=ASSOCIATION, venue_id=VENUE, subject="b", since=NOW, until=until, reason="爽约三次"
    )
    wanted = order(slot, size=2, identities=("a", "b"), subjects=("a", "b", "account"))
    assert engine.place([wanted], now=NOW) == [Refused(Reason.BLOCKED, until=until, which=(1,))]
    (later,) = engine.place([wanted], now=until)
    assert isinstance(later, Placed)


def test_a_lifted_block_refuses_nobody() -> None:
    slot = offer()
    Block.objects.create(
        association_id=ASSOCIATION, venue_id=VENUE, subject="b", since=NOW, until=NOW + dt.timedelta(days=3),
        reason="爽约三次", lifted_at=NOW, lift_reason="申诉成立",
    )  # fmt: skip
    (answer,) = engine.place([order(slot, subjects=("b",))], now=NOW)
    assert isinstance(answer, Placed)


def test_a_closed_pool_takes_nobody() -> None:
    slot = offer()
    slot.pools.update(is_open=False)
    assert engine.place([order(slot)], now=NOW) == [Refused(Reason.CLOSED)]


def test_a_refusal_told_beforehand_yields_to_a_known_key() -> None:
    slot = offer()
    wanted = order(slot)
    engine.place([wanted], now=NOW)
    late = dataclasses.replace(wanted, refusal=Reason.TOO_LATE)
    (answer,) = engine.place([late], now=NOW)
    assert isinstance(answer, Placed)
    assert engine.place([order(slot, refusal=Reason.TOO_LATE)], now=NOW) == [Refused(Reason.TOO_LATE)]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_batch_costs_two_statements(count: int) -> None:
    slot = offer(capacity=100)
    orders = [order(slot, size=2, identities=(f"{n}a", f"{n}b"), limits=(limit(5),)) for n in range(count)]
    connection.ensure_connection()
    cursor = _Counting(connection.connection)
    with CaptureQueriesContext(connection) as of_the_orm:
        engine.decide(orders, now=NOW, cursor=cursor)
    assert (cursor.statements, len(of_the_orm)) == (2, 0)


class _Counting(psycopg.Cursor):
    statements = 0

    def execute(self, *args, **kwargs):
        self.statements += 1
        return super().execute(*args, **kwargs)
