"""After a change of the digest key or the ciphers everybody is found, and counted, as before."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.apps import apps

from kexie.config import digests, sealed
from kexie.config.cli.keys import keys
from kexie.foundation.people import operations as people
from kexie.foundation.people import queries as people_queries
from kexie.foundation.visitors import details
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors import queries as visitor_queries
from kexie.foundation.visitors.models import Companion, Visitor
from kexie.kernel.codes import synthetic_resident_id
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.capacity.models import Seat
from kexie.platform.capacity.operations import conduct
from tests.foundation.conftest import NOW, build_city
from tests.platform.capacity.build import ASSOCIATION, VENUE, offer, placed

pytestmark = pytest.mark.django_db
NUMBER = synthetic_resident_id(9, birth_date=dt.date(1990, 1, 1), is_male=True)
PHONE, OTHER = "13800000001", "13800000002"
# Not of a number that is kept: of files and texts, of what a browser keeps, of tokens and one-time codes.
OTHERS = {
    "access.ApiClient.digest", "access.ApiClient.former_digest", "access.RecoveryCode.digest",
    "capacity.Device.pairing_digest", "capacity.Device.token_digest", "claims.CheckedText.digest",
    "files.StoredFile.digest", "matching.ExpertImport.digest", "matching.TextVector.digest", "releases.LoadedRelease.digest", "returns.Value.digest", "touring.FieldPhone.code_digest", "touring.FieldPhone.token_digest",
    "visitors.OneTimeCode.code_digest", "visitors.OneTimeCode.phone_digest",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_keys(tmp_path, settings, monkeypatch):
    settings.KEXIE_HOME = tmp_path
    monkeypatch.setattr(sealed, "_BATCH", 1)
    crypto.forget_keys()
    yield
    crypto.forget_keys()


def test_no_digest_is_forgotten():
    columns = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("kexie.")
        for field in model._meta.get_fields()
        if field.name == "digest" or field.name.endswith("_digest")
    }
    assert columns - OTHERS == {one.name for one in digests.DIGESTED}


class World:
    """Somebody of every kind whose number is kept."""

    def __init__(self) -> None:
        city = build_city()
        self.association = city.association
        self.visitor = visitors.ensure(association=city.association, phone=PHONE, now=NOW)
        self.member = people.create_person(
            association=city.association, unit=city.school, name="张小三", resident_id=NUMBER, phone=PHONE,
            actor=None, now=NOW,
        )  # fmt: skip
        self.friend = details.Person(name="张三", number=NUMBER)
        visitors.add_companion(
            visitor=self.visitor, name="张三", document="RESIDENT_ID", number=NUMBER, birth_date=None,
            relation="", now=NOW,
        )  # fmt: skip
        self.booked = [placed(offer(), identities=(self.friend.digest,)) for _one in range(2)]
        for one in self.booked:
            one.details = details.to_bytes([self.friend], context=one.key.encode())
            one.save()
        conduct.make_block(
            association_id=ASSOCIATION, venue_id=VENUE, subject=self.friend.digest,
            holder_id=self.visitor.pk, until=NOW.replace(year=NOW.year + 1), reason="爽约", actor=None, now=NOW,
        )  # fmt: skip

    def found(self) -> list[bool]:
        again = details.Person(name="张三", number=NUMBER)
        who = visitor_queries.by_phone(self.association, PHONE)
        return [
            who == self.visitor,
            Companion.objects.filter(digest=again.digest).exists(),
            Seat.objects.filter(identity=again.digest).count() == 2,
            bool(
                conduct.blocked_until(
                    association_id=ASSOCIATION, venue_id=VENUE, subjects=[again.digest], now=NOW
                )
            ),
            people_queries.by_document(Scope(association_id=self.association.pk), NUMBER) == self.member,
        ]


def rewrapped() -> dict[str, tuple[int, int, int]]:
    done = CliRunner().invoke(keys, ["rewrap", "--json"])
    return {
        one["column"]: (one["current"], one["other"], one["unreadable"])
        for one in json.loads(done.stdout)
        if one["column"].endswith(("digest", "）"))
    }


@pytest.fixture
def world():
    return World()


def by_key(_settings):
    assert CliRunner().invoke(keys, ["rotate", "--digest"]).exit_code == 0


def by_ciphers(settings):
    settings.CRYPTO_BACKEND = "sm"


@pytest.mark.parametrize("change", [by_key, by_ciphers])
def test_everybody_is_found_under_the_new_digests(world, settings, change):
    assert world.found() == [True] * 5
    change(settings)
    assert world.found() == [False] * 5
    counts = rewrapped()
    assert world.found() == [True] * 5
    assert counts["visitors.Visitor.phone_digest"] == (0, 1, 0)
    assert counts["capacity.Reservation.details（Seat, Conduct, Block）"] == (0, 3, 0)


def test_it_may_be_stopped_and_run_again(world, settings):
    by_key(settings)
    visitors.ensure(association=world.association, phone=OTHER, now=NOW)  # already under the new key
    first = digests._renewed(digests.DIGESTED[2])  # as if it had been stopped after this column
    assert (first.current, first.renewed) == (1, 1)
    rewrapped()
    assert world.found() == [True] * 5
    assert set(rewrapped().values()) <= {(0, 0, 0), (1, 0, 0), (2, 0, 0)}


def test_what_cannot_be_read_is_told_and_left(world, settings):
    Visitor.objects.filter(pk=world.visitor.pk).update(phone=b"\1\1" + b"\0" * 40)
    by_key(settings)
    assert rewrapped()["visitors.Visitor.phone_digest"] == (0, 0, 1)
