"""The crews' phones: a code that works once pairs one; taken away, it empties itself at its next contact."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import FieldPhone
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.ids import short_code
from kexie.kernel.scope import Scope

PAIRING = dt.timedelta(minutes=30)


class PhoneRefused(UserError):
    """The code is wrong or too old, or the phone was taken away."""


class NoPhone(UserError):
    """The token belongs to no phone (`code` "unknown") or to one that was taken away ("revoked")."""

    def __init__(self, code: str) -> None:
        super().__init__(_("这台手机没有配对，或已被停用。"))
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What a phone gets once."""

    phone: FieldPhone
    token: str = field(repr=False)


@transaction.atomic
def add(*, name: str, actor: Account, now: dt.datetime, scope: Scope) -> tuple[FieldPhone, str]:
    """Add a phone that writes for the actor; return it with its pairing code."""
    if actor.unit_id is None:
        raise PhoneRefused(_("您的账号没有所属单位，请联系管理员。"))
    code = short_code()
    made = FieldPhone(
        association_id=scope.association_id, account=actor, unit_id=actor.unit_id, name=name,
        code_digest=_digest(code), code_until=now + PAIRING, made_at=now,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(made, "add_field_phone", actor=actor, now=now)
    return made, code


@transaction.atomic
def pair(*, code: str, now: dt.datetime) -> Paired:
    """Pair the phone on which a code was typed; the code works once."""
    rows = FieldPhone.objects.select_for_update(of=("self",)).select_related("account")
    wanted = Q(code_digest=_digest(code.strip().lower()), code_until__gt=now, revoked_at=None)
    found = rows.filter(wanted).first() if code.strip() else None
    if found is None:
        raise PhoneRefused(_("配对码不对或已过期。请在工作台“现场手机”里重新添加这台手机，得到新的配对码。"))
    token = secrets.token_urlsafe(32)
    found.token_digest, found.code_digest, found.code_until = _digest(token), "", None
    found.save(update_fields=["token_digest", "code_digest", "code_until"])
    note(found, "pair_field_phone", actor=found.account, now=now)
    return Paired(phone=found, token=token)


@transaction.atomic
def revoke(*, phone_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FieldPhone:
    """Take a phone away."""
    found = locked(FieldPhone, phone_id, scope)
    if found.revoked_at is not None:
        raise PhoneRefused(_("这台手机已停用。"))
    found.revoked_at, found.code_digest = now, ""
    found.save(update_fields=["revoked_at", "code_digest"])
    note(found, "revoke_field_phone", actor=actor, now=now)
    return found


def by_token(token: str) -> FieldPhone:
    """Return the phone that holds a token. Raises NoPhone."""
    rows = FieldPhone.objects.select_related("account", "unit")
    found = rows.filter(token_digest=_digest(token)).first() if token else None
    if found is None:
        raise NoPhone("unknown")
    if found.revoked_at is not None or not found.account.is_active:
        raise NoPhone("revoked")
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
