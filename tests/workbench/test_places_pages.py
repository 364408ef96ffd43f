"""Places and areas in the browser."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.foundation.places import operations
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.platform.geo import Point, System
from tests.foundation.conftest import NOW
from tests.workbench.conftest import Desk

LIST = "/work/places/"
HERE = Point(115.814200, 32.890800)


def make(unit: Unit, name: str = "一号展厅", **values) -> Place:
    return operations.create_place(unit=unit, area=unit.area, name=name, actor=None, now=NOW, **values)


def page_of(place: Place) -> str:
    return f"{LIST}{place.pk}/"


def entry(unit: Unit, **values) -> dict[str, str]:
    given = {"name": "颍州区科普馆", "unit": str(unit.pk), "system": "WGS84", "longitude": "", "latitude": ""}
    return {**given, **values}


def test_a_list_takes_the_same_number_of_statements_for_one_row_and_for_three(desk: Desk):
    client, counts = desk.client("COORDINATOR"), []
    for total in (1, 3):
        for index in range(Place.objects.count(), total):
            make(desk.city.museum, f"{index}号展厅")
        client.get(LIST)
        with CaptureQueriesContext(connection) as found:
            page = client.get(LIST)
        assert len(page.context["table"].rows) == total
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 15


def test_an_officer_sees_and_keeps_the_places_of_the_own_county_alone(desk: Desk):
    inside, outside = make(desk.city.school, "操场"), make(desk.city.yingdong, "会议室")
    client = desk.client("COUNTY_OFFICER", desk.city.yingzhou)
    assert [row.name for row in client.get(LIST).context["table"].rows] == [inside.name]
    assert client.get(page_of(outside)).status_code == 404
    assert client.get(f"{page_of(outside)}edit").status_code == 404
    refused = client.post(f"{LIST}new", entry(desk.city.yingdong))
    assert (refused.status_code, "unit" in refused.context["form"].errors) == (422, True)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 2), ("area=341203", 1), ("q=操场", 1), ("q=没有", 0), ("area=999999", 2), ("sort=-unit", 2)],
)
def test_the_address_says_which_places(desk: Desk, query: str, shown: int):
    make(desk.city.school, "操场")
    make(desk.city.yingdong, "会议室")
    assert len(desk.client("COORDINATOR").get(f"{LIST}?{query}").context["table"].rows) == shown


@pytest.mark.parametrize("system", list(System))
def test_coordinates_of_either_system_and_full_width_digits_are_kept_as_wgs_84(desk: Desk, system: System):
    point = HERE.to(system)
    typed = f"{point.longitude:.7f}".translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789."})
    given = entry(desk.city.school, longitude=typed, latitude=f"{point.latitude:.7f}", system=system.value)
    answer = desk.client("COORDINATOR").post(f"{LIST}new", given)
    place = Place.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(place))
    assert (place.longitude, place.latitude) == (Decimal("115.814200"), Decimal("32.890800"))
    assert place.area == desk.city.school.area


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": " "}, "name", "请填写名称"),
        ({"longitude": "115.8"}, "latitude", "要么都填"),
        ({"longitude": "32.89", "latitude": "115.81"}, "longitude", "填反了"),
        ({"longitude": "2.35", "latitude": "48.85"}, "longitude", "不在中国境内"),
        ({"longitude": "115°48′51″", "latitude": "32.89"}, "longitude", "换算成十进制"),
        ({"longitude": "115.81，32.89", "latitude": ""}, "longitude", "分别填在两栏"),
        ({"longitude": "东经", "latitude": "32.89"}, "longitude", "十进制度数"),
        ({"floor_area": "0"}, "floor_area", "1"),
    ],
)
def test_wrong_answers_are_told_beside_the_field_and_kept(desk: Desk, values, field: str, says: str):
    given = entry(desk.city.school, address="清河东路1号", **values)
    answer = desk.client("COORDINATOR").post(f"{LIST}new", given)
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    assert "清河东路1号" in answer.content.decode()
    assert not Place.objects.exists()


def test_an_edit_changes_what_was_changed_and_can_take_coordinates_away(desk: Desk):
    place = make(desk.city.school, point=HERE, floor_area=300)
    client, address = desk.client("COORDINATOR"), f"{page_of(place)}edit"
    initial = client.get(address).context["form"].initial
    kept = entry(
        desk.city.school,
        longitude=str(initial["longitude"]),
        latitude=str(initial["latitude"]),
        floor_area="",
    )
    assert client.post(address, kept).status_code == 302
    place.refresh_from_db()
    assert (place.name, place.floor_area, place.longitude) == ("颍州区科普馆", None, Decimal("115.814200"))
    assert client.post(address, entry(desk.city.school)).status_code == 302
    place.refresh_from_db()
    assert (place.longitude, place.latitude) == (None, None)
    changes = [one.changes for one in client.get(page_of(place)).context["history"]]
    assert changes[0] == ["经度：115.814200 → （空）", "纬度：32.890800 → （空）"]


def test_a_change_on_top_of_somebody_elses_is_told_first(desk: Desk):
    place = make(desk.city.school)
    client, address = desk.client("COORDINATOR"), f"{page_of(place)}edit"
    version = client.get(address).context["version"]
    operations.edit_place(place=place, address="新址", actor=None, now=NOW)
    answer = client.post(address, entry(desk.city.school, version=version))
    place.refresh_from_db()
    assert (answer.status_code, place.address, place.name) == (422, "新址", "一号展厅")


def test_areas_are_a_tree_with_codes_and_the_units_one_may_see(desk: Desk):
    def shown(client) -> dict[str, tuple]:
        rows = client.get("/work/areas/").context["table"].rows
        return {row.name: (row.cells[0].value, row.cells[1].value, row.cells[5].value) for row in rows}

    whole = shown(desk.client("COORDINATOR"))
    assert whole["安徽省"] == ("安徽省", "340000", 6)
    assert whole["颍州区"] == ("　　颍州区", "341202", 3)
    county = shown(desk.client("COUNTY_OFFICER", desk.city.yingzhou))
    assert whole["颍东区"][2] == 2
    assert (county["安徽省"][2], county["颍东区"][2]) == (2, 0)


@pytest.mark.parametrize(("query", "status", "count"), [("q=颍", 200, 4), ("q=341202", 200, 1), ("q=无", 200, 0), ("under=341202", 200, 1), ("under=999999", 404, None)])  # fmt: skip
def test_areas_are_searched_and_opened(desk: Desk, query: str, status: int, count: int | None):
    answer = desk.client("COORDINATOR").get(f"/work/areas/?{query}")
    assert answer.status_code == status
    assert count is None or len(answer.context["table"].rows) == count
