"""Changing many slots at once: who is affected, what becomes of them, and what can be undone."""

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from kexie.contexts.museums.models import Draw, SlotChange, SlotPattern
from kexie.contexts.museums.operations import draws, slot_changes, slot_undo
from kexie.contexts.museums.operations.slot_changes import Asked, Refused
from kexie.contexts.museums.queries import slots as queries
from kexie.contexts.museums.queries.booking import forget_slots
from kexie.contexts.museums.queries.slots import Selection
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.periods import Period
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Offer, Pool, Reservation, Wish
from kexie.platform.capacity.operations import waiting
from kexie.platform.notify.models import Notice
from kexie.platform.outbox.models import Event
from tests.museums.opening.build import NOW, SATURDAY, TODAY, WEDNESDAY

THURSDAY = WEDNESDAY + dt.timedelta(days=1)
PERIOD = Period.until(TODAY + dt.timedelta(days=6), since=TODAY)


def wait_for(*slots, size=2):
    return waiting.wait(
        association_id=slots[0].association_id, venue_id=slots[0].offer.venue_id, key=str(uuid4()),
        offer_ids=[one.offer_id for one in slots], channel="PUBLIC", holder_id=uuid4(), size=size, details=b"",
        actor=None, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["CANCEL", "CLOSE_DAY"])
def test_who_waits_for_slots_that_will_not_be_is_told_at_once(open_place, kind):
    Offer.objects.update(opens_at=NOW - dt.timedelta(days=1))
    open_place.pattern("下午", 13, 16)
    open_place.generate()
    Offer.objects.update(opens_at=NOW - dt.timedelta(days=1))
    morning, afternoon = open_place.slots(offer__day=WEDNESDAY)
    later = open_place.slot(THURSDAY)
    for slot in (morning, afternoon, later):
        open_place.take(slot, 100)
    only, elsewhere = wait_for(morning, afternoon), wait_for(morning, later)
    found = [one for one in rows(open_place) if one.offer.day == WEDNESDAY]
    change = submit(open_place, Asked(kind=kind, policy="CANCEL"), found)
    assert change.outcome["waited"] == 1
    assert [Wish.objects.get(pk=one.pk).state for one in (only, elsewhere)] == ["LAPSED", "WAITING"]
    event = Event.objects.get(kind="wish.lapsed")
    assert (event.subject_id, event.payload["why"]) == (only.pk, "CANCELLED")


@pytest.fixture
def unopened(open_place):
    """A slot that opens in some hours, so that a draw can still be held for it."""
    Offer.objects.filter(day=SATURDAY).update(opens_at=NOW + dt.timedelta(hours=20))
    return open_place.slot(SATURDAY)


def allot(place, allotment):
    return submit(place, Asked(kind="ALLOT", policy="KEEP", allotment=allotment), [row(place, SATURDAY)])


def test_a_slot_alone_is_given_out_by_lot_and_back(open_place, unopened):
    assert draws.lay_out_all(now=NOW) == 0
    change = allot(open_place, "DRAW")
    draw = Draw.objects.get()
    assert (draw.slot_id, draw.state) == (unopened.pk, "OPEN")
    visitor = visitors.ensure(association=open_place.museum.association, phone="13800000001", now=NOW)
    draws.enter(draw=draw, visitor_id=visitor.pk, size=2, actor=None, now=NOW)
    slot_undo.undo(change=change, actor=open_place.actor, now=NOW)
    draw.refresh_from_db()
    assert draw.state == "CANCELLED"
    assert Notice.objects.get(to_id=visitor.pk).template == "draw.called_off"
    allot(open_place, "DRAW")
    draw.refresh_from_db()
    assert (draw.state, draw.entries.count()) == ("OPEN", 0)


def test_a_slot_alone_is_left_out_of_a_museums_draws(open_place, unopened):
    open_place.rules(uses_lottery=True)
    forget_slots()
    allot(open_place, "FIRST")
    assert draws.lay_out_all(now=NOW) == 0
    allot(open_place, "")
    assert draws.lay_out_all(now=NOW) == 0  # the change itself laid it out
    assert Draw.objects.get().state == "OPEN"


def test_a_pattern_says_that_its_slots_are_drawn(open_place, unopened):
    SlotPattern.objects.update(allotment="DRAW")
    assert draws.lay_out_all(now=NOW) == 1
    SlotPattern.objects.update(allotment="")
    assert draws.follow_all(now=NOW) == 1
    assert Draw.objects.get().state == "CANCELLED"


def test_once_booking_has_begun_it_is_too_late_for_a_draw(open_place):
    Offer.objects.filter(day=SATURDAY).update(opens_at=NOW)
    assert allot(open_place, "DRAW").outcome == {"too_late": 1}
    assert (Draw.objects.count(), open_place.slot(SATURDAY).allotment) == (0, "")


def test_a_draw_ends_with_its_slot(open_place, unopened):
    allot(open_place, "DRAW")
    submit(open_place, Asked(kind="CANCEL", policy="CANCEL"), [row(open_place, SATURDAY)])
    assert Draw.objects.get().state == "CANCELLED"


