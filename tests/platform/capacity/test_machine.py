"""Whatever is done in whatever order: counters, reservations, seats and wishes are what a plain model says."""

import copy
import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kexie.platform.capacity import engine, queries
from kexie.platform.capacity.models import Block, Offer, Pool, Reservation, Seat, Wish
from kexie.platform.capacity.operations import bookings, conduct, offers, waiting
from kexie.platform.capacity.orders import Limit, Order, Placed, Reason, Refused
from tests.platform.capacity import build
from tests.platform.capacity.build import ASSOCIATION, DAY, NOW, VENUE, Staff

pytestmark = pytest.mark.django_db
HALF_HOUR = dt.timedelta(minutes=30)
PEOPLE = "abcdef"


@dataclass
class Count:
    wanted: int
    taken: int = 0
    is_open: bool = True

    @property
    def left(self) -> int:
        return max(self.wanted - self.taken, 0)


@dataclass
class Made:
    order: Order
    state: str
    size: int
    amounts: dict[UUID, int]
    seats: set[tuple[UUID, str]]
    until: dt.datetime | None


@dataclass
class Waits:
    id: UUID
    size: int
    slots: tuple[UUID, ...]
    channel: str
    made_at: dt.datetime
    state: str = "WAITING"
    missed: int = 0

    @property
    def key(self) -> str:
        return f"wish:{self.id}:{self.missed}"


