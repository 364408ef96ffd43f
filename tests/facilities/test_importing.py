"""A workbook of facilities as offices keep it: all of it comes in, or the wrong cells are named."""

import io

import pytest
from django.core.files.base import ContentFile
from openpyxl import Workbook

from kexie.contexts.facilities.models import Facility
from kexie.contexts.facilities.operations import importing
from kexie.contexts.facilities.operations.importing import ImportRefused
from kexie.kernel.scope import Scope
from tests.ledger import build

HEAD = ("序号", "管理单位*", "设施 名称", "类型：", "所在地区", "负责人", "面积（平方米）", "经 度", "纬度")


@pytest.fixture
def world(db):
    return build.world()


def book(*rows):
    made = Workbook()
    for row in (("2025年科普设施台账（内部资料）",), (), HEAD, *rows):
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return ContentFile(buffer.getvalue(), name="台账.xlsx")


def take_in(world, *rows, scope=None):
    return importing.take_in(
        upload=book(*rows), actor=world.account, now=build.NOW, scope=scope or world.scope
    )


def test_titles_spaces_units_and_other_names_of_columns_do_not_matter(world):
    county = world.counties[0].name
    good = (1, county, " 向阳小学科技馆 ", "校园馆", "临泉县", "王老师", "１２０㎡", 115.26, "33.07")
    plain = (2, county, "广场画廊", "科普宣传栏", None, None, None, None, None)
    assert take_in(world, good, (), plain, good) == (2, 1)
    found = Facility.objects.get(name="向阳小学科技馆")
    shown = (found.kind, found.area_id, found.keeper, float(found.area_m2), float(found.longitude))
    assert shown == ("CAMPUS_MUSEUM", "341221", "王老师", 120.0, 115.26)
    assert take_in(world, good, plain) == (0, 2)


def test_wrong_cells_are_named_and_nothing_comes_in(world):
    county = world.counties[0].name
    rows = (
        (1, county, "好画廊", "科普画廊", "临泉县", "", "", "", ""),
        (2, county, "倒坐标", "科普画廊", "临泉县", "", "", 33.07, 115.26),
        (3, "火星科协", "远画廊", "太空馆", "火星县", "", "约一百", "", ""),
    )
    with pytest.raises(ImportRefused) as refused:
        take_in(world, *rows)
    assert [one.partition("：")[0] for one in refused.value.problems] == ["H5", "B6", "D6", "E6", "G6"]
    assert not Facility.objects.exists()


def test_a_county_brings_in_its_own_alone(world):
    own = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(ImportRefused):
        take_in(world, (1, world.counties[0].name, "画廊", "科普画廊", "", "", "", "", ""), scope=own)


def test_a_sheet_without_the_two_columns_is_refused(world):
    made = Workbook()
    made.active.append(("甲", "乙"))
    buffer = io.BytesIO()
    made.save(buffer)
    upload = ContentFile(buffer.getvalue(), name="别的.xlsx")
    with pytest.raises(ImportRefused):
        importing.take_in(upload=upload, actor=world.account, now=build.NOW, scope=world.scope)
