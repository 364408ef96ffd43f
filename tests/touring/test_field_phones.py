"""Crews' phones: a code pairs once and says why it does not; another phone in the same place; letting go; the desk's pages."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse

from kexie.contexts.touring.models import FieldPhone
from kexie.contexts.touring.operations import phones
from kexie.foundation.access import operations as access
from kexie.foundation.access.models import Account
from tests.ledger import build
from tests.touring.test_caravan_requests import sign_in


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


def colleague(account):
    """Somebody else of the same unit."""
    return Account.objects.create(
        association=account.association,
        username="other",
        display_name="同事",
        unit=account.unit,
        created_at=build.NOW,
    )


def refusal(code, now=build.NOW):
    with pytest.raises(phones.PhoneRefused) as refused:
        phones.pair(code=code, now=now)
    return str(refused.value)


def post(client, name, token, body):
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(
        f"/field/api/{name}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_code_pairs_once_and_says_when_it_was_used(by):
    made, code = phones.add(name="甲机", **by)
    paired = phones.pair(code=f" {code[:4].upper()}-{code[4:]} ", now=build.NOW)
    assert "已经用过，只能用一次" in refusal(code)
    assert phones.by_token(paired.token) == made


@pytest.mark.parametrize("code", ["", "  ", "abcd2345"])
def test_a_code_that_nobody_made_is_said_to_be_wrong(by, code):
    phones.add(name="甲机", **by)
    assert "配对码不对" in refusal(code)


def test_a_code_too_old_is_said_to_be_so(by):
    _made, code = phones.add(name="甲机", **by)
    assert "已过期" in refusal(code, build.NOW + phones.PAIRING)
    assert phones.pair(code=code, now=build.NOW + phones.PAIRING - dt.timedelta(seconds=1)).token


def test_a_phone_taken_away_pairs_no_more_and_is_told_at_its_next_contact(by, client):
    made, code = phones.add(name="甲机", **by)
    paired = phones.pair(code=code, now=build.NOW)
    new = phones.renew_code(phone_id=made.pk, **by)
    phones.revoke(phone_id=made.pk, **by)
    assert "停用" in refusal(new)
    for act in (phones.revoke, phones.renew_code):
        with pytest.raises(phones.PhoneRefused, match="已停用"):
            act(phone_id=made.pk, **by)
    answer = post(client, "notes", paired.token, {"notes": []})
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


def test_another_phone_takes_the_place_only_when_the_new_code_is_used(by):
    made, code = phones.add(name="甲机", **by)
    first = phones.pair(code=code, now=build.NOW)
    new = phones.renew_code(phone_id=made.pk, **by)
    assert "配对码不对，或已换成新的" in refusal(code)
    assert phones.by_token(first.token) == made
    second = phones.pair(code=new, now=build.NOW)
    assert phones.by_token(second.token) == made
    with pytest.raises(phones.NoPhone) as gone:
        phones.by_token(first.token)
    assert gone.value.code == "unknown"


def test_nobody_pairs_a_phone_that_writes_in_anothers_name(by):
    made, _code = phones.add(name="甲机", **by)
    other = colleague(by["actor"])
    with pytest.raises(phones.PhoneRefused, match="只有本人"):
        phones.renew_code(phone_id=made.pk, **{**by, "actor": other})


def test_a_phone_lets_go_by_itself_and_can_be_paired_again(by, client):
    made, code = phones.add(name="甲机", **by)
    paired = phones.pair(code=code, now=build.NOW)
    access.grant(account=by["actor"], role="CARAVAN_CREW", unit=by["actor"].unit, actor=None, now=build.NOW)
    assert post(client, "unpair", paired.token, {}).status_code == 200
    assert post(client, "unpair", paired.token, {}).json()["code"] == "unknown"
    again = phones.pair(code=phones.renew_code(phone_id=made.pk, **by), now=build.NOW)
    assert phones.by_token(again.token) == made


def test_the_code_stands_on_one_page_for_whoever_made_it_and_in_no_address(world, client):
    sign_in(world, client)
    answer = client.post(reverse("touring_fleet:phone_new"), {"name": "甲机"})
    made = FieldPhone.objects.get()
    page = reverse("touring_fleet:phone_pairing", args=[made.pk])
    assert (answer.status_code, answer["Location"]) == (302, page)
    shown = client.get(page)
    assert "no-store" in shown["Cache-Control"]
    code = shown.context["code"]
    assert code in shown.content.decode()
    assert client.get(page, {"state": "1"})["X-State"] == "WAITING"
    phones.pair(code=code, now=made.made_at)
    assert client.get(page, {"state": "1"})["X-State"] == "DONE"
    assert client.get(page).context["is_paired"]
    client.post(page)
    new = client.get(page).context["code"]
    assert re.fullmatch(r"[a-z2-9]{8}", new)
    assert new != code


def test_taking_a_phone_away_is_asked_about(world, client):
    sign_in(world, client)
    client.post(reverse("touring_fleet:phone_new"), {"name": "甲机"})
    page = reverse("touring_fleet:phone", args=[FieldPhone.objects.get().pk])
    shown = client.get(page).content.decode()
    assert 'data-dialog-open="ask-revoke"' in shown
    assert "还没有上传的记录会丢失" in shown
    client.post(page, {"act": "revoke"})
    assert FieldPhone.objects.get().revoked_at is not None
    answer = client.post(reverse("touring_fleet:phone_pairing", args=[FieldPhone.objects.get().pk]))
    assert (answer.status_code, answer["Location"]) == (302, page)
