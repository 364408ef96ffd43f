"""Who may look at photographs of facilities and papers of applications: anybody at public ones, else their readers."""

from kexie.contexts.facilities.models import FacilityFault, FacilityPhoto, TitlePaper
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a photograph that the reader may see."""
    photos = FacilityPhoto.objects.filter(file=file)
    if photos.filter(is_public=True).exists():
        return True
    if not isinstance(reader, Account):
        return False
    try:
        q = access.scope_for(reader, Action.READ, "facilities").q("facility__unit")
    except Forbidden:
        return False
    return photos.filter(q).exists() or FacilityFault.objects.filter(q, photo=file).exists()


def may_read_paper(reader: Reader, file: StoredFile) -> bool:
    """Whether the file goes with an application that the reader may see."""
    if not isinstance(reader, Account):
        return False
    try:
        q = access.scope_for(reader, Action.READ, "facilities").q("application__unit")
    except Forbidden:
        return False
    return TitlePaper.objects.filter(q, file=file).exists()
