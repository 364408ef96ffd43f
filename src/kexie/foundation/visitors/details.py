"""Who comes: the details of one person of a party, checked, masked, and packed for encrypted storage.

No table holds these in clear. A party is kept as one encrypted blob (`to_bytes`), and a person is found again
by `digest`, which only this installation can compute.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.people import documents
from kexie.foundation.people.masking import mask_document, mask_name
from kexie.foundation.people.models import Document
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.platform import crypto

# A child under 14 may come without any document; name and birth date then say who it is.
NO_DOCUMENT = "NONE"
CHILD_AGE = 14
DOCUMENTS = (*Document.choices, (NO_DOCUMENT, gettext_lazy("无证件（未满14周岁）")))
# Kinds whose number says the birth date.
SAYS_BIRTH_DATE = documents.RESIDENT_KINDS

_SHORTEST_NAME, _LONGEST_NAME = 2, 60
# Between the parts of a name: 阿依古丽·买买提, O'Brien, Jean-Luc.
_NAME_MARKS = frozenset(" ·•.-'’‧")
_OLDEST = 120


class DetailsRefused(UserError):
    """Details that cannot be right; each message stands beside its field: name, document, number, birth_date."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person of a party. `number` is as `people.documents.check` returns it, "" without a document."""

    name: str
    document: str = Document.RESIDENT_ID
    number: str = field(default="", repr=False)
    birth_date: dt.date | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        """张*三."""
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        """`3412**********002X`, or "" without a document."""
        return mask_document(self.number)

    @property
    def document_label(self) -> str:
        """What kind of document it is, in words."""
        return str(dict(DOCUMENTS)[self.document])

    @cached_property
    def digest(self) -> str:
        """64 hex digits, the same whenever this person comes again.

        A resident number means the same person from an identity card and from a household register.
        """
        return crypto.keyed_digest(self.identity)

    def age_on(self, day: dt.date) -> int | None:
        """Full years of age on a day; someone born on 29 February is a year older on 1 March of common years."""
        return age_on(self.birth_date, day) if self.birth_date else None

    def is_child_on(self, day: dt.date) -> bool:
        """Whether the person is under 14 on a day; an unknown age is that of an adult."""
        age = self.age_on(day)
        return age is not None and age < CHILD_AGE

    def needs_document_on(self, day: dt.date) -> bool:
        """Whether the person has no document and is, on that day, too old to come without one."""
        return self.document == NO_DOCUMENT and not self.is_child_on(day)

    @property
    def identity(self) -> str:
        """What is digested: the kind of document and its number; name and birth date without one."""
        if self.document == NO_DOCUMENT:
            return f"{NO_DOCUMENT}:{text.key(self.name)}:{self.birth_date}"
        kind = Document.RESIDENT_ID if self.document in documents.RESIDENT_KINDS else self.document
        return f"{kind}:{self.number}"


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Return the full years between a birth date and a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def check(
    *, name: str, document: str, number: str, birth_date: dt.date | None = None, today: dt.date
) -> Person:
    """Return the person whose details were typed in, or raise DetailsRefused with a message for each field.

    A resident number gives the birth date; for all other documents, and without one, it must be given.
    """
    problems: dict[str, str] = {}
    name = _name(name, problems)
    if document not in dict(DOCUMENTS):
        problems["document"] = _("请选择证件类型。")
    elif document == NO_DOCUMENT:
        number = ""
        _check_child(birth_date, today, problems)
    else:
        number, birth_date = _numbered(Document(document), number, birth_date, today, problems)
    if problems:
        raise DetailsRefused(fields=problems)
    return Person(name=name, document=document, number=number, birth_date=birth_date)


def to_bytes(party: Iterable[Person], *, context: bytes = b"") -> bytes:
    """Return a party encrypted; `context` (the id of what it belongs to) must be given again to read it."""
    packed = [
        [one.name, one.document, one.number, one.birth_date.isoformat() if one.birth_date else ""]
        for one in party
    ]
    plain = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    return crypto.encrypt(plain.encode(), context=context)


def from_bytes(data: bytes, *, context: bytes = b"") -> tuple[Person, ...]:
    """Return a party as `to_bytes` packed it; raise crypto.Unreadable when it was altered or is another's."""
    return unpacked(crypto.decrypt(bytes(data), context=context))


def unpacked(clear: bytes) -> tuple[Person, ...]:
    """Return the party that was packed into a decrypted text."""
    return tuple(
        Person(
            name=name,
            document=document,
            number=number,
            birth_date=dt.date.fromisoformat(born) if born else None,
        )
        for name, document, number, born in json.loads(clear)
    )


def _name(typed: str, problems: dict[str, str]) -> str:
    name = text.clean(typed)
    if not name:
        problems["name"] = _("请填写姓名，与证件上的一致。")
    elif not all(one.isalpha() or one in _NAME_MARKS for one in name):
        problems["name"] = _("姓名应只含文字，请按证件上的填写。")
    elif not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME:
        problems["name"] = _("姓名应为2至60个字，请按证件上的填写。")
    return name


def _numbered(
    document: Document,
    number: str,
    birth_date: dt.date | None,
    today: dt.date,
    problems: dict[str, str],
) -> tuple[str, dt.date | None]:
    """Return number and birth date of someone with a document, noting what is wrong with them."""
    try:
        checked = documents.check(document, number, today=today)
    except documents.DocumentRefused as error:
        problems["number"] = str(error) if number.strip() else _("请填写证件号码。")
        checked = documents.CheckedDocument(number)
    if document in SAYS_BIRTH_DATE:
        return checked.number, checked.birth_date
    _check_birth_date(birth_date, today, problems)
    return checked.number, birth_date


def _check_child(birth_date: dt.date | None, today: dt.date, problems: dict[str, str]) -> None:
    _check_birth_date(birth_date, today, problems)
    if birth_date and not problems.get("birth_date") and age_on(birth_date, today) >= CHILD_AGE:
        problems["document"] = _("满14周岁须有证件，请选择证件类型并填写号码。")


def _check_birth_date(birth_date: dt.date | None, today: dt.date, problems: dict[str, str]) -> None:
    if birth_date is None:
        problems.setdefault("birth_date", _("请填写出生日期，例如 2015-06-01。"))
    elif birth_date > today or age_on(birth_date, today) > _OLDEST:
        problems.setdefault(
            "birth_date", _("出生日期%(day)s不合情理，请核对。") % {"day": birth_date.isoformat()}
        )
