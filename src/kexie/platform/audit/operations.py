"""Writing to the audit log."""

import datetime as dt
import json
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from kexie.platform.audit.models import Entry

# One line of JSON per entry, for whoever collects logs outside this database.
stream = logging.getLogger("kexie.audit")

# Where the current request comes from; set by the web layer, so that operations need not carry it.
origin: ContextVar[str | None] = ContextVar("origin", default=None)

# Six months (Cybersecurity Law, article 21). The database holds to it, whatever is asked here.
KEEP_DAYS = 184


class Actor(Protocol):
    """Whoever acts: an account. None stands for the installation itself (command line, timed tasks)."""

    @property
    def id(self) -> UUID:
        """The account's id."""


def append(
    *,
    association_id: UUID | None,
    actor: Actor | None,
    action: str,
    subject: models.Model | None,
    detail: Mapping[str, object],
    now: dt.datetime,
    reason: str = "",
    succeeded: bool = True,
    ip: str | None = None,
) -> Entry:
    """Append one entry, in the caller's transaction. `action` is "app.verb"; `detail` must fit JSON."""
    entry = Entry(
        association_id=association_id,
        at=now,
        actor_id=actor.id if actor else None,
        actor_name=str(actor)[:150] if actor else "",
        action=action,
        succeeded=succeeded,
        detail=json.loads(json.dumps(detail, cls=DjangoJSONEncoder)),
        reason=reason,
        ip=ip or origin.get(),
        **_subject(subject),
    )
    entry.save(force_insert=True)
    transaction.on_commit(lambda: stream.info(as_json(entry)))
    return entry


def purge(*, now: dt.datetime, keep_days: int = KEEP_DAYS) -> int:
    """Delete entries older than `keep_days` (never less than six months) and return how many."""
    before = now - dt.timedelta(days=max(keep_days, KEEP_DAYS))
    return Entry.objects.filter(at__lt=before).delete()[0]


def as_json(entry: Entry) -> str:
    """Return the entry as one line of JSON with the fields of its table."""
    fields = {field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields}
    return json.dumps(fields, cls=DjangoJSONEncoder, ensure_ascii=False)


def _subject(subject: models.Model | None) -> dict[str, str]:
    if subject is None:
        return {}
    return {
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "subject_label": str(subject)[:200],
    }
