"""Who may read the files of templates and documents: whoever may read the areas of work of this room."""

from django.db.models import Q

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader
from kexie.reporting.writing.models import DocumentTemplate, WrittenDocument


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the reader may read a template or document with this file."""
    if not isinstance(reader, Account):
        return False
    try:
        scope = access.scope_for(reader, Action.READ, "writing")
    except Forbidden:
        return False
    inside = scope.q()
    return (
        DocumentTemplate.objects.filter(inside, file=file).exists()
        or WrittenDocument.objects.filter(inside, Q(file=file) | Q(pdf=file)).exists()
    )
