"""One person of a party: what is accepted, what is shown, what finds them again."""

import datetime as dt

import pytest

from kexie.foundation.people.models import Document
from kexie.foundation.visitors import details
from kexie.kernel import codes
from kexie.platform import crypto

TODAY = dt.date(2026, 3, 2)
ADULT = codes.synthetic_resident_id(1, birth_date=dt.date(1990, 5, 6), is_male=True)


def check(**given) -> details.Person:
    return details.check(
        **{"name": "张小三", "document": "RESIDENT_ID", "number": "", "today": TODAY, **given}
    )


def refused(**given) -> dict[str, str]:
    with pytest.raises(details.DetailsRefused) as caught:
        check(**given)
    return {name: str(message) for name, message in caught.value.fields.items()}


def test_a_resident_number_is_cleaned_and_tells_the_birth_date() -> None:
    typed = f" {ADULT[:6]} {ADULT[6:14]}－{ADULT[14:].lower()} "
    assert check(number=typed, name=" 张　小三 ") == details.Person(
        name="张 小三", document=Document.RESIDENT_ID, number=ADULT, birth_date=dt.date(1990, 5, 6)
    )


def test_what_is_shown_says_neither_name_nor_number() -> None:
    person = check(number=ADULT)
    assert (person.masked_name, person.masked_number) == ("张*三", f"{ADULT[:4]}{'*' * 10}{ADULT[-4:]}")
    assert (str(person), ADULT in repr(person)) == ("张*三", False)


def test_a_card_and_a_household_register_are_the_same_person() -> None:
    assert check(number=ADULT).digest == check(number=ADULT, document="HOUSEHOLD", name="别名").digest


def test_equal_numbers_of_other_documents_are_other_people() -> None:
    born = dt.date(1980, 1, 1)
    passport = check(document="PASSPORT", number="H12345678", birth_date=born)
    permit = check(document="HONG_KONG_MACAO", number="h-1234 5678", birth_date=born)
    assert permit.number == "H12345678"
    assert passport.digest != permit.digest


def test_a_child_without_document_is_known_by_name_and_birth_date() -> None:
    child = check(name="李 小花", document="NONE", number="whatever", birth_date=dt.date(2019, 9, 1))
    assert (child.number, child.masked_number) == ("", "")
    assert child.digest == check(name="李小花", document="NONE", birth_date=dt.date(2019, 9, 1)).digest
    assert child.digest != check(name="李小花", document="NONE", birth_date=dt.date(2019, 9, 2)).digest


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "", "number": ADULT}, {"name": "请填写姓名，与证件上的一致。"}),
        ({"name": "张3", "number": ADULT}, {"name": "姓名应只含文字，请按证件上的填写。"}),
        ({"name": "张", "number": ADULT}, {"name": "姓名应为2至60个字，请按证件上的填写。"}),
        ({}, {"number": "请填写证件号码。"}),
        ({"number": ADULT[:-1] + "0123456789X"["X123456789".find(ADULT[-1]) % 10]}, {"number": "身份证号码的校验位不符，请对照证件核对有无错字。"}),
        ({"document": "LIBRARY", "number": "1"}, {"document": "请选择证件类型。"}),
        ({"document": "PASSPORT", "number": "护照号码一二三"}, {"number": "证件号码应为4至20位字母和数字，请核对。", "birth_date": "请填写出生日期，例如 2015-06-01。"}),
        ({"document": "HONG_KONG_MACAO", "number": "12345678", "birth_date": dt.date(1990, 1, 1)}, {"number": "港澳居民来往内地通行证号码是字母 H 或 M 加8位数字，请对照证件核对。"}),
        ({"document": "NONE"}, {"birth_date": "请填写出生日期，例如 2015-06-01。"}),
        ({"document": "NONE", "birth_date": dt.date(2012, 3, 2)}, {"document": "满14周岁须有证件，请选择证件类型并填写号码。"}),
        ({"document": "NONE", "birth_date": dt.date(2026, 3, 3)}, {"birth_date": "出生日期2026-03-03不合情理，请核对。"}),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told_beside_its_field(given, expected) -> None:
    assert refused(**given) == expected


def test_names_of_minorities_and_foreigners_are_names() -> None:
    names = ["阿依古丽·买买提", "Jean-Luc O'Brien", "𠮷田", "М. Иванова"]
    assert [check(name=name, number=ADULT).name for name in names] == names


@pytest.mark.parametrize(
    ("day", "age"),
    [(dt.date(2026, 2, 28), 13), (dt.date(2026, 3, 1), 14), (dt.date(2028, 2, 28), 15), (dt.date(2028, 2, 29), 16)],
)  # fmt: skip
def test_age_of_someone_born_on_29_february(day, age) -> None:
    assert details.age_on(dt.date(2012, 2, 29), day) == age


def test_a_child_who_turns_14_needs_a_document_from_that_day_on() -> None:
    child = check(document="NONE", birth_date=dt.date(2012, 3, 3))
    days = (dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert [child.needs_document_on(day) for day in days] == [False, True]
    assert check(number=ADULT).needs_document_on(TODAY) is False


def test_a_party_is_packed_encrypted_and_bound_to_what_it_belongs_to() -> None:
    party = (
        check(number=ADULT),
        check(name="李小花", document="NONE", birth_date=dt.date(2019, 9, 1)),
        details.Person(name="王一一", document="PASSPORT", number="E12345"),
    )
    packed = details.to_bytes(party, context=b"one")
    assert ADULT.encode() not in packed
    assert details.from_bytes(packed, context=b"one") == party
    with pytest.raises(crypto.Unreadable):
        details.from_bytes(packed, context=b"another")
