"""Webhooks as a client manages its own."""

import uuid

import pytest

from kexie.foundation.webhooks import operations
from kexie.foundation.webhooks.models import Endpoint
from kexie.platform.outbox.kinds import kinds
from tests.api.conftest import NOW, Caller

pytestmark = pytest.mark.django_db
BODY = {"name": "平台", "url": "https://example.com/events", "kinds": ["reservation.confirmed"]}


@pytest.fixture
def caller(make_client) -> Caller:
    return Caller(make_client("webhooks:manage")[1])


def test_the_kinds_are_listed_with_what_they_carry(caller) -> None:
    listed = caller.get("webhooks/kinds/").json()
    assert [one["key"] for one in listed] == list(kinds())
    assert "reservation.confirmed" in kinds()
    assert listed[0]["payload"]["size"] == "人数"


def test_a_client_makes_changes_and_revokes_its_own(city, caller) -> None:
    made = caller.post("webhooks/", BODY)
    assert made.status_code == 201
    endpoint = Endpoint.objects.get()
    assert made.json()["secret"] == endpoint.secret
    address = f"webhooks/{endpoint.pk}/"
    assert "secret" not in caller.get(address).json()
    changed = caller.client.put(
        f"/api/v1/{address}", {**BODY, "name": "新名"}, content_type="application/json"
    )
    assert changed.json()["name"] == "新名"
    assert [one["name"] for one in caller.get("webhooks/").json()] == ["新名"]
    assert caller.post(f"{address}ping/").status_code == 202
    log = caller.get(f"{address}deliveries/").json()
    assert (log["count"], log["items"][0]["kind"], log["items"][0]["state"]) == (1, "ping", "WAITING")
    assert caller.post(f"{address}deliveries/{log['items'][0]['id']}/again/").status_code == 409
    assert caller.post(f"{address}resume/").json()["code"] == "state_refused"
    assert caller.delete(address).status_code == 204
    assert caller.get(address).status_code == 404
    assert Endpoint.objects.get().state == "REVOKED"


def test_it_is_made_over_the_unit_of_the_client(city, make_client) -> None:
    _client, token = make_client("webhooks:manage", unit=city.yingzhou)
    Caller(token).post("webhooks/", BODY)
    assert Endpoint.objects.get().unit == city.yingzhou


def test_the_same_key_makes_one_and_answers_the_same(caller) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (caller.post("webhooks/", BODY, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert Endpoint.objects.count() == 1


def test_a_client_sees_none_of_anothers(city, caller, make_client) -> None:
    of_staff = operations.create(
        association=city.association, unit=city.association, actor=None, now=NOW, **BODY
    )
    caller.post("webhooks/", BODY)
    other = Caller(make_client("webhooks:manage")[1])
    assert other.get("webhooks/").json() == []
    for endpoint in Endpoint.objects.all():
        assert other.get(f"webhooks/{endpoint.pk}/").status_code == 404
    assert caller.get(f"webhooks/{of_staff.pk}/").status_code == 404


def test_without_the_scope_nothing_is_told(make_client) -> None:
    told = Caller(make_client("museums:read")[1]).get("webhooks/")
    assert (told.status_code, told.json()["code"]) == (403, "forbidden")
    assert Caller().get("webhooks/").status_code == 401


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, {"name": "至少 1 个字符。"}),
        ({"url": "http://example.com"}, {"url": "地址应以 https:// 开头，形如 https://example.com/events。"}),
        ({"kinds": []}, {"kinds": "至少 1 项。"}),
        ({"kinds": ["x.y"]}, {"kinds": "没有这种事件：x.y"}),
        ({"kinds": 7}, {"kinds": "应为数组。"}),
    ],
)
def test_wrong_input_is_told_by_field(caller, change, fields) -> None:
    told = caller.post("webhooks/", {**BODY, **change})
    assert (told.status_code, told.json()["fields"]) == (422, fields)


def test_what_is_no_json_is_told_so(caller) -> None:
    told = caller.client.post("/api/v1/webhooks/", "{", content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (400, "unreadable_body")
