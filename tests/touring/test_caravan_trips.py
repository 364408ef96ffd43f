"""Trips: costs with receipts, incidents, sign-offs; trips and stops are two figures, both opened."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring.models import CaravanStop, CaravanTrip, StopSignOff, TripCost
from kexie.contexts.touring.operations import trips as operations
from kexie.contexts.touring.queries import trips as queries
from kexie.contexts.touring.rules import photos
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from tests.ledger import build
from tests.touring.test_caravan_requests import sign_in
from tests.touring.test_fleet import a_van

DAY = dt.timedelta(days=1)
ON = dt.date(2025, 3, 3)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def van(world):
    return a_van(world)


def a_trip(world, van, by, on=ON, out=1_000):
    trip = CaravanTrip(
        unit=van.unit, area=van.area, caravan=van, occurred_on=on, departs_at=dt.time(8), returned_on=on,
        returns_at=dt.time(17), odometer_out=out, odometer_in=out + 80, km=80, driver="甲",
    )  # fmt: skip
    ledger.draft(record=trip, **by)
    return ledger.confirm(records=[trip], **by)[0]


def a_stop(trip, by, spot="中心小学"):
    stop = CaravanStop(
        unit=trip.unit, area=trip.area, trip=trip, occurred_on=trip.occurred_on, spot=spot, audience="PUPILS",
        headcount=300, method="ROSTER",
    )  # fmt: skip
    ledger.draft(record=stop, **by)
    return ledger.confirm(records=[stop], **by)[0]


def cost(trip, by, **values):
    facts = {"kind": "FUEL", "on": ON, "yuan": Decimal("320.50"), "text": ""}
    return operations.add_cost(trip_id=trip.pk, **{**facts, **values}, **by)


def fields(refused) -> set[str]:
    return set(refused.value.fields)


def test_costs_add_up_without_what_was_struck_out(world, van, by):
    trip = a_trip(world, van, by)
    wrong = cost(trip, by, yuan=Decimal(9999))
    cost(trip, by)
    cost(trip, by, kind="TOLL", yuan=Decimal(45))
    operations.void_cost(cost_id=wrong.pk, **by)
    found = queries.trip(world.scope, trip.pk)
    assert found.yuan == Decimal("365.50")
    assert queries.costs_by_kind(found) == [("燃油", Decimal("320.50")), ("过路费", Decimal("45.00"))]


def test_a_cost_of_another_time_or_of_nothing_is_refused(world, van, by):
    trip = a_trip(world, van, by)
    with pytest.raises(UserError) as refused:
        cost(trip, by, on=ON + 61 * DAY)
    assert fields(refused) == {"on"}
    with pytest.raises(ValidationError, match="金额要大于0"):
        cost(trip, by, yuan=Decimal(0))
    with pytest.raises(IntegrityError, match="touring_tripcost_positive"), transaction.atomic():
        TripCost.objects.create(
            association=world.association, trip=trip, kind="FUEL", on=ON, yuan=-1, recorded_by=world.account,
            recorded_at=build.NOW,
        )  # fmt: skip


def test_a_receipt_is_kept_and_read_by_the_trips_readers(world, van, by, client):
    sign_in(world, client)
    world.account.refresh_from_db()
    trip = a_trip(world, van, by)
    receipt = ContentFile(b"%PDF-1.4\n%%EOF\n", name="票据.pdf")
    made = cost(trip, by, receipt=receipt)
    assert made.receipt.name == "票据.pdf"
    assert photos.may_read_receipt(world.account, made.receipt) is True
    assert photos.may_read_paper(world.account, made.receipt) is False


def test_an_incident_is_closed_once_with_its_result(world, van, by):
    trip = a_trip(world, van, by)
    with pytest.raises(UserError) as refused:
        operations.report_incident(trip_id=trip.pk, kind="BREAKDOWN", on=ON + DAY, text="爆胎", **by)
    assert fields(refused) == {"on"}
    made = operations.report_incident(trip_id=trip.pk, kind="BREAKDOWN", on=ON, text="爆胎", **by)
    assert queries.trip(world.scope, trip.pk).open_incidents == 1
    operations.close_incident(incident_id=made.pk, on=ON, result="换备胎", **by)
    with pytest.raises(UserError, match="已办结"):
        operations.close_incident(incident_id=made.pk, on=ON, result="再换", **by)
    assert queries.trip(world.scope, trip.pk).open_incidents is None


def sign(stop, by, **values):
    return operations.sign_off(
        **{"stop_id": stop.pk, "signed_by": "校长", "on": ON, "words": "很好", **values}, **by
    )


def test_a_host_signs_once(world, van, by):
    stop = a_stop(a_trip(world, van, by), by)
    with pytest.raises(UserError) as refused:
        sign(stop, by, on=ON - DAY)
    assert fields(refused) == {"on"}
    sign(stop, by)
    with pytest.raises(ValidationError, match="已由接待单位签字"):
        sign(stop, by, signed_by="别人")
    assert StopSignOff.objects.get().signed_by == "校长"


def test_nothing_is_entered_for_a_reversed_trip(world, van, by):
    trip = a_trip(world, van, by)
    ledger.reverse(record=trip, reason="重复登记", **by)
    with pytest.raises(UserError, match="已冲销"):
        cost(trip, by)
    with pytest.raises(NotFound):
        queries.trip(world.scope, trip.pk)


def test_trips_of_another_unit_are_not_found(world, van, by):
    trip = a_trip(world, van, by)
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        queries.trip(elsewhere, trip.pk)
    with pytest.raises(NotFound):
        cost(trip, {**by, "scope": elsewhere})


def test_an_odometer_lower_than_before_is_asked_about(world, van, by):
    a_trip(world, van, by, out=5_000)
    later = a_trip(world, van, by, on=ON + DAY, out=4_000)
    assert queries.odometer_doubts(later) == [f"低于上次（{ON}）的读数5,080公里"]


def test_trips_and_stops_are_two_figures(world, van, by):
    trip = a_trip(world, van, by)
    for spot in ("一小", "二小", "三小"):
        a_stop(trip, by, spot)
    values = [
        figures.value(Cell(f"touring.caravan_{name}", Period.until(dt.date(2025, 12, 31))), world.scope)
        for name in ("trips", "stops", "km", "visits")
    ]
    assert values == [1, 3, 80, 900]


def test_pages_of_trips(world, van, by, client):
    sign_in(world, client)

    def fill(number):
        trip = a_trip(world, van, by, on=ON + number * DAY, out=1_000 * number)
        a_stop(trip, by)
        cost(trip, by, on=trip.occurred_on)
        return trip

    def asked(path):
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path)
        assert answer.status_code == 200
        return len(found), answer

    trip = fill(1)
    asked("/work/touring/fleet/trips/")
    one = asked("/work/touring/fleet/trips/")[0]
    fill(2)
    fill(3)
    three, answer = asked("/work/touring/fleet/trips/")
    assert (three, len(answer.context["table"].rows)) == (one, 3)
    page = f"/work/touring/fleet/trips/{trip.pk}/"
    stop = CaravanStop.objects.filter(trip=trip).get()
    sent = {"act": "sign", "stop": stop.pk, "signed_by": "", "on": "2025-03-04"}
    assert client.post(page, sent).status_code == 422
    assert client.post(page, {**sent, "signed_by": "校长"}).status_code == 302
    assert "校长" in client.get(page).content.decode()
    sheet = client.get("/work/touring/fleet/trips/?export=1")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    sheet.close()
