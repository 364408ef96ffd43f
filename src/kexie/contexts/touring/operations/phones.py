"""The crews' phones: a code that works once pairs one; taken away, it empties itself at its next contact."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import FieldPhone
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel import text
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
    made = FieldPhone(
        association_id=scope.association_id, account=actor, unit_id=actor.unit_id, name=name, made_at=now
    )
    code = _give_code(made, now)
    made.full_clean()
    made.save(force_insert=True)
    note(made, "add_field_phone", actor=actor, now=now)
    return made, code


@transaction.atomic
def renew_code(*, phone_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> str:
    """Return a new code for a phone of the actor's own; what was paired before works until the new code is used."""
    found = locked(FieldPhone, phone_id, scope)
    if found.revoked_at is not None:
        raise PhoneRefused(_("这台手机已停用，不能再配对。请另外添加一台。"))
    if found.account_id != actor.pk:
        raise PhoneRefused(
            _("这台手机替%(who)s登记，只有本人能换配对码。") % {"who": found.account.display_name}
        )
    code = _give_code(found, now)
    found.save(update_fields=["code_digest", "code_until", "code_used_at"])
    note(found, "renew_field_phone_code", actor=actor, now=now)
    return code


@transaction.atomic
def pair(*, code: str, now: dt.datetime) -> Paired:
    """Pair the phone on which a code was typed; the code works once."""
    found = _by_code(code, now)
    token = secrets.token_urlsafe(32)
    found.token_digest, found.code_used_at = _digest(token), now
    found.save(update_fields=["token_digest", "code_used_at"])
    note(found, "pair_field_phone", actor=found.account, now=now)
    return Paired(phone=found, token=token)


@transaction.atomic
def unpair(*, phone: FieldPhone, now: dt.datetime) -> None:
    """Let a phone go that asks for it itself: its token opens nothing any more; a new code pairs it again."""
    phone.token_digest = ""
    phone.save(update_fields=["token_digest"])
    note(phone, "unpair_field_phone", actor=phone.account, now=now)


@transaction.atomic
def revoke(*, phone_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FieldPhone:
    """Take a phone away."""
    found = locked(FieldPhone, phone_id, scope)
    if found.revoked_at is not None:
        raise PhoneRefused(_("这台手机已停用。"))
    found.revoked_at = now
    found.save(update_fields=["revoked_at"])
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


def _give_code(phone: FieldPhone, now: dt.datetime) -> str:
    code = short_code()
    phone.code_digest, phone.code_until, phone.code_used_at = _digest(code), now + PAIRING, None
    return code


def _by_code(code: str, now: dt.datetime) -> FieldPhone:
    """Return the phone that waits for this code, locked. Raises PhoneRefused saying why none does."""
    plain = "".join(letter for letter in text.clean(code).lower() if letter.isalnum())
    rows = FieldPhone.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.filter(code_digest=_digest(plain)).first() if plain else None
    if found is None:
        raise PhoneRefused(_("配对码不对，或已换成新的。请对照工作台“现场手机”里显示的8位配对码再填一次。"))
    if found.revoked_at is not None:
        raise PhoneRefused(_("这台手机已在工作台停用，不能再配对。请另外添加一台。"))
    if found.code_used_at is not None:
        used = {"at": f"{timezone.localtime(found.code_used_at):%m-%d %H:%M}"}
        raise PhoneRefused(
            _("这个配对码在%(at)s已经用过，只能用一次。请在工作台“现场手机”里换一个配对码。") % used
        )
    if found.code_until is None or found.code_until <= now:
        raise PhoneRefused(_("这个配对码已过期（30分钟内有效）。请在工作台“现场手机”里换一个配对码。"))
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
