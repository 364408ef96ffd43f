"""Accounts of a demonstration city: one per role, their passwords shown on the sign-in page."""

import base64
import datetime as dt
import hashlib

from django.db import transaction

from kexie.foundation.access import operations
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.platform import crypto

PASSWORD = "Kexie-demo-2026"  # noqa: S105  shown to every visitor of a demonstration


@transaction.atomic
def create_account(
    *,
    association: Unit,
    role: str,
    unit: Unit,
    username: str,
    display_name: str,
    now: dt.datetime,
    person: Person | None = None,
    password: str = PASSWORD,
) -> Account:
    """Make an account with a role and a password that the sign-in page shows. Only in a demonstration city.

    The three administrators get a second factor whose current code that page shows too.
    """
    if not association.is_demo:
        raise UserError("演示账号只能建在演示数据中。")
    account, _first_password = operations.create_account(
        association=association,
        username=username,
        display_name=display_name,
        unit=unit,
        person=person,
        actor=None,
        now=now,
    )
    account.set_password(password)
    account.demo_password, account.must_change_password, account.password_changed_at = password, False, now
    if ROLES[role].administrator:
        give_second_factor(account, now=now)
    account.save()
    operations.grant(
        account=account,
        role=role,
        unit=unit,
        actor=None,
        now=now,
        valid_from=dt.date(2021, 1, 1),
        reason="演示",
    )
    return account


def give_second_factor(account: Account, *, now: dt.datetime) -> None:
    """Set up the second factor of a demonstration's account that is about to be saved."""
    account.totp_secret = crypto.encrypt(_secret(account.username).encode(), context=account.pk.bytes)
    account.totp_confirmed_at = now


def _secret(username: str) -> str:
    """Return the same secret every time, so that an authenticator set up once works after a new demo load."""
    return base64.b32encode(hashlib.sha256(f"kexie demo {username}".encode()).digest()[:20]).decode()
