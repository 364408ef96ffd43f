"""Patterns, single days, rules and shows: what staff change, and what follows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from kexie.contexts.museums.models import BookingRules, ClosedDay, MuseumStage, Show, SlotPattern
from kexie.contexts.museums.operations import booking_rules, days, patterns, shows
from kexie.contexts.museums.operations.shows import Session
from kexie.contexts.museums.operations.slot_changes import Refused
from kexie.contexts.museums.queries import slots as queries
from kexie.ledger.models import Series
from kexie.platform.capacity.models import Reservation
from kexie.platform.capacity.operations import offers
from tests.museums.opening.build import NEXT_TUESDAY, NOW, SATURDAY, TODAY, WEDNESDAY

THURSDAY = WEDNESDAY + dt.timedelta(days=1)


def by(place):
    return {"museum": place.museum, "actor": place.actor, "now": NOW}


def row(place, slot):
    return queries.slot_row(place.museum, slot.pk, place.world.scope)


# --- patterns -------------------------------------------------------------------------------------------------


def test_two_half_days_are_proposed_from_hours_and_caps(place):
    patterns.propose(**by(place))
    found = [
        (str(one.starts_at), str(one.last_entry_at), str(one.ends_at), one.capacity)
        for one in SlotPattern.objects.order_by("starts_at")
    ]
    assert found == [
        ("09:00:00", "12:00:00", "12:30:00", 200),
        ("12:30:00", "16:00:00", "16:30:00", 200),
    ]
    assert len(place.slots(offer__day=WEDNESDAY)) == 2
    with pytest.raises(patterns.AlreadyThere):
        patterns.propose(**by(place))


def test_unbooked_slots_follow_a_changed_pattern_and_booked_ones_stay(place):
    pattern = place.pattern()
    place.generate()
    place.take(place.slot(THURSDAY), 4)
    pattern.capacity, pattern.ends_at, pattern.group = 80, dt.time(12, 30), 30
    saved = patterns.save(source=pattern, **by(place))
    assert saved.left == 1
    found = [row(place, place.slot(day)) for day in (WEDNESDAY, THURSDAY)]
    assert [(one.span, one.total.wanted, sorted(one.pools)) for one in found] == [
        ("09:00–12:30", 80, ["", "GROUP"]),
        ("09:00–12:00", 100, [""]),
    ]


def test_slots_changed_by_hand_do_not_follow(place):
    pattern = place.pattern()
    place.generate()
    offers.change_capacity(pool=place.pool(place.slot(WEDNESDAY)), wanted=33, actor=None, now=NOW)
    pattern.capacity = 80
    patterns.save(source=pattern, **by(place))
    assert [place.pool(place.slot(day)).wanted for day in (WEDNESDAY, THURSDAY)] == [33, 80]


def test_an_ended_pattern_closes_its_later_slots_and_they_come_back_with_it(place):
    pattern = place.pattern()
    place.generate()
    place.take(place.slot(SATURDAY), 4)
    saved = patterns.end(source=pattern, last_day=WEDNESDAY, **by(place))
    assert saved.left == 1
    states = {slot.offer.day: slot.offer.state for slot in place.slots()}
    assert [states[day] for day in (WEDNESDAY, THURSDAY, SATURDAY)] == ["OPEN", "CLOSED", "OPEN"]
    pattern.valid_to = None
    patterns.save(source=pattern, **by(place))
    assert place.slot(THURSDAY).offer.state == "OPEN"


def test_a_pattern_that_cannot_be_is_refused_by_field(place):
    pattern = SlotPattern(museum=place.museum, name="夜场", starts_at=dt.time(19), ends_at=dt.time(18), last_entry_at=dt.time(18), capacity=10, valid_from=TODAY)  # fmt: skip
    with pytest.raises(ValidationError):
        patterns.save(source=pattern, **by(place))


# --- days -----------------------------------------------------------------------------------------------------


def close(place, day=WEDNESDAY, **values):
    given = {"reason": "POWER", "notice": "停电检修", "policy": "REFUSE", **values}
    return days.close(day=day, **given, **by(place), scope=place.world.scope)


def test_closing_a_day_is_a_record_and_closes_its_slots(place):
    place.pattern()
    place.generate()
    record, change = close(place)
    assert (record.state, change.kind, change.total) == ("DRAFT", "CLOSE_DAY", 1)
    slot = place.slot(WEDNESDAY)
    assert (slot.offer.state, slot.by_calendar, slot.reason) == ("CLOSED", True, "停电检修")


def test_closing_a_booked_day_is_refused_cancels_or_moves(place):
    place.pattern()
    place.generate()
    reservation = place.take(place.slot(WEDNESDAY), 4)
    with pytest.raises(Refused, match="4人"):
        close(place)
    assert not ClosedDay.objects.exists()
    close(place, policy="MOVE", targets=[place.slot(THURSDAY).pk])
    moved = Reservation.objects.get(moved_from_id=reservation.pk)
    assert moved.day == THURSDAY


def test_a_closed_day_opens_again(place):
    place.pattern()
    place.generate()
    close(place)
    days.reopen(day=WEDNESDAY, why="", **by(place), scope=place.world.scope)
    assert not ClosedDay.objects.exists()
    assert place.slot(WEDNESDAY).offer.state == "OPEN"


def test_a_day_closed_on_the_day_is_confirmed_and_taken_back_with_a_reason(place):
    place.special(TODAY)
    place.pattern("下午", 13, 16)
    place.generate()
    record, _change = close(place, day=TODAY)
    assert record.state == "CONFIRMED"
    days.reopen(day=TODAY, why="提前来电", **by(place), scope=place.world.scope)
    assert ClosedDay.objects.get().reversal_reason == "提前来电"
    assert place.slot(TODAY).offer.state == "OPEN"


def test_past_days_are_not_closed_here(place):
    with pytest.raises(days.DayRefused):
        close(place, day=TODAY - dt.timedelta(days=1))


def test_a_closed_weekday_is_opened_and_closed_again_while_nobody_is_booked(place):
    place.pattern()
    options = {**by(place), "day": NEXT_TUESDAY, "scope": place.world.scope}
    days.open_specially(note="科普日加开", **options)
    assert place.slot(NEXT_TUESDAY).offer.state == "OPEN"
    with pytest.raises(days.DayRefused):
        days.open_specially(note="", **options)
    reservation = place.take(place.slot(NEXT_TUESDAY), 2)
    with pytest.raises(days.DayRefused, match="2人"):
        days.close_specially(**options)
    Reservation.objects.filter(pk=reservation.pk).update(state="CANCELLED", ended_at=NOW)
    place.pool(place.slot(NEXT_TUESDAY)).__class__.objects.filter(taken__gt=0).update(taken=0)
    days.close_specially(**options)
    assert place.slot(NEXT_TUESDAY).offer.state == "CLOSED"


def test_works_close_the_museum_from_their_day_on(place):
    place.pattern()
    place.generate()
    record = MuseumStage(**place.own(museum=place.museum, stage="WORKS", occurred_on=SATURDAY))
    days.enter_stage(record=record, confirms=True, actor=place.actor, now=NOW, scope=place.world.scope)
    states = {slot.offer.day: (slot.offer.state, slot.reason) for slot in place.slots()}
    assert states[WEDNESDAY] == ("OPEN", "")
    assert states[SATURDAY] == ("CLOSED", "闭馆改造")


# --- rules ----------------------------------------------------------------------------------------------------


def rules(place, day, **values):
    return BookingRules(museum=place.museum, valid_from=day, **values)


def test_new_rules_change_when_slots_of_their_days_open(place):
    place.pattern()
    place.generate()
    before = place.slot(WEDNESDAY).offer.opens_at
    booking_rules.save(rules=rules(place, SATURDAY, horizon_days=2), **by(place))
    assert place.slot(WEDNESDAY).offer.opens_at == before
    assert place.slot(SATURDAY).offer.opens_at == dt.datetime(2025, 7, 3, 4, tzinfo=dt.UTC)


def test_rules_in_force_are_not_edited_but_followed_by_others(place):
    old = place.rules(TODAY)
    old.max_party = 9
    with pytest.raises(booking_rules.InForce):
        booking_rules.save(rules=old, **by(place))
    with pytest.raises(booking_rules.InForce):
        booking_rules.save(rules=rules(place, TODAY - dt.timedelta(days=1)), **by(place))
    with pytest.raises(ValidationError):
        booking_rules.save(rules=rules(place, TODAY), **by(place))
    coming = rules(place, SATURDAY, max_party=9)
    booking_rules.save(rules=coming, **by(place))
    booking_rules.drop(rules=coming, actor=place.actor, now=NOW)
    assert list(BookingRules.objects.values_list("max_party", flat=True)) == [5]


# --- shows ----------------------------------------------------------------------------------------------------


def session(place, hall, hour=14, name="火焰的秘密", **values):
    series, _made = Series.objects.get_or_create(
        association=place.museum.association, kind="SHOW", name=name, defaults={"unit": place.museum.unit}
    )
    given = {"day": WEDNESDAY, "starts_at": dt.time(hour), "minutes": 30, "capacity": 40, **values}
    return Session(series=series, hall=hall, **given)


def test_a_session_of_its_own(place):
    slot = shows.add(session=session(place, place.hall(), presenter="李老师"), **by(place))
    assert (slot.title, slot.presenter, place.pool(slot).capacity) == ("火焰的秘密", "李老师", 40)


def test_a_hall_that_is_taken_is_refused_with_the_other_shows_name(place):
    hall = place.hall()
    shows.add(session=session(place, hall), **by(place))
    with pytest.raises(shows.HallTaken) as refused:
        shows.add(session=session(place, hall, name="液氮奇境"), **by(place))
    assert refused.value.fields == {"starts_at": "科学剧场14:00–14:30已排“火焰的秘密”，请换时间或场地。"}


def test_a_session_is_changed_unless_people_are_booked_for_its_time(place):
    hall = place.hall()
    slot = shows.add(session=session(place, hall), **by(place))
    shows.change(
        row=row(place, slot), session=session(place, hall, 15, capacity=50), actor=place.actor, now=NOW
    )
    assert (row(place, slot).span, row(place, slot).total.wanted) == ("15:00–15:30", 50)
    place.take(slot, 3)
    with pytest.raises(shows.SessionRefused, match="3人"):
        shows.change(row=row(place, slot), session=session(place, hall, 16), actor=place.actor, now=NOW)
    shows.change(
        row=row(place, slot),
        session=session(place, hall, 15, capacity=50, presenter="王老师"),
        actor=place.actor,
        now=NOW,
    )
    assert row(place, slot).slot.presenter == "王老师"


def test_a_regular_session_stays_on_its_day(place):
    time = place.show(place.hall())
    place.generate()
    slot = place.slot(WEDNESDAY)
    other = session(place, time.hall, 10, day=THURSDAY)
    with pytest.raises(shows.SessionRefused) as refused:
        shows.change(row=row(place, slot), session=other, actor=place.actor, now=NOW)
    assert list(refused.value.fields) == ["day"]


def test_sessions_in_the_past_or_over_midnight_are_refused(place):
    for wrong in (
        session(place, place.hall(), day=TODAY, hour=8),
        session(place, place.hall(), 23, minutes=90),
    ):
        with pytest.raises(shows.SessionRefused):
            shows.add(session=wrong, **by(place))


def test_what_was_held_is_recorded_once(place):
    slot = shows.add(session=session(place, place.hall(), day=TODAY, hour=14), **by(place))
    later = NOW + dt.timedelta(hours=6)
    made = shows.draft_of(row(place, slot).slot)
    made.headcount, made.method = 37, "COUNTER"
    options = {"slot": slot, "confirms": True, "actor": place.actor, "scope": place.world.scope}
    with pytest.raises(shows.SessionRefused):
        shows.record(record=shows.draft_of(slot), now=NOW, **options)
    shows.record(record=made, now=later, **options)
    found = Show.objects.get()
    assert (found.title, found.headcount, found.state, found.series, str(found.starts_at)) == ("火焰的秘密", 37, "CONFIRMED", slot.series, "14:00:00")  # fmt: skip
    with pytest.raises(shows.AlreadyRecorded):
        shows.record(record=shows.draft_of(slot), now=later, **options)


def test_a_regular_show_names_its_hall_in_the_plan(place):
    place.show(place.hall())
    saved = place.generate(days=1)
    assert saved.made == 1
