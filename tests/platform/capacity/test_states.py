"""The transitions written in `states.py` are what the operations do: each can be reached, and no other happens."""

import datetime as dt
from collections.abc import Callable

import pytest

from kexie.platform.capacity import states
from kexie.platform.capacity.models import Offer, Reservation, Wish
from kexie.platform.capacity.operations import bookings, offers, waiting
from kexie.platform.capacity.states import Transitions
from tests.platform.capacity.build import ASSOCIATION, NOW, offer, placed, wish

pytestmark = pytest.mark.django_db
UNTIL = NOW + dt.timedelta(minutes=10)
LATER = NOW + dt.timedelta(hours=1)


def reached(machine: Transitions) -> set[str]:
    found, open_ = set(), {""}
    while open_:
        one = open_.pop()
        found.add(one)
        open_ |= machine[one] - found
    return found


@pytest.mark.parametrize(
    ("machine", "model"), [(states.OFFER, Offer), (states.RESERVATION, Reservation), (states.WISH, Wish)]
)
def test_every_state_is_declared_and_can_be_reached(machine: Transitions, model: type) -> None:
    assert set(machine) == {"", *model.State.values}
    assert reached(machine) == set(machine)


# --- reservations -----------------------------------------------------------------------------------------------------


def confirm(one: Reservation) -> None:
    bookings.confirm(
        reservation_id=one.pk, details=b"", identities=(), window=one.offer_id, actor=None, now=NOW
    )  # fmt: skip


def settle(one: Reservation, state: str) -> None:
    bookings.settle(reservation_ids=[one.pk], state=state, actor=None, now=NOW)


def cancel(one: Reservation) -> None:
    bookings.cancel(reservation_ids=[one.pk], reason="VISITOR", actor=None, now=NOW)


BY_RESERVATION: dict[str, Callable[[Reservation], object]] = {
    "CONFIRMED": confirm,
    "CANCELLED": cancel,
    "EXPIRED": lambda _one: bookings.expire(now=LATER),
    "USED": lambda one: settle(one, "USED"),
    "NO_SHOW": lambda one: settle(one, "NO_SHOW"),
}


def reservation_in(state: str) -> Reservation:
    way = {"HELD": (), "CONFIRMED": ("CONFIRMED",), "CANCELLED": ("CANCELLED",), "EXPIRED": ("EXPIRED",),
           "USED": ("CONFIRMED", "USED"), "NO_SHOW": ("CONFIRMED", "NO_SHOW")}  # fmt: skip
    made = placed(offer(), held_until=UNTIL)
    for step in way[state]:
        BY_RESERVATION[step](made)
    return made


@pytest.mark.parametrize("before", Reservation.State.values)
@pytest.mark.parametrize("after", BY_RESERVATION)
def test_a_reservation_changes_as_declared_and_not_otherwise(before: str, after: str) -> None:
    made = reservation_in(before)
    try:
        BY_RESERVATION[after](made)
    except bookings.NotPossible:
        assert after not in states.RESERVATION[before]
    allowed = after in states.RESERVATION[before]
    assert Reservation.objects.get(pk=made.pk).state == (after if allowed else before)


# --- wishes -----------------------------------------------------------------------------------------------------------


def offered(one: Wish) -> None:
    for made in Reservation.objects.filter(key="in the way"):
        bookings.cancel(reservation_ids=[made.pk], reason="VISITOR", actor=None, now=NOW)


def let_go(one: Wish) -> None:
    """The offer lapses: the wish waits on, or the second time ends."""
    if Wish.objects.get(pk=one.pk).state != "OFFERED":
        return
    placed(Offer.objects.get(pk=one.offers[0]), key="in the way again")
    bookings.expire(now=LATER)


def lapse(one: Wish) -> None:
    wish_ = Wish.objects.get(pk=one.pk)
    if wish_.state == "OFFERED":
        Wish.objects.filter(pk=one.pk).update(missed=waiting.MOST_MISSED - 1)
        bookings.expire(now=LATER)
    waiting.lapse(now=wish_.expires_at)


BY_WISH: dict[str, Callable[[Wish], object]] = {
    "OFFERED": offered,
    "WAITING": let_go,
    "TAKEN": lambda one: waiting.take_up(wish=one, now=NOW),
    "WITHDRAWN": lambda one: bookings.withdraw(wish_id=one.pk, actor=None, now=NOW),
    "LAPSED": lapse,
}


def wish_in(state: str) -> Wish:
    way = {"WAITING": (), "OFFERED": ("OFFERED",), "TAKEN": ("OFFERED", "TAKEN"), "WITHDRAWN": ("WITHDRAWN",),
           "LAPSED": ("LAPSED",)}  # fmt: skip
    slot = offer(capacity=2)
    placed(slot), placed(slot, key="in the way")
    made = wish(slot, size=1)
    for step in way[state]:
        BY_WISH[step](made)
    return made


@pytest.mark.parametrize("before", Wish.State.values)
@pytest.mark.parametrize("after", BY_WISH)
def test_a_wish_changes_as_declared_and_not_otherwise(before: str, after: str) -> None:
    made = wish_in(before)
    assert Wish.objects.get(pk=made.pk).state == before
    if (before, after) == ("OFFERED", "WAITING"):
        # Somebody who waited before takes what was let go.
        wish(Offer.objects.get(pk=made.offers[0]), size=1)
        bookings.expire(now=LATER)
    else:
        try:
            BY_WISH[after](made)
        except waiting.CannotWait:
            assert after not in states.WISH[before]
    allowed = after in states.WISH[before]
    assert Wish.objects.get(pk=made.pk).state == (after if allowed else before)


# --- offers -----------------------------------------------------------------------------------------------------------

BY_OFFER = {"OPEN": offers.open_offers, "CLOSED": offers.close_offers, "CANCELLED": offers.cancel_offers}


@pytest.mark.parametrize("before", Offer.State.values)
@pytest.mark.parametrize("after", BY_OFFER)
def test_an_offer_changes_as_declared_and_not_otherwise(before: str, after: str) -> None:
    slot = offer()
    for state in (before, after):
        BY_OFFER[state](association_id=ASSOCIATION, offers=[slot.pk], actor=None, now=NOW)
    allowed = after in states.OFFER[before]
    slot.refresh_from_db()
    assert slot.state == (after if allowed else before)
    assert slot.pools.get().is_open == (slot.state == "OPEN")
