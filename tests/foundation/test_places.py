"""Places: coordinates of whatever system are stored as WGS-84."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kexie.foundation.places import operations, queries
from kexie.foundation.places.models import Place
from kexie.kernel.scope import Scope
from kexie.platform.geo import Point, System
from tests.foundation.conftest import NOW

pytestmark = pytest.mark.django_db
HERE = Point(115.814200, 32.890800)


def make(city, **values) -> Place:
    given = {"unit": city.yingzhou, "area": city.yingzhou.area, "name": "颍州区科普馆", **values}
    return operations.create_place(actor=None, now=NOW, **given)


@pytest.mark.parametrize("system", list(System))
def test_either_system_ends_at_the_same_spot(city, system):
    place = make(city, point=HERE.to(system))
    place.refresh_from_db()
    assert (place.longitude, place.latitude) == (Decimal("115.814200"), Decimal("32.890800"))


def test_swapped_coordinates_are_refused(city):
    with pytest.raises(operations.PlaceRefused) as refused:
        make(city, point=Point(32.8908, 115.8142))
    assert "颠倒" in refused.value.fields["longitude"]


def test_a_place_has_both_coordinates_or_neither(city):
    place = make(city)
    assert (place.longitude, place.latitude) == (None, None)
    with pytest.raises(IntegrityError, match="place_coordinates_in_range"), transaction.atomic():
        Place.objects.filter(pk=place.pk).update(longitude=115)


def test_places_are_seen_within_scope_and_found_by_area_and_text(city):
    place = make(city, address="清河东路1号")
    inside = Scope(association_id=city.association.pk, unit_paths=(city.yingzhou.path,))
    outside = Scope(association_id=city.association.pk, unit_paths=(city.yingdong.path,))
    assert list(queries.places(inside, area=city.association.area, text="清河东路")) == [place]
    assert list(queries.places(inside, area=city.yingdong.area)) == []
    assert list(queries.places(outside)) == []


def test_a_place_is_changed_in_the_fields_given(city):
    place = make(city, address="旧址", point=HERE)
    operations.edit_place(place=place, address="新址", actor=None, now=NOW)
    place.refresh_from_db()
    assert (place.address, place.name, place.longitude) == ("新址", "颍州区科普馆", Decimal("115.814200"))
