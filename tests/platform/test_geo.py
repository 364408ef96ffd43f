"""Coordinates: the shift of GCJ-02 and its undoing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.platform.geo import Point, System, distance, is_in_china

FUYANG = Point(115.8142, 32.8908)


def test_the_shift_in_fuyang_is_some_hundred_metres():
    there = FUYANG.to(System.GCJ02)
    unnamed = Point(there.longitude, there.latitude)
    assert 400 < distance(FUYANG, unnamed) < 700
    assert distance(FUYANG, there) == pytest.approx(0, abs=0.01)


def test_the_shift_is_the_published_one():
    """The point at Tian'anmen that most implementations of the published formula are tested with."""
    there = Point(116.397428, 39.90923).to(System.GCJ02)
    assert (there.longitude, there.latitude) == pytest.approx((116.403672, 39.910634), abs=2e-6)


@given(st.floats(73, 135), st.floats(4, 53))
def test_there_and_back_is_the_same_spot(longitude, latitude):
    point = Point(longitude, latitude)
    back = point.to(System.GCJ02).to(System.WGS84)
    assert (back.longitude, back.latitude) == pytest.approx((longitude, latitude), abs=1e-7)


def test_outside_china_nothing_is_shifted():
    paris = Point(2.3522, 48.8566)
    assert not is_in_china(paris.longitude, paris.latitude)
    assert paris.to(System.GCJ02) == Point(2.3522, 48.8566, System.GCJ02)


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    assert distance(Point(116, 32), Point(116, 33)) == pytest.approx(111_195, rel=0.001)
