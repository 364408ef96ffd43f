"""A crowd at once, from threads and from other processes: exactly full, and the counters are the ledger."""

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from kexie.platform.capacity import engine, memory, queries, writer
from kexie.platform.capacity.models import Offer, Pool, Reservation, Seat, Wish
from kexie.platform.capacity.operations import bookings, offers, waiting
from kexie.platform.capacity.orders import Order, Placed
from tests.platform.capacity.build import ASSOCIATION, NOW, offer, order, placed, wish
from tests.platform.capacity.threads import together

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _sound(committed: None) -> Iterator[None]:
    memory.forget()
    yield
    writer.stop()
    memory.forget()
    assert queries.audit(ASSOCIATION) == []


def line(one: Order) -> str:
    return json.dumps({
        "association": str(one.association_id), "key": one.key, "offer": str(one.offer_id), "venue": str(one.venue_id),
        "day": one.day.isoformat(), "size": one.size, "pools": list(map(str, one.pools)),
        "window": str(one.window), "identities": one.identities,
    })  # fmt: skip


def elsewhere(orders: Sequence[Order], *, threads: int) -> set[tuple[str, str]]:
    """Book in another process; return the keys and ids it was given."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.platform.capacity.booker", connection.settings_dict["NAME"], str(threads)],
        input="\n".join(map(line, orders)), capture_output=True, text=True, check=True, cwd=ROOT, timeout=1500,
    )  # fmt: skip
    answers = [json.loads(one) for one in done.stdout.splitlines()]
    assert len(answers) == len(orders)
    return {(one["key"], one["id"]) for one in answers if one["id"]}


def here(orders: Sequence[Order], *, by_writer: bool) -> set[tuple[str, str]]:
    found = set()
    for one in orders:
        answer = writer.submit(one) if by_writer else engine.place([one], now=NOW)[0]
        if isinstance(answer, Placed):
            found.add((one.key, str(answer.id)))
    return found


def rush(orders: Sequence[Order], *, engines: int = 4) -> dict[str, str]:
    """Have the orders tried by two other processes, by writer and by Django connections here, 32 at a time.

    A quarter is repeated elsewhere. Returns the reservation of each key; each key must have one.
    """
    again = random.sample(list(orders), len(orders) // 4)
    tried = [*orders, *again]
    random.shuffle(tried)
    third = len(tried) // 3
    parts = [tried[:third], tried[third : 2 * third]]
    rest = [tried[2 * third + n :: 12] for n in range(12)]
    jobs = [lambda part=part: elsewhere(part, threads=10) for part in parts]
    jobs += [lambda n=n, part=part: here(part, by_writer=n >= engines) for n, part in enumerate(rest)]
    pairs = {pair for found in together(*jobs) for pair in found}
    keys = Counter(key for key, _ in pairs)
    assert set(keys.values()) <= {1}
    return dict(pairs)


def ledger() -> dict[str, str]:
    return {key: str(pk) for key, pk in Reservation.objects.values_list("key", "pk")}


def test_a_hot_slot_is_exactly_full() -> None:
    slot = offer(capacity=500)
    pools = tuple(slot.pools.values_list("pk", flat=True))
    orders = [order(slot, size=1 + n % 3, pools=pools, holder_id=None) for n in range(1500)]
    granted = rush(orders)
    # Single places are left until the very end, so nothing can remain.
    last = [order(slot, pools=pools, holder_id=None) for _ in range(5)]
    for one in last:
        if isinstance(engine.place([one], now=NOW)[0], Placed):
            granted[one.key] = str(Reservation.objects.get(key=one.key).pk)
    assert granted == ledger()
    assert slot.pools.get().taken == Reservation.objects.aggregate(n=Sum("size"))["n"] == 500


def test_twenty_slots_under_one_cap_and_persons_who_want_two() -> None:
    cap = Pool.objects.create(association_id=ASSOCIATION, capacity=300, wanted=300)
    day = uuid4()
    slots = [offer(capacity=20, shared=[cap.pk]) for _ in range(20)]
    pools = {slot.pk: waiting.pools_of(slot, "PUBLIC") for slot in slots}
    orders = []
    for n in range(600):
        slot = slots[n * 7 % 20]
        people = (f"p{n % 350}", f"q{n}")[: 1 + n % 2]
        orders.append(
            order(slot, size=len(people), identities=people, window=day, pools=pools[slot.pk], holder_id=None)
        )
    granted = rush(orders)
    assert granted == ledger()
    identities = list(Seat.objects.filter(is_active=True).values_list("identity", flat=True))
    assert len(identities) == len(set(identities))
    cap.refresh_from_db()
    assert cap.taken == Reservation.objects.aggregate(n=Sum("size"))["n"] == len(identities)
    assert all(pool.taken <= 20 for pool in Pool.objects.filter(offer__in=slots))


def test_moves_in_both_directions_at_once() -> None:
    slots = [offer(capacity=40, quotas={"PUBLIC": 40}) for _ in range(4)]
    made = [placed(slots[n % 4], identities=(f"p{n}",)) for n in range(40)]

    def wander(seed: int) -> None:
        chance = random.Random(seed)
        for one in made[seed::8]:
            at = one
            for _ in range(4):
                to = slots[chance.randrange(4)]
                seats = tuple(Seat.objects.filter(reservation=at).values_list("identity", flat=True))
                wanted = order(to, identities=seats)
                answer = bookings.move(reservation_id=at.pk, order=wanted, actor=None, now=NOW)
                assert isinstance(answer, Placed)
                at = Reservation.objects.get(pk=answer.id)

    together(*[lambda seed=seed: wander(seed) for seed in range(8)])
    assert sum(slot.pools.get(channel="").taken for slot in slots) == 40


def test_a_capacity_lowered_and_raised_while_people_book_and_cancel() -> None:
    slot = offer(capacity=60)
    pools = tuple(slot.pools.values_list("pk", flat=True))

    def book(n: int) -> None:
        for k in range(15):
            (answer,) = engine.place([order(slot, pools=pools)], now=NOW)
            if isinstance(answer, Placed) and k % 3 == n % 3:
                bookings.cancel(reservation_ids=[answer.id], reason="VISITOR", actor=None, now=NOW)

    def change() -> None:
        for wanted in (30, 50, 10, 45):
            offers.change_capacity(
                pool=slot.pools.get(), wanted=wanted, mode=offers.Mode.SINK, actor=None, now=NOW
            )
            time.sleep(0.05)

    together(change, *[lambda n=n: book(n) for n in range(6)])
    pool = slot.pools.get()
    assert pool.capacity == max(pool.wanted, pool.taken)


def test_a_waiting_list_loses_and_doubles_no_offer() -> None:
    slots = [offer(capacity=6) for _ in range(3)]
    made = [placed(slot, holder_id=None) for slot in slots for _ in range(6)]
    finished = threading.Event()

    def cancel(part: Sequence[Reservation]) -> None:
        for one in part:
            bookings.cancel(reservation_ids=[one.pk], reason="VISITOR", actor=None, now=NOW)

    def wait(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(8):
            mine = wish(*chance.sample(slots, chance.randint(1, 3)), size=chance.randint(1, 2))
            if chance.random() < 0.3:
                # Somebody may have let go of what this wish was offered, which ended it.
                with contextlib.suppress(waiting.CannotWait):
                    bookings.withdraw(wish_id=mine.pk, actor=None, now=NOW)

    def people() -> None:
        parts = [lambda n=n: cancel(made[n::3]) for n in range(3)]
        together(*parts, *[lambda n=n: wait(n) for n in range(3)])
        finished.set()

    together(people, lambda: decide_until(finished))
    nobody_waits_for_what_is_free(slots)


def decide_until(finished: threading.Event) -> None:
    """Take up two thirds of what is offered, and let the rest go."""
    while not finished.is_set():
        offered = Wish.objects.filter(state="OFFERED").order_by("?").select_related("reservation").first()
        if offered is None:
            time.sleep(0.01)
            continue
        with contextlib.suppress(bookings.NotPossible, waiting.CannotWait):
            decide_one(offered, offered.reservation)


def decide_one(offered: Wish, held: Reservation) -> None:
    if held.pk.int % 3 == 0:
        bookings.cancel(reservation_ids=[held.pk], reason="VISITOR", actor=None, now=NOW)
        return
    with transaction.atomic():
        bookings.confirm(
            reservation_id=held.pk, details=b"", identities=(), window=held.offer_id, actor=None, now=NOW
        )
        waiting.take_up(wish=offered, now=NOW)


def nobody_waits_for_what_is_free(slots: Sequence[Offer]) -> None:
    left = {slot.pk: slot.pools.get().left for slot in slots}
    for one in Wish.objects.filter(state="WAITING"):
        assert all(left[slot] < one.size for slot in one.offers)
