"""Checks of the numbers that name organisations and persons in China.

Unified social credit code: GB 32100-2015, whose ninth to seventeenth characters are an organisation code of
GB 11714-1997. Resident identity number: GB 11643-1999. Each check returns the normalised number or raises
CodeError with a message for the person who typed it. The makers return codes that pass every check and belong
to nobody, for demonstration data and tests.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {character: value for value, character in enumerate(CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
# GB 32100 table 1: the departments that register organisations.
_REGISTRARS = "123456789ANY"
_CREDIT_LENGTH = 18

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_LENGTH = 9

_RESIDENT_WEIGHTS = tuple(pow(2, 17 - index, 11) for index in range(17))
_RESIDENT_CHECKS = "10X98765432"
_RESIDENT_LENGTH = 18
_OLD_RESIDENT_LENGTH = 15
_SERIALS_OF_A_SEX = 500
# First two digits of GB/T 2260, and 83 for residents of Taiwan with a residence permit.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    " 71 81 82 83".split()
)
_OLDEST_BIRTH = dt.date(1880, 1, 1)

_MOBILE_LENGTH = 11
_MOBILE = re.compile(r"1[3-9]\d{9}")
_COUNTRY = re.compile(r"^(\+86|0086|86(?=1\d{10}$))")
_BRACKETS = str.maketrans("", "", "()")

_DASHES = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff\-\u2010-\u2015\u2212\ufe63\uff0d_.·]+")


class CodeError(UserError):
    """A number that cannot be right; the message says what is wrong with it."""


@dataclass(frozen=True)
class ResidentId:
    """A resident identity number that passed its checks, and what it says by itself."""

    number: str
    area_code: str
    birth_date: dt.date
    is_male: bool


def normalise(text: str) -> str:
    """Return the code as the standards write it: half-width, upper case, no spaces, hyphens or dots."""
    return _DASHES.sub("", unicodedata.normalize("NFKC", text)).upper()


def credit_code(text: str) -> str:
    """Return the normalised unified social credit code of 18 characters, or raise CodeError."""
    code = normalise(text)
    _check_length(code, _CREDIT_LENGTH, _("统一社会信用代码"))
    _check_characters(code, CREDIT_ALPHABET, _("统一社会信用代码不使用字母 I、O、S、V、Z"))
    if code[0] not in _REGISTRARS:
        raise CodeError(
            _("统一社会信用代码第1位“%(character)s”不是登记管理部门代码。") % {"character": code[0]}
        )
    if not code[2:8].isdigit():
        raise CodeError(_("统一社会信用代码第3至8位应为6位数字的登记机关行政区划码。"))
    if code[-1] != credit_check(code[:-1]):
        raise CodeError(_("统一社会信用代码的校验位不符，请对照证照核对有无错字。"))
    if code[16] != organisation_check(code[8:16]):
        raise CodeError(_("统一社会信用代码第9至17位（组织机构代码）的校验位不符，请对照证照核对。"))
    return code


def organisation_code(text: str) -> str:
    """Return the normalised organisation code (GB 11714) of 9 characters, or raise CodeError."""
    code = normalise(text)
    _check_length(code, _ORGANISATION_LENGTH, _("组织机构代码"))
    _check_characters(code, _ORGANISATION_ALPHABET, _("组织机构代码只含数字和大写字母"))
    if code[-1] != organisation_check(code[:-1]):
        raise CodeError(_("组织机构代码的校验位不符，请核对有无错字。"))
    return code


def resident_id(text: str, *, today: dt.date | None = None) -> ResidentId:
    """Return a resident identity number of 18 characters, taken apart, or raise CodeError.

    With `today`, a birth date after it is refused.
    """
    number = normalise(text)
    if len(number) == _OLD_RESIDENT_LENGTH and number.isdigit():
        raise CodeError(_("15位的旧身份证号码已停止使用，请填写18位公民身份号码。"))
    _check_length(number, _RESIDENT_LENGTH, _("身份证号码"))
    _check_characters(number[:-1], "0123456789", _("身份证号码前17位应为数字"))
    _check_characters(number[-1], "0123456789X", _("身份证号码末位应为数字或 X"), offset=_RESIDENT_LENGTH - 1)
    if number[:2] not in _PROVINCES:
        raise CodeError(_("身份证号码前两位“%(province)s”不是省级行政区代码。") % {"province": number[:2]})
    birth_date = _birth_date(number[6:14], today)
    if number[-1] != resident_check(number[:-1]):
        raise CodeError(_("身份证号码的校验位不符，请对照证件核对有无错字。"))
    return ResidentId(number, number[:6], birth_date, int(number[16]) % 2 == 1)


def mobile(text: str) -> str:
    """Return the 11 digits of a mobile number of mainland China, without +86, or raise CodeError."""
    number = _COUNTRY.sub("", normalise(text).translate(_BRACKETS))
    _check_length(number, _MOBILE_LENGTH, _("手机号码"))
    _check_characters(number, "0123456789", _("手机号码应只含数字"))
    if not _MOBILE.fullmatch(number):
        raise CodeError(_("“%(number)s”不是手机号码，请填写1开头的11位号码。") % {"number": number})
    return number


def credit_check(first: str) -> str:
    """Return the last character of a credit code, given its first 17."""
    total = sum(
        _CREDIT_VALUE[character] * weight for character, weight in zip(first, _CREDIT_WEIGHTS, strict=True)
    )
    return CREDIT_ALPHABET[-total % 31]


def organisation_check(first: str) -> str:
    """Return the last character of an organisation code, given its first 8."""
    values = (_ORGANISATION_ALPHABET.index(character) for character in first)
    total = sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def resident_check(first: str) -> str:
    """Return the last character of a resident identity number, given its first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def synthetic_credit_code(serial: int, *, category: str = "12", area: str = "341200") -> str:
    """Return a valid credit code that belongs to nobody, one for each `serial` below 31 to the power of 6.

    Its organisation code starts with Y0, a range that has not been given out. `category` is the first two
    characters: 12 public institution, 51 society, 52 non-profit, 91 enterprise, 93 farmers' co-operative.
    """
    digits = ""
    rest = serial
    for _position in range(6):
        rest, digit = divmod(rest, 31)
        digits = CREDIT_ALPHABET[digit] + digits
    if rest or serial < 0:
        raise ValueError(f"serial {serial} does not fit six characters")
    body = "Y0" + digits
    first = category + area + body + organisation_check(body)
    return first + credit_check(first)


