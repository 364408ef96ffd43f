"""Accounts, grants and rules: what the system and security administrators do.

Each takes the actor and checks that they may; None stands for the installation itself (command line,
demonstration).
"""

import datetime as dt
import re
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access import passwords, queries, rules
from kexie.foundation.access.models import Account, ExternalIdentity, Grant, Presence, SecurityRules
from kexie.foundation.access.roles import ROLES, Action
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.platform.audit import operations as audit

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")


class AccountRefused(UserError):
    """An account that cannot be made or changed so; the message stands beside the field."""


class GrantRefused(UserError):
    """A grant that cannot be made; the message says why."""


class RulesRefused(UserError):
    """Security rules laxer than the standard allows."""


@transaction.atomic
def create_account(
    *,
    association: Unit,
    username: str,
    display_name: str,
    unit: Unit | None,
    actor: Account | None,
    now: dt.datetime,
    person: Person | None = None,
) -> tuple[Account, str]:
    """Make an account without any role; return it and its first password, to be changed at first use."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, association)
    _check_names(username := username.strip().lower(), display_name)
    if unit is not None and unit.association_id != association.pk:
        raise AccountRefused(fields={"unit": _("这个单位属于另一个科协。")})
    account = Account(
        association=association,
        username=username,
        display_name=display_name.strip(),
        unit=unit,
        person=person,
        created_at=now,
    )
    first_password = passwords.make()
    account.set_password(first_password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise AccountRefused(fields={"username": _("这个账号名已有人使用，请换一个。")}) from error
    _log(account, "access.create_account", actor=actor, now=now, username=username)
    return account, first_password


@transaction.atomic
def set_active(
    *, account: Account, active: bool, reason: str, actor: Account | None, now: dt.datetime
) -> Account:
    """Stop or allow the use of an account. Stopping ends its sessions at once."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, account.association)
    if actor is not None and actor.pk == account.pk:
        raise AccountRefused(_("不能停用自己的账号。"))
    if not reason.strip():
        raise AccountRefused(fields={"reason": _("请写明原因。")})
    account = _locked(account)
    account.is_active = active
    account.save(update_fields=["is_active"])
    if not active:
        end_presences(account, now=now)
    action = "access.enable_account" if active else "access.disable_account"
    _log(account, action, actor=actor, now=now, reason=reason)
    return account


@transaction.atomic
def unlock(*, account: Account, reason: str, actor: Account | None, now: dt.datetime) -> Account:
    """Let someone locked out by failed attempts try again now."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, account.association)
    account = _locked(account)
    account.locked_until, account.failed_count = None, 0
    account.save(update_fields=["locked_until", "failed_count"])
    _log(account, "access.unlock", actor=actor, now=now, reason=reason)
    return account


@transaction.atomic
def reset_password(*, account: Account, reason: str, actor: Account | None, now: dt.datetime) -> str:
    """Give the account a new first password and return it; its sessions end."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, account.association)
    if not reason.strip():
        raise AccountRefused(fields={"reason": _("请写明原因。")})
    account, first_password = _locked(account), passwords.make()
    _set_password(account, first_password, now=now)
    account.must_change_password = True
    account.locked_until, account.failed_count = None, 0
    account.save()
    end_presences(account, now=now)
    _log(account, "access.reset_password", actor=actor, now=now, reason=reason)
    return first_password


@transaction.atomic
def change_password(
    *, account: Account, old: str, new: str, now: dt.datetime, keep: UUID | None = None
) -> Account:
    """Change one's own password; every session but the one in `keep` ends."""
    account = _locked(account)
    if not account.check_password(old):
        raise passwords.PasswordRefused(fields={"old_password": _("原密码不正确。")})
    passwords.check(account, new, queries.rules_of(account.association_id))
    _set_password(account, new, now=now)
    account.must_change_password = False
    account.save()
    end_presences(account, now=now, keep=keep)
    _log(account, "access.change_password", actor=account, now=now)
    return account


