"""Slots made ahead: from patterns and shows, by the calendar and the rules, once."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.contexts.museums.models import Slot, SlotPattern
from kexie.contexts.museums.operations import generation
from kexie.contexts.museums.rules import planning
from kexie.platform.capacity.models import Offer, Pool
from tests.museums.opening.build import NEXT_TUESDAY, NOW, SATURDAY, TODAY, WEDNESDAY

WEEK = [dt.date(2025, 7, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]


def days(place, **values):
    return [slot.offer.day for slot in place.slots(**values)]


def local(moment):
    return timezone.localtime(moment).strftime("%m-%d %H:%M")


def test_one_for_each_open_day(place):
    place.pattern()
    assert place.generate().made == 10
    assert days(place) == WEEK
    first = place.slots().first().offer
    moments = (first.opens_at, first.starts_at, first.last_entry_at, first.closes_at, first.ends_at)
    assert [local(moment) for moment in moments] == [
        "06-25 12:00",
        "07-02 09:00",
        "07-02 11:30",
        "07-02 11:30",
        "07-02 12:00",
    ]
    assert (first.venue_id, first.resource_id) == (place.museum.unit_id, None)


def test_places_by_channel_and_the_day_shared(place):
    place.pattern(public=60, group=30, walk_in=10)
    place.pattern("下午", 13, 16)
    place.generate()
    morning, afternoon = place.slots(offer__day=WEDNESDAY)
    found = dict(morning.offer.pools.values_list("channel", "capacity"))
    assert found == {"": 100, "PUBLIC": 60, "GROUP": 30, "WALK_IN": 10}
    [shared] = morning.offer.shared
    assert afternoon.offer.shared == [shared]
    assert shared == planning.day_pool(place.museum.unit_id, WEDNESDAY)
    assert Pool.objects.get(pk=shared).capacity == 400


def test_again_changes_nothing(place):
    place.pattern()
    place.show(place.hall())
    place.generate()
    before = list(Offer.objects.order_by("id").values())
    again = place.generate()
    assert (again.made, again.closed, again.opened) == (0, 0, 0)
    assert list(Offer.objects.order_by("id").values()) == before


def test_what_staff_cancelled_is_not_made_again(place):
    place.pattern()
    place.generate()
    Offer.objects.filter(day=WEDNESDAY).update(state="CANCELLED")
    assert place.generate().made == 0


def test_rules_of_the_day_decide_when_booking_opens(place):
    place.pattern()
    place.rules(horizon_days=2, release_at=dt.time(8), closes_minutes=30)
    place.rules(SATURDAY, horizon_days=0, release_at=dt.time(12))
    place.generate()
    early, late = place.slot(WEDNESDAY).offer, place.slot(SATURDAY).offer
    assert (local(early.opens_at), local(early.closes_at)) == ("06-30 08:00", "07-02 11:00")
    # Noon of the day itself is too late for the morning: it is bookable from midnight.
    assert (local(late.opens_at), local(late.closes_at)) == ("07-05 00:00", "07-05 11:30")


def test_closed_and_special_days(place):
    place.pattern()
    place.closed(WEDNESDAY)
    place.special(NEXT_TUESDAY)
    place.generate()
    assert days(place)[:5] == [dt.date(2025, 7, day) for day in (3, 4, 5, 6, 8)]


def test_slots_follow_a_day_that_closes_and_opens_again(place):
    place.pattern()
    place.generate()
    record = place.closed(WEDNESDAY, notice="停电检修")
    assert place.generate().closed == 1
    slot = place.slot(WEDNESDAY)
    assert (slot.offer.state, slot.by_calendar, slot.reason) == ("CLOSED", True, "停电检修")
    record.delete()
    assert place.generate().opened == 1
    slot = place.slot(WEDNESDAY)
    assert (slot.offer.state, slot.by_calendar, slot.reason) == ("OPEN", False, "")


def test_slots_with_reservations_are_left_for_staff(place):
    place.pattern()
    place.generate()
    place.take(place.slot(WEDNESDAY), 3)
    place.closed(WEDNESDAY)
    assert place.generate().closed == 0
    assert place.slot(WEDNESDAY).offer.state == "OPEN"


def test_the_days_cap_follows_the_museum_and_never_goes_below_what_is_taken(place):
    place.pattern()
    place.generate()
    place.take(place.slot(WEDNESDAY), 80)
    place.museum.daily_cap = 50
    place.museum.save()
    place.generate()
    pools = {slot.offer.day: Pool.objects.get(pk=slot.offer.shared[0]) for slot in place.slots()}
    assert (pools[WEDNESDAY].capacity, pools[WEDNESDAY].wanted) == (80, 50)
    assert (pools[SATURDAY].capacity, pools[SATURDAY].wanted) == (50, 50)


def test_workdays_and_rest_days_have_their_own(place):
    place.pattern(day_kind="WORKDAY", capacity=60)
    place.pattern("周末上午", day_kind="REST", capacity=90)
    place.generate()
    found = {slot.offer.day: place.pool(slot).capacity for slot in place.slots()}
    assert (found[WEDNESDAY], found[SATURDAY]) == (60, 90)


def test_a_make_up_saturday_is_a_workday(place):
    """28 September 2025, a Sunday, was worked for the National Day holiday."""
    rest, workday = place.pattern(day_kind="REST"), place.pattern("平日", day_kind="WORKDAY")
    sunday = dt.date(2025, 9, 28)
    assert (planning.applies(rest, sunday), planning.applies(workday, sunday)) == (False, True)


def test_shows_have_places_of_their_own(place):
    show = place.show(place.hall(seats=60))
    place.generate()
    slot = place.slot(WEDNESDAY)
    assert (slot.kind, slot.show_time, slot.hall, slot.title) == ("SHOW", show, show.hall, "液氮奇境")
    assert (place.pool(slot).capacity, slot.offer.shared, slot.offer.resource_id) == (60, [], show.hall_id)
    assert local(slot.offer.closes_at) == "07-02 10:00"


def test_two_shows_in_one_hall_at_once_leave_one_out(place):
    hall = place.hall()
    place.show(hall, 10)
    second = place.show(hall, 10, "火焰的秘密", weekdays="37")
    found = place.generate(days=3)
    assert found.left_out == ((second, WEDNESDAY),)
    assert Slot.objects.filter(series=second.series).count() == 0


def test_as_far_ahead_as_may_be_booked(place):
    assert generation.horizon(place.museum, NOW) == TODAY + dt.timedelta(days=37)
    place.rules(horizon_days=3, group_horizon_days=10)
    assert generation.horizon(place.museum, NOW) == TODAY + dt.timedelta(days=13)


def test_reading_what_decides_costs_the_same_for_many_days(place):
    place.pattern()
    place.generate(days=30)
    counts = []
    for ahead in (3, 30):
        with CaptureQueriesContext(connection) as found:
            place.generate(days=ahead)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 16


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=4))
def test_in_whatever_steps_the_same_slots_come_out(place, steps):
    """Generating in any order of horizons leaves what one step to the furthest leaves."""
    if not SlotPattern.objects.exists():
        place.pattern()
        place.show(place.hall())
    Slot.objects.all().delete()
    Pool.objects.all().delete()
    Offer.objects.all().delete()
    for ahead in steps:
        place.generate(days=ahead)
    found = sorted((slot.offer.day, slot.kind) for slot in place.slots())
    place.generate(days=max(steps))
    assert sorted((slot.offer.day, slot.kind) for slot in place.slots()) == found
    assert len(set(found)) == len(found)
