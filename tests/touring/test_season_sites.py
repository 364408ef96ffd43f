"""What a site may be, and a school's term."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from kexie.contexts.touring.models import SchoolTerm, Site
from tests.ledger import build


@pytest.fixture
def world(db):
    return build.world()


def site(world, name="中心小学", **values):
    unit = world.counties[0]
    return Site(association=world.association, unit=unit, area=unit.area, name=name, kind="SCHOOL", **values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"longitude": "32.8", "latitude": "115.8"}, "经度和纬度填反了，请对调。"),
        ({"longitude": "115.8"}, "经度和纬度要么都填，要么都不填。"),
        ({"longitude": "15.8", "latitude": "12"}, "坐标不在中国境内，请检查经度和纬度是否颠倒。"),
    ],
)
def test_points_outside_china_and_half_points_are_refused(world, values, said):
    with pytest.raises(ValidationError) as caught:
        site(world, **values).full_clean()
    assert said in caught.value.messages


def test_a_township_has_one_site_of_a_name(world):
    site(world).save()
    with pytest.raises(ValidationError) as caught:
        site(world).full_clean()
    assert caught.value.messages == ["这个乡镇已经有同名的点位。"]


def test_the_contact_is_kept_encrypted_and_shown_masked(world):
    kept = site(world)
    kept.seal_contact(name="王小明", phone="13800138000")
    kept.save()
    kept = Site.objects.get(pk=kept.pk)
    assert b"13800138000" not in bytes(kept.contact)
    assert kept.open_contact() == ("王小明", "13800138000")
    assert "13800138000" not in kept.masked_contact
    kept.seal_contact(name="", phone="")
    assert kept.open_contact() == ("", "")


def test_a_term_ends_after_it_starts(world):
    with pytest.raises(IntegrityError):
        SchoolTerm.objects.create(
            association=world.association,
            area=world.association.area,
            name="秋",
            starts_on=dt.date(2026, 9, 1),
            ends_on=dt.date(2026, 9, 1),
        )
