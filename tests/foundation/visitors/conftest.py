"""A visitor of a demonstration city, where codes are shown, and the people they come with."""

import datetime as dt
import re

import pytest

from kexie.foundation.access.sign_in import Where
from kexie.foundation.visitors import operations, queries, sign_in
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor
from kexie.kernel import codes
from tests.foundation.conftest import NOW

HERE = Where(ip="192.0.2.1")
PHONE = "13800138000"
ADULT = codes.synthetic_resident_id(1, birth_date=dt.date(1990, 5, 6), is_male=True)
CHILD = codes.synthetic_resident_id(2, birth_date=dt.date(2018, 5, 6), is_male=False)


def ask(city, *, phone: str = PHONE, where: Where = HERE, now: dt.datetime = NOW) -> OneTimeCode:
    return sign_in.request_code(association=city.association, phone=phone, where=where, now=now)


def sent(challenge: OneTimeCode) -> str:
    """The code as the demonstration shows it."""
    return re.search(r"\d{6}", queries.shown_message(challenge))[0]


def answer(challenge: OneTimeCode, code: str | None = None, *, now: dt.datetime = NOW) -> sign_in.SignedIn:
    code = sent(challenge) if code is None else code
    return sign_in.sign_in(challenge_id=challenge.pk, code=code, where=HERE, now=now)


def wrong(challenge: OneTimeCode) -> str:
    return f"{(int(sent(challenge)) + 1) % 1_000_000:06}"


@pytest.fixture
def visitor(demo_city) -> Visitor:
    return operations.ensure(association=demo_city.association, phone=PHONE, now=NOW)


def add(visitor: Visitor, **given) -> Companion:
    given = {"name": "张小三", "document": "RESIDENT_ID", "number": ADULT, "now": NOW, **given}
    return operations.add_companion(visitor=visitor, **given)
