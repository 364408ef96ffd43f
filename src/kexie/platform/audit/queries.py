"""Reading the audit log."""

import datetime as dt

from django.db.models import Q, QuerySet

from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry


def entries(
    scope: Scope,
    *,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    actor: str = "",
    action: str = "",
    text: str = "",
) -> QuerySet[Entry]:
    """Return the entries of the scope's association, newest first.

    Only a scope over the whole association sees the log; any other sees nothing. `until` is exclusive;
    `action` is a prefix such as "access."; `text` is looked for in subject, reason and actor.
    """
    found = (
        Entry.objects.filter(association_id=scope.association_id) if scope.is_whole else Entry.objects.none()
    )
    conditions = {"at__gte": since, "at__lt": until}
    found = found.filter(**{name: value for name, value in conditions.items() if value is not None})
    if actor:
        found = found.filter(actor_name__icontains=actor)
    if action:
        found = found.filter(action__startswith=action)
    if text:
        found = found.filter(
            Q(subject_label__icontains=text) | Q(reason__icontains=text) | Q(actor_name__icontains=text)
        )
    return found


def history(scope: Scope, subject_type: str, subject_id: object) -> QuerySet[Entry]:
    """Return what was done to one thing, newest first. The caller has checked that the thing is in scope."""
    return Entry.objects.filter(
        association_id=scope.association_id, subject_type=subject_type, subject_id=str(subject_id)
    )
