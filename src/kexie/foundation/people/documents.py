"""Checking the number of an identity document against its kind."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kexie.foundation.people.models import Document, Sex
from kexie.kernel import codes
from kexie.kernel.errors import UserError

# Kinds whose number is a resident identity number: a household register shows that of the child.
RESIDENT_KINDS = frozenset({Document.RESIDENT_ID, Document.HOUSEHOLD})

_SHORTEST, _LONGEST = 4, 20
_HONG_KONG_MACAO = re.compile(r"[HM]\d{8}(\d{2})?")


class DocumentRefused(UserError):
    """A number that cannot be that of such a document; the message stands beside the field."""


@dataclass(frozen=True)
class CheckedDocument:
    """A number as it is kept, and what a resident identity number says by itself."""

    number: str
    birth_date: dt.date | None = None
    sex: str = Sex.UNKNOWN


def check(document: Document, number: str, *, today: dt.date) -> CheckedDocument:
    """Return the number of such a document as it is kept, or raise DocumentRefused."""
    if document not in RESIDENT_KINDS:
        return CheckedDocument(_other(document, codes.normalise(number)))
    try:
        found = codes.resident_id(number, today=today)
    except codes.CodeError as error:
        raise DocumentRefused(error.message) from error
    return CheckedDocument(found.number, found.birth_date, Sex.MALE if found.is_male else Sex.FEMALE)


def _other(document: Document, clean: str) -> str:
    if not (clean.isascii() and clean.isalnum() and _SHORTEST <= len(clean) <= _LONGEST):
        raise DocumentRefused(_("证件号码应为4至20位字母和数字，请核对。"))
    if document == Document.HONG_KONG_MACAO and not _HONG_KONG_MACAO.fullmatch(clean):
        raise DocumentRefused(_("港澳居民来往内地通行证号码是字母 H 或 M 加8位数字，请对照证件核对。"))
    return clean
