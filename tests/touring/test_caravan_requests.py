"""Schools and villages ask for a caravan: limits, answers, notices, the public pages and the desk's queue."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kexie.contexts.touring.models import CaravanRequest, Site
from kexie.contexts.touring.operations import requests as operations
from kexie.contexts.touring.queries import requests as queries
from kexie.contexts.touring.states import REQUEST_TRANSITIONS
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.touring.test_fleet import a_driver, a_van, paper

DAY = dt.timedelta(days=1)
TODAY = build.NOW.date()


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def town(world):
    county = world.counties[0].area
    return Area.objects.create(code=f"{county.pk[:6]}101", name="城关镇", level="TOWNSHIP", parent=county)


def ask(world, town, **values):
    facts = {
        "association": world.association, "area": town, "kind": "SCHOOL", "name": "中心小学", "contact_name": "演员",
        "phone": "13800000001", "wished_from": TODAY + 7 * DAY, "wished_to": TODAY + 30 * DAY, "people": 600,
        "now": build.NOW,
    }  # fmt: skip
    return operations.submit(**{**facts, **values})


def fields(refused) -> dict[str, str]:
    return {name: str(text) for name, text in refused.value.fields.items()}


def test_every_state_of_a_request_is_named():
    assert set(REQUEST_TRANSITIONS) == set(CaravanRequest.State.values)


def test_a_request_goes_to_the_countys_office_and_keeps_its_contact_sealed(world, town):
    made = ask(world, town, conditions=["POWER", "POWER", "HALL"])
    assert (made.unit, made.state, made.conditions) == (world.counties[0], "SUBMITTED", ["HALL", "POWER"])
    assert b"13800000001" not in bytes(made.contact)
    assert made.open_contact() == ("演员", "13800000001")
    assert "13800000001" not in made.masked_contact
    assert queries.by_code(made.code, world.association.pk) == made


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"wished_from": TODAY}, "wished_from"),
        ({"wished_to": TODAY + 6 * DAY}, "wished_to"),
        ({"wished_to": TODAY + 400 * DAY}, "wished_to"),
    ],
)
def test_wrong_input_is_said_beside_its_field(world, town, values, field):
    with pytest.raises(UserError) as refused:
        ask(world, town, **values)
    assert set(fields(refused)) == {field}


def test_a_county_is_no_township(world, town):
    with pytest.raises(UserError) as refused:
        ask(world, world.counties[0].area)
    assert set(fields(refused)) == {"area"}


def test_the_same_place_asks_once_at_a_time(world, town):
    made = ask(world, town)
    with pytest.raises(ValidationError, match="已有一份申请正在办理"):
        ask(world, town, phone="13800000002")
    twin = CaravanRequest.objects.get()
    twin.pk, twin.id, twin.code = None, CaravanRequest._meta.pk.get_default(), "another"
    with pytest.raises(IntegrityError, match="touring_caravanrequest_one_open"), transaction.atomic():
        twin.save(force_insert=True)
    operations.withdraw(request=made, now=build.NOW)
    assert ask(world, town).state == "SUBMITTED"


def test_one_telephone_has_only_some_requests_open(world, town):
    for number in range(operations.PER_PHONE):
        ask(world, town, name=f"第{number}小学")
    with pytest.raises(UserError) as refused:
        ask(world, town, name="又一小学")
    assert set(fields(refused)) == {"phone"}


def test_one_network_asks_only_so_often_in_an_hour(world, town):
    for number in range(operations.PER_ADDRESS):
        ask(world, town, name=f"第{number}小学", phone=f"1380000{number:04}", origin="same")
    with pytest.raises(UserError, match="太频繁"):
        ask(world, town, name="又一小学", phone="13900000000", origin="same")
    assert ask(world, town, name="又一小学", phone="13900000000", origin="other")
    assert ask(
        world,
        town,
        name="再一小学",
        phone="13900000000",
        now=build.NOW + 2 * operations.WINDOW,
        origin="same",
    )


def accept(one, by, **values):
    facts = {"site_id": None, "longitude": None, "latitude": None, "text": ""}
    return operations.accept(request_id=one.pk, **{**facts, **values}, **by)


def test_accepted_it_is_a_site_of_the_season(world, town, by):
    made = accept(ask(world, town), by, longitude="115.8", latitude="32.9")
    site = Site.objects.get()
    assert (made.state, made.site, site.unit, site.area, site.pupils) == (
        "ACCEPTED", site, world.counties[0], town, 600,
    )  # fmt: skip
    assert site.open_contact() == ("演员", "13800000001")
    with pytest.raises(UserError, match="现在已受理"):
        operations.refuse(request_id=made.pk, text="晚了", **by)


def test_accepted_it_may_be_a_site_that_is_known(world, town, by):
    known = Site.objects.create(
        association=world.association, unit=world.counties[0], area=town, name="中心小学", kind="SCHOOL"
    )
    made = ask(world, town)
    assert queries.sites_alike(made, world.scope) == [known]
    with pytest.raises(UserError) as refused:
        accept(made, by)
    assert set(fields(refused)) == {"site"}
    assert accept(made, by, site_id=known.pk).site == known
    assert Site.objects.count() == 1
    # Nobody was known there; whoever is known stays.
    known.refresh_from_db()
    assert known.open_contact() == ("演员", "13800000001")
    accept(ask(world, town, contact_name="别人", phone="13800000002"), by, site_id=known.pk)
    known.refresh_from_db()
    assert known.open_contact() == ("演员", "13800000001")


def test_half_a_point_is_refused(world, town, by):
    with pytest.raises(UserError) as refused:
        accept(ask(world, town), by, longitude="115.8")
    assert set(fields(refused)) == {"latitude"}


def test_asked_back_it_waits_and_comes_again(world, town, by):
    made = ask(world, town)
    with pytest.raises(UserError) as refused:
        operations.ask_back(request_id=made.pk, text="", **by)
    assert set(fields(refused)) == {"text"}
    operations.ask_back(request_id=made.pk, text="操场多大？", **by)
    operations.reply(request=made, text="一个篮球场", now=build.NOW)
    made.refresh_from_db()
    assert (made.state, made.answer, made.reply) == ("SUBMITTED", "操场多大？", "一个篮球场")
    with pytest.raises(UserError, match="现在待受理"):
        operations.reply(request=made, text="再说", now=build.NOW)


def test_a_mobile_number_gets_a_notice_and_a_landline_none(world, town, by):
    operations.refuse(request_id=ask(world, town).pk, text="本学期已排满", **by)
    operations.refuse(request_id=ask(world, town, name="二小", phone="0558-1234567").pk, text="排满", **by)
    assert [one.template for one in Notice.objects.all()] == ["caravan.refused"]


def test_requests_that_look_the_same_are_shown(world, town, by):
    first = operations.refuse(request_id=ask(world, town).pk, text="排满", **by)
    second = ask(world, town, phone="13800000009")
    third = ask(world, town, name="别处村部", phone="13800000009")
    ask(world, town, name="无关", phone="13700000000")
    assert set(queries.duplicates(second, world.scope)) == {third, first}


def test_another_office_does_not_see_it(world, town, by):
    made = ask(world, town)
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        queries.request(elsewhere, made.pk)
    with pytest.raises(NotFound):
        operations.refuse(request_id=made.pk, text="不", **{**by, "scope": elsewhere})


# --- pages ---------------------------------------------------------------------------------------------------


def sign_in(world, client):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    client.force_login(world.account)


def sent(town, **values):
    day = timezone.localdate()
    facts = {
        "kind": "SCHOOL", "area": town.pk, "name": "中心小学", "wished_from": day + 7 * DAY, "wished_to": day + 20 * DAY,
        "people": "６００", "contact_name": "演员", "phone": "138 0000 0001", "agree": "on", "homepage": "",
    }  # fmt: skip
    return {**facts, **values}


def test_the_form_leads_to_a_reference_without_personal_data(world, town, client):
    assert client.get("/touring/request/").status_code == 200
    answer = client.post("/touring/request/", sent(town), follow=True)
    made = CaravanRequest.objects.get()
    assert answer.redirect_chain == [(f"/touring/request/{made.code}/", 302)]
    page = answer.content.decode()
    assert made.code in page
    assert "13800000001" not in page
    assert "演员" not in page
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_form_keeps_what_was_entered_and_says_what_is_missing(world, town, client):
    answer = client.post("/touring/request/", sent(town, phone="12", agree=""))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"agree"}
    answer = client.post("/touring/request/", sent(town, phone="12"))
    assert set(answer.context["form"].errors) == {"phone"}
    assert "中心小学" in answer.content.decode()
    assert CaravanRequest.objects.count() == 0


def test_a_programme_that_fills_every_field_is_refused(world, town, client):
    assert client.post("/touring/request/", sent(town, homepage="http://x")).status_code == 422
    assert CaravanRequest.objects.count() == 0


def test_whoever_has_the_link_replies_and_withdraws(world, town, by, client):
    made = ask(world, town)
    address = f"/touring/request/{made.code}/"
    operations.ask_back(request_id=made.pk, text="操场多大？", **by)
    assert "操场多大？" in client.get(address).content.decode()
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "够大"}).status_code == 302
    assert client.post(address, {"act": "withdraw"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.reply) == ("WITHDRAWN", "够大")
    assert client.get("/touring/request/nosuchcode/").status_code == 404


@pytest.mark.parametrize("path", ["requests/", "", "documents/", "crew/"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(world, town, client, path):
    by = {"actor": world.account, "now": build.NOW, "scope": world.scope}
    sign_in(world, client)

    def fill(number):
        van = a_van(world, f"演{number}")
        paper(van, by)
        a_driver(world, van, name=f"甲{number}")
        ask(world, town, name=f"第{number}小学")

    def asked():
        with CaptureQueriesContext(connection) as found:
            answer = client.get(f"/work/touring/fleet/{path}")
        assert answer.status_code == 200
        return len(found), len(answer.context["table"].rows)

    fill(1)
    asked()
    one = asked()
    fill(2)
    fill(3)
    assert one[1] == 1
    assert asked() == (one[0], 3)


def test_the_desk_accepts_on_its_page(world, town, client):
    sign_in(world, client)
    made = ask(world, town)
    address = f"/work/touring/fleet/requests/{made.pk}/"
    assert client.post(address, {"act": "refuse", "text": ""}).status_code == 422
    answer = client.post(address, {"act": "accept", "longitude": "115.8", "latitude": "32.9"})
    assert answer.status_code == 302
    assert Site.objects.get().name == "中心小学"
