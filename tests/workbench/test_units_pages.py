"""Units in the browser: found, read, made, changed, moved, ended; each within its reader's own units."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.foundation.areas import queries as areas
from kexie.foundation.places import operations as places
from kexie.foundation.units import operations
from kexie.foundation.units.models import Unit
from kexie.kernel.codes import synthetic_credit_code
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW
from tests.workbench.conftest import Desk, read

LIST = "/work/units/"
CODE = synthetic_credit_code(7)
FULL_WIDTH = CODE.translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789"})


def names(page) -> list[str]:
    return [row.cells[0].value for row in page.context["table"].rows]


def page_of(unit: Unit) -> str:
    return f"{LIST}{unit.code}/"


def make(parent: Unit, name: str, kind: str = "SCHOOL", **details) -> Unit:
    return operations.create_unit(
        association=parent.association,
        parent=parent,
        kind=kind,
        name=name,
        area=parent.area,
        actor=None,
        now=NOW,
        **details,
    )


def entry(parent: Unit, /, **values) -> dict[str, str]:
    given = {"name": "阜阳淮河科技有限公司", "kind": "FIRM", "parent": str(parent.pk), "credit_code": ""}
    return {**given, **values}


@pytest.mark.parametrize("address", [LIST, "unit"])
def test_a_page_takes_the_same_number_of_statements_for_one_row_and_for_three(desk: Desk, address: str):
    client, county = desk.client("COORDINATOR"), desk.city.yingdong
    where = f"{LIST}?under={county.code}" if address == LIST else page_of(county)
    counts = []
    for total in (1, 3):
        for index in range(Unit.objects.filter(parent=county).count(), total):
            make(county, f"插花镇第{index}小学")
        client.get(where)
        with CaptureQueriesContext(connection) as found:
            page = client.get(where)
        assert len(page.context["table"].rows if address == LIST else page.context["children"]) == total
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=MUSEUM&sort=name", {"阜阳市科技馆", "颍东区科技馆"}),
        ("area=341203", {"颍东区科协", "颍东区科技馆"}),
        ("q=清河路", {"清河路小学"}),
        ("q=没有这个", set()),
        ("state=ended", {"旧小学"}),
        ("kind=nonsense&q=小学", {"清河路小学"}),
        ("q=小学&state=all", {"清河路小学", "旧小学"}),
    ],
)
def test_the_address_says_which_units(desk: Desk, query: str, shown: set[str]):
    old = make(desk.city.yingzhou, "旧小学")
    operations.close(unit=old, on=dt.date(2025, 1, 1), reason="撤并", actor=None, now=NOW)
    assert set(names(desk.client("COORDINATOR").get(f"{LIST}?{query}"))) == shown


def test_a_list_sorts_both_ways_and_names_what_stands_above(desk: Desk):
    client = desk.client("COORDINATOR")
    up, down = client.get(f"{LIST}?sort=kind"), client.get(f"{LIST}?sort=-kind")
    assert names(up) == names(down)[::-1]
    rows = {row.cells[0].value: row.cells[2].value for row in up.context["table"].rows}
    assert rows["清河路小学"] == "颍州区科协"
    assert rows["颍州区科协"] == "阜阳市科学技术协会"


def test_an_officer_sees_and_keeps_the_own_county_alone(desk: Desk):
    city = desk.city
    client = desk.client("COUNTY_OFFICER", city.yingzhou)
    assert set(names(client.get(LIST))) == {"颍州区科协", "清河路小学"}
    assert client.get(page_of(city.yingdong)).status_code == 404
    assert client.get(f"{LIST}?under={city.yingdong.code}").status_code == 404
    refused = client.post(f"{LIST}new", entry(city.yingdong))
    assert refused.status_code == 422
    assert "parent" in refused.context["form"].errors
    assert not Unit.objects.filter(name="阜阳淮河科技有限公司").exists()


def test_nobody_ends_or_moves_the_top_of_the_own_units(desk: Desk):
    city = desk.city
    officer = desk.client("COUNTY_OFFICER", city.yingzhou)
    for verb in ("move", "close", "reopen"):
        assert officer.get(f"{page_of(city.yingzhou)}{verb}").status_code == 403
        assert desk.client("COORDINATOR").get(f"{page_of(city.association)}{verb}").status_code == 403


def test_a_new_unit_takes_a_code_in_full_width_digits_and_its_parents_area(desk: Desk):
    county = desk.city.yingdong
    answer = desk.client("COORDINATOR").post(f"{LIST}new", entry(county, credit_code=f" {FULL_WIDTH} "))
    made = Unit.objects.get(name="阜阳淮河科技有限公司")
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(made))
    assert (made.credit_code, made.parent, made.area) == (CODE, county, county.area)
    assert Entry.objects.get(action="units.create", subject_id=str(made.pk)).actor_name


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"credit_code": CODE[:-1]}, "credit_code", "应为18位，现为17位"),
        ({"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "credit_code", "校验位不符"),
        ({"name": "　"}, "name", "请填写名称"),
        ({"kind": "ASSOCIATION"}, "kind", "ASSOCIATION"),
        ({"kind": "COUNTY_ASSOCIATION"}, "parent", "不能设在"),
        ({"parent": ""}, "parent", "请选择上级单位"),
        ({"valid_from": "2026-02-30"}, "valid_from", "请填写日期"),
        ({"contact_email": "nobody"}, "contact_email", ""),
    ],
)
def test_wrong_answers_are_told_beside_the_field_and_kept(desk: Desk, values, field: str, says: str):
    given = entry(desk.city.yingzhou, contact_phone="0558-2260000", **values)
    answer = desk.client("COORDINATOR").post(f"{LIST}new", given)
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    assert "0558-2260000" in answer.content.decode()
    assert not Unit.objects.filter(name=given["name"]).exists()


def test_a_code_that_stands_elsewhere_leads_to_its_unit_where_that_may_be_seen(desk: Desk):
    city = desk.city
    known = make(city.yingdong, "颍东某企业", "FIRM", credit_code=CODE)
    coordinator = desk.client("COORDINATOR").post(f"{LIST}new", entry(city.yingzhou, credit_code=FULL_WIDTH))
    assert coordinator.context["existing"].href == page_of(known)
    officer = desk.client("COUNTY_OFFICER", city.yingzhou).post(
        f"{LIST}new", entry(city.yingzhou, credit_code=CODE)
    )
    assert officer.context["existing"] is None
    assert "已有单位使用" in str(officer.context["form"].errors["credit_code"])
    assert "颍东某企业" not in officer.content.decode()


def test_a_form_sent_twice_makes_one_unit(desk: Desk):
    client = desk.client("COORDINATOR")
    client.post(f"{LIST}new", entry(desk.city.yingzhou))
    again = client.post(f"{LIST}new", entry(desk.city.yingzhou))
    assert (again.status_code, Unit.objects.filter(name="阜阳淮河科技有限公司").count()) == (422, 1)
    assert again.context["existing"].href == page_of(Unit.objects.get(name="阜阳淮河科技有限公司"))


def test_a_change_on_top_of_somebody_elses_is_told_first(desk: Desk):
    client, school = desk.client("COORDINATOR"), desk.city.school
    version = client.get(f"{page_of(school)}edit").context["version"]
    operations.edit_details(unit=school, contact_name="李老师", actor=None, now=NOW)
    given = {"contact_name": "王老师", "version": version}
    told = client.post(f"{page_of(school)}edit", given)
    school.refresh_from_db()
    assert (told.status_code, school.contact_name) == (422, "李老师")
    assert "别人修改了" in told.content.decode()
    saved = client.post(f"{page_of(school)}edit", {**given, "version": told.context["version"]})
    school.refresh_from_db()
    assert (saved.status_code, school.contact_name) == (302, "王老师")


def test_an_old_name_and_an_old_parent_stay_on_the_page(desk: Desk):
    client, city = desk.client("COORDINATOR"), desk.city
    client.post(f"{page_of(city.school)}rename", {"name": "清河路第一小学", "reason": "颍教〔2026〕1号"})
    moved = client.post(
        f"{page_of(city.school)}move", {"parent": str(city.yingdong.pk), "reason": "区划调整"}
    )
    assert moved.status_code == 302
    page = client.get(page_of(city.school))
    told = [(one.changes, one.reason) for one in page.context["history"][:2]]
    assert told == [
        (["上级单位：颍州区科协 → 颍东区科协"], "区划调整"),
        (["名称：清河路小学 → 清河路第一小学"], "颍教〔2026〕1号"),
    ]
    assert [link.label for link in page.context["trail"]][2:] == [
        "阜阳市科学技术协会",
        "颍东区科协",
        "清河路第一小学",
    ]


def test_a_unit_cannot_go_below_itself(desk: Desk):
    city = desk.city
    given = {"parent": str(city.school.pk), "reason": "试"}
    answer = desk.client("COORDINATOR").post(f"{page_of(city.yingzhou)}move", given)
    assert answer.status_code == 422
    assert "它自己或它的下级" in answer.content.decode()


def test_a_unit_ends_for_a_reason_and_comes_back_for_one(desk: Desk):
    client, school = desk.client("COORDINATOR"), desk.city.school
    assert client.post(f"{page_of(school)}close", {"on": "2026-02-01"}).status_code == 422
    below = client.post(f"{page_of(desk.city.yingzhou)}close", {"on": "2026-02-01", "reason": "撤并"})
    assert (below.status_code, "还有1个未终止的单位" in below.content.decode()) == (422, True)
    client.post(f"{page_of(school)}close", {"on": "２０２６年2月1日", "reason": "撤并"})
    school.refresh_from_db()
    assert school.valid_to == dt.date(2026, 2, 1)
    client.post(f"{page_of(school)}reopen", {"reason": "误操作"})
    school.refresh_from_db()
    assert school.valid_to is None


def test_records_are_linked_where_there_are_any_that_the_reader_may_see(desk: Desk):
    desk.visits()
    museum = page_of(desk.city.museum)
    groups = desk.client("COORDINATOR").get(museum).context["records"]
    links = [link.href for group in groups for link in group.links]
    assert links == [f"/work/records/museums.visits/?unit={desk.city.museum.pk}"]
    keeper = desk.client("FACILITY_KEEPER", desk.city.museum).get(museum)
    assert keeper.context["records"] == []
    assert keeper.context["people"] is None


def test_the_export_holds_exactly_the_units_of_the_list_and_is_written_down(desk: Desk):
    make(desk.city.yingzhou, "=1+1小学", credit_code=CODE)
    client = desk.client("COUNTY_OFFICER", desk.city.yingzhou)
    sheet = load_workbook(io.BytesIO(read(client.get(f"{LIST}export.xlsx?kind=SCHOOL")))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[1] for row in rows] == ["=1+1小学", "清河路小学"]
    assert sheet["B2"].data_type == "s"
    assert Entry.objects.get(action="units.export").detail == {"query": "kind=SCHOOL", "rows": 2}


def test_search_boxes_offer_what_may_be_read_or_kept(desk: Desk):
    client = desk.client("FACILITY_KEEPER", desk.city.yingzhou)
    items = client.get(f"{LIST}choices?q=小学").json()["items"]
    assert [item["label"] for item in items] == ["清河路小学"]
    assert client.get(f"{LIST}choices?q=颍东").json()["items"] == []
    assert client.get(f"{LIST}keepable?q=小学").status_code == 403


def test_the_rail_shows_what_an_account_may_open(desk: Desk):
    def shown(role: str) -> list[str]:
        groups = desk.client(role).get("/work/").context["rail"]
        return [str(link.label) for group in groups if group.label == "基础信息" for link in group.links]

    assert shown("COORDINATOR") == shown("LEADER") == ["单位", "人员", "地点", "行政区划"]
    assert shown("CARAVAN_CREW") == ["单位", "地点", "行政区划"]
    assert shown("PUPIL") == []


def test_an_edit_leaves_a_place_and_an_area_out_of_sight_as_they_are(desk: Desk):
    city = desk.city
    hall = places.create_place(unit=city.museum, area=city.museum.area, name="报告厅", actor=None, now=NOW)
    province = areas.get("340000")
    operations.edit_details(unit=city.school, place_id=hall.pk, area=province, actor=None, now=NOW)
    client = desk.client("COUNTY_OFFICER", city.yingzhou)
    page = client.get(f"{page_of(city.school)}edit")
    assert "place" not in page.context["form"].fields
    assert "报告厅" not in client.get(page_of(city.school)).content.decode()
    given = {"contact_name": "王老师", "area": "340000"}
    assert client.post(f"{page_of(city.school)}edit", given).status_code == 302
    city.school.refresh_from_db()
    assert (city.school.place_id, city.school.area, city.school.contact_name) == (hall.pk, province, "王老师")
