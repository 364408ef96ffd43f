"""Boundaries out of GeoJSON: taken in whole or not at all, drawn instead of squares, taken away again."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.areas.models import Area
from kexie.foundation.places import geojson, operations, queries
from kexie.foundation.places.models import AreaShape
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from tests.ledger import build

PAGE = "/work/touring/fleet/coverage/"


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"association": world.association, "actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def staff(world, client):
    """The browser of the coordinator, signed in."""
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client.force_login(world.account)
    return client


def square(west, south, size=1.0):
    return [
        [
            [west, south],
            [west + size, south],
            [west + size, south + size],
            [west, south + size],
            [west, south],
        ]
    ]


def file(*features, **more):
    told = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": rings}}
        for properties, rings in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": told, **more}).encode()


def test_codes_or_names_are_found_and_drawn_with_north_up(world, by):
    name = Area.objects.get(pk="341222").name
    content = file(({"adcode": 341221}, square(115, 32)), ({"name": name}, square(115, 33)))
    assert operations.take_in_shapes(content=content, **by) == 2
    drawn = queries.drawing(world.scope, ["341221", "341222"])
    tops = {one.code: float(one.path[1:].split("L")[2].split()[1]) for one in drawn.outlines}
    assert tops["341222"] == 0.0
    assert round(tops["341221"]) == drawn.height // 2
    assert operations.take_in_shapes(content=content, **by) == 2
    assert AreaShape.objects.count() == 2
    other = build.world("另一个市科协")
    assert queries.drawing(other.scope, ["341221"]).outlines == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "不是 GeoJSON"),
        (b"[]", "没有要素"),
        (file(({"code": "341221"}, square(115, 32)), crs={"name": "EPSG:3857"}), "坐标系"),
        (file(({"code": "110101"}, square(115, 32))), "第1个要素：没有代码为“110101”"),
        (
            file(({"code": "341221"}, square(115, 32)), ({"code": "341222"}, square(32, 115))),
            "第2个要素：坐标不在中国",
        ),
        (file(({"code": "341221"}, [square(115, 32)[0][:3]])), "第1个要素：边界线没有闭合"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_comes_in(world, by, content, words):
    with pytest.raises(geojson.ShapesRefused) as refused:
        operations.take_in_shapes(content=content, **by)
    assert words in str(refused.value.fields["file"])
    assert AreaShape.objects.count() == 0


def test_only_the_city_brings_boundaries_in(world, by):
    county = Scope(association_id=world.association.pk, unit_paths=(world.counties[0].path,))
    with pytest.raises(Forbidden):
        operations.take_in_shapes(
            content=file(({"code": "341221"}, square(115, 32))), **{**by, "scope": county}
        )


def test_the_coverage_page_draws_them_until_they_are_taken_away(world, by, staff):
    Area.objects.create(
        code="341221101", name="城关镇", level="TOWNSHIP", parent=Area.objects.get(pk="341221")
    )
    assert "<path" not in staff.get(PAGE).content.decode()
    upload = SimpleUploadedFile("边界.json", file(({"code": "341221101"}, square(115, 32))))
    assert staff.post(f"{PAGE}boundaries/", {"file": upload}).status_code == 302
    assert 'class="reach__area reach__area--never"' in staff.get(PAGE).content.decode()
    assert staff.post(f"{PAGE}boundaries/", {"file": ""}).status_code == 422
    staff.post(f"{PAGE}boundaries/", {"remove": "on"})
    assert "<path" not in staff.get(PAGE).content.decode()
