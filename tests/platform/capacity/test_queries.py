"""The audit finds whatever does not agree, and nothing else; every night it says so."""

import datetime as dt
import json
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.config.cli.capacity import capacity
from kexie.platform.capacity import queries, tasks
from kexie.platform.capacity.models import Pool, Reservation, Seat, Wish
from kexie.platform.capacity.operations import bookings
from kexie.platform.capacity.queries import Discrepancy
from kexie.platform.outbox.models import Event
from tests.foundation.conftest import build_city
from tests.platform.capacity.build import ASSOCIATION, NOW, offer, placed, wish

pytestmark = pytest.mark.django_db
UNTIL = NOW + dt.timedelta(minutes=10)


def found() -> list[tuple[str, UUID, str, str]]:
    return [(one.check, one.id, one.found, one.expected) for one in queries.audit(ASSOCIATION)]


def test_a_counter_that_is_off_by_one() -> None:
    slot = offer(quotas={"PUBLIC": 5})
    placed(slot, size=2)
    pool = slot.pools.get(channel="PUBLIC")
    Pool.objects.filter(pk=pool.pk).update(taken=3)
    assert found() == [("taken", pool.pk, "3", "2")]
    assert queries.audit(uuid4()) == []


def test_places_of_who_came_and_who_did_not_stay_taken() -> None:
    slot = offer()
    for state in ("USED", "NO_SHOW"):
        bookings.settle(reservation_ids=[placed(slot).pk], state=state, actor=None, now=NOW)
    assert found() == []


def test_a_capacity_that_does_not_sink() -> None:
    slot = offer(capacity=5)
    pool = slot.pools.get()
    Pool.objects.filter(pk=pool.pk).update(wanted=3)
    assert found() == [("sinking", pool.pk, "5", "3")]


def test_amounts_that_are_not_the_size() -> None:
    made = placed(offer(), size=2)
    Reservation.objects.filter(pk=made.pk).update(size=3)
    assert found() == [("amounts", made.pk, "{2}", "total = 3")]


def test_more_seats_than_places_and_seats_of_what_has_ended() -> None:
    slot = offer()
    full, over = placed(slot, size=1, identities=("a",)), placed(slot, identities=("b",))
    Seat.objects.create(association_id=ASSOCIATION, reservation=full, window=slot.pk, identity="c")
    bookings.cancel(reservation_ids=[over.pk], reason="VISITOR", actor=None, now=NOW)
    Seat.objects.filter(reservation=over).update(is_active=True)
    assert sorted(found()) == sorted([("seats", full.pk, "2", "1"), ("seats", over.pk, "1", "0")])


def test_what_was_offered_must_be_held_for_who_waits() -> None:
    mine = wish(offer())
    Reservation.objects.filter(pk=mine.reservation_id).update(holder_id=uuid4())
    assert found() == [("wishes", mine.pk, "OFFERED/HELD", "HELD")]


def test_no_hold_is_offered_to_two_or_to_nobody() -> None:
    slot = offer()
    mine, other = wish(slot), wish(slot)
    forgotten = other.reservation_id
    Wish.objects.filter(pk=other.pk).update(reservation_id=mine.reservation_id, holder_id=mine.holder_id)
    assert found() == [
        ("offered_once", mine.reservation_id, "2", "1"),
        ("held_for_nobody", forgotten, f"wish:{other.pk}:0", "a wish"),
    ]


def test_each_check_is_one_statement() -> None:
    for _ in range(3):
        placed(offer())
    with CaptureQueriesContext(connection) as statements:
        assert queries.audit(ASSOCIATION) == []
    assert len(statements) == len(queries.CHECKS)


def test_the_night_tells_what_it_finds(caplog: pytest.LogCaptureFixture) -> None:
    tasks.audit(0)
    assert not Event.objects.exists()
    slot = offer()
    slot.pools.update(taken=1)
    tasks.audit(0)
    event = Event.objects.get()
    assert (event.kind, event.association_id, event.payload) == (
        "capacity.discrepancy", ASSOCIATION, {"taken": 1},
    )  # fmt: skip
    assert str(slot.pools.get().pk) in caplog.text


def test_the_command_ends_with_one_when_something_is_wrong() -> None:
    root = build_city().association
    slot = offer(association_id=root.pk)
    good = CliRunner().invoke(capacity, ["audit"])
    assert (good.exit_code, good.output) == (0, "名额与预约一致。 Counters and reservations agree.\n")
    slot.pools.update(taken=1)
    told = CliRunner().invoke(capacity, ["audit"])
    assert told.exit_code == 1
    assert "现为 1，应为 0" in told.output
    as_json = CliRunner().invoke(capacity, ["audit", "--json"])
    assert json.loads(as_json.output) == [
        {"check": "taken", "id": str(slot.pools.get().pk), "found": "1", "expected": "0"}
    ]
    assert isinstance(queries.audit(root.pk)[0], Discrepancy)
