"""People in the browser: masked, found by a whole number, shown in clear once, for a reason that is kept."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.foundation.people import operations
from kexie.foundation.people.models import Person
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Unit
from kexie.kernel.codes import synthetic_resident_id
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW
from tests.workbench.conftest import Desk

LIST = "/work/people/"
BORN = dt.date(1988, 5, 6)
NUMBER = synthetic_resident_id(3, birth_date=BORN, is_male=False)
OTHER = synthetic_resident_id(4, birth_date=dt.date(1990, 1, 2), is_male=True)
FULL_WIDTH = NUMBER.translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789X"})
PHONE = "13800005678"


def make(unit: Unit, name: str = "张小三", **values) -> Person:
    return operations.create_person(
        association=unit.association, unit=unit, name=name, actor=None, now=NOW, **values
    )


def page_of(person: Person) -> str:
    return f"{LIST}{person.pk}/"


def entry(unit: Unit, /, **values) -> dict[str, str]:
    given = {
        "name": "张小三",
        "unit": str(unit.pk),
        "document": "RESIDENT_ID",
        "resident_id": "",
        "phone": "",
    }
    return {**given, **values}


def test_a_list_takes_the_same_number_of_statements_for_one_row_and_for_three(desk: Desk):
    client, counts = desk.client("COORDINATOR"), []
    for total in (1, 3):
        for index in range(Person.objects.count(), total):
            make(desk.city.school, f"张小{index}", phone=f"1380000567{index}")
        client.get(LIST)
        with CaptureQueriesContext(connection) as found:
            page = client.get(LIST)
        assert len(page.context["table"].rows) == total
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 15


def test_nothing_stands_in_clear_on_list_and_page_and_browsers_keep_neither(desk: Desk):
    person = make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    for address in (LIST, page_of(person), f"{page_of(person)}edit"):
        answer = desk.client("COORDINATOR").get(address)
        shown = answer.content.decode()
        assert NUMBER not in shown
        assert PHONE not in shown
        assert "138****5678" in shown
        assert "no-store" in answer.headers["Cache-Control"]


def test_an_officer_sees_the_people_of_the_own_county_alone(desk: Desk):
    inside, outside = make(desk.city.school), make(desk.city.yingdong, "李四", resident_id=NUMBER)
    client = desk.client("COUNTY_OFFICER", desk.city.yingzhou)
    assert [row.name for row in client.get(LIST).context["table"].rows] == [inside.masked_name]
    assert client.get(page_of(outside)).status_code == 404
    found = client.post(f"{LIST}find", {"number": NUMBER})
    assert found.status_code == 422
    answer = client.post(f"{page_of(outside)}reveal", {"field": "resident_id", "reason": "核对"})
    assert answer.status_code == 404
    assert not Entry.objects.filter(action="people.reveal").exists()


def test_a_new_person_is_checked_and_kept_encrypted(desk: Desk):
    given = entry(desk.city.school, resident_id=FULL_WIDTH, phone="１３８ 0000 5678", birth_date="")
    answer = desk.client("COORDINATOR").post(f"{LIST}new", given)
    person = Person.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(person))
    assert (person.birth_date, person.sex, person.unit) == (BORN, "FEMALE", desk.city.school)
    assert (person.masked_resident_id[-4:], person.masked_phone) == (NUMBER[-4:], "138****5678")
    assert NUMBER.encode() not in bytes(person.resident_id)


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": ""}, "name", "请填写姓名"),
        ({"unit": ""}, "unit", "请选择单位"),
        ({"resident_id": NUMBER[:-1]}, "resident_id", "应为18位，现为17位"),
        (
            {"resident_id": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")},
            "resident_id",
            "校验位不符",
        ),
        ({"resident_id": NUMBER, "birth_date": "1990-01-01"}, "birth_date", "不一致"),
        ({"phone": "不详"}, "phone", "只含数字"),
        ({"document": "PASSPORT", "resident_id": "E1"}, "resident_id", "4至20位"),
    ],
)
def test_wrong_answers_are_told_beside_the_field_and_kept(desk: Desk, values, field: str, says: str):
    answer = desk.client("COORDINATOR").post(f"{LIST}new", entry(desk.city.school, title="讲师", **values))
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    assert 'value="讲师"' in answer.content.decode()
    assert not Person.objects.exists()


def test_a_number_that_is_there_leads_to_its_person_where_they_may_be_seen(desk: Desk):
    known = make(desk.city.yingdong, resident_id=NUMBER)
    given = entry(desk.city.school, resident_id=NUMBER)
    coordinator = desk.client("COORDINATOR").post(f"{LIST}new", given)
    assert (coordinator.status_code, coordinator.context["existing"].href) == (422, page_of(known))
    officer = desk.client("COUNTY_OFFICER", desk.city.yingzhou).post(f"{LIST}new", given)
    assert (officer.status_code, officer.context["existing"]) == (422, None)


def test_an_edit_keeps_the_numbers_that_were_left_empty(desk: Desk):
    person = make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    client = desk.client("COORDINATOR")
    answer = client.post(f"{page_of(person)}edit", entry(desk.city.school, name="张大三", title="高级教师"))
    person.refresh_from_db()
    assert (answer.status_code, person.name, person.title) == (302, "张大三", "高级教师")
    assert (person.masked_resident_id[-4:], person.masked_phone) == (NUMBER[-4:], "138****5678")


def test_a_wrong_number_is_put_right_with_what_it_says(desk: Desk):
    person = make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    given = entry(desk.city.school, resident_id=OTHER, drop_phone="on")
    assert desk.client("COORDINATOR").post(f"{page_of(person)}edit", given).status_code == 302
    person.refresh_from_db()
    assert (person.birth_date, person.sex, person.phone) == (dt.date(1990, 1, 2), "MALE", None)
    logged = Entry.objects.get(action="people.edit").detail["fields"]
    assert {"phone", "resident_id"} <= set(logged)


def test_a_change_on_top_of_somebody_elses_is_told_first(desk: Desk):
    person = make(desk.city.school, phone=PHONE)
    client, address = desk.client("COORDINATOR"), f"{page_of(person)}edit"
    version = client.get(address).context["version"]
    assert client.get(address).context["version"] == version
    operations.edit_person(person=person, title="教授", actor=None, now=NOW)
    answer = client.post(address, entry(desk.city.school, title="讲师", version=version))
    person.refresh_from_db()
    assert (answer.status_code, person.title) == (422, "教授")


@pytest.mark.parametrize("number", [NUMBER, FULL_WIDTH, NUMBER.lower(), PHONE, "138-0000-5678"])
def test_somebody_is_found_by_a_whole_number_which_is_written_nowhere(desk: Desk, number: str):
    person = make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    answer = desk.client("COORDINATOR").post(f"{LIST}find", {"number": number})
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(person))
    found = Entry.objects.get(action="people.find")
    assert (found.subject_id, found.detail) == (str(person.pk), {"found": True})


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (NUMBER[:-1], "没有登记"),
        (NUMBER[:6] + "19881306" + NUMBER[14:], "不是有效的出生日期"),
        ("", "请填写"),
    ],
)
def test_a_number_that_finds_nobody_says_so(desk: Desk, number: str, says: str):
    make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    answer = desk.client("COORDINATOR").post(f"{LIST}find", {"number": number})
    assert answer.status_code == 422
    assert says in str(answer.context["find"].errors["number"])


def test_two_with_one_telephone_are_both_shown(desk: Desk):
    people = [make(desk.city.school, name, phone=PHONE) for name in ("张小三", "李小四")]
    answer = desk.client("COORDINATOR").post(f"{LIST}find", {"number": PHONE})
    assert answer.status_code == 200
    assert {row.name for row in answer.context["table"].rows} == {one.masked_name for one in people}


def test_a_number_is_shown_once_and_who_asked_and_why_is_kept(desk: Desk):
    person = make(desk.city.school, resident_id=NUMBER, phone=PHONE)
    client = desk.client("COUNTY_OFFICER", desk.city.yingzhou)
    given = {"field": "resident_id", "reason": "办理表彰，核对证件"}
    shown = client.post(f"{page_of(person)}reveal", given)
    assert (shown.status_code, NUMBER in shown.content.decode()) == (200, True)
    assert PHONE not in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    kept = Entry.objects.get(action="people.reveal")
    assert (kept.subject_id, kept.reason) == (str(person.pk), "办理表彰，核对证件")
    assert kept.detail == {"field": "resident_id"}
    assert kept.actor_id == desk.account("COUNTY_OFFICER", desk.city.yingzhou).pk
    again = client.get(page_of(person))
    assert NUMBER not in again.content.decode()
    assert again.context["history"][0].reason == "办理表彰，核对证件"
    assert client.get(f"{page_of(person)}reveal").status_code == 302


@pytest.mark.parametrize("given", [{"field": "resident_id"}, {"field": "resident_id", "reason": " "}, {}])
def test_without_a_reason_nothing_is_shown_and_nothing_written(desk: Desk, given):
    person = make(desk.city.school, resident_id=NUMBER)
    answer = desk.client("COORDINATOR").post(f"{page_of(person)}reveal", given)
    assert (answer.status_code, NUMBER in answer.content.decode()) == (422, False)
    assert not Entry.objects.filter(action="people.reveal").exists()


def test_departments_read_masked_and_reveal_nothing(desk: Desk):
    person = make(desk.city.school, resident_id=NUMBER)
    client = desk.client("OFFICE")
    page = client.get(page_of(person))
    assert (page.context["reveal"], page.context["may_keep"]) == (None, False)
    given = {"field": "resident_id", "reason": "核对"}
    assert client.post(f"{page_of(person)}reveal", given).status_code == 403
    assert client.get(f"{page_of(person)}edit").status_code == 403


def test_whoever_belongs_to_an_ended_unit_can_still_be_edited(desk: Desk):
    person = make(desk.city.school, phone=PHONE)
    units.close(unit=desk.city.school, on=dt.date(2026, 1, 1), reason="撤并", actor=None, now=NOW)
    client, address = desk.client("COORDINATOR"), f"{page_of(person)}edit"
    assert "清河路小学" in client.get(address).content.decode()
    assert client.post(address, entry(desk.city.school, title="退休教师")).status_code == 302
    assert client.post(f"{LIST}new", entry(desk.city.school)).status_code == 422
