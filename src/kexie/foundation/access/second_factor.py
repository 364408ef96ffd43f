"""One-time passwords by time (TOTP, RFC 6238) and the codes that stand in for a lost authenticator."""

import datetime as dt
import secrets

import pyotp
import segno
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account, RecoveryCode
from kexie.kernel.codes import normalise
from kexie.kernel.errors import UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit

ISSUER = "Kexie"
_STEP_SECONDS = 30
# One step either way: clocks of telephones differ by some seconds.
_STEPS = (0, -1, 1)
_RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class CodeRefused(UserError):
    """A code that does not fit."""


@transaction.atomic
def begin(*, account: Account) -> str:
    """Return the secret to enter in an authenticator; a new one unless a set-up is already under way."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.has_totp:
        raise CodeRefused(_("动态口令已启用。更换手机时，请先停用再重新启用。"))
    if account.totp_secret is None:
        account.totp_secret = crypto.encrypt(pyotp.random_base32().encode(), context=account.pk.bytes)
        account.save(update_fields=["totp_secret"])
    return secret_of(account)


@transaction.atomic
def confirm(*, account: Account, code: str, now: dt.datetime) -> list[str]:
    """Finish the set-up with a first code and return ten recovery codes, shown this once."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.totp_secret is None or account.has_totp:
        raise CodeRefused(_("请重新开始设置动态口令。"))
    if not _accepts(account, code, now):
        raise CodeRefused(
            fields={"code": _("动态口令不正确。请核对手机时间是否准确，再输入当前显示的6位数字。")}
        )
    account.totp_confirmed_at = now
    account.save(update_fields=["totp_confirmed_at", "totp_last_step"])
    codes = _make_recovery_codes(account)
    _log(account, "access.enable_second_factor", now)
    return codes


@transaction.atomic
def disable(*, account: Account, code: str, now: dt.datetime) -> None:
    """Switch the second factor off, with a current code; then another authenticator can be set up."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not verify(account, code, now):
        raise CodeRefused(fields={"code": _("动态口令不正确。")})
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    account.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step"])
    account.recovery_codes.all().delete()
    _log(account, "access.disable_second_factor", now)


def verify(account: Account, code: str, now: dt.datetime) -> bool:
    """Whether this is a code or recovery code not used before. The caller holds the account's row lock."""
    if account.has_totp and _accepts(account, code, now):
        account.save(update_fields=["totp_last_step"])
        return True
    digest = _digest(account, code)
    return bool(account.recovery_codes.filter(digest=digest, used_at=None).update(used_at=now))


def secret_of(account: Account) -> str:
    """Return the secret in base32, for the set-up page of its owner."""
    if account.totp_secret is None:
        raise CodeRefused(_("请重新开始设置动态口令。"))
    return crypto.decrypt(bytes(account.totp_secret), context=account.pk.bytes).decode()


def address(account: Account) -> str:
    """Return the otpauth:// address that authenticators read."""
    return pyotp.TOTP(secret_of(account)).provisioning_uri(name=account.username, issuer_name=ISSUER)


def qr(account: Account) -> SafeString:
    """Return the address as an inline SVG."""
    code = segno.make(address(account), error="m")
    # Trusted: segno draws it, and the address within is percent-encoded.
    return mark_safe(code.svg_inline(scale=5, border=2, svgclass="qr", lineclass=None))  # noqa: S308


def current_code(account: Account, now: dt.datetime) -> str:
    """Return the code shown by the account's authenticator now: for demonstrations and tests only."""
    return pyotp.TOTP(secret_of(account)).at(now)


def _accepts(account: Account, code: str, now: dt.datetime) -> bool:
    """Whether the code is of a time step about now, later than any used before; notes the step."""
    digits, totp = normalise(code), pyotp.TOTP(secret_of(account))
    this_step = int(now.timestamp()) // _STEP_SECONDS
    for offset in _STEPS:
        step = this_step + offset
        if step > (account.totp_last_step or 0) and crypto.digests_equal(totp.generate_otp(step), digits):
            account.totp_last_step = step
            return True
    return False


def _make_recovery_codes(account: Account) -> list[str]:
    account.recovery_codes.all().delete()
    codes = [
        "".join(secrets.choice(_RECOVERY_ALPHABET) for _letter in range(10))
        for _code in range(_RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=_digest(account, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(account: Account, code: str) -> str:
    return crypto.keyed_digest(f"{account.pk}:{normalise(code)}")


def _log(account: Account, action: str, now: dt.datetime) -> None:
    audit.append(
        association_id=account.association_id,
        actor=account,
        action=action,
        subject=account,
        detail={},
        now=now,
    )