@transaction.atomic
def reset_second_factor(*, account: Account, reason: str, actor: Account | None, now: dt.datetime) -> Account:
    """Remove a lost second factor; an administrator must set up another before doing anything else."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, account.association)
    if not reason.strip():
        raise AccountRefused(fields={"reason": _("请写明原因。")})
    account = _locked(account)
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    account.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step"])
    account.recovery_codes.all().delete()
    end_presences(account, now=now)
    _log(account, "access.reset_second_factor", actor=actor, now=now, reason=reason)
    return account


@transaction.atomic
def grant(
    *,
    account: Account,
    role: str,
    unit: Unit,
    actor: Account | None,
    now: dt.datetime,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    reason: str = "",
) -> Grant:
    """Give an account a role over a unit and all below it, from `valid_from` (today) up to `valid_to`."""
    rules.require(actor, Action.MANAGE_GRANTS, account.association)
    account = _locked(account)
    start = valid_from or timezone.localdate(now)
    _check_grant(account, role, unit, start=start, end=valid_to, actor=actor)
    holder = account.person_id or account.pk
    _end_expired(holder, account.association_id, now=now)
    held = list(Grant.objects.filter(association=account.association_id, holder_id=holder, revoked_at=None))
    if conflict := rules.conflict(role, held):
        raise GrantRefused(fields={"role": conflict})
    made = Grant(
        association_id=account.association_id,
        account=account,
        holder_id=holder,
        role=role,
        unit=unit,
        valid_from=start,
        valid_to=valid_to,
        granted_by=actor,
        granted_at=now,
        reason=reason.strip(),
    )
    _insert_grant(made)
    _log(account, "access.grant", actor=actor, now=now, reason=reason, **_describe(made))
    return made


@transaction.atomic
def revoke(*, grant: Grant, reason: str, actor: Account | None, now: dt.datetime) -> Grant:
    """Take back a grant; it stays in the books."""
    rules.require(actor, Action.MANAGE_GRANTS, grant.association)
    if not reason.strip():
        raise GrantRefused(fields={"reason": _("请写明撤销的原因。")})
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if grant.revoked_at is not None:
        raise GrantRefused(_("这项授权已经撤销。"))
    grant.revoked_at, grant.revoked_by = now, actor
    grant.save(update_fields=["revoked_at", "revoked_by"])
    _log(grant.account, "access.revoke", actor=actor, now=now, reason=reason, **_describe(grant))
    return grant


@transaction.atomic
def link_person(*, account: Account, person: Person, actor: Account | None, now: dt.datetime) -> Account:
    """Say whose account this is; refused when it would join two administrators' roles in one person."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, account.association)
    account = _locked(account)
    account.person = person
    account.save(update_fields=["person"])
    try:
        with transaction.atomic():
            Grant.objects.filter(account=account).update(holder_id=person.pk)
    except IntegrityError as error:
        raise AccountRefused(_("此人的另一个账号已是三员之一，不能再持有第二个管理员角色。")) from error
    _log(account, "access.link_person", actor=actor, now=now, person=person.pk)
    return account


@transaction.atomic
def link_identity(*, account: Account, provider: str, subject: str, now: dt.datetime) -> ExternalIdentity:
    """Let an identity of another provider sign in to this account."""
    identity = ExternalIdentity(account=account, provider=provider, subject=subject, linked_at=now)
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError as error:
        raise AccountRefused(_("这个外部身份已绑定到某个账号。")) from error
    _log(account, "access.link_identity", actor=account, now=now, provider=provider)
    return identity


@transaction.atomic
def set_rules(
    *, association: Unit, actor: Account | None, now: dt.datetime, **values: int | None
) -> SecurityRules:
    """Set security rules (fields of SecurityRules); values laxer than the standard are refused."""
    rules.require(actor, Action.MANAGE_GRANTS, association)
    current = queries.rules_of(association.pk)
    old = {name: getattr(current, name) for name in values}
    for name, value in values.items():
        setattr(current, name, value)
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as error:
        raise RulesRefused(
            _("密码至少10位，失败1至10次后锁定15分钟以上，无操作60分钟内退出。请按此范围设置。")
        ) from error
    audit.append(
        association_id=association.pk,
        actor=actor,
        action="access.set_rules",
        subject=association,
        detail={"old": old, "new": values},
        now=now,
    )
    return current


def end_presences(account: Account, *, now: dt.datetime, keep: UUID | None = None) -> int:
    """End the sessions of an account, except one; return how many."""
    going_on = Presence.objects.filter(account=account, ended_at=None)
    if keep is not None:
        going_on = going_on.exclude(pk=keep)
    return going_on.update(ended_at=now)


def _check_names(username: str, display_name: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise AccountRefused(
            fields={"username": _("账号名应为3至60位小写字母、数字或 . _ @ -，以字母或数字开头。")}
        )
    if not display_name.strip():
        raise AccountRefused(fields={"display_name": _("请填写姓名。")})


def _check_grant(
    account: Account, role: str, unit: Unit, *, start: dt.date, end: dt.date | None, actor: Account | None
) -> None:
    if actor is not None and actor.pk == account.pk:
        raise Forbidden(_("不能给自己授权。"))
    if role not in ROLES:
        raise GrantRefused(fields={"role": _("没有这个角色。")})
    if unit.association_id != account.association_id:
        raise GrantRefused(fields={"unit": _("这个单位属于另一个科协。")})
    if ROLES[role].whole and not unit.is_association:
        raise GrantRefused(fields={"unit": _("管理员角色的范围只能是整个科协。")})
    if end is not None and end <= start:
        raise GrantRefused(fields={"valid_to": _("失效日期应晚于生效日期。")})


def _end_expired(holder: UUID, association_id: UUID, *, now: dt.datetime) -> None:
    """Close the books on grants that have run out, so that they stand in nobody's way."""
    Grant.objects.filter(
        association=association_id, holder_id=holder, revoked_at=None, valid_to__lte=timezone.localdate(now)
    ).update(revoked_at=now)


def _insert_grant(made: Grant) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "grant_one_administrator_role" in str(error):
            held = list(Grant.objects.filter(holder_id=made.holder_id, revoked_at=None))
            raise GrantRefused(fields={"role": rules.conflict(made.role, held)}) from error
        if "grant_once" in str(error):
            raise GrantRefused(_("这个账号在该单位已有这个角色。")) from error
        raise


def _describe(grant: Grant) -> dict[str, object]:
    return {
        "role": grant.role,
        "unit": grant.unit.path,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }


def _set_password(account: Account, password: str, *, now: dt.datetime) -> None:
    account.set_password(password)
    account.password_changed_at = now
    account.demo_password = ""


def _locked(account: Account) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _log(
    account: Account,
    action: str,
    *,
    actor: Account | None,
    now: dt.datetime,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=account.association_id,
        actor=actor,
        action=action,
        subject=account,
        detail=detail,
        reason=reason.strip(),
        now=now,
    )