@dataclass
class Model:
    """What should be."""

    slots: dict[UUID, Offer]
    pools: dict[UUID, dict[str, UUID]]
    counts: dict[UUID, Count]
    made: dict[str, Made] = field(default_factory=dict)
    wishes: list[Waits] = field(default_factory=list)
    blocks: dict[str, dt.datetime] = field(default_factory=dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Model":
        parts = (self.counts, self.made, self.wishes, self.blocks)
        return Model(self.slots, self.pools, *(_copied(part) for part in parts))

    def counters(self, slot: UUID, channel: str) -> tuple[UUID, ...]:
        own = self.pools[slot]
        return (*(own[one] for one in ("", channel) if one in own), *self.slots[slot].shared)

    def free(self, pools: Iterable[UUID]) -> int:
        return min(self.counts[one].left for one in pools)

    def is_open(self, pools: Iterable[UUID]) -> bool:
        return all(self.counts[one].is_open for one in pools)

    def seats(self) -> set[tuple[UUID, str]]:
        return {seat for one in self.made.values() for seat in one.seats}

    def place(self, order: Order) -> Refused | bool:
        """What the engine should answer: a refusal, or whether the reservation is new."""
        known = self.made.get(order.key)
        if known:
            asked = (order.offer_id, order.size, order.holder_id)
            same = asked == (known.order.offer_id, known.size, known.order.holder_id)
            return False if same else Refused(Reason.KEY_REUSED)
        refusal = self.refusal(order)
        if refusal:
            return refusal
        for limit in order.limits:
            self.counts.setdefault(limit.id, Count(limit.capacity))
        for pool, amount in order.counters:
            self.counts[pool].taken += amount
        seats = {(order.window, one) for one in order.identities}
        state = "HELD" if order.held_until else "CONFIRMED"
        self.made[order.key] = Made(order, state, order.size, dict(order.counters), seats, order.held_until)
        return True

    def refusal(self, order: Order) -> Refused | None:
        if not self.is_open(order.pools):
            return Refused(Reason.CLOSED)
        if ends := [self.blocks[one] for one in order.subjects if one in self.blocks]:
            which = tuple(n for n, one in enumerate(order.identities) if one in self.blocks)
            return Refused(Reason.BLOCKED, until=max(ends), which=which)
        seats = self.seats()
        if which := tuple(n for n, one in enumerate(order.identities) if (order.window, one) in seats):
            return Refused(Reason.TWICE, which=which)
        for limit in order.limits:
            left = self.counts.get(limit.id, Count(limit.capacity)).left
            if left < limit.amount:
                return Refused(Reason.LIMIT, left=left)
        free = self.free(order.pools)
        return Refused(Reason.FULL, left=free) if free < order.size else None

    def end(
        self, keys: Sequence[str], state: str, now: dt.datetime, *, offers_freed: bool = True
    ) -> set[UUID]:
        for key in keys:
            one = self.made[key]
            for pool, amount in one.amounts.items():
                self.counts[pool].taken -= amount
            one.state, one.seats, one.until = state, set(), None
        back = [one for one in self.wishes if one.state == "OFFERED" and one.key in keys]
        for wish in back:
            wish.missed, wish.made_at = wish.missed + 1, now
            wish.state = "WAITING" if wish.missed < waiting.MOST_MISSED else "LAPSED"
        freed = {self.made[key].order.offer_id for key in keys}.union(*(one.slots for one in back))
        if offers_freed:
            self.offer(freed, now)
        return freed

    def offer(self, freed: set[UUID], now: dt.datetime) -> None:
        """Hold what is free for who waits, in order."""
        shared = {pool for slot in freed for pool in self.slots[slot].shared}
        slots = [one for one in sorted(self.slots) if one in freed or shared & set(self.slots[one].shared)]
        for wish in sorted(self.wishes, key=lambda one: (one.made_at, one.id)):
            if wish.state == "WAITING":
                for slot in (one for one in slots if one in wish.slots):
                    pools = self.counters(slot, wish.channel)
                    if self.is_open(pools) and self.free(pools) >= wish.size:
                        self.hold(wish, slot, pools, now)
                        break

    def hold(self, wish: Waits, slot: UUID, pools: tuple[UUID, ...], now: dt.datetime) -> None:
        held = build.order(
            self.slots[slot], key=wish.key, size=wish.size, pools=pools, held_until=now + HALF_HOUR
        )  # fmt: skip
        assert self.place(held) is True
        wish.state = "OFFERED"

    def wish_of(self, key: str) -> Waits | None:
        return next((one for one in self.wishes if one.state == "OFFERED" and one.key == key), None)


def _copied(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _copied(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_copied(one) for one in part]
    if isinstance(part, Made):
        return dataclasses.replace(part, amounts=dict(part.amounts), seats=set(part.seats))
    return copy.copy(part)


SLOT = st.integers(0, 2)
CHANNEL = st.sampled_from(["PUBLIC", "GROUP"])
PARTY = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
PICK = st.integers(0, 30)


class Booking(RuleBasedStateMachine):
    """Two slots of a day that share its cap, one with quotas, and one apart."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.now = NOW
        self.day = uuid4()
        self.limit_id = uuid4()
        cap = Pool.objects.create(association_id=ASSOCIATION, capacity=6, wanted=6)
        slots = (
            build.offer(capacity=4, shared=[cap.pk]),
            build.offer(capacity=4, quotas={"PUBLIC": 3, "GROUP": 2}, shared=[cap.pk]),
            build.offer(capacity=3, quotas={"GROUP": 2}),
        )
        self.order_of_slots = [one.pk for one in slots]
        own = {one.pk: dict(one.pools.values_list("channel", "pk")) for one in slots}
        counts = {pk: Count(wanted) for pk, wanted in Pool.objects.values_list("pk", "wanted")}
        self.model = Model({one.pk: one for one in slots}, own, counts)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def tick(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def pick(self, states: Sequence[str], n: int) -> str | None:
        """The key of one of the reservations in these states."""
        found = [key for key, one in self.model.made.items() if one.state in states]
        return found[n % len(found)] if found else None

    def order(self, slot: int, channel: str, size: int, people: Sequence[str], **values: Any) -> Order:
        of = self.model.slots[self.order_of_slots[slot]]
        names = tuple(people)
        values = {"size": len(names) or size, "identities": names, "subjects": names, **values}
        return build.order(of, channel=channel, pools=self.model.counters(of.pk, channel), **values)

    def place(self, orders: Sequence[Order]) -> None:
        expected = [self.model.place(one) for one in orders]
        answers = engine.place(orders, now=self.now)
        for answer, wanted in zip(answers, expected, strict=True):
            told = answer.is_new if isinstance(answer, Placed) else answer
            assert told == wanted

    # --- taking -----------------------------------------------------------------------------------------------------

    @rule(slot=SLOT, channel=CHANNEL, people=PARTY, by_day=st.booleans(), limited=st.booleans())
    def book(self, *, slot: int, channel: str, people: list[str], by_day: bool, limited: bool) -> None:
        self.tick()
        limit = Limit(id=self.limit_id, capacity=4, amount=len(people), drop_on=DAY)
        values = {"window": self.day} if by_day else {}
        self.place(
            [self.order(slot, channel, 0, people, limits=(limit,) if limited else (), **values)]
        )  # fmt: skip

    @rule(wanted=st.lists(st.tuples(SLOT, CHANNEL, st.integers(1, 3)), min_size=2, max_size=5))
    def batch(self, wanted: list[tuple[int, str, int]]) -> None:
        self.tick()
        self.place([self.order(slot, channel, size, ()) for slot, channel, size in wanted])

    @rule(slot=SLOT, channel=CHANNEL, size=st.integers(1, 3))
    def hold(self, slot: int, channel: str, size: int) -> None:
        self.tick()
        self.place([self.order(slot, channel, size, (), held_until=self.now + HALF_HOUR)])

    @precondition(lambda self: self.model.made)
    @rule(n=PICK, more=st.integers(0, 1))
    def repeat(self, n: int, more: int) -> None:
        self.tick()
        known = list(self.model.made.values())[n % len(self.model.made)]
        if known.order.key.startswith("wish:"):
            return
        self.place([dataclasses.replace(known.order, size=known.size + more)])

    # --- what becomes of it ---------------------------------------------------------------------------------------

    @rule(n=PICK, people=PARTY)
    def confirm(self, n: int, people: list[str]) -> None:
        now, key = self.tick(), self.pick(["HELD"], n)
        if key is None:
            return
        one = self.model.made[key]
        names = people[: one.size]
        row = Reservation.objects.get(key=key)
        taken = {(row.offer_id, name) for name in names} & self.model.seats()
        try:
            bookings.confirm(
                reservation_id=row.pk, details=b"", identities=names, window=row.offer_id, actor=None, now=now
            )
        except bookings.SeatTaken:
            assert taken
            return
        except bookings.NotPossible:
            assert one.until is not None
            assert one.until <= now
            return
        assert not taken
        one.state, one.until, one.seats = "CONFIRMED", None, {(row.offer_id, name) for name in names}
        if wish := self.model.wish_of(key):
            waiting.take_up(wish=Wish.objects.get(pk=wish.id), now=now)
            wish.state = "TAKEN"

    @rule(minutes=st.sampled_from([1, 20, 31]))
    def sweep(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)
        late = [key for key, one in self.model.made.items() if one.until and one.until <= self.now]
        assert bookings.expire(now=self.now) == len(late)
        if late:
            self.model.end(late, "EXPIRED", self.now)

    @rule(n=PICK)
    def cancel(self, n: int) -> None:
        now, key = self.tick(), self.pick(["HELD", "CONFIRMED"], n)
        if key:
            self.model.end([key], "CANCELLED", now)
            row = Reservation.objects.get(key=key)
            assert bookings.cancel(reservation_ids=[row.pk], reason="VISITOR", actor=None, now=now)

    @rule(n=PICK, slot=SLOT)
    def cancel_a_slot(self, n: int, slot: int) -> None:
        now, of = self.tick(), self.order_of_slots[slot]
        keys = [
            key
            for key, one in self.model.made.items()
            if one.order.offer_id == of and one.state in ("HELD", "CONFIRMED")
        ]
        ids = list(Reservation.objects.filter(key__in=keys).values_list("pk", flat=True))
        assert len(bookings.cancel(reservation_ids=ids, reason="CLOSED_DAY", actor=None, now=now)) == len(
            keys
        )
        if keys:
            self.model.end(keys, "CANCELLED", now)

    @rule(n=PICK, slot=SLOT)
    def move(self, n: int, slot: int) -> None:
        now, key = self.tick(), self.pick(["HELD", "CONFIRMED"], n)
        if key is None:
            return
        one = self.model.made[key]
        people = sorted(name for _, name in one.seats)
        window = next((window for window, _ in one.seats if window == self.day), self.order_of_slots[slot])
        wanted = self.order(
            slot, one.order.channel, one.size, (), identities=tuple(people), subjects=(), window=window
        )
        row = Reservation.objects.get(key=key)
        before = copy.deepcopy(self.model)
        try:
            answer = bookings.move(reservation_id=row.pk, order=wanted, actor=None, now=now)
        except bookings.NotPossible:
            assert one.until is not None
            assert one.until <= now
            return
        freed = self.model.end([key], "CANCELLED", now, offers_freed=False)
        expected = self.model.place(wanted)
        if expected is True:
            assert isinstance(answer, Placed)
            self.model.offer(freed, now)
        else:
            assert answer == expected
            self.model = before

    @rule(n=PICK, count=st.integers(1, 2))
    def shrink(self, n: int, count: int) -> None:
        now, key = self.tick(), self.pick(["CONFIRMED"], n)
        if key is None:
            return
        one = self.model.made[key]
        gone = sorted(one.seats)[:count]
        row = Reservation.objects.get(key=key)
        try:
            bookings.shrink(
                reservation_id=row.pk, identities=[name for _, name in gone], details=b"", actor=None, now=now
            )
        except bookings.NotPossible:
            assert not 0 < len(gone) < one.size
            return
        for pool in one.amounts:
            one.amounts[pool] -= len(gone)
            self.model.counts[pool].taken -= len(gone)
        one.size, one.seats = one.size - len(gone), one.seats - set(gone)
        self.model.offer({row.offer_id}, now)

    @rule(n=PICK, state=st.sampled_from(["USED", "NO_SHOW"]))
    def settle(self, n: int, state: str) -> None:
        now, key = self.tick(), self.pick(["CONFIRMED", "NO_SHOW"], n)
        if key is None:
            return
        row, one = Reservation.objects.get(key=key), self.model.made[key]
        done = bookings.settle(reservation_ids=[row.pk], state=state, actor=None, now=now)
        assert bool(done) == (one.state == "CONFIRMED" or state == "USED")
        if done:
            one.state, one.seats = state, set()

    # --- waiting ----------------------------------------------------------------------------------------------------

    @rule(slots=st.lists(SLOT, min_size=1, max_size=3, unique=True), size=st.integers(1, 3), channel=CHANNEL)
    def wait(self, slots: list[int], size: int, channel: str) -> None:
        now = self.tick()
        chosen = tuple(self.order_of_slots[one] for one in slots)
        made = build.wish(*(self.model.slots[one] for one in chosen), size=size, channel=channel, now=now)
        self.model.wishes.append(Waits(made.pk, size, chosen, channel, now))
        self.model.offer(set(chosen), now)

    @precondition(lambda self: self.model.wishes)
    @rule(n=PICK)
    def withdraw(self, n: int) -> None:
        now, wish = self.tick(), self.model.wishes[n % len(self.model.wishes)]
        try:
            bookings.withdraw(wish_id=wish.id, actor=None, now=now)
        except waiting.CannotWait:
            assert wish.state not in ("WAITING", "OFFERED")
            return
        held, wish.state = wish.state == "OFFERED", "WITHDRAWN"
        if held:
            self.model.end([wish.key], "CANCELLED", now)

    # --- what staff do ----------------------------------------------------------------------------------------------

    @rule(n=PICK, wanted=st.integers(0, 6))
    def change_capacity(self, n: int, wanted: int) -> None:
        now, pools = self.tick(), [pk for pk in sorted(self.model.counts) if pk != self.limit_id]
        pk = pools[n % len(pools)]
        offers.change_capacity(
            pool=Pool.objects.get(pk=pk), wanted=wanted, mode=offers.Mode.SINK, actor=None, now=now
        )
        self.model.counts[pk].wanted = wanted
        self.model.offer({slot for slot, one in self.model.slots.items() if self.is_of(pk, slot)}, now)

    def is_of(self, pool: UUID, slot: UUID) -> bool:
        return pool in self.model.pools[slot].values() or pool in self.model.slots[slot].shared

    @rule(slot=SLOT, is_open=st.booleans())
    def turn(self, *, slot: int, is_open: bool) -> None:
        now, pk = self.tick(), self.order_of_slots[slot]
        turn = offers.open_offers if is_open else offers.close_offers
        turn(association_id=ASSOCIATION, offers=[pk], actor=None, now=now)
        was_open = self.model.counts[self.model.pools[pk][""]].is_open
        for pool in self.model.pools[pk].values():
            self.model.counts[pool].is_open = is_open
        if is_open and not was_open:
            self.model.offer({pk}, now)

    @rule(person=st.sampled_from(PEOPLE))
    def block(self, person: str) -> None:
        now = self.tick()
        if person in self.model.blocks:
            made = Block.objects.get(subject=person, lifted_at=None)
            conduct.lift(block_id=made.pk, reason="申诉成立", actor=Staff(), now=now)
            del self.model.blocks[person]
        else:
            self.model.blocks[person] = now + dt.timedelta(days=30)
            conduct.make_block(
                association_id=ASSOCIATION, venue_id=VENUE, subject=person, holder_id=None,
                until=now + dt.timedelta(days=30), reason="爽约", actor=None, now=now,
            )  # fmt: skip

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def counters_are_the_models(self) -> None:
        rows = Pool.objects.values_list("pk", "taken", "capacity", "wanted")
        found = {pk: (taken, capacity, wanted) for pk, taken, capacity, wanted in rows}
        counts = self.model.counts.items()
        assert found == {pk: (one.taken, max(one.wanted, one.taken), one.wanted) for pk, one in counts}

    @invariant()
    def reservations_are_the_models(self) -> None:
        rows = Reservation.objects.values_list("key", "state", "size", "offer_id", "held_until")
        assert sorted(rows) == sorted(
            (key, one.state, one.size, one.order.offer_id, one.until) for key, one in self.model.made.items()
        )

    @invariant()
    def nobody_sits_twice(self) -> None:
        rows = list(Seat.objects.filter(is_active=True).values_list("window", "identity"))
        assert sorted(rows) == sorted(self.model.seats())

    @invariant()
    def wishes_are_the_models_and_nobody_who_fits_waits(self) -> None:
        rows = Wish.objects.values_list("pk", "state", "missed")
        assert sorted(rows) == sorted((one.id, one.state, one.missed) for one in self.model.wishes)
        for one in self.model.wishes:
            if one.state == "WAITING":
                for slot in one.slots:
                    pools = self.model.counters(slot, one.channel)
                    assert not self.model.is_open(pools) or self.model.free(pools) < one.size

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        assert queries.audit(ASSOCIATION) == []


def test_whatever_is_done_in_whatever_order() -> None:
    run_state_machine_as_test(
        Booking,
        settings=settings(
            max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
