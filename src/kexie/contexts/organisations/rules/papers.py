"""Who may open a paper handed in for an academic event: whoever may see the event."""

from kexie.contexts.organisations.models import Paper
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden
from kexie.platform.files.models import StoredFile
from kexie.platform.files.rules import Reader


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the file is a paper of an event in the reader's sight."""
    if not isinstance(reader, Account):
        return False
    try:
        scope = access.scope_for(reader, Action.READ, "organisations")
    except Forbidden:
        return False
    return Paper.objects.filter(scope.q("conference__unit"), file=file).exists()
