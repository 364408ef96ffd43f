"""Finding people. Lists show masked names and numbers; clear ones come from `operations.reveal`."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.people.models import Person
from kexie.foundation.people.operations import phone_number
from kexie.kernel import codes
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform import crypto


def people(scope: Scope, *, text: str = "") -> QuerySet[Person]:
    """Return the people of the units in scope, whose name holds the text if given."""
    found = Person.objects.filter(scope.q()).select_related("unit")
    return found.filter(name__icontains=text) if text else found


def get(scope: Scope, person_id: UUID) -> Person:
    """Return one person in scope or raise NotFound."""
    found = people(scope).filter(pk=person_id).first()
    if found is None:
        raise NotFound(_("没有找到此人。"))
    return found


def by_document(scope: Scope, number: str) -> Person | None:
    """Return the person in scope with this document number, by its keyed hash, however it was typed."""
    return people(scope).filter(resident_id_digest=crypto.keyed_digest(codes.normalise(number))).first()


def by_phone(scope: Scope, number: str) -> QuerySet[Person]:
    """Return the people in scope with this telephone number, by its keyed hash."""
    clean = phone_number(number)
    return people(scope).filter(phone_digest=crypto.keyed_digest(clean)) if clean else Person.objects.none()
