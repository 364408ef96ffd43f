"""Signing in: attempts, lock-out, limits per address, sessions.

A failed attempt is committed though the caller is told of it by an exception: the counts are the defence.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.access import queries, rules, second_factor
from kexie.foundation.access.models import (
    Account,
    Attempt,
    ExternalIdentity,
    Outcome,
    Presence,
    SecurityRules,
)
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit

_NAME_LENGTH, _AGENT_LENGTH = 60, 200
# A session's last activity is written at most this often, so that reading pages does not mean writing rows.
_SEEN_EVERY = dt.timedelta(minutes=1)
_FAILED = (Outcome.WRONG, Outcome.WRONG_CODE)


class SignInRefused(UserError):
    """The attempt failed. The message is the same whether or not there is such an account."""


class Ended(Enum):
    """Why a session is over."""

    IDLE = "idle"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Where:
    """Where an attempt comes from."""

    ip: str | None
    agent: str = ""
    method: str = "password"


def by_password(*, username: str, password: str, where: Where, now: dt.datetime) -> Account:
    """Return the account whose name and password these are, or raise SignInRefused.

    Attempts on one account are judged one after another, so that no number of simultaneous ones gets more
    guesses than the rules allow. Success is written down by `begin`, after the second factor if there is one.
    """
    username = username.strip().lower()[:_NAME_LENGTH]
    _check_address(where, now)
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).filter(username=username).first()
        outcome = _judge(account, username, password, now)
        if outcome is not None:
            _count_failure(account, username, outcome, where, now)
    if outcome is not None or account is None:
        raise SignInRefused(_message(outcome or Outcome.WRONG, account))
    return account


def by_identity(*, provider: str, subject: str, where: Where, now: dt.datetime) -> Account:
    """Return the account linked to an identity that its provider has vouched for, or raise SignInRefused."""
    found = (
        ExternalIdentity.objects.select_related("account").filter(provider=provider, subject=subject).first()
    )
    if found is None or not found.account.is_active:
        _count_failure(found.account if found else None, f"{provider}:{subject}", Outcome.WRONG, where, now)
        raise SignInRefused(_("这个身份没有绑定可用的账号，请先用密码登录，或联系系统管理员。"))
    return found.account


def by_code(*, account: Account, code: str, where: Where, now: dt.datetime) -> Account:
    """Check the second factor of an account that has given its password, or raise SignInRefused."""
    _check_address(where, now)
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        outcome = Outcome.LOCKED if _is_locked(account, now) else None
        if outcome is None and not (account.is_active and second_factor.verify(account, code, now)):
            outcome = Outcome.WRONG_CODE
        if outcome is not None:
            _count_failure(account, account.username, outcome, where, now)
    if outcome is not None:
        raise SignInRefused(_message(outcome, account))
    return account


@transaction.atomic
def begin(*, account: Account, where: Where, now: dt.datetime) -> Presence:
    """Write down a success and open a session."""
    Account.objects.filter(pk=account.pk).update(failed_count=0, locked_until=None)
    _write_attempt(account, account.username, Outcome.SUCCEEDED, where, now)
    _log(account, "access.sign_in", now, method=where.method)
    return open_presence(account=account, where=where, now=now)


def open_presence(*, account: Account, where: Where, now: dt.datetime) -> Presence:
    """Open a session."""
    return Presence.objects.create(
        account=account, started_at=now, seen_at=now, ip=where.ip, agent=where.agent[:_AGENT_LENGTH]
    )


def keep_alive(
    *, presence_id: UUID, account: Account, limits: SecurityRules, now: dt.datetime
) -> Ended | None:
    """Note a session's activity, or return why it is over: idle longer than the rules allow, or ended."""
    presence = Presence.objects.filter(pk=presence_id, account=account, ended_at=None).first()
    if presence is None:
        return Ended.ELSEWHERE
    idle = now - presence.seen_at
    if idle > dt.timedelta(minutes=limits.idle_minutes):
        Presence.objects.filter(pk=presence_id, ended_at=None).update(ended_at=now)
        return Ended.IDLE
    if idle >= _SEEN_EVERY:
        Presence.objects.filter(pk=presence_id).update(seen_at=now)
    return None


