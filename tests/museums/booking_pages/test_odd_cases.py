"""Who and when is easily forgotten: foreign passports, children without papers, 29 February, midnight."""

import datetime as dt

import pytest

from kexie.contexts.museums.models import BookingRules
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.rules.party import PartyRefused, check_party
from kexie.foundation.visitors import details
from kexie.platform.capacity.models import Offer
from kexie.platform.capacity.orders import Reason
from tests.museums.booking_pages.conftest import SATURDAY, TODAY, adult, child

# The last second of a day in Fuyang, and the first of the next.
LATE = dt.datetime(2025, 7, 2, 15, 59, 59, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


def foreigner(number="E12345678"):
    return details.check(
        name="Anne-Marie O’Neill",
        document="PASSPORT",
        number=number,
        birth_date=dt.date(1985, 2, 28),
        today=TODAY,
    )


def test_a_family_from_abroad_books_with_a_passport_and_a_child_without_papers(house, slot):
    made = house.booked(slot, foreigner(), child("Tom", born=dt.date(2020, 2, 29)))
    party = booking.party_of(made)
    assert [(one.document, one.number) for one in party] == [("PASSPORT", "E12345678"), ("NONE", "")]
    assert party[1].birth_date == dt.date(2020, 2, 29)


def test_a_passport_typed_another_way_is_the_same_passport(house, slot):
    house.booked(slot, foreigner())
    with pytest.raises(BookingRefused) as refused:
        house.booked(slot, foreigner("ｅ１２３ 45678"), visitor=house.someone("13800000002"))
    assert refused.value.reason == Reason.TWICE


@pytest.mark.parametrize(
    ("day", "may_come_alone"),
    [(dt.date(2026, 2, 28), False), (dt.date(2026, 3, 1), True)],
)
def test_who_was_born_on_29_february_is_fourteen_on_1_march(day, may_come_alone):
    rules = BookingRules(child_age=14)
    youth = adult("闰小年", born=dt.date(2012, 2, 29))
    if may_come_alone:
        assert check_party([youth], rules, day) is None
    else:
        with pytest.raises(PartyRefused):
            check_party([youth], rules, day)


def test_at_midnight_the_limit_is_still_that_of_the_day_of_the_visit(house, slot, time_machine):
    time_machine.move_to(LATE, tick=False)
    house.booked(slot, now=LATE)
    time_machine.move_to(LATE + SECOND, tick=False)
    with pytest.raises(BookingRefused) as refused:
        house.booked(slot, now=LATE + SECOND)
    assert refused.value.reason == Reason.LIMIT
    other_day = house.slot(SATURDAY + dt.timedelta(days=1))
    assert house.booked(other_day, now=LATE + SECOND).state == "CONFIRMED"


@pytest.mark.parametrize(("moment", "reason"), [(LATE, Reason.NOT_YET), (LATE + SECOND, None)])
def test_a_release_at_midnight_begins_with_the_day(house, slot, moment, reason):
    Offer.objects.filter(pk=slot.offer_id).update(opens_at=LATE + SECOND)
    if reason is None:
        assert house.booked(slot, now=moment).state == "CONFIRMED"
        return
    with pytest.raises(BookingRefused) as refused:
        house.booked(slot, now=moment)
    assert refused.value.reason == reason
