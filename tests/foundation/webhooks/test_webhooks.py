"""What happens is told to those who asked: signed, tried again, paused, told again by hand."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from kexie.foundation.access import clients
from kexie.foundation.webhooks import delivering, messages, operations, queries, rules, signing, states
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.kernel.errors import Conflict, Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry
from kexie.platform.outbox.models import Event
from tests.foundation.conftest import NOW, build_city, make_account
from tests.foundation.webhooks.conftest import happen

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def later(self, **duration: float) -> None:
        self.now += dt.timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tell_all(clock: Clock) -> int:
    told = 0
    while tried := delivering.turn(clock=clock):
        told += tried
    return told


def test_an_event_is_told_once_signed_and_whole(city, receiver, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    event = happen(city)
    assert tell_all(clock) == 1
    [(headers, body)] = receiver.got
    assert json.loads(body) == {
        "id": str(event.pk),
        "kind": "reservation.confirmed",
        "at": "2026-03-02T01:00:00+00:00",
        "association": str(city.association.pk),
        "subject": str(event.subject_id),
        "payload": {"venue": str(city.museum.pk), "size": 3},
    }
    assert signing.is_good(headers["Kexie-Signature"], endpoint.secret, body, now=NOW)
    assert (headers["Kexie-Event"], headers["Content-Type"]) == (
        "reservation.confirmed",
        "application/json; charset=utf-8",
    )
    delivery = endpoint.deliveries.get()
    assert headers["Kexie-Delivery"] == str(delivery.pk)
    assert (delivery.state, delivery.status_code, delivery.excerpt, delivery.attempts) == (
        "DELIVERED",
        200,
        "ok",
        1,
    )
    assert tell_all(clock) == 0


def test_a_signature_of_another_secret_body_or_time_is_not_good() -> None:
    secret, body = signing.new_secret(), b"{}"
    header = signing.signature(secret, body, now=NOW)
    assert signing.is_good(header, secret, body, now=NOW + dt.timedelta(seconds=300))
    assert not signing.is_good(header, secret, body, now=NOW + dt.timedelta(seconds=301))
    assert not signing.is_good(header, signing.new_secret(), body, now=NOW)
    assert not signing.is_good(header, secret, b"{ }", now=NOW)
    assert not signing.is_good("nonsense", secret, body, now=NOW)


def test_only_kinds_asked_for_are_told(city, make_endpoint) -> None:
    endpoint = make_endpoint(kinds=["reservation.cancelled"])
    happen(city)
    happen(city, "reservation.cancelled")
    assert list(endpoint.deliveries.values_list("kind", flat=True)) == ["reservation.cancelled"]


def test_only_what_happens_at_its_unit_or_below_is_told(city, make_endpoint) -> None:
    whole, museum, county = (
        make_endpoint(unit=unit) for unit in (city.association, city.museum, city.yingzhou)
    )
    happen(city, venue=city.museum)
    happen(city, venue=city.school)
    assert [one.deliveries.count() for one in (whole, museum, county)] == [2, 1, 1]


def test_another_association_hears_nothing(city, make_endpoint) -> None:
    endpoint = make_endpoint()
    happen(build_city("亳州市科学技术协会"))
    assert not endpoint.deliveries.exists()


def test_an_event_handled_twice_is_told_once(city, make_endpoint) -> None:
    endpoint = make_endpoint()
    happen(city)
    messages.write(list(Event.objects.all()), NOW)
    assert endpoint.deliveries.count() == 1


def test_nothing_is_told_for_a_client_that_was_revoked(city, receiver, make_endpoint, clock) -> None:
    client, _token = clients.create(
        association=city.association,
        name="旧系统",
        unit=city.association,
        scopes=["webhooks:manage"],
        actor=None,
        now=NOW,
    )
    endpoint = make_endpoint(client_id=client.pk)
    happen(city)
    clients.revoke(client=client, reason="停", actor=None, now=NOW)
    happen(city)
    assert (tell_all(clock), endpoint.deliveries.count(), receiver.got) == (0, 1, [])


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_refusal_is_tried_again_with_growing_pauses(
    city, receiver, make_endpoint, clock, status: int
) -> None:
    receiver.status, receiver.body = status, b"no"
    endpoint = make_endpoint()
    happen(city)
    pauses = []
    for _ in range(5):
        tell_all(clock)
        delivery = endpoint.deliveries.get()
        pauses.append((delivery.next_try_at - clock.now).total_seconds())
        clock.later(hours=4)
    assert pauses == [10, 20, 40, 80, 160]
    assert (delivery.state, delivery.status_code, delivery.excerpt, delivery.attempts) == (
        "WAITING",
        status,
        "no",
        5,
    )
    receiver.status = 204
    tell_all(clock)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(receiver.got)) == ("DELIVERED", 6, 6)


def test_after_three_days_it_is_given_up(city, receiver, make_endpoint, clock) -> None:
    receiver.status = 500
    endpoint = make_endpoint()
    happen(city)
    clock.later(days=3)
    tell_all(clock)
    assert endpoint.deliveries.get().state == "FAILED"
    assert tell_all(clock) == 0


def test_what_a_paused_endpoint_missed_for_three_days_is_given_up(city, make_endpoint) -> None:
    endpoint = operations.pause(endpoint=make_endpoint(), actor=None, now=NOW)
    happen(city)
    assert delivering.expire(now=NOW + dt.timedelta(days=3) - dt.timedelta(seconds=1)) == 0
    assert delivering.expire(now=NOW + dt.timedelta(days=3)) == 1
    assert endpoint.deliveries.get().state == "FAILED"


def test_a_receiver_that_keeps_failing_is_left_alone_for_a_while(
    city, receiver, make_endpoint, clock
) -> None:
    receiver.status = 500
    make_endpoint()
    for _ in range(8):
        happen(city)
    assert tell_all(clock) == rules.QUIET_AFTER
    clock.later(seconds=9)
    assert tell_all(clock) == 0
    clock.later(seconds=1)
    assert tell_all(clock) == 1


def test_a_receiver_that_fails_holds_up_no_other(city, receiver, make_endpoint, clock) -> None:
    bad, good = make_endpoint(url="http://127.0.0.1:1/"), make_endpoint()
    for _ in range(5):
        happen(city)
    tell_all(clock)
    assert (good.deliveries.filter(state="DELIVERED").count(), bad.deliveries.filter(attempts=1).count()) == (
        5,
        3,
    )
    assert bad.deliveries.filter(attempts=1)[0].error == "连接不上对方，或连接中断。"


def test_after_fifty_failures_in_a_row_it_is_paused_and_the_log_says_so(
    city, receiver, make_endpoint, clock
) -> None:
    receiver.status = 500
    endpoint = make_endpoint()
    while endpoint.state == Endpoint.State.ACTIVE:
        happen(city, now=clock.now)
        tell_all(clock)
        clock.later(hours=3)
        endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.paused_by_failures) == (50, True)
    assert Entry.objects.filter(action="webhooks.pause_after_failures").count() == 1
    receiver.status = 200
    operations.resume(endpoint=endpoint, actor=None, now=clock.now)
    assert tell_all(clock) > 0
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.paused_by_failures, endpoint.state) == (0, False, "ACTIVE")


def test_a_paused_endpoint_is_told_once_it_is_resumed(city, receiver, make_endpoint, clock) -> None:
    endpoint = operations.pause(endpoint=make_endpoint(), actor=None, now=NOW)
    happen(city)
    assert tell_all(clock) == 0
    operations.resume(endpoint=endpoint, actor=None, now=NOW)
    assert tell_all(clock) == 1


def test_a_revoked_endpoint_gives_up_what_waits_and_stays_so(city, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    happen(city)
    operations.revoke(endpoint=endpoint, reason="系统下线", actor=None, now=NOW)
    assert (tell_all(clock), endpoint.deliveries.get().state) == (0, "FAILED")
    happen(city)
    assert endpoint.deliveries.count() == 1
    delivery = endpoint.deliveries.get()
    for again in (
        lambda: operations.resume(endpoint=endpoint, actor=None, now=NOW),
        lambda: operations.ping(endpoint=endpoint, actor=None, now=NOW),
        lambda: operations.renew_secret(endpoint=endpoint, actor=None, now=NOW),
        lambda: operations.redeliver(delivery=delivery, actor=None, now=NOW),
    ):
        with pytest.raises(Conflict):
            again()


def test_a_message_is_told_again_by_hand_but_not_while_it_waits(city, receiver, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    happen(city)
    with pytest.raises(Conflict):
        operations.redeliver(delivery=endpoint.deliveries.get(), actor=None, now=NOW)
    tell_all(clock)
    operations.redeliver(delivery=endpoint.deliveries.get(), actor=None, now=NOW)
    tell_all(clock)
    first, second = (body for _headers, body in receiver.got)
    assert first == second
    assert endpoint.deliveries.get().attempts == 2


def test_a_ping_is_told_at_once(city, receiver, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    operations.ping(endpoint=endpoint, actor=None, now=NOW)
    assert tell_all(clock) == 1
    assert json.loads(receiver.got[0][1])["kind"] == "ping"


def test_a_new_secret_signs_from_then_on(city, receiver, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    former = endpoint.secret
    renewed = operations.renew_secret(endpoint=endpoint, actor=None, now=NOW)
    happen(city)
    tell_all(clock)
    [(headers, body)] = receiver.got
    good = [
        signing.is_good(headers["Kexie-Signature"], secret, body, now=NOW)
        for secret in (former, renewed.secret)
    ]
    assert good == [False, True]
    assert former.encode() not in bytes(Endpoint.objects.get().sealed)


def test_a_lease_keeps_others_away_until_it_runs_out(city, receiver, make_endpoint, clock) -> None:
    make_endpoint()
    happen(city)
    Endpoint.objects.update(leased_until=NOW + rules.LEASE)
    assert tell_all(clock) == 0
    clock.later(seconds=90)
    assert tell_all(clock) == 1
    assert Endpoint.objects.get().leased_until is None


def test_old_lines_of_the_log_are_forgotten(city, receiver, make_endpoint, clock) -> None:
    endpoint = make_endpoint()
    happen(city)
    tell_all(clock)
    operations.pause(endpoint=endpoint, actor=None, now=NOW)
    happen(city)
    assert operations.purge(now=NOW + dt.timedelta(days=31)) == 1
    assert endpoint.deliveries.get().state == "WAITING"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["reservation.invented"]}, "kinds"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(city, make_endpoint, change, field) -> None:
    with pytest.raises(UserError) as told:
        make_endpoint(**change)
    assert list(told.value.fields) == [field]


def test_inside_addresses_are_refused_unless_the_installation_allows_them(
    city, receiver, make_endpoint, settings
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    with pytest.raises(UserError) as told:
        make_endpoint(url="https://192.168.1.7/events")
    assert told.value.fields == {"url": "不能推送到内网或本机地址。"}


def test_only_the_system_administrator_of_the_association_manages(city, make_endpoint) -> None:
    endpoint = make_endpoint()
    leader = make_account(city, "LEADER")
    for change in (
        lambda: make_endpoint(actor=leader),
        lambda: operations.pause(endpoint=endpoint, actor=leader, now=NOW),
        lambda: operations.revoke(endpoint=endpoint, reason="停", actor=leader, now=NOW),
        lambda: operations.ping(endpoint=endpoint, actor=leader, now=NOW),
        lambda: operations.renew_secret(endpoint=endpoint, actor=leader, now=NOW),
    ):
        with pytest.raises(Forbidden):
            change()
    other = build_city("亳州市科学技术协会")
    with pytest.raises(NotFound):
        queries.endpoint(Scope(association_id=other.association.pk), endpoint.pk)


def test_the_states_of_the_tables_are_those_of_the_models() -> None:
    assert set(states.ENDPOINT) == set(Endpoint.State.values)
    assert set(states.DELIVERY) == set(Delivery.State.values)
    assert {to for row in states.ENDPOINT.values() for to in row} <= set(states.ENDPOINT)


def test_the_clock_of_a_turn_is_the_wall_unless_given(city, receiver, make_endpoint) -> None:
    endpoint = make_endpoint()
    happen(city)
    delivering.turn()
    assert timezone.now() - endpoint.deliveries.get().finished_at < dt.timedelta(minutes=1)
