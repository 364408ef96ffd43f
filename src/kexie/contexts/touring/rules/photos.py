"""Who may look at a photograph of a handover: whoever reads the records of the stop's host."""

from kexie.contexts.touring.models import HandoverLine
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a photograph of a handover whose list the reader may read."""
    if not isinstance(reader, Account):
        return False
    try:
        scope = access.scope_for(reader, Action.READ, "touring")
    except Forbidden:
        return False
    return HandoverLine.objects.filter(scope.q("handover__stop__unit"), photo=file).exists()
