"""What a number of an expert looks like, and how long what they said of themselves stays fresh."""

import datetime as dt
import re

from kexie.kernel import text

# Experts are asked once a year whether their profile is still right.
FRESH_DAYS = 365
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])")
_OPENALEX = re.compile(r"A\d{4,15}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_LONGEST_EMAIL = 120


def orcid(written: str) -> str:
    """Return an ORCID as it is kept, also from an address of its page; ValueError if its check digit is wrong."""
    found = _ORCID.fullmatch(_last_part(written).upper())
    if found is None or _check_digit("".join(found.groups())[:-1]) != found[4][-1]:
        raise ValueError(written)
    return "-".join(found.groups())


def _check_digit(digits: str) -> str:
    """ISO 7064 MOD 11-2, as ORCID uses it."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    left = (12 - total % 11) % 11
    return "X" if left == len("0123456789") else str(left)


def openalex(written: str) -> str:
    """Return an OpenAlex author's id (A5023888391), also from an address; ValueError if it is none."""
    plain = _last_part(written).upper()
    if not _OPENALEX.fullmatch(plain):
        raise ValueError(written)
    return plain


def email(written: str) -> str:
    """Return an address as it is kept; ValueError if it is none."""
    plain = text.half_width(text.clean(written)).casefold()
    if len(plain) > _LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        raise ValueError(written)
    return plain


def _last_part(written: str) -> str:
    return text.half_width(text.clean(written)).rstrip("/").rpartition("/")[2]


def is_fresh(confirmed_on: dt.date | None, today: dt.date) -> bool:
    """Whether the expert said within a year that the profile is right."""
    return confirmed_on is not None and (today - confirmed_on).days <= FRESH_DAYS