@pytest.fixture
def open_place(place):
    place.pattern()
    place.generate()
    return place


def rows(place, **values):
    return queries.select(place.museum, Selection(PERIOD, **values), place.world.scope)


def row(place, day):
    return queries.slot_row(place.museum, place.slot(day).pk, place.world.scope)


def submit(place, asked, found=None):
    return slot_changes.submit(
        museum=place.museum, rows=found or rows(place), asked=asked, actor=place.actor, now=NOW
    )


def states(*reservations):
    return [Reservation.objects.get(pk=one.pk).state for one in reservations]


def test_chosen_by_days_weekdays_times_and_kind(open_place):
    open_place.pattern("下午", 13, 16)
    open_place.show(open_place.hall())
    open_place.generate()
    assert len(rows(open_place)) == 15
    weekend = rows(open_place, weekdays="67", until_time=dt.time(12), kind="ENTRY")
    assert [(one.offer.day, one.span) for one in weekend] == [
        (SATURDAY, "09:00–12:00"),
        (SATURDAY + dt.timedelta(days=1), "09:00–12:00"),
    ]


def test_places_change_where_nobody_is_affected(open_place):
    open_place.take(open_place.slot(WEDNESDAY), 30)
    change = submit(open_place, Asked(kind="PLACES", places={"": 80, "GROUP": 20}))
    assert (change.state, change.done, change.outcome) == ("DONE", 5, {})
    wanted = {
        one.offer.day: {key: pool.wanted for key, pool in one.pools.items()} for one in rows(open_place)
    }
    assert set(map(str, wanted.values())) == {str({"": 80, "GROUP": 20})}


def test_refused_while_somebody_is_affected_with_the_number(open_place):
    open_place.take(open_place.slot(WEDNESDAY), 30)
    with pytest.raises(Refused, match="30人"):
        submit(open_place, Asked(kind="PLACES", places={"": 20}))
    assert not SlotChange.objects.exists()
    assert set(Pool.objects.filter(channel="").exclude(offer=None).values_list("wanted", flat=True)) == {100}


def test_those_booked_stay_and_the_places_sink(open_place):
    reservation = open_place.take(open_place.slot(WEDNESDAY), 30)
    submit(open_place, Asked(kind="PLACES", places={"": 20}, policy="KEEP"))
    found = row(open_place, WEDNESDAY)
    assert (found.total.capacity, found.total.wanted, found.is_sinking) == (30, 20, True)
    assert states(reservation) == ["CONFIRMED"]


def test_or_the_latest_are_cancelled_until_it_fits(open_place):
    slot = open_place.slot(WEDNESDAY)
    first, second, third = (open_place.take(slot, size) for size in (12, 10, 8))
    change = submit(open_place, Asked(kind="PLACES", places={"": 15}, policy="CANCEL"))
    assert states(first, second, third) == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    found = row(open_place, WEDNESDAY)
    assert (found.total.capacity, found.taken, change.outcome["cancelled"]) == (15, 12, 2)


def test_a_cancelled_slot_tells_whoever_was_booked(open_place, visitor):
    slot = open_place.slot(WEDNESDAY)
    told, at_desk = open_place.take(slot, 3, holder_id=visitor.pk), open_place.take(slot, 2)
    found = [row(open_place, WEDNESDAY)]
    change = submit(open_place, Asked(kind="CANCEL", policy="CANCEL", notice="设备检修"), found)
    assert states(told, at_desk) == ["CANCELLED", "CANCELLED"]
    assert change.outcome == {"cancelled": 2, "told": 1, "to_call": 1}
    assert Notice.objects.get().template == "slot.closed"
    assert open_place.slot(WEDNESDAY).offer.state == "CANCELLED"
    assert open_place.slot(WEDNESDAY).reason == "设备检修"


def test_or_moves_them_where_places_allow(open_place, visitor):
    slot, target = open_place.slot(WEDNESDAY), open_place.slot(THURSDAY)
    small, large = open_place.take(slot, 3, holder_id=visitor.pk), open_place.take(slot, 80)
    open_place.take(target, 60)
    asked = Asked(kind="CANCEL", policy="MOVE", targets=(target.pk,))
    change = submit(open_place, asked, [row(open_place, WEDNESDAY)])
    assert change.outcome == {"moved": 1, "told": 1, "cancelled": 1, "to_call": 1}
    moved = Reservation.objects.get(moved_from_id=small.pk)
    assert (moved.offer_id, moved.size, moved.moves, moved.state) == (target.offer_id, 3, 0, "CONFIRMED")
    assert states(small, large) == ["CANCELLED", "CANCELLED"]
    assert Notice.objects.get().template == "slot.moved"
    assert row(open_place, THURSDAY).taken == 63


