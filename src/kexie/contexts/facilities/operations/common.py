"""What the operations on facilities share: finding a row in a scope, and the entry in the audit log."""

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import Tenant
from kexie.platform.audit import operations as audit

Row = TypeVar("Row", bound=Model)


def locked(model: type[Row], pk: UUID, scope: Scope, *, unit: str = "facility__unit") -> Row:
    """Return a row of the scope, locked until the transaction ends; NotFound where there is none."""
    found = model._default_manager.select_for_update(of=("self",)).filter(scope.q(unit), pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    return found


def note(subject: Tenant, action: str, *, actor: Account, now: dt.datetime, **detail: Any) -> None:
    """Enter an act in the audit log."""
    audit.append(
        association_id=subject.association_id, actor=actor, action=f"facilities.{action}", subject=subject,
        detail=detail, now=now,
    )  # fmt: skip


def require_city(scope: Scope, association: Unit) -> None:
    """Raise Forbidden unless the scope reaches over the whole association."""
    if not scope.covers(association.path):
        raise Forbidden(_("这一步由市科协办理。"))
