"""Who may open a file that supports a record: whoever may read the record."""

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.ledger import canonical, registry
from kexie.ledger.models import Evidence
from kexie.platform.files import rules
from kexie.platform.files.models import StoredFile


def may_read(reader: rules.Reader, file: StoredFile) -> bool:
    """Whether the file belongs to a record that the reader may read."""
    if not isinstance(reader, Account):
        return False
    found = Evidence.objects.filter(association_id=reader.association_id, file=file)
    return any(_may_read(reader, one) for one in found)


def _may_read(reader: Account, evidence: Evidence) -> bool:
    tables = {canonical.record_type(one.model): one for one in registry.record_types().values()}
    declared = tables.get(evidence.record_type)
    if declared is None:
        return False
    try:
        scope = access.scope_for(reader, Action.READ, declared.context)
    except Forbidden:
        return False
    return declared.model._base_manager.filter(scope.q(), pk=evidence.record_id).exists()