def test_other_times_are_told_to_those_who_keep_their_places(open_place, visitor):
    reservation = open_place.take(open_place.slot(WEDNESDAY), 3, holder_id=visitor.pk)
    times = {"starts_at": dt.time(10), "last_entry_at": dt.time(12), "ends_at": dt.time(12, 30)}
    asked = Asked(kind="TIMES", policy="KEEP", times=times)
    change = submit(open_place, asked, [row(open_place, WEDNESDAY)])
    offer = open_place.slot(WEDNESDAY).offer
    assert queries.span(offer) == "10:00–12:30"
    assert f"{timezone.localtime(offer.closes_at):%H:%M}" == "12:00"
    assert (states(reservation), change.outcome) == (["CONFIRMED"], {"told": 1, "kept": 1})


def test_closed_slots_keep_their_reservations_and_open_again(open_place):
    reservation = open_place.take(open_place.slot(WEDNESDAY), 3)
    change = submit(open_place, Asked(kind="CLOSE", policy="KEEP", notice="名额核对"))
    assert {one.offer.state for one in rows(open_place)} == {"CLOSED"}
    assert states(reservation) == ["CONFIRMED"]
    open_place.generate()  # closed by hand: not opened by the calendar
    assert {one.offer.state for one in rows(open_place)} == {"CLOSED"}
    slot_undo.undo(change=change, actor=open_place.actor, now=NOW)
    assert {one.offer.state for one in rows(open_place)} == {"OPEN"}


def test_places_are_given_back_by_undoing(open_place):
    change = submit(open_place, Asked(kind="PLACES", places={"": 40, "GROUP": 10}))
    open_place.take(open_place.slot(WEDNESDAY), 30)
    undone = slot_undo.undo(change=change, actor=open_place.actor, now=NOW)
    assert {(one.total.wanted, one.pools["GROUP"].wanted) for one in rows(open_place)} == {(100, 100)}
    assert (undone.state, undone.undone_by) == ("UNDONE", open_place.actor)
    with pytest.raises(Refused):
        slot_undo.undo(change=change, actor=open_place.actor, now=NOW)


def test_what_was_cancelled_is_not_undone(open_place):
    change = submit(open_place, Asked(kind="CANCEL", policy="CANCEL"))
    with pytest.raises(Refused):
        slot_undo.undo(change=change, actor=open_place.actor, now=NOW)


def test_a_large_change_waits_for_the_task_and_goes_on_where_it_stopped(open_place, monkeypatch):
    monkeypatch.setattr(slot_changes, "AT_ONCE", 2)
    change = submit(open_place, Asked(kind="PLACES", places={"": 70}))
    assert (change.state, change.done) == ("WAITING", 0)
    first = change.slots[0]
    change.before[str(first)] = {"places": {"": 100}, "state": "OPEN"}  # done before the worker died
    slot_changes.run(change=change, now=NOW)
    change.refresh_from_db()
    assert (change.state, change.done) == ("DONE", 5)
    assert [one.total.wanted for one in rows(open_place)].count(70) == 4


def test_a_change_without_slots_or_without_a_target_is_refused(open_place):
    with pytest.raises(Refused):
        slot_changes.submit(
            museum=open_place.museum, rows=[], asked=Asked(kind="CLOSE"), actor=open_place.actor, now=NOW
        )
    with pytest.raises(Refused) as refused:
        submit(open_place, Asked(kind="CANCEL", policy="MOVE"))
    assert list(refused.value.fields) == ["targets"]


def test_nobody_is_moved_into_a_slot_that_is_changed_itself(open_place):
    slot = open_place.slot(WEDNESDAY)
    reservation = open_place.take(slot, 3)
    with pytest.raises(Refused) as refused:
        submit(open_place, Asked(kind="CANCEL", policy="MOVE", targets=(slot.pk,)))
    assert list(refused.value.fields) == ["targets"]
    assert states(reservation) == ["CONFIRMED"]


def test_each_change_is_in_the_log(open_place):
    change = submit(open_place, Asked(kind="PLACES", places={"": 70}))
    entry = Entry.objects.get(action="museums.change_slots")
    assert (entry.subject_id, entry.detail["slots"]) == (str(change.pk), 5)


def test_looking_costs_the_same_for_one_and_for_many(open_place, django_assert_num_queries):
    for size, day in ((1, WEDNESDAY), (2, THURSDAY), (3, SATURDAY)):
        open_place.take(open_place.slot(day), size)
    for period in (Period.until(WEDNESDAY, since=WEDNESDAY), PERIOD):
        with django_assert_num_queries(4):
            found = queries.select(open_place.museum, Selection(period), open_place.world.scope)
            slot_changes.preview(found, Asked(kind="CANCEL"))


@pytest.fixture
def visitor(place):
    return Visitor.objects.create(
        association=place.world.association, phone=b"sealed", phone_digest="d", created_at=NOW
    )


def test_an_offer_of_another_day_is_not_touched(open_place):
    submit(open_place, Asked(kind="CANCEL", policy="CANCEL"), [row(open_place, WEDNESDAY)])
    assert Offer.objects.filter(state="CANCELLED").count() == 1