def synthetic_resident_id(serial: int, *, birth_date: dt.date, is_male: bool, area: str = "341299") -> str:
    """Return a valid resident number that belongs to nobody: its area code was never given out.

    `serial` (0 to 499) tells apart people of one birth date and sex.
    """
    if not 0 <= serial < _SERIALS_OF_A_SEX:
        raise ValueError(f"serial {serial} is not within 0 to 499")
    first = f"{area}{birth_date:%Y%m%d}{serial * 2 + int(is_male):03}"
    return first + resident_check(first)


def _check_length(code: str, length: int, name: str) -> None:
    if not code:
        raise CodeError(_("请填写%(name)s。") % {"name": name})
    if len(code) != length:
        values = {"name": name, "length": length, "actual": len(code)}
        raise CodeError(_("%(name)s应为%(length)d位，现为%(actual)d位，请核对有无漏字或多字。") % values)


def _check_characters(code: str, alphabet: str, rule: str, *, offset: int = 0) -> None:
    for position, character in enumerate(code, 1 + offset):
        if character not in alphabet:
            values = {"rule": rule, "position": position, "character": character}
            raise CodeError(_("%(rule)s：第%(position)d位“%(character)s”有误。") % values)


def _birth_date(digits: str, today: dt.date | None) -> dt.date:
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise CodeError(
            _("身份证号码第7至14位“%(digits)s”不是有效的出生日期。") % {"digits": digits}
        ) from None
    if day < _OLDEST_BIRTH or (today is not None and day > today):
        raise CodeError(_("身份证号码中的出生日期%(day)s不合情理，请核对。") % {"day": day.isoformat()})
    return day
