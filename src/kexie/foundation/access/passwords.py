"""What a password must be."""

import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account, SecurityRules
from kexie.kernel.errors import UserError

_CLASSES = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())
_CLASSES_NEEDED = 3
# Without look-alikes, because the first password is read aloud or copied by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"


class PasswordRefused(UserError):
    """A password that does not meet the rules; the message says which."""


def check(account: Account, password: str, rules: SecurityRules, *, field: str = "new_password") -> None:
    """Raise PasswordRefused, with all that is wrong, unless the account may have this password."""
    wrong = [*_too_short(password, rules), *_too_plain(password)]
    if account.password and account.check_password(password):
        wrong.append(_("新密码不能与原密码相同。"))
    try:
        validate_password(password, account)
    except ValidationError as error:
        wrong += [
            message
            for item in error.error_list
            if item.code != "password_too_short"
            for message in item.messages
        ]
    if wrong:
        raise PasswordRefused(fields={field: " ".join(wrong)})


def describe(rules: SecurityRules) -> str:
    """Return the rules in one sentence, to stand beside the field."""
    return _(
        "至少%(length)d位，含大写字母、小写字母、数字、符号中的三类；不能是常见密码，不能与账号相近。"
    ) % {"length": rules.password_length}


def is_too_old(account: Account, rules: SecurityRules, now: dt.datetime) -> bool:
    """Whether the rules give passwords an age and this one has reached it."""
    if not rules.password_days or account.password_changed_at is None:
        return False
    return now - account.password_changed_at > dt.timedelta(days=rules.password_days)


def make() -> str:
    """Return a first password of 14 characters that meets every rule and is easy to copy."""
    groups = ["".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(2)]
    digits = "".join(secrets.choice(_DIGITS) for _digit in range(4))
    return f"{secrets.choice(_CAPITALS)}{groups[0][1:]}-{groups[1]}-{digits}"


def _too_short(password: str, rules: SecurityRules) -> list[str]:
    if len(password) >= rules.password_length:
        return []
    return [_("密码至少%(length)d位。") % {"length": rules.password_length}]


def _too_plain(password: str) -> list[str]:
    present = sum(any(map(is_class, password)) for is_class in _CLASSES)
    if present >= _CLASSES_NEEDED:
        return []
    return [_("密码须含大写字母、小写字母、数字、符号中的至少三类。")]
