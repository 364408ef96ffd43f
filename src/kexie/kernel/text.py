"""Text as people in offices type and paste it: full-width digits, ideographic spaces, invisible marks."""

import datetime as dt
import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Chinese punctuation stays as it is written; only what stands for data becomes half-width.
_DATA_WIDTH = {
    code: half for code, half in _FULL_WIDTH.items() if chr(half).isalnum() or chr(half) in " -./%+_@#"
}
# Also control characters, which the database refuses (NUL) or nobody can have meant.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000]+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d.*)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Days outside these years are slips of the pen (0225, 20255), not days of an association's work.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_TIME = re.compile(r"(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*分?(?::\d{2})?")


def half_width(text: str) -> str:
    """Return the text with every full-width letter, digit, mark and space in its half-width form."""
    return text.translate(_FULL_WIDTH)


def clean(text: str) -> str:
    """Return one line as it should be kept: no invisible marks, single spaces, half-width letters and digits.

    Chinese punctuation is left alone.
    """
    visible = _INVISIBLE.sub("", text).translate(_DATA_WIDTH)
    return _SPACES.sub(" ", visible).strip()


def clean_lines(text: str) -> str:
    """Return several lines, each cleaned, without empty ones at the ends."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def key(text: str) -> str:
    """Return what two spellings of one name share: no spaces, half-width, lower case."""
    return _SPACES.sub("", _INVISIBLE.sub("", half_width(text))).replace("\n", "").casefold()


def number(text: str) -> str:
    """Return a number's text without spaces and thousands separators, half-width."""
    return _SPACES.sub("", _INVISIBLE.sub("", half_width(text))).replace(",", "")


def date(text: str) -> dt.date:
    """Return the day written as 2025-3-1, 2025/3/1, 2025.3.1, 2025年3月1日 or 20250301; ValueError if it is none."""
    plain = _INVISIBLE.sub("", half_width(text)).strip()
    found = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if found is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(text)
    return dt.date(year, month, day)


def time(text: str) -> dt.time:
    """Return the time of day written as 9:00, 9：00 or 9时30分; ValueError if it is none."""
    found = _TIME.fullmatch(_INVISIBLE.sub("", half_width(text)).strip())
    if found is None:
        raise ValueError(text)
    return dt.time(int(found[1]), int(found[2] or 0))
