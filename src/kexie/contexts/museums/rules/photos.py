"""Who may look at photographs of faults and at groups' papers: whoever reads the museum's records."""

from kexie.contexts.museums.models import FaultReport, GroupDocument
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a photograph of a fault at a museum whose records the reader may read."""
    scope = _scope(reader)
    return scope is not None and FaultReport.objects.filter(scope.q(), photo=file).exists()


def may_read_document(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a group's paper at a museum whose records the reader may read."""
    scope = _scope(reader)
    if scope is None:
        return False
    return GroupDocument.objects.filter(scope.q("group__slot__museum__unit"), file=file).exists()


def _scope(reader: Reader) -> Scope | None:
    if not isinstance(reader, Account):
        return None
    try:
        return access.scope_for(reader, Action.READ, "museums")
    except Forbidden:
        return None
