"""Entering people, changing them, and the one way to see their numbers in clear."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.people import documents
from kexie.foundation.people.models import Document, Person, Sex
from kexie.foundation.units.models import Unit
from kexie.kernel import codes
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.audit import operations as audit

_SHORTEST_PHONE, _LONGEST_PHONE = 5, 15
REVEALABLE = ("resident_id", "phone")


class PersonRefused(UserError):
    """A person that cannot be entered so; the message stands beside the field."""


@transaction.atomic
def create_person(
    *,
    association: Unit,
    name: str,
    actor: audit.Actor | None,
    now: dt.datetime,
    unit: Unit | None = None,
    resident_id: str = "",
    document: str = Document.RESIDENT_ID,
    phone: str = "",
    sex: str = Sex.UNKNOWN,
    birth_date: dt.date | None = None,
    title: str = "",
    note: str = "",
) -> Person:
    """Enter a person. A resident ID is checked and gives sex and birth date; a second one is refused."""
    person = Person(
        association=association,
        unit=unit,
        name=_name(name),
        sex=sex,
        birth_date=birth_date,
        title=title,
        note=note,
    )
    set_document(person, document, resident_id, today=timezone.localdate(now))
    set_phone(person, phone)
    _save(person, force_insert=True)
    _log(person, "people.create", actor=actor, now=now)
    return person


@transaction.atomic
def edit_person(
    *,
    person: Person,
    actor: audit.Actor | None,
    now: dt.datetime,
    name: str | None = None,
    unit: Unit | None = None,
    title: str | None = None,
    phone: str | None = None,
    note: str | None = None,
    document: str | None = None,
    resident_id: str | None = None,
    sex: str | None = None,
    birth_date: dt.date | None = None,
) -> Person:
    """Change what is known of a person; what is None stays. The log names the fields, never their values.

    A document number is given with its kind. A new resident ID gives sex and birth date anew.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    given = {
        "name": name,
        "unit": unit,
        "title": title,
        "note": note,
        "sex": sex,
        "birth_date": birth_date,
    }
    changed = {field: value for field, value in given.items() if value is not None}
    for field, value in changed.items():
        setattr(person, field, value)
    person.name = _name(person.name)
    if phone is not None:
        set_phone(person, phone)
    if resident_id is not None:
        # What the old number said must not stand against the new one.
        person.birth_date = birth_date
        set_document(person, document or person.document, resident_id, today=timezone.localdate(now))
    _save(person)
    numbers = {"phone": phone, "resident_id": resident_id}
    fields = sorted([*changed, *(field for field, number in numbers.items() if number is not None)])
    _log(person, "people.edit", actor=actor, now=now, fields=fields)
    return person


def found(*, person: Person | None, association: Unit, actor: audit.Actor, now: dt.datetime) -> None:
    """Write down that somebody looked for a person by a number, found or not; the number is written nowhere."""
    audit.append(
        association_id=association.pk,
        actor=actor,
        action="people.find",
        subject=person,
        detail={"found": person is not None},
        now=now,
    )


@transaction.atomic
def reveal(
    *, person: Person, field: str, reason: str, actor: audit.Actor, now: dt.datetime, scope: Scope
) -> str:
    """Return the document number or telephone number in clear, and write down who asked for it and why.

    `scope` is the actor's for Action.REVEAL_PERSON. Raises Forbidden outside it.
    """
    if field not in REVEALABLE:
        raise ValueError(field)
    if not reason.strip():
        raise PersonRefused(fields={"reason": _("请写明查看完整号码的原因。")})
    if not Person.objects.filter(scope.q(), pk=person.pk).exists():
        raise Forbidden(_("您无权查看此人的完整信息。"))
    encrypted = getattr(person, field)
    _log(person, "people.reveal", actor=actor, now=now, reason=reason.strip(), field=field)
    return crypto.decrypt(bytes(encrypted)).decode() if encrypted else ""


def set_document(person: Person, document: str, number: str, *, today: dt.date) -> None:
    """Set the document number on a person not yet saved: checked, encrypted, with its keyed hash."""
    if not number.strip():
        person.document, person.resident_id, person.resident_id_digest = Document(document), None, ""
        return
    clean = _document(person, Document(document), number, today)
    person.document = Document(document)
    person.resident_id = crypto.encrypt(clean.encode())
    person.resident_id_digest = crypto.keyed_digest(clean)


def set_phone(person: Person, number: str) -> None:
    """Set the telephone number on a person not yet saved: encrypted, with its keyed hash."""
    clean = phone_number(number)
    person.phone = crypto.encrypt(clean.encode()) if clean else None
    person.phone_digest = crypto.keyed_digest(clean) if clean else ""


def phone_number(text: str) -> str:
    """Return the digits of a telephone number, without +86; raise PersonRefused if it can be none."""
    clean = codes.normalise(text).removeprefix("+86")
    if clean and not (clean.isdigit() and _SHORTEST_PHONE <= len(clean) <= _LONGEST_PHONE):
        raise PersonRefused(fields={"phone": _("电话号码应只含数字，请核对。")})
    return clean


def _document(person: Person, document: Document, number: str, today: dt.date) -> str:
    """Return the number as it is kept; a resident ID also tells sex and birth date."""
    try:
        checked = documents.check(document, number, today=today)
    except documents.DocumentRefused as error:
        raise PersonRefused(fields={"resident_id": error.message}) from error
    if document not in documents.RESIDENT_KINDS:
        return checked.number
    if person.birth_date not in {None, checked.birth_date}:
        raise PersonRefused(fields={"birth_date": _("出生日期与身份证号码中的不一致，请核对。")})
    person.birth_date, person.sex = checked.birth_date, Sex(checked.sex)
    return checked.number


def _name(name: str) -> str:
    if not name.strip():
        raise PersonRefused(fields={"name": _("请填写姓名。")})
    return name.strip()


def _save(person: Person, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            person.save(force_insert=force_insert)
    except IntegrityError as error:
        if "person_resident_id_unique" not in str(error):
            raise
        raise PersonRefused(fields={"resident_id": _("这个证件号码已登记，请先查找此人。")}) from error


def _log(
    person: Person,
    action: str,
    *,
    actor: audit.Actor | None,
    now: dt.datetime,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=person.association_id,
        actor=actor,
        action=action,
        subject=person,
        detail=detail,
        reason=reason,
        now=now,
    )
