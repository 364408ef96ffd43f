"""People: nothing in clear at rest, found again by hash, masked in lists, revealed with a reason."""

import datetime as dt

import pytest
from django.db import connection

from kexie.foundation.access import queries as access
from kexie.foundation.people import operations, queries
from kexie.foundation.people.masking import mask_document, mask_name, mask_phone
from kexie.foundation.people.models import Document, Person, Sex
from kexie.kernel.codes import synthetic_resident_id
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW, make_account

pytestmark = pytest.mark.django_db
NUMBER = synthetic_resident_id(7, birth_date=dt.date(2012, 5, 4), is_male=False)


def whole(city) -> Scope:
    return Scope(association_id=city.association.pk)


def enter(city, **values) -> Person:
    given = {"name": "张小三", "unit": city.school, "resident_id": NUMBER, "phone": "138 0013-8000", **values}
    return operations.create_person(association=city.association, actor=None, now=NOW, **given)


def test_a_resident_id_gives_sex_and_birth_date(city):
    person = enter(city, resident_id=f" {NUMBER[:6]} {NUMBER[6:].lower()}")
    assert (person.sex, person.birth_date) == (Sex.FEMALE, dt.date(2012, 5, 4))
    with pytest.raises(operations.PersonRefused) as refused:
        enter(city, birth_date=dt.date(2012, 5, 5))
    assert list(refused.value.fields) == ["birth_date"]


def test_nothing_stands_in_clear_in_the_database(city):
    person = enter(city)
    operations.edit_person(person=person, phone="13900139000", actor=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_person::text FROM people_person UNION ALL SELECT audit_entry::text FROM audit_entry"
        )
        rows = "\n".join(row[0] for row in cursor.fetchall())
    assert person.name in rows
    for secret in (NUMBER, "13800138000", "13900139000"):
        assert secret not in rows
        assert secret.encode().hex() not in rows


def test_people_are_found_again_however_the_number_is_typed(city):
    person = enter(city)
    assert queries.by_document(whole(city), f"{NUMBER[:6]}-{NUMBER[6:]} ") == person
    assert list(queries.by_phone(whole(city), "+86 138 0013 8000")) == [person]
    assert queries.by_document(whole(city), "11010519491231002X") is None


def test_the_same_number_is_entered_once(city):
    enter(city)
    with pytest.raises(operations.PersonRefused) as refused:
        enter(city, name="张三三")
    assert list(refused.value.fields) == ["resident_id"]


def test_lists_show_masks(city):
    person = enter(city)
    assert (str(person), person.masked_name) == ("张*三", "张*三")
    assert person.masked_resident_id == f"3412**********{NUMBER[-4:]}"
    assert person.masked_phone == "138****8000"


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_name, "", ""),
        (mask_name, "张", "张"),
        (mask_name, "张三", "张*"),
        (mask_name, "欧阳小三", "欧**三"),
        (mask_document, "11010519491231002X", "1101**********002X"),
        (mask_document, "H12345678", "H1*****78"),
        (mask_document, "1234", "****"),
        (mask_phone, "13800138000", "138****8000"),
        (mask_phone, "2262345", "*****45"),
    ],
)
def test_masks(mask, text, masked):
    assert mask(text) == masked


def test_other_documents_are_taken(city):
    person = enter(
        city, document=Document.PASSPORT, resident_id="e 1234-5678", birth_date=dt.date(2000, 1, 1)
    )
    assert queries.by_document(whole(city), "E12345678") == person
    assert person.masked_resident_id == "E1*****78"
    with pytest.raises(operations.PersonRefused):
        enter(city, document=Document.PASSPORT, resident_id="??")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"resident_id": "123"}, "resident_id"), ({"phone": "一二三"}, "phone")],
)
def test_what_is_wrong_is_said_beside_its_field(city, values, field):
    with pytest.raises(operations.PersonRefused) as refused:
        enter(city, **values)
    assert list(refused.value.fields) == [field]


def test_revealing_needs_a_right_and_a_reason_and_is_written_down(city):
    person = enter(city)
    officer = make_account(city, "COUNTY_OFFICER", unit=city.yingzhou)
    scope = access.scope_for(officer, "REVEAL_PERSON")
    values = {"person": person, "field": "resident_id", "actor": officer, "now": NOW}
    with pytest.raises(operations.PersonRefused):
        operations.reveal(reason=" ", scope=scope, **values)
    elsewhere = Scope(association_id=city.association.pk, unit_paths=(city.yingdong.path,))
    with pytest.raises(Forbidden):
        operations.reveal(reason="核对", scope=elsewhere, **values)
    assert not Entry.objects.filter(action="people.reveal").exists()
    assert operations.reveal(reason="领奖核对", scope=scope, **values) == NUMBER
    entry = Entry.objects.get(action="people.reveal")
    assert (entry.actor_id, entry.reason, entry.detail) == (officer.pk, "领奖核对", {"field": "resident_id"})
    assert entry.subject_label == "张*三"


def test_a_scope_shows_the_people_of_its_units_only(city):
    enter(city)
    inside = Scope(association_id=city.association.pk, unit_paths=(city.yingzhou.path,))
    outside = Scope(association_id=city.association.pk, unit_paths=(city.yingdong.path,))
    assert queries.people(inside, text="小三").count() == 1
    assert queries.people(outside).count() == 0
    assert queries.by_document(outside, NUMBER) is None
