"""Every encrypted column is known, and all of them can be put under a further key."""

import json

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db.models import BinaryField

from kexie.config import diagnosis, sealed
from kexie.config.cli.keys import keys
from kexie.config.settings import declared
from kexie.foundation.units.models import Unit
from kexie.foundation.visitors import details
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import UserError
from kexie.platform import crypto
from kexie.platform.capacity.models import Reservation
from tests.foundation.conftest import NOW, build_city
from tests.platform.capacity.build import offer, placed

# Hashes, signatures and salts are not encrypted.
IN_CLEAR = {
    "ledger.LogEntry.payload", "ledger.LogEntry.salt", "ledger.LogEntry.leaf_hash", "ledger.TreeHead.root",
    "ledger.TreeHead.signature", "matching.TextVector.vector", "releases.FrozenCell.root", "releases.Release.log_root",
    "touring.RoadTable.ways",
}  # fmt: skip


def test_no_encrypted_column_is_forgotten():
    binary = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("kexie.")
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }
    assert {one.name for one in sealed.SEALED} | IN_CLEAR == binary


@pytest.fixture
def fresh_keys(tmp_path, settings):
    settings.KEXIE_HOME = tmp_path
    crypto.forget_keys()
    yield
    crypto.forget_keys()


def by_name(found):
    return {one.column.name: (one.current, one.renewed, one.unreadable) for one in found}


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_keys")
def test_what_was_encrypted_under_the_old_key_is_put_under_the_new_one():
    city = build_city()
    visitor = visitors.ensure(association=city.association, phone="13800000001", now=NOW)
    party = (details.Person(name="张三", document="PASSPORT", number="E12345678"),)
    booked = placed(offer())
    booked.details = details.to_bytes(party, context=booked.key.encode())
    booked.save()
    altered = visitors.ensure(association=city.association, phone="13800000002", now=NOW)
    Visitor.objects.filter(pk=altered.pk).update(phone=bytes(visitor.phone)[:-1] + b"\0")
    assert CliRunner().invoke(keys, ["rotate"]).exit_code == 0
    done = CliRunner().invoke(keys, ["rewrap", "--json"])
    counts = {
        one["column"]: (one["current"], one["other"], one["unreadable"]) for one in json.loads(done.stdout)
    }
    assert done.exit_code == 1  # one could not be read
    assert (counts["visitors.Visitor.phone"], counts["capacity.Reservation.details"]) == (
        (0, 1, 1),
        (0, 1, 0),
    )
    visitor.refresh_from_db()
    assert (visitor.phone_number, crypto.is_current(bytes(visitor.phone))) == ("13800000001", True)
    kept = Reservation.objects.get(pk=booked.pk)
    assert details.from_bytes(bytes(kept.details), context=kept.key.encode()) == party
    Visitor.objects.filter(pk=altered.pk).delete()
    assert by_name(sealed.rewrap())["visitors.Visitor.phone"] == (1, 0, 0)
    assert by_name(sealed.survey())["visitors.Visitor.phone"] == (1, 0, 0)


@pytest.mark.parametrize(
    ("sms", "https", "address", "level"),
    [
        ("none", False, "", "ok"), ("http", False, "", "warning"), ("http", False, "http://kexie.example", "ok"),
        ("http", True, "http://kexie.example", "warning"), ("none", True, "https://kexie.example", "ok"),
    ],
)  # fmt: skip
def test_a_missing_or_plain_address_of_the_site_is_told(settings, sms, https, address, level):
    settings.KEXIE_SMS, settings.HTTPS, settings.KEXIE_ADDRESS = sms, https, address
    (found,) = diagnosis._address()
    assert (found.level, bool(found.remedy)) == (level, level != "ok")


@pytest.mark.parametrize(("given", "kept"), [("", ""), (" https://kexie.example/ ", "https://kexie.example")])
def test_the_address_of_the_site_is_kept_without_a_slash(monkeypatch, given, kept):
    monkeypatch.setenv("KEXIE_ADDRESS", given)
    assert declared.setting("KEXIE_ADDRESS") == kept


@pytest.mark.parametrize("given", ["kexie.example", "ftp://kexie.example", "https://kexie.example/work/"])
def test_an_address_of_the_site_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("KEXIE_ADDRESS", given)
    with pytest.raises(UserError, match="KEXIE_ADDRESS"):
        declared.setting("KEXIE_ADDRESS")


@pytest.mark.django_db
def test_a_missing_sms_gateway_is_told(settings):
    def levels():
        return [(one.level, bool(one.remedy)) for one in diagnosis._sms()]

    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "none", ""
    assert levels() == [("ok", False)]  # nobody is there yet
    city = build_city()
    Unit.objects.filter(pk=city.association.pk).update(is_demo=False)
    assert levels() == [("warning", True)]
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "https://sms.example.com/"
    assert levels() == [("ok", False)]
