"""Signing in with a code sent to a mobile number.

Nothing here tells whether a number is known: every number gets a code, and an account is made with the first one
that comes back. A wrong code is counted and committed though the caller is told of it by an exception.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from kexie.foundation.access.sign_in import Where
from kexie.foundation.units.models import Unit
from kexie.foundation.visitors import operations, rules, tokens
from kexie.foundation.visitors.models import OneTimeCode, Visitor
from kexie.kernel import codes
from kexie.kernel.errors import UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.notify import gateways
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient


class CodeRefused(UserError):
    """No code is sent; the message says why and what to do."""


class SignInRefused(UserError):
    """The code does not let anybody in. With `again`, it never will, and a new one must be asked for."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(fields={"code": message})
        self.again = again


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the token that proves it."""

    visitor: Visitor
    token: str = field(repr=False)


def request_code(*, association: Unit, phone: str, where: Where, now: dt.datetime) -> OneTimeCode:
    """Send a code to a mobile number; raise CodeError if it is none, CodeRefused if it may not have one now."""
    number = codes.mobile(phone)
    if gateways.gateway(association.pk) is None:
        raise CodeRefused(
            _("本站还没有开通短信，暂时不能用手机号码登录。请打页脚的电话预约，或到馆现场办理。")
        )
    digest = crypto.keyed_digest(number)
    with transaction.atomic():
        _one_after_another(digest)
        _check_limits(association, digest, where, now)
        return _send(association, number, digest, where, now)


def sign_in(*, challenge_id: UUID, code: str, where: Where, now: dt.datetime) -> SignedIn:
    """Return who signs in with the code that answers a challenge (`request_code`), or raise SignInRefused."""
    with transaction.atomic():
        challenge = OneTimeCode.objects.select_for_update().filter(pk=challenge_id).first()
        refused = _judge(challenge, code, where, now)
    if refused or challenge is None:
        raise refused or _used_up()
    return begin(association=challenge.association, phone=challenge.phone_number, now=now)


@transaction.atomic
def begin(*, association: Unit, phone: str, now: dt.datetime) -> SignedIn:
    """Let in whoever has proved to hold this number, by a code or by a trusted programme (WeChat)."""
    visitor = operations.ensure(association=association, phone=phone, now=now)
    if not visitor.is_active:
        raise SignInRefused(_("这个账号已停用，请打页脚的电话联系我们。"), again=True)
    Visitor.objects.filter(pk=visitor.pk).update(seen_at=now)
    _log(visitor, "visitors.sign_in", now)
    return SignedIn(visitor, tokens.issue(visitor, now=now))


@transaction.atomic
def sign_out_everywhere(*, visitor: Visitor, now: dt.datetime) -> None:
    """End every sign-in and token of the visitor."""
    Visitor.objects.filter(pk=visitor.pk).update(epoch=F("epoch") + 1)
    _log(visitor, "visitors.sign_out_everywhere", now)


def _one_after_another(digest: str) -> None:
    """Let simultaneous requests for one number wait for each other: each sees the last one's code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"visitors.code:{digest}"])


def _check_limits(association: Unit, digest: str, where: Where, now: dt.datetime) -> None:
    sent = OneTimeCode.objects.filter(association=association, phone_digest=digest)
    last = sent.order_by("-sent_at").first()
    if last and (wait := last.sent_at + rules.RESEND_AFTER - now) > dt.timedelta():
        raise CodeRefused(
            _("验证码刚刚发过，请查看短信；%(seconds)d秒后可以重新获取。")
            % {"seconds": ceil(wait.total_seconds())}
        )
    if _too_many(sent, rules.CODES_PER_NUMBER, now):
        raise CodeRefused(_("这个号码获取验证码的次数过多，请过一小时再试；一天最多10次。"))
    if where.ip is None:
        return
    here = OneTimeCode.objects.filter(association=association, ip=where.ip)
    if _too_many(here, rules.CODES_PER_ADDRESS, now) or _guesses(here, now):
        raise CodeRefused(_("这个网络地址的请求过多，请10分钟后再试，或换用手机流量。"))


def _too_many(
    sent: QuerySet[OneTimeCode], limits: tuple[tuple[dt.timedelta, int], ...], now: dt.datetime
) -> bool:
    return any(sent.filter(sent_at__gt=now - span).count() >= most for span, most in limits)


def _guesses(here: QuerySet[OneTimeCode], now: dt.datetime) -> bool:
    """Whether so many wrong codes came to what was sent at this address's request that somebody is guessing."""
    span, most = rules.FAILURES_PER_ADDRESS
    tried = here.filter(sent_at__gt=now - span, used_at=None).aggregate(tries=Sum("tries"))["tries"]
    return (tried or 0) >= most


def _send(association: Unit, number: str, digest: str, where: Where, now: dt.datetime) -> OneTimeCode:
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    challenge = OneTimeCode(
        association=association,
        phone_digest=digest,
        sent_at=now,
        expires_at=now + rules.CODE_LASTS,
        ip=where.ip,
    )
    challenge.phone = crypto.encrypt(number.encode(), context=challenge.pk.bytes)
    challenge.code_digest = _digest(challenge, code)
    challenge.notice_id = notify.send(
        association_id=association.pk,
        to=Recipient(phone=number),
        template="code",
        values={"code": code, "minutes": rules.CODE_LASTS.seconds // 60, "site": association},
        expires_at=challenge.expires_at,
        now=now,
    ).pk
    challenge.save(force_insert=True)
    return challenge


def _judge(challenge: OneTimeCode | None, code: str, where: Where, now: dt.datetime) -> SignInRefused | None:
    """Count the try and return why it fails, if it does."""
    if challenge is None or challenge.used_at or challenge.tries >= rules.CODE_TRIES:
        return _used_up()
    if challenge.expires_at <= now:
        return SignInRefused(_("验证码已过期，请重新获取。"), again=True)
    challenge.tries += 1
    if crypto.digests_equal(challenge.code_digest, _digest(challenge, codes.normalise(code))):
        challenge.used_at = now
        challenge.save(update_fields=["tries", "used_at"])
        return None
    challenge.save(update_fields=["tries"])
    audit.append(
        association_id=challenge.association_id,
        actor=None,
        action="visitors.sign_in",
        subject=challenge,
        detail={"tries": challenge.tries},
        succeeded=False,
        ip=where.ip,
        now=now,
    )
    left = rules.CODE_TRIES - challenge.tries
    if not left:
        return _used_up()
    return SignInRefused(_("验证码不正确，请对照短信核对，还可以再试%(left)d次。") % {"left": left})


def _used_up() -> SignInRefused:
    return SignInRefused(_("这个验证码不能再用，请重新获取。"), again=True)


def _digest(challenge: OneTimeCode, code: str) -> str:
    return crypto.keyed_digest(f"visitors.code:{challenge.pk}:{code}")


def _log(visitor: Visitor, action: str, now: dt.datetime) -> None:
    audit.append(
        association_id=visitor.association_id,
        actor=visitor,
        action=action,
        subject=visitor,
        detail={},
        now=now,
    )
