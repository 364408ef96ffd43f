"""Credit codes, organisation codes, resident identity numbers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.kernel import codes

CREDIT_CODES = ["91350100M000100Y43", "12341200MB00000009", "51341200MB00000008", "91341200MB00000004"]
serials = st.integers(0, 31**6 - 1)
births = st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1))


def refusal(check, text: str) -> str:
    with pytest.raises(codes.CodeError) as refused:
        check(text)
    return str(refused.value)


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_known_credit_codes_pass(code):
    assert codes.credit_code(code) == code


def test_the_organisation_code_of_the_standard_passes():
    assert codes.organisation_code("D2143569-X") == "D2143569X"


@pytest.mark.parametrize("number", ["11010519491231002X", "34052419800101001X"])
def test_known_resident_ids_pass(number):
    assert codes.resident_id(number).number == number


def test_a_resident_id_tells_birth_date_and_sex():
    found = codes.resident_id("11010519491231002X")
    assert (found.area_code, found.birth_date, found.is_male) == ("110105", dt.date(1949, 12, 31), False)


@pytest.mark.parametrize(
    "text",
    [
        " 12341200mb00000009 ",
        "１２３４１２００ＭＢ０００００００９",
        "12341200-MB000000-09",
        "1234 1200\u3000MB00\u200b0000\u00a009",
        "12341200—MB000000–09",
    ],
)
def test_codes_are_taken_as_people_paste_them(text):
    assert codes.credit_code(text) == "12341200MB00000009"


def test_a_small_x_and_full_width_digits_are_taken():
    assert codes.resident_id("１１０１０５ 19491231 002ｘ").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "请填写统一社会信用代码。"),
        ("12341200MB0000000", "应为18位，现为17位"),
        ("12341200MB00000O09", "第16位“O”有误"),
        ("02341200MB00000009", "第1位“0”不是登记管理部门代码"),
        ("1234A200MB00000009", "第3至8位应为6位数字"),
        ("12341200MB00000008", "校验位不符"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(text, message):
    assert message in refusal(codes.credit_code, text)


def test_a_wrong_inner_code_is_found_even_when_the_outer_check_fits():
    first = "12341200MB0000001"
    assert "第9至17位" in refusal(codes.credit_code, first + codes.credit_check(first))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "请填写身份证号码。"),
        ("110105491231002", "15位的旧身份证号码已停止使用"),
        ("1101051949123100", "应为18位，现为16位"),
        ("1101051949123I002X", "第14位“I”有误"),
        ("11010519491231002A", "第18位“A”有误"),
        ("01010519491231002X", "“01”不是省级行政区代码"),
        ("110105194902300021", "“19490230”不是有效的出生日期"),
        ("110105194912310021", "校验位不符"),
        ("110105100012310020", "不合情理"),
    ],
)
def test_a_wrong_resident_id_says_what_is_wrong(text, message):
    assert message in refusal(codes.resident_id, text)


def test_nobody_is_born_after_today():
    number = codes.synthetic_resident_id(0, birth_date=dt.date(2026, 5, 2), is_male=True)
    with pytest.raises(codes.CodeError):
        codes.resident_id(number, today=dt.date(2026, 5, 1))
    assert codes.resident_id(number, today=dt.date(2026, 5, 2)).number == number


@given(serials, st.sampled_from(["12", "51", "52", "91", "93"]))
def test_synthetic_credit_codes_pass(serial, category):
    code = codes.synthetic_credit_code(serial, category=category)
    assert codes.credit_code(code) == code
    assert code.startswith(f"{category}341200Y0")


@given(serials, serials)
def test_synthetic_credit_codes_differ(one, other):
    equal = codes.synthetic_credit_code(one) == codes.synthetic_credit_code(other)
    assert equal == (one == other)


@given(st.integers(0, 499), births, st.booleans())
def test_synthetic_resident_ids_pass_and_say_what_was_asked(serial, birth_date, is_male):
    found = codes.resident_id(codes.synthetic_resident_id(serial, birth_date=birth_date, is_male=is_male))
    assert (found.area_code, found.birth_date, found.is_male) == ("341299", birth_date, is_male)


@given(serials, st.integers(0, 17), st.sampled_from(codes.CREDIT_ALPHABET))
def test_one_wrong_character_in_a_credit_code_is_always_found(serial, position, character):
    code = codes.synthetic_credit_code(serial)
    changed = code[:position] + character + code[position + 1 :]
    if changed != code:
        with pytest.raises(codes.CodeError):
            codes.credit_code(changed)


@given(st.integers(0, 499), births, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_a_resident_id_is_always_found(serial, birth_date, position, digit):
    number = codes.synthetic_resident_id(serial, birth_date=birth_date, is_male=False)
    changed = number[:position] + digit + number[position + 1 :]
    if changed != number:
        with pytest.raises(codes.CodeError):
            codes.resident_id(changed)


@given(st.integers(0, 499), births, st.integers(0, 15))
def test_two_swapped_digits_in_a_resident_id_are_always_found(serial, birth_date, position):
    number = codes.synthetic_resident_id(serial, birth_date=birth_date, is_male=True)
    swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
    if swapped != number:
        with pytest.raises(codes.CodeError):
            codes.resident_id(swapped)


@given(st.text(max_size=24))
def test_any_text_is_refused_in_words_or_comes_back_normalised(text):
    for check in (codes.credit_code, codes.organisation_code, codes.resident_id):
        try:
            check(text)
        except codes.CodeError as error:
            said = str(error)
        else:
            said = "ok"
        assert said


@pytest.mark.parametrize(("serial", "birth"), [(-1, None), (31**6, None), (500, dt.date(2000, 1, 1))])
def test_serials_that_do_not_fit_are_refused(serial, birth):
    with pytest.raises(ValueError, match=f"serial {serial} "):
        _ = (
            codes.synthetic_resident_id(serial, birth_date=birth, is_male=True)
            if birth
            else codes.synthetic_credit_code(serial)
        )


@pytest.mark.parametrize("text", ["13800138000", "+86 138 0013 8000", "（0086）138-0013-8000", "１３８００１３８０００", "8613800138000"])  # fmt: skip
def test_a_mobile_number_comes_back_as_its_11_digits(text):
    assert codes.mobile(text) == "13800138000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "请填写手机号码。"),
        ("1380013800", "手机号码应为11位，现为10位，请核对有无漏字或多字。"),
        ("1380013800O", "手机号码应只含数字：第11位“O”有误。"),
        ("05582212345", "“05582212345”不是手机号码，请填写1开头的11位号码。"),
        ("12800138000", "“12800138000”不是手机号码，请填写1开头的11位号码。"),
    ],
)
def test_what_is_no_mobile_number_is_refused_in_words(text, message):
    with pytest.raises(codes.CodeError) as refused:
        codes.mobile(text)
    assert str(refused.value) == message
