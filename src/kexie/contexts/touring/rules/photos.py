"""Who may open a handover's photograph (its host's readers) or a vehicle's paper (who confirms for its office)."""

from kexie.contexts.touring.models import CaravanDocument, HandoverLine, StopSignOff, TripCost
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a photograph of a handover whose list the reader may read."""
    scope = _scope(reader, Action.READ)
    return (
        scope is not None
        and HandoverLine.objects.filter(scope.q("handover__stop__unit"), photo=file).exists()
    )


def may_read_paper(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is the scan of a paper of a vehicle that the reader keeps."""
    scope = _scope(reader, Action.CONFIRM)
    return scope is not None and CaravanDocument.objects.filter(scope.q("caravan__unit"), scan=file).exists()


def may_read_receipt(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a receipt or a signed sheet of a trip that the reader may read."""
    scope = _scope(reader, Action.READ)
    return scope is not None and (
        TripCost.objects.filter(scope.q("trip__unit"), receipt=file).exists()
        or StopSignOff.objects.filter(scope.q("stop__unit"), sheet=file).exists()
    )


def _scope(reader: Reader, action: Action) -> Scope | None:
    if not isinstance(reader, Account):
        return None
    try:
        return access.scope_for(reader, action, "touring")
    except Forbidden:
        return None
