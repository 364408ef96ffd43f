"""What may go into a package, and for whom."""

from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.people.models import Person
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.record_types import RecordType
from kexie.workbench.desk.rights import Rights
from kexie.workbench.packages import snapshots


def types(rights: Rights) -> list[RecordType]:
    """Return the types an account may hand out: those it may read and import, and that name no registered person.

    A package travels on sticks and by post; persons and what is known of them stay in the system.
    """
    return [
        one
        for one in registry.record_types().values()
        if rights.find_of(Action.IMPORT, one) and rights.find_of(Action.READ, one) and _is_fit(one)
    ]


def scope(account: Account, action: Action, record_type: RecordType, unit_path: str) -> Scope:
    """Return where in a package's unit the account may do this with records of a type. Raises Forbidden."""
    found = access.scope_for(account, action, record_type.context).within(unit_path)
    if not found.unit_paths:
        raise Forbidden
    return found


def may(account: Account, action: Action, record_type: RecordType, unit_path: str) -> bool:
    """Whether the account may do this anywhere in the unit."""
    try:
        return bool(scope(account, action, record_type, unit_path).unit_paths)
    except Forbidden:
        return False


def _is_fit(record_type: RecordType) -> bool:
    columns = snapshots.columns_of(record_type)
    return all(one.field is not None and one.field.related_model is not Person for one in columns)
