"""Offers and their places: made, changed, closed, cancelled."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kexie.kernel.ids import uuid7
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Offer, Pool, Reservation
from kexie.platform.capacity.operations import offers
from kexie.platform.capacity.operations.offers import Wanted

ASSOCIATION, VENUE, HALL = uuid7(), uuid7(), uuid7()
NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def wanted(hour=9, *, resource_id=None, shared=None, day=dt.date(2026, 3, 7), **places):
    start = dt.datetime.combine(day, dt.time(hour), dt.UTC)
    return Wanted(
        venue_id=VENUE,
        resource_id=resource_id,
        day=day,
        starts_at=start,
        ends_at=start + dt.timedelta(hours=2),
        last_entry_at=start + dt.timedelta(hours=1),
        opens_at=start - dt.timedelta(days=7),
        closes_at=start + dt.timedelta(hours=1),
        places={"": 100, **places},
        shared=shared or {},
    )


def made(*many):
    return offers.create_offers(association_id=ASSOCIATION, wanted=many, actor=None, now=NOW)


def take(offer, places, channel="PUBLIC"):
    """Take places as the engine leaves them."""
    pool = Pool.objects.get(offer=offer, channel="")
    Pool.objects.filter(pk=pool.pk).update(taken=pool.taken + places)
    return Reservation.objects.create(
        association_id=ASSOCIATION, key=str(uuid4()), code=str(uuid4())[:12], offer=offer, venue_id=VENUE, day=offer.day,
        channel=channel, size=places, pools=[pool.pk], amounts=[places], state="CONFIRMED", made_at=NOW,
    )  # fmt: skip


def change(pool, number, mode="refuse"):
    return offers.change_capacity(pool=pool, wanted=number, mode=mode, actor=None, now=NOW)


def numbers(pool):
    pool.refresh_from_db()
    return pool.capacity, pool.wanted, pool.taken


@pytest.mark.django_db
class TestOffers:
    def test_made_with_their_pools_in_one_go(self):
        shared = {uuid7(): 150}
        first, second = made(wanted(9, PUBLIC=60, GROUP=40, shared=shared), wanted(13, shared=shared))
        pools = Pool.objects.order_by("channel", "capacity").values_list("offer", "channel", "capacity")
        assert list(pools) == [
            (first.pk, "", 100),
            (second.pk, "", 100),
            (None, "", 150),
            (first.pk, "GROUP", 40),
            (first.pk, "PUBLIC", 60),
        ]
        assert first.shared == list(shared) == second.shared

    def test_a_shared_pool_is_made_once_and_kept(self):
        shared = {uuid7(): 150}
        made(wanted(9, shared=shared))
        made(wanted(13, shared={next(iter(shared)): 999}))
        assert Pool.objects.get(offer=None).capacity == 150

    def test_a_hall_is_used_once_at_a_time(self):
        [first] = made(wanted(9, resource_id=HALL))
        with pytest.raises(offers.ResourceTaken) as refused:
            made(wanted(10, resource_id=HALL))
        assert refused.value.other == first
        assert len(made(wanted(11, resource_id=HALL), wanted(10, resource_id=uuid7()))) == 2
        with pytest.raises(offers.ResourceTaken):
            made(wanted(15, resource_id=HALL), wanted(16, resource_id=HALL))

    def test_a_hall_is_free_again_once_an_offer_is_cancelled(self):
        [first] = made(wanted(9, resource_id=HALL))
        offers.cancel_offers(association_id=ASSOCIATION, offers=[first.pk], actor=None, now=NOW)
        assert len(made(wanted(9, resource_id=HALL))) == 1

    def test_fewer_places_than_taken_are_refused_with_the_number(self):
        [offer] = made(wanted())
        take(offer, 30)
        pool = offer.pools.get(channel="")
        with pytest.raises(offers.BelowTaken, match="30"):
            change(pool, 20)
        assert numbers(pool) == (100, 100, 30)
        change(pool, 30)
        assert numbers(pool) == (30, 30, 30)

    def test_or_sink(self):
        [offer] = made(wanted())
        take(offer, 30)
        pool = offer.pools.get(channel="")
        found = change(pool, 20, "sink")
        assert (found.before, found.wanted, found.taken) == (100, 20, 30)
        assert numbers(pool) == (30, 20, 30)
        change(pool, 200)
        assert numbers(pool) == (200, 200, 30)

    def test_many_are_changed_together_or_not_at_all(self):
        first, second = made(wanted(9), wanted(13))
        take(second, 30)
        pools = {offer.pools.get(channel="").pk: 20 for offer in (first, second)}
        with pytest.raises(offers.BelowTaken):
            offers.change_capacities(association_id=ASSOCIATION, wanted=pools, actor=None, now=NOW)
        assert set(Pool.objects.values_list("wanted", flat=True)) == {100}

    def test_a_quota_added_later_counts_what_its_channel_took(self):
        [offer] = made(wanted())
        group, public = take(offer, 12, "GROUP"), take(offer, 5)
        offers.set_quotas(
            association_id=ASSOCIATION, quotas={offer.pk: {"GROUP": 40, "": 90}}, actor=None, now=NOW
        )
        quota = offer.pools.get(channel="GROUP")
        assert numbers(quota) == (40, 40, 12)
        assert numbers(offer.pools.get(channel="")) == (90, 90, 17)
        group.refresh_from_db()
        public.refresh_from_db()
        assert (group.pools[1:], group.amounts, public.amounts) == ([quota.pk], [12, 12], [5])

    def test_closed_and_opened_again_with_their_pools(self):
        [offer] = made(wanted(PUBLIC=50))
        options = {"association_id": ASSOCIATION, "offers": [offer.pk], "actor": None, "now": NOW}
        assert offers.close_offers(**options) == 1
        assert offers.close_offers(**options) == 0
        assert set(offer.pools.values_list("is_open", flat=True)) == {False}
        assert offers.open_offers(**options) == 1
        offer.refresh_from_db()
        assert (offer.state, set(offer.pools.values_list("is_open", flat=True))) == ("OPEN", {True})

    def test_what_is_reserved_is_not_cancelled_and_what_is_cancelled_stays_so(self):
        busy, free = made(wanted(9), wanted(13))
        take(busy, 3)
        options = {"association_id": ASSOCIATION, "actor": None, "now": NOW}
        with pytest.raises(offers.StillReserved, match="3"):
            offers.cancel_offers(offers=[busy.pk, free.pk], **options)
        assert offers.cancel_offers(offers=[free.pk], **options) == 1
        assert offers.open_offers(offers=[free.pk], **options) == 0
        assert list(Offer.objects.order_by("starts_at").values_list("state", flat=True)) == [
            "OPEN",
            "CANCELLED",
        ]

    def test_times_change_unless_the_hall_is_taken_then(self):
        first, second = made(wanted(9, resource_id=HALL), wanted(13, resource_id=HALL))
        second.starts_at, second.last_entry_at = first.starts_at, first.last_entry_at
        with pytest.raises(offers.ResourceTaken) as refused:
            offers.retime_offers(association_id=ASSOCIATION, offers=[second], actor=None, now=NOW)
        assert refused.value.other == first
        first.label = "上午场"
        offers.retime_offers(association_id=ASSOCIATION, offers=[first], actor=None, now=NOW)
        assert Offer.objects.get(pk=first.pk).label == "上午场"

    def test_another_association_changes_nothing(self):
        [offer] = made(wanted())
        assert not offers.close_offers(association_id=uuid7(), offers=[offer.pk], actor=None, now=NOW)

    def test_each_change_leaves_a_line_in_the_log(self):
        [offer] = made(wanted())
        change(offer.pools.get(), 90)
        offers.close_offers(association_id=ASSOCIATION, offers=[offer.pk], actor=None, now=NOW)
        assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == [
            "capacity.create",
            "capacity.change_capacity",
            "capacity.closed",
        ]


class TestCapacityNeverBelowTaken(TestCase):
    """Whatever is asked for in whatever order, places taken stay covered and what was decided stays written."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["refuse", "sink", "take"]), st.integers(min_value=0, max_value=130)),
            max_size=8,
        )
    )
    def test_whatever_is_asked(self, steps: list[tuple[str, int]]) -> None:
        [offer] = made(wanted())
        pool: Pool = offer.pools.get()
        for verb, number in steps:
            before = numbers(pool)
            if verb == "take":
                take(offer, min(number, pool.left) or 0) if min(number, pool.left) > 0 else None
                continue
            try:
                change(pool, number, verb)
            except offers.BelowTaken:
                assert (verb, numbers(pool)) == ("refuse", before)
                assert number < before[2]
            else:
                assert numbers(pool) == (max(number, before[2]), number, before[2])


def test_the_total_is_the_channel_without_a_name():
    assert offers.TOTAL == ""
    assert isinstance(wanted().id, UUID)
