"""Who is let in: clients by their token and scopes, visitors by theirs, nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from kexie.foundation.access import callers, clients, throttle
from kexie.foundation.access.callers import ApiScope, Kind
from kexie.foundation.access.models import ApiClient
from kexie.foundation.visitors import tokens
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import Forbidden, Throttled, Unauthenticated
from kexie.platform import crypto
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.operations import devices
from tests.api.conftest import NOW, Caller
from tests.foundation.conftest import build_city, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(city) -> Visitor:
    return make_visitor(city)


def make_visitor(city) -> Visitor:
    return Visitor.objects.create(
        association=city.association,
        phone=crypto.encrypt(b"13800000000"),
        phone_digest=crypto.keyed_digest("13800000000"),
        created_at=timezone.now(),
    )


def test_without_a_token_one_is_anyone(city) -> None:
    told = Caller().get("caller/")
    assert told.json() == {
        "kind": "anyone",
        "name": "",
        "association": str(city.association),
        "association_id": str(city.association.pk),
        "scopes": [],
        "whole": True,
    }


def test_a_client_is_known_by_its_token(city, make_client) -> None:
    client, token = make_client("museums:read", name="城市服务平台", unit=city.museum)
    told = Caller(token).get("caller/").json()
    assert (told["kind"], told["name"], told["scopes"], told["whole"]) == (
        "client",
        "城市服务平台",
        ["museums:read"],
        False,
    )
    client.refresh_from_db()
    assert client.last_used_on == timezone.localdate()


def test_a_client_reaches_its_unit_and_what_is_below(city, make_client) -> None:
    _client, token = make_client(unit=city.yingzhou)
    caller = callers.authenticate(f"Bearer {token}", now=NOW)
    assert (caller.scope.covers(city.school.path), caller.scope.covers(city.museum.path)) == (True, False)
    assert (caller.scope.allows("museums"), caller.scope.allows("workers")) == (True, False)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer nonsense", "Bearer kxc_1_2", "Basic abc", "Bearer", "Bearer kxc_\x00", "Bearer 令牌"],
)
def test_a_wrong_token_is_refused_even_where_none_is_needed(city, authorization: str) -> None:
    with pytest.raises(Unauthenticated):
        callers.authenticate(authorization, now=NOW)
    told = Caller(Authorization="Bearer nonsense").get("caller/")
    assert (told.status_code, told.json()["code"], told.headers["WWW-Authenticate"]) == (
        401,
        "unauthenticated",
        "Bearer",
    )


def test_another_secret_for_the_same_client_is_refused(city, make_client) -> None:
    client, _token = make_client()
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer kxc_{client.pk.hex}_{'A' * 43}", now=NOW)


def test_only_a_hash_of_the_token_is_kept(city, make_client) -> None:
    client, token = make_client()
    secret = token.split("_", 2)[2]
    assert len(secret) == 43
    assert secret not in str(ApiClient.objects.filter(pk=client.pk).values().get())
    assert secret not in str(list(Entry.objects.values()))


def test_a_client_without_the_scope_is_told_which_one_it_lacks(city, make_client) -> None:
    _client, token = make_client("museums:read")
    caller = callers.authenticate(f"Bearer {token}", now=NOW)
    callers.require(caller, ApiScope.MUSEUMS_READ)
    with pytest.raises(Forbidden, match="代观众预约"):
        callers.require(caller, ApiScope.BOOKINGS_WRITE, Kind.VISITOR)
    with pytest.raises(Forbidden, match="这种令牌不能"):
        callers.require(caller, Kind.VISITOR)


def test_who_has_no_token_is_asked_for_one(city) -> None:
    with pytest.raises(Unauthenticated, match="Authorization"):
        callers.require(callers.anyone(city.association.pk), ApiScope.MUSEUMS_READ)


def test_a_client_is_good_from_its_first_day_up_to_its_last(city, make_client) -> None:
    today = timezone.localdate(NOW)
    _client, token = make_client(
        valid_from=today + dt.timedelta(days=1), valid_to=today + dt.timedelta(days=3)
    )
    answers = []
    for day in range(4):
        try:
            callers.authenticate(f"Bearer {token}", now=NOW + dt.timedelta(days=day))
            answers.append(True)
        except Unauthenticated:
            answers.append(False)
    assert answers == [False, True, True, False]


def test_a_revoked_client_is_refused_at_once_here_and_within_half_a_minute_elsewhere(
    city, make_client, django_capture_on_commit_callbacks
) -> None:
    client, token = make_client()
    callers.authenticate(f"Bearer {token}", now=NOW)
    ApiClient.objects.filter(pk=client.pk).update(revoked_at=NOW)  # as another process would
    callers.authenticate(f"Bearer {token}", now=NOW + dt.timedelta(seconds=29))
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW + dt.timedelta(seconds=30))
    client, token = make_client()
    callers.authenticate(f"Bearer {token}", now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        clients.revoke(client=client, reason="合同到期", actor=None, now=NOW)
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW)


def test_a_token_is_looked_up_once_in_half_a_minute(city, make_client, django_assert_num_queries) -> None:
    _client, token = make_client()
    callers.authenticate(f"Bearer {token}", now=NOW)
    with django_assert_num_queries(0):
        for second in range(30):
            callers.authenticate(f"Bearer {token}", now=NOW + dt.timedelta(seconds=second))


def test_after_a_rotation_the_former_token_is_good_for_the_hours_given(
    city, make_client, django_capture_on_commit_callbacks
) -> None:
    client, former = make_client()
    with django_capture_on_commit_callbacks(execute=True):
        token = clients.rotate(client=client, keep_hours=24, reason="例行更换", actor=None, now=NOW)
    for good in (former, token):
        assert callers.authenticate(f"Bearer {good}", now=NOW + dt.timedelta(hours=23)).client_id == client.pk
    later = NOW + dt.timedelta(hours=24)
    assert callers.authenticate(f"Bearer {token}", now=later).client_id == client.pk
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {former}", now=later)


def test_a_visitor_is_known_by_their_token_without_the_database(
    city, visitor, django_assert_num_queries
) -> None:
    token = tokens.issue(visitor, now=NOW)
    with django_assert_num_queries(0):
        caller = callers.authenticate(f"Bearer {token}", now=NOW, thorough=False)
    assert (caller.kind, caller.visitor_id, caller.epoch) == (Kind.VISITOR, visitor.pk, 1)


def test_a_visitor_who_signed_out_everywhere_is_refused(city, visitor) -> None:
    token = tokens.issue(visitor, now=NOW)
    assert callers.authenticate(f"Bearer {token}", now=NOW).visitor_id == visitor.pk
    Visitor.objects.update(epoch=2)
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW)


def test_a_client_that_may_book_acts_for_a_visitor_who_signed_in(city, visitor, make_client) -> None:
    _client, token = make_client("bookings:write")
    of_visitor = tokens.issue(visitor, now=NOW)
    caller = callers.authenticate(f"Bearer {token}", now=NOW, visitor=of_visitor)
    assert (caller.kind, caller.visitor_id) == (Kind.CLIENT, visitor.pk)
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW, visitor="AQ-nonsense")
    _client, reader = make_client("museums:read")
    with pytest.raises(Forbidden):
        callers.authenticate(f"Bearer {reader}", now=NOW, visitor=of_visitor)


def test_a_client_acts_for_no_visitor_of_another_association(city, make_client) -> None:
    _client, token = make_client("bookings:write")
    stranger = make_visitor(build_city("亳州市科学技术协会"))
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW, visitor=tokens.issue(stranger, now=NOW))


def test_a_caller_who_asks_too_often_is_told_to_wait(city, make_client, settings) -> None:
    settings.API_RATE = 2.0
    _client, token = make_client()
    caller = callers.authenticate(f"Bearer {token}", now=NOW)
    for _ in range(4):
        throttle.take(caller, at=100.0)
    with pytest.raises(Throttled) as told:
        throttle.take(caller, at=100.0)
    assert told.value.retry_after == 1
    throttle.take(caller, at=100.5)
    with pytest.raises(Throttled):
        throttle.take(caller, at=100.6)


def test_callers_without_a_token_are_counted_by_address(city) -> None:
    caller = callers.anyone(city.association.pk)
    for _ in range(120):
        throttle.take(caller, "10.0.0.1", at=100.0)
    with pytest.raises(Throttled):
        throttle.take(caller, "10.0.0.1", at=100.0)
    throttle.take(caller, "10.0.0.2", at=100.0)


def test_the_limit_holds_at_the_address(city, make_client, settings) -> None:
    settings.API_RATE = 0.5
    _client, token = make_client()
    answers = [Caller(token).get("caller/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "2"


def test_a_scanner_is_known_by_its_token_until_it_is_taken_away(city) -> None:
    account = make_account(city, "MUSEUM_DESK", unit=city.museum)
    made, code = devices.add(
        association_id=city.association.pk, venue_id=city.museum.pk, name="1号门", actor=account, now=NOW
    )
    token = devices.pair(code=code, now=NOW).token
    caller = callers.authenticate(f"Bearer {token}", now=NOW)
    assert (caller.kind, caller.device_id, caller.scope.unit_paths) == (
        Kind.DEVICE,
        made.pk,
        (city.museum.path,),
    )
    callers.require(caller, ApiScope.CHECKIN, Kind.DEVICE)
    with pytest.raises(Forbidden):
        callers.require(caller, ApiScope.CHECKIN, Kind.VISITOR)
    made.refresh_from_db()
    devices.revoke(device=made, reason="手机丢失", actor=account, now=NOW)
    with pytest.raises(Unauthenticated):
        callers.authenticate(f"Bearer {token}", now=NOW)
