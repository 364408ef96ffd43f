"""What the operations of matching share: finding a row in a scope, and the entry in the audit log."""

import datetime as dt
import hashlib
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import Tenant
from kexie.platform.audit import operations as audit

Row = TypeVar("Row", bound=Model)


def locked(model: type[Row], pk: UUID, scope: Scope, *, unit: str = "unit") -> Row:
    """Return a row of the scope, locked until the transaction ends; NotFound where there is none."""
    found = model._default_manager.select_for_update(of=("self",)).filter(scope.q(unit), pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    return found


def note(
    subject: Tenant, action: str, *, actor: Account | None, now: dt.datetime, reason: str = "", **detail: Any
) -> None:
    """Enter an act in the audit log."""
    audit.append(
        association_id=subject.association_id, actor=actor, action=f"matching.{action}", subject=subject,
        detail=detail, reason=reason, now=now,
    )  # fmt: skip


def version_of(row: Model) -> str:
    """Return a digest of everything a row says: two people's changes are told apart by it."""
    values = [(field.attname, _plain(field.value_from_object(row))) for field in row._meta.concrete_fields]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)
