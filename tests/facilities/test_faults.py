"""Faults of facilities: said by anybody without signing in, not too often, seen to by staff."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from kexie.contexts.facilities.models import Facility, FacilityFault
from kexie.contexts.facilities.operations import faults
from kexie.contexts.facilities.rules import photos
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import voices
from tests.ledger import build


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


def say(client, facility, **data):
    return client.post(f"/facilities/{facility.pk}/report/", {"kind": "DIRTY", **data})


def picture():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return SimpleUploadedFile("fault.png", file.getvalue(), content_type="image/png")


def test_one_choice_is_enough_and_its_number_shows_what_became_of_it(built, by):
    answer = say(Client(), built)
    fault = FacilityFault.objects.get()
    assert answer["Location"] == f"/facilities/{built.pk}/reports/{fault.code}/"
    faults.move(fault_id=fault.pk, state="DONE", answer="已清扫", **by)
    assert "已清扫" in Client().get(answer["Location"]).content.decode()
    assert Client().get(f"/facilities/{uuid.uuid4()}/reports/{fault.code}/").status_code == 404


def test_nothing_chosen_or_no_picture_is_refused_beside_the_field(built):
    page = say(Client(), built, kind="", text="墙面掉漆")
    assert (page.status_code, "墙面掉漆" in page.content.decode()) == (422, True)
    assert say(Client(), built, photo=SimpleUploadedFile("a.png", b"no picture")).status_code == 422
    assert not FacilityFault.objects.exists()


def test_one_device_says_so_much_an_hour(built):
    client = Client()
    client.get(f"/facilities/{built.pk}/report/")
    answers = [say(client, built).status_code for _ in range(voices.PER_DEVICE + 1)]
    assert answers == [302] * voices.PER_DEVICE + [422]


def test_programs_and_repeated_sending_make_no_second_report(built):
    ident = uuid.uuid4()
    for _attempt in range(2):
        assert say(Client(), built, id=ident).status_code == 302
    say(Client(), built, homepage="https://spam.example")
    assert FacilityFault.objects.count() == 1


def test_what_nobody_confirmed_yet_cannot_be_reported(world):
    unit = world.counties[0]
    plan = Facility.objects.create(association=world.association, unit=unit, name="规划中", kind="GALLERY")
    assert say(Client(), plan).status_code == 404


class Nobody:
    """A reader who is not signed in."""

    pk = None


def test_its_photograph_is_for_staff_alone(built):
    say(Client(), built, photo=picture())
    assert not photos.may_read(Nobody(), FacilityFault.objects.get().photo)


def test_ending_needs_words_and_a_state_that_follows(world, built, by):
    say(Client(), built)
    fault = FacilityFault.objects.get()
    with pytest.raises(UserError) as refused:
        faults.move(fault_id=fault.pk, state="DONE", answer="", **by)
    assert set(refused.value.fields) == {"answer"}
    with pytest.raises(UserError):
        faults.move(fault_id=fault.pk, state="REPORTED", answer="", **by)
    other = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        faults.move(fault_id=fault.pk, state="ACCEPTED", answer="", **{**by, "scope": other})


def test_staff_see_to_it_on_its_page(built, staff):
    say(Client(), built)
    fault = FacilityFault.objects.get()
    address = f"/work/facilities/faults/{fault.pk}/"
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"act": "DONE", "answer": ""}).status_code == 422
    assert staff.post(address, {"act": "DONE", "answer": "已清扫"}).status_code == 302
    fault.refresh_from_db()
    assert (fault.state, fault.answer) == ("DONE", "已清扫")
