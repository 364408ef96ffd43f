"""Keys of units, and `kexie release verify` as people run it."""

import json

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.urls import reverse

from kexie.config.cli.releases import release as command
from kexie.kernel.errors import NotFound
from kexie.platform import crypto
from kexie.reporting.releases import documents, keys, loading, operations
from kexie.reporting.releases.models import SigningKey
from tests.ledger import build
from tests.releases.conftest import CLOSED_AT, LATER, YEAR, closed

pytestmark = pytest.mark.django_db


def verify(tmp_path, data, *options):
    file = tmp_path / "release.json"
    file.write_bytes(data)
    done = CliRunner().invoke(command, ["verify", *options, str(file)])
    return done.exit_code, done.output


def test_a_key_is_made_at_the_first_closing_and_sealed(world, release):
    key = SigningKey.objects.get()
    assert (key.unit, key.number, key.endorsement) == (world.association, 1, "")
    assert documents.read(release.document)["public_key"] == key.public
    private = crypto.decrypt(bytes(key.sealed), context=key.pk.bytes)
    assert private not in bytes(key.sealed)
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(bytes(key.sealed), context=world.association.pk.bytes)


def test_another_unit_has_another_key(world, release, by):
    part = operations.close(unit=world.counties[0], period=YEAR, **by)
    while operations.advance(release_id=part.pk, now=CLOSED_AT):
        pass
    part.refresh_from_db()
    assert documents.read(part.document)["public_key"] != documents.read(release.document)["public_key"]


def test_after_a_rotation_old_releases_are_verified_and_new_ones_are_endorsed(world, release, by, tmp_path):
    first = keys.newest(world.association)
    second = operations.rotate_key(unit=world.association, **by)
    revised = closed(world, reason="再结", now=LATER)
    assert documents.problems(release.document.encode(), key=bytes.fromhex(first.public)) == []
    assert documents.problems(revised.document.encode(), key=bytes.fromhex(first.public)) == []
    assert documents.problems(release.document.encode(), key=bytes.fromhex(second.public)) != []
    body = {k: v for k, v in documents.read(revised.document).items() if k != "signature"}
    alone = keys.draft(world.association, actor=world.account, now=LATER)
    stolen = documents.sign(body, alone)
    assert documents.problems(stolen.encode(), key=bytes.fromhex(first.public)) == [
        "public_key: signed with another key than the expected one"
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.filter(pk=second.pk).update(endorsement="")


def test_a_province_follows_a_rotation_and_refuses_a_stranger(world, release, by):
    operations.rotate_key(unit=world.association, **by)
    revised = closed(world, reason="再结", now=LATER)
    for data in (revised.document, release.document):
        loading.load(data=data.encode(), **by)
    body = {k: v for k, v in documents.read(revised.document).items() if k != "signature"}
    stranger = keys.draft(world.association, actor=world.account, now=LATER)
    with pytest.raises(loading.NotVerified) as refused:
        loading.load(data=documents.sign({**body, "version": 2}, stranger).encode(), **by)
    assert "另一把密钥" in str(refused.value)


def test_a_key_is_changed_by_its_own_people_from_the_page(world, release, staff, client):
    page = reverse("releases:keys")
    given = {"act": "rotate", "unit": world.association.code}
    assert staff.post(page, given).status_code == 302
    assert [key.number for key in keys.keys(world.scope)] == [2, 1]
    shown = client.get(reverse("published:keys")).content.decode()
    assert all(key.public in shown for key in SigningKey.objects.all())
    other = build.world("邻市科协")
    with pytest.raises(NotFound):
        operations.rotate_key(unit=world.association, scope=other.scope, actor=other.account, now=LATER)


def test_the_command_verifies_and_refuses(world, release, tmp_path):
    data = release.document.encode()
    assert verify(tmp_path, data)[0] == 0
    assert verify(tmp_path, data, "--key", keys.newest(world.association).public)[0] == 0
    for wrong, said in (
        (data.replace(b'"value":"206"', b'"value":"207"', 1), "cells_root"),
        (data[:-10], "not a release file"),
        (b"", "not a release file"),
        (b"\x89PNG\r\n", "not a release file"),
        (json.dumps(json.loads(data)).encode(), "canonical"),
        (b"[1]", "not a release file"),
    ):
        code, told = verify(tmp_path, wrong)
        assert (code, "REFUSED" in told, said in told) == (1, True, True), told
    code, told = verify(tmp_path, data, "--key", "00" * 32)
    assert (code, "another key" in told) == (1, True)
    assert verify(tmp_path, data, "--key", "no hex")[0] == 2
    assert CliRunner().invoke(command, ["verify", str(tmp_path / "absent")]).exit_code == 2
