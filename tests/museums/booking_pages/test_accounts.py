"""Deleting a visitor's account: what holds it, what is forgotten, what it may take along."""

import datetime as dt

import pytest

from kexie.contexts.museums.operations import accounts, booking, groups
from kexie.foundation.visitors import hooks
from kexie.platform.capacity.models import Reservation
from tests.museums.booking_pages.conftest import NOW, SATURDAY, adult


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


def test_coming_bookings_and_groups_hold_an_account(house, slot):
    assert list(accounts.holds(house.visitor, NOW)) == []
    one = house.booked(slot)
    groups.request(asked=house.asked(slot), actor=None, now=NOW)
    assert len(hooks.reasons_to_keep(house.visitor, NOW)) == 2
    booking.cancel(reservation=one, actor=None, now=NOW)
    assert len(list(accounts.holds(house.visitor, NOW))) == 1
    assert list(accounts.holds(house.visitor, NOW + dt.timedelta(days=30))) == []


def test_who_came_is_forgotten_and_how_many_is_not(house, slot):
    one = house.booked(slot, adult(), adult("李四"))
    group = groups.request(asked=house.asked(slot), actor=None, now=NOW)
    accounts.erase(house.visitor, NOW)
    one.refresh_from_db()
    group.refresh_from_db()
    assert (booking.party_of(one), one.size) == ((), 2)
    assert (groups.phone_of(group), group.leader_name, group.size) == ("", "", 20)


def test_the_export_says_what_is_kept(house, slot):
    person = adult("张三")
    one = house.booked(slot, person)
    found = accounts.export(house.visitor)
    assert [row["预约号"] for row in found["预约"]] == [one.code]
    assert found["预约"][0]["同行人"][0]["号码"] == person.number
    assert Reservation.objects.count() == 1
