"""The field log: notes in any order and repeated, two phones, doubtful readings, drafts, phones taken away."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kexie.contexts.touring.models import (
    CaravanStop,
    CaravanTrip,
    DrivingSpell,
    FieldLog,
    FieldNote,
    OdometerReading,
)
from kexie.contexts.touring.operations import field as operations
from kexie.contexts.touring.queries import field as queries
from kexie.contexts.touring.rules import field as rules
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from tests.ledger import build
from tests.touring.field import ON, a_day, note, phone
from tests.touring.test_fleet import a_driver, a_van


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def van(world):
    return a_van(world, initial_km=900)


def send(world, paired, notes, *, last=True):
    return operations.receive(phone=paired.phone, notes=notes, is_last=last, now=build.NOW, scope=world.scope)


def test_a_day_becomes_drafts_with_its_hours_at_the_wheel(world, van):
    driver = a_driver(world, van)
    notes = a_day(van, driver=str(driver.pk))
    notes += [
        note(van, "COST", 60, kind="FUEL", yuan="300"),
        note(van, "INCIDENT", 61, kind="WEATHER", text="路滑"),
    ]
    kept, refused = send(world, phone(world), notes)
    trip = CaravanTrip.objects.get()
    assert (sorted(kept), refused) == (sorted(one["id"] for one in notes), {})
    assert (trip.state, trip.km, trip.driver, trip.departs_at.hour, trip.returns_at.hour) == (
        "DRAFT",
        60,
        "甲",
        8,
        15,
    )
    assert list(CaravanStop.objects.order_by("occurred_on", "spot").values_list("spot", "headcount", "method", "minutes")) == [
        ("第1小学", 120, "COUNTER", 90), ("第2小学", 80, "COUNTER", 90), ("第3小学", 200, "COUNTER", 90),
    ]  # fmt: skip
    assert (trip.costs.get().yuan, trip.incidents.get().text) == (300, "路滑")
    assert DrivingSpell.objects.filter(member=driver).count() == 4
    assert FieldLog.objects.get().words == ""


@pytest.mark.parametrize("seed", range(8))
def test_any_order_with_repeats_gives_the_same_drafts(world, van, seed):
    chance, paired, notes = random.Random(seed), phone(world), a_day(van)
    notes.append(note(van, "COUNT", 85, stop="s0", count=125, method="COUNTER", audience="PUPILS"))
    sent = [*notes, *chance.choices(notes, k=9)]
    chance.shuffle(sent)
    while sent:
        batch, sent = sent[: chance.randint(1, 5)], sent[chance.randint(1, 5) :]
        send(world, paired, batch, last=False)
    send(world, paired, notes)
    send(world, paired, notes)
    assert FieldNote.objects.count() == len(notes)
    assert CaravanTrip.objects.count() == 1
    assert sorted(CaravanStop.objects.values_list("headcount", flat=True)) == [80, 125, 200]


def test_folding_does_not_depend_on_the_order(world, van):
    send(world, phone(world), a_day(van), last=False)
    rows = list(FieldNote.objects.all())
    wanted = rules.fold(rows)
    for seed in range(50):
        random.Random(seed).shuffle(rows)
        assert rules.fold(rows) == wanted


def test_undone_notes_do_not_count_and_stay(world, van):
    notes = a_day(van)
    wrong = note(van, "COUNT", 99, stop="s0", count=9_999, method="COUNTER", audience="PUPILS")
    send(world, phone(world), [*notes, note(van, "UNDO", 100, of=wrong["id"]), wrong])
    assert sorted(CaravanStop.objects.values_list("headcount", flat=True)) == [80, 120, 200]
    assert FieldNote.objects.filter(pk=wrong["id"]).exists()


def test_nothing_is_drafted_while_the_phone_has_more_to_send(world, van):
    paired, notes = phone(world), a_day(van)
    send(world, paired, [notes[0], notes[-1]], last=False)
    assert not CaravanTrip.objects.exists()
    send(world, paired, notes[1:-1])
    assert CaravanStop.objects.count() == 3


def test_two_phones_of_one_crew_agree_or_somebody_decides(world, van, by):
    first, second = phone(world), phone(world, "乙机")
    send(world, first, a_day(van), last=False)
    send(world, second, a_day(van, counts=(120, 95, 200)))
    log = FieldLog.objects.get()
    (conflict,) = rules.fold(log.notes.all()).conflicts
    assert (conflict.what, conflict.spot, CaravanTrip.objects.exists()) == ("COUNT", "第2小学", False)
    keep = next(one for one in conflict.options if one.data["count"] == 95)
    operations.settle(log_id=log.pk, keep=keep.pk, **by)
    assert sorted(CaravanStop.objects.values_list("headcount", flat=True)) == [95, 120, 200]
    assert FieldNote.objects.count() == 22
    with pytest.raises(operations.FieldRefused):
        operations.settle(log_id=log.pk, keep=keep.pk, **by)


def test_a_phone_that_comes_after_the_drafts_is_settled_in_the_draft(world, van, by):
    send(world, phone(world), a_day(van))
    send(world, phone(world, "乙机"), a_day(van, counts=(120, 95, 200)))
    log = FieldLog.objects.get()
    (conflict,) = rules.fold(log.notes.all()).conflicts
    stop = CaravanStop.objects.get(spot="第2小学")
    assert stop.headcount == 80
    keep = next(one for one in conflict.options if one.data["count"] == 95)
    ledger.confirm(records=[log.trip, stop], **by)
    with pytest.raises(operations.FieldRefused):
        operations.settle(log_id=log.pk, keep=keep.pk, **by)
    ledger.reverse(record=stop, reason="人次录错", **by)
    with pytest.raises(operations.FieldRefused):
        operations.settle(log_id=log.pk, keep=keep.pk, **by)


def test_what_a_second_phone_brings_after_the_drafts_is_added_once_and_changes_nothing_confirmed(
    world, van, by
):
    send(world, phone(world), a_day(van))
    log = FieldLog.objects.get()
    ledger.confirm(records=[log.trip, CaravanStop.objects.get(spot="第3小学")], **by)
    ledger.reverse(record=CaravanStop.objects.get(spot="第3小学"), reason="没有去", **by)
    late = [
        note(van, "ARRIVE", 400, stop="x", spot="村部广场"),
        note(van, "COUNT", 410, stop="x", count=55, method="COUNTER", audience="PUPILS"),
        note(van, "COST", 411, kind="FUEL", yuan="120"),
        note(van, "NOTE", 412, text="雨停以后开展"),
    ]
    later = build.NOW + dt.timedelta(hours=1)
    second = phone(world, "乙机")
    operations.receive(phone=second.phone, notes=late, is_last=True, now=later, scope=world.scope)
    assert CaravanStop.objects.count() == 3
    operations.add_late(log_id=log.pk, **by)
    log.refresh_from_db()
    stops = CaravanStop.objects.values_list("spot", "headcount", "state")
    assert sorted(stops) == [
        ("村部广场", 55, "DRAFT"), ("第1小学", 120, "DRAFT"), ("第2小学", 80, "DRAFT"), ("第3小学", 200, "REVERSED"),
    ]  # fmt: skip
    assert (log.trip.costs.get().yuan, log.words) == (120, "备注：雨停以后开展")
    with pytest.raises(operations.FieldRefused):
        operations.add_late(log_id=log.pk, **by)


def test_a_count_that_comes_late_fills_a_draft_and_leaves_a_confirmed_one(world, van, by):
    paired, notes = phone(world), a_day(van)
    send(world, paired, notes)
    log = FieldLog.objects.get()
    ledger.confirm(records=[log.trip, CaravanStop.objects.get(spot="第1小学")], **by)
    late = [
        note(van, "COUNT", 415, stop=stop, count=count, method="COUNTER", audience="PUPILS")
        for stop, count in (("s0", 130), ("s1", 90))
    ]
    later = build.NOW + dt.timedelta(hours=1)
    operations.receive(phone=paired.phone, notes=late, is_last=True, now=later, scope=world.scope)
    operations.add_late(log_id=log.pk, **by)
    log.refresh_from_db()
    assert sorted(CaravanStop.objects.values_list("headcount", flat=True)) == [90, 120, 200]
    assert log.words == "第1小学：记下130人次，已确认的是120，请在台账更正"


def test_a_draft_follows_what_was_settled(world, van, by):
    send(world, phone(world), a_day(van))
    send(world, phone(world, "乙机"), a_day(van, counts=(120, 95, 200)))
    log = FieldLog.objects.get()
    (conflict,) = rules.fold(log.notes.all()).conflicts
    keep = next(one for one in conflict.options if one.data["count"] == 95)
    operations.settle(log_id=log.pk, keep=keep.pk, **by)
    assert CaravanStop.objects.get(spot="第2小学").headcount == 95
    assert rules.fold(log.notes.filter(set_aside_at=None)).conflicts == []


@pytest.mark.parametrize(("out", "back"), [(1_000, 990), (1_000, 4_000), (800, 860)])
def test_a_doubtful_reading_is_kept_in_words_and_does_not_count(world, van, out, back):
    notes = a_day(van, out=out, back=back)
    notes[-1]["data"]["word"] = "换过里程表"
    send(world, phone(world), notes)
    trip = CaravanTrip.objects.get()
    assert (trip.km, CaravanStop.objects.count()) == (None, 3)
    assert f"{out} → {back}" in trip.note
    assert "换过里程表" in FieldLog.objects.get().words


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("COUNT", {"stop": "s0", "count": -3, "method": "COUNTER", "audience": "PUPILS"}),
        ("COUNT", {"stop": "s0", "count": True, "method": "COUNTER", "audience": "PUPILS"}),
        ("COUNT", {"stop": "s0", "count": 3, "method": "GUESS", "audience": "PUPILS"}),
        ("ARRIVE", {"stop": "s0", "spot": "  "}),
        ("START", {"km": 10**9}),
        ("DANCE", {}),
        ("COUNT", []),
    ],
)
def test_what_cannot_be_is_refused_by_itself(world, van, kind, data):
    bad, good = {**note(van, "NOTE", 1), "kind": kind, "data": data}, note(van, "NOTE", 2, text="好")
    kept, refused = send(world, phone(world), [bad, good, "?"])
    assert (kept, sorted(refused)) == ([good["id"]], sorted([bad["id"], ""]))


def test_a_vehicle_elsewhere_is_not_written_for(world, van):
    paired = phone(world)
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    kept, _refused = operations.receive(
        phone=paired.phone, notes=a_day(van), is_last=True, now=build.NOW, scope=elsewhere
    )
    assert (kept, FieldLog.objects.exists()) == ([], False)
    with pytest.raises(NotFound):
        queries.phone(
            Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,)), paired.phone.pk
        )


def test_too_long_at_the_wheel_is_said_and_loses_nothing(world, van):
    driver = a_driver(world, van)
    notes = [note(van, "START", 0, km=1_000, driver=str(driver.pk)), note(van, "END", 300, km=1_200)]
    send(world, phone(world), notes)
    assert (CaravanTrip.objects.get().km, DrivingSpell.objects.exists()) == (200, False)
    assert "08:00–13:00" in FieldLog.objects.get().words


def test_the_pack_names_vehicles_with_their_last_reading(world, van):
    told = queries.pack(world.scope, ON)
    assert [(one["name"], one["km"]) for one in told["vans"]] == [("一号车 演01", 900)]


def test_a_pack_costs_the_same_for_one_van_and_for_three(world, van):
    def queries_of(number):
        with CaptureQueriesContext(connection) as asked:
            found = queries.pack(world.scope, ON)
        assert len(found["vans"]) == number
        return len(asked)

    one = queries_of(1)
    for km in (1_000, 2_000):
        a_van(world, name=f"{km}号车", plate=f"演{km}", initial_km=km)
    assert queries_of(3) == one


def test_a_pack_knows_the_latest_reading_of_each_van(world, van, by):
    other = a_van(world, name="二号车", plate="演02", initial_km=5_000)
    send(world, phone(world), a_day(van, out=1_000, back=1_060))
    OdometerReading.objects.create(
        association=world.association,
        caravan=other,
        on=ON,
        km=5_400,
        recorded_by=world.account,
        recorded_at=build.NOW,
    )
    OdometerReading.objects.create(
        association=world.association, caravan=other, on=ON + dt.timedelta(days=1), km=9_999, is_doubtful=True, note="仪表坏",
        recorded_by=world.account, recorded_at=build.NOW,
    )  # fmt: skip
    assert {one["id"]: one["km"] for one in queries.pack(world.scope, ON)["vans"]} == {
        str(van.pk): 1_060,
        str(other.pk): 5_400,
    }
