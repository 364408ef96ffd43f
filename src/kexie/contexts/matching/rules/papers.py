"""Who may open the papers of agreements and carriers: whoever may see what they belong to."""

from kexie.contexts.matching.models import AgreementFile, ApplicationFact, CarrierCondition
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file goes with an agreement, a condition of a carrier, or an application for one, in the reader's sight."""
    scope = _scope(reader)
    if scope is None:
        return False
    mine = scope.q("agreement__unit") | scope.q("agreement__firm")
    hosted = scope.q("carrier__unit") | scope.q("carrier__host")
    applied = scope.q("application__unit") | scope.q("application__firm")
    return (
        AgreementFile.objects.filter(mine, file=file).exists()
        or CarrierCondition.objects.filter(hosted, file=file).exists()
        or ApplicationFact.objects.filter(applied, file=file).exists()
    )


def _scope(reader: Reader) -> Scope | None:
    if not isinstance(reader, Account):
        return None
    try:
        return access.scope_for(reader, Action.READ, "matching")
    except Forbidden:
        return None
