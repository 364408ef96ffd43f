"""Who did not come: when it is said, what follows, and what late gates put right."""

import datetime as dt

import pytest

from kexie.contexts.museums.operations import no_shows
from kexie.platform.capacity.models import Block, Conduct, Reservation
from kexie.platform.capacity.operations import bookings, conduct
from kexie.platform.notify.models import Notice
from tests.museums.desk.build import DAY, EVENING, MORNING, NOON, person

pytestmark = pytest.mark.django_db


def settle(house, now=NOON):
    return no_shows.settle_museum(museum=house.museum, now=now)


def state(reservation):
    return Reservation.objects.get(pk=reservation.pk).state


def synced(house, now=NOON):
    house.gate(now=now)


def test_who_came_has_used_it_and_who_did_not_is_a_no_show(house):
    here, absent = house.book(), house.book(phone="13800000002")
    house.come(here)
    synced(house)
    assert settle(house) == no_shows.Settled(used=1, no_shows=1)
    assert (state(here), state(absent)) == ("USED", "NO_SHOW")
    assert Conduct.objects.filter(reservation_id=here.pk).count() == 0


def test_a_no_show_counts_against_the_account_and_the_adults_alone(house):
    adult, child = person(), person("张小小", born="20180301")
    absent = house.book(adult, child)
    house.come(house.book(phone="13800000002"))
    synced(house)
    settle(house)
    subjects = set(Conduct.objects.filter(reservation_id=absent.pk).values_list("subject", flat=True))
    assert subjects == {f"visitor:{absent.holder_id.hex}", adult.digest}


def test_nobody_is_judged_before_the_grace_time_or_before_the_gates_have_told_all(house):
    house.come(house.book())
    house.book(phone="13800000002")
    in_grace = dt.datetime(2025, 7, 2, 4, 20, tzinfo=dt.UTC)
    synced(house, in_grace)
    assert settle(house, in_grace) == no_shows.Settled()
    house.device.seen_at = MORNING
    house.device.save()
    assert settle(house, NOON) == no_shows.Settled()
    assert settle(house, NOON + dt.timedelta(days=1)) == no_shows.Settled(used=1, no_shows=1)


def test_a_day_without_any_check_in_is_left_to_the_desk(house):
    one = house.book()
    synced(house)
    assert settle(house, NOON) == no_shows.Settled()
    assert no_shows.settle_unchecked(museum=house.museum, day=DAY, actor=house.actor, now=EVENING) == 1
    assert (state(one), Conduct.objects.count()) == ("USED", 0)


def test_a_closed_day_and_what_staff_cancelled_never_count(house):
    cancelled, kept = house.book(), house.book(phone="13800000002")
    bookings.cancel(reservation_ids=[cancelled.pk], reason="STAFF", actor=house.actor, now=MORNING)
    house.gate(house.note())
    house.come(house.book(phone="13800000003"))
    house.closed(DAY)
    synced(house)
    assert settle(house) == no_shows.Settled()
    assert (state(cancelled), state(kept), Conduct.objects.count()) == ("CANCELLED", "CONFIRMED", 0)


@pytest.mark.parametrize(("rule", "counted"), [("ALL", 0), ("ANY", 1)])
def test_a_party_of_which_some_came(house, rule, counted):
    house.rules(no_show_from=rule)
    party = house.book(person(), person("李华"))
    house.come(party, count=1)
    synced(house)
    settle(house)
    assert (state(party), Conduct.objects.count()) == ("USED", counted)


def absent_three_times(house):
    house.rules(no_shows=3, no_show_days=120, block_days=30, max_orders_a_day=5, identity_window="SLOT")
    made = [house.book(title=title) for title in ("上午", "下午")]
    made.append(house.book(day=dt.date(2025, 7, 3)))
    for day in (DAY, dt.date(2025, 7, 3)):
        house.come(house.book(phone="13800000009", day=day), now=moment(day, 2))
    synced(house, moment(dt.date(2025, 7, 3), 10))
    settle(house, moment(dt.date(2025, 7, 3), 10))
    return made


def moment(day, hour):
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def test_the_third_no_show_blocks_and_the_visitor_is_told_each_time(house):
    made = absent_three_times(house)
    blocks = Block.objects.filter(holder_id=made[0].holder_id, subject__startswith="visitor:")
    (block,) = blocks
    assert block.until - block.since == dt.timedelta(days=30)
    told = Notice.objects.filter(to_id=made[0].holder_id).order_by("created_at", "id")
    assert [one.template for one in told] == ["noshow.warned", "noshow.warned", "noshow.blocked"]


def test_settling_again_counts_nothing_twice(house):
    absent_three_times(house)
    before = Conduct.objects.count()
    assert settle(house, EVENING + dt.timedelta(days=2)) == no_shows.Settled()
    assert Conduct.objects.count() == before


def test_a_gate_that_tells_late_takes_the_no_show_and_the_block_back(house):
    made = absent_three_times(house)
    late = moment(dt.date(2025, 7, 4), 1)
    house.gate(house.note(made[0], made[0].size, at=MORNING), now=late)
    assert state(made[0]) == "USED"
    taken_back = no_shows.repair(museum=house.museum, now=late)
    assert taken_back == Conduct.objects.filter(reservation_id=made[0].pk, forgiven_at=late).count() == 2
    subject = f"visitor:{made[0].holder_id.hex}"
    where = {"association_id": house.museum.association_id, "venue_id": house.museum.unit_id}
    assert conduct.blocked_until(**where, subjects=[subject], now=late) == {}
    assert no_shows.repair(museum=house.museum, now=late) == 0