@transaction.atomic
def end(*, account: Account, presence_id: UUID, now: dt.datetime) -> bool:
    """End one session of the account: this one, or another seen in its list."""
    ended = Presence.objects.filter(pk=presence_id, account=account, ended_at=None).update(ended_at=now)
    if ended:
        _log(account, "access.sign_out", now)
    return bool(ended)


def _check_address(where: Where, now: dt.datetime) -> None:
    since = now - dt.timedelta(minutes=rules.ADDRESS_MINUTES)
    failures = Attempt.objects.filter(ip=where.ip, at__gt=since, outcome__in=_FAILED)
    if where.ip is not None and failures.count() >= rules.FAILURES_PER_ADDRESS:
        raise SignInRefused(_message(Outcome.THROTTLED, None))


def _judge(account: Account | None, username: str, password: str, now: dt.datetime) -> Outcome | None:
    """Return why the attempt fails, or None. Unknown names take as long and lock as soon as known ones."""
    if account is None:
        if _unknown_is_locked(username, now):
            return Outcome.LOCKED
        Account().set_password(password)
        return Outcome.WRONG
    if _is_locked(account, now):
        return Outcome.LOCKED
    return None if account.check_password(password) and account.is_active else Outcome.WRONG


def _is_locked(account: Account, now: dt.datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def _unknown_is_locked(username: str, now: dt.datetime) -> bool:
    """A name without account is locked too: it must not be told apart by being spared."""
    limits = _limits(None)
    since = now - dt.timedelta(minutes=limits.lock_minutes)
    failures = Attempt.objects.filter(account=None, username=username, at__gt=since, outcome=Outcome.WRONG)
    return failures.count() >= limits.lock_after


def _count_failure(
    account: Account | None, username: str, outcome: Outcome, where: Where, now: dt.datetime
) -> None:
    """Write the attempt down; the last allowed failure locks the account."""
    _write_attempt(account, username, outcome, where, now)
    audit.append(
        association_id=account.association_id if account else None,
        actor=None,
        action="access.sign_in",
        subject=account,
        detail={"username": username, "outcome": outcome, "method": where.method},
        succeeded=False,
        ip=where.ip,
        now=now,
    )
    if account is None or outcome not in _FAILED:
        return
    limits = queries.rules_of(account.association_id)
    account.failed_count += 1
    if account.failed_count >= limits.lock_after:
        account.failed_count = 0
        account.locked_until = now + dt.timedelta(minutes=limits.lock_minutes)
        _log(account, "access.lock_out", now, until=account.locked_until)
    account.save(update_fields=["failed_count", "locked_until"])


def _write_attempt(
    account: Account | None, username: str, outcome: Outcome, where: Where, now: dt.datetime
) -> None:
    Attempt.objects.create(
        account=account,
        username=username[:_NAME_LENGTH],
        at=now,
        method=where.method,
        outcome=outcome,
        ip=where.ip,
        agent=where.agent[:_AGENT_LENGTH],
    )


def _message(outcome: Outcome, account: Account | None) -> str:
    limits = _limits(account)
    values = {"times": limits.lock_after, "minutes": limits.lock_minutes, "wait": rules.ADDRESS_MINUTES}
    texts = {
        Outcome.WRONG: _("账号或密码不正确。连续%(times)d次不正确将锁定%(minutes)d分钟。"),
        Outcome.WRONG_CODE: _("动态口令不正确，请输入当前显示的6位数字，或一个未用过的备用码。"),
        Outcome.LOCKED: _("连续%(times)d次不正确，已暂停登录%(minutes)d分钟，请稍后再试，或联系系统管理员。"),
        Outcome.THROTTLED: _("这个网络地址的失败次数过多，请%(wait)d分钟后再试。"),
    }
    return texts[outcome] % values


def _limits(account: Account | None) -> SecurityRules:
    """Return the rules for an account; for a name without one, those set here, or defaults."""
    if account is not None:
        return queries.rules_of(account.association_id)
    return SecurityRules.objects.first() or SecurityRules()


def _log(account: Account, action: str, now: dt.datetime, **detail: object) -> None:
    audit.append(
        association_id=account.association_id,
        actor=account,
        action=action,
        subject=account,
        detail=detail,
        now=now,
    )
