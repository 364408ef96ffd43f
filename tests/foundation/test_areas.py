"""Areas: the bundled table, the tree, loading."""

import pytest
from django.db import IntegrityError, transaction

from kexie.foundation.areas import operations, queries
from kexie.foundation.areas.models import Area, Level
from tests.foundation.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def fuyang() -> Area:
    operations.load_bundled(actor=None, now=NOW)
    return queries.get("341200")


def test_fuyang_has_eight_counties_and_zones_are_none_of_them(fuyang):
    assert [county.name for county in queries.counties(fuyang)] == [
        "颍州区", "颍东区", "颍泉区", "临泉县", "太和县", "阜南县", "颍上县", "界首市",
    ]  # fmt: skip
    assert [zone.code for zone in queries.children(fuyang, level=Level.ZONE)] == ["3412A1", "3412A2"]


def test_prefixes_name_subtrees(fuyang):
    assert [area.prefix for area in queries.subtree(queries.get("341202"))] == ["341202"]
    assert (queries.get("340000").prefix, fuyang.prefix) == ("34", "3412")
    assert queries.subtree(queries.get("340000")).count() == 12


def test_ancestors_run_from_the_province_down(fuyang):
    rows = [
        {"code": "341202001", "name": "文峰街道", "level": "township"},
        {"code": "341202001001", "name": "文峰社区", "level": "village"},
    ]
    assert operations.load(rows, actor=None, now=NOW) == 2
    village = queries.get("341202001001")
    assert [area.code for area in queries.ancestors(village)] == ["340000", "341200", "341202", "341202001"]
    assert [area.code for area in queries.ancestors(queries.get("3412A1"))] == ["340000", "341200"]
    assert village.parent_id == "341202001"


def test_a_zone_counts_in_its_county(fuyang):
    county = queries.in_statistics(queries.get("341202"), field="parent")
    Area.objects.create(code="3412A1001", name="京九街道", level=Level.TOWNSHIP, parent_id="3412A1")
    Area.objects.create(code="341202001", name="文峰街道", level=Level.TOWNSHIP, parent_id="341202")
    Area.objects.create(code="341203001", name="河东街道", level=Level.TOWNSHIP, parent_id="341203")
    assert [area.code for area in Area.objects.filter(county)] == ["341202001", "3412A1001"]


def test_loading_twice_changes_nothing(fuyang):
    before = list(Area.objects.values_list())
    assert operations.load_bundled(actor=None, now=NOW) == 12
    assert list(Area.objects.values_list()) == before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "34120", "name": "甲", "level": "COUNTY"}, "第2行（34120）：区划代码应为6位、9位或12位。"),
        ({"code": "341299", "name": "", "level": "COUNTY"}, "第2行（341299）：此字段不能为空。"),
        ({"code": "351299", "name": "乙县", "level": "COUNTY"}, "缺少上级区划：351200"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_whole(fuyang, row, message):
    with pytest.raises(operations.AreasRefused) as refused:
        operations.load([row, {"code": "341298", "name": "丙县", "level": "COUNTY"}], actor=None, now=NOW)
    assert str(refused.value).startswith(message.split("：")[0])
    assert not Area.objects.filter(code="341298").exists()


def test_the_database_refuses_a_code_of_another_level(fuyang):
    with pytest.raises(IntegrityError, match="area_code_fits_level"), transaction.atomic():
        Area.objects.create(code="341299", name="甲", level=Level.TOWNSHIP, parent=fuyang)
