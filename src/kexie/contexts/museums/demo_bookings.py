"""The demonstration's bookings: the last open days, today and the coming week at the city's museum.

Called by `demo` after the slots are made. Everybody is made up: numbers of a range that was never given out, documents
of an area that does not exist. Past visits and their figures stay as they are; the last days wait for the desk.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from kexie.contexts.museums.models import (
    Allotment,
    BookingDay,
    DailyVisits,
    DayCount,
    GroupRequest,
    HourEntries,
    Museum,
    Slot,
)
from kexie.contexts.museums.operations import booking, draws, groups, no_shows
from kexie.contexts.museums.queries.booking import SlotFacts, slot_facts
from kexie.contexts.museums.queries.daycount import PREFIX
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors.details import Person
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.codes import synthetic_resident_id
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Method, Record, State
from kexie.platform import crypto
from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Channel, Device, Reservation
from kexie.platform.capacity.operations import conduct, passages, waiting
from kexie.platform.capacity.operations.passages import Batch, Note
from kexie.platform.capacity.orders import Order

PAST_OPEN_DAYS, DAYS_AHEAD, ORDERS = 2, 6, 36
HISTORY_DAYS = 120
_SCHOOLS = ("颍州区启明小学", "颍泉区育才小学", "颍东区明德中学", "颍州区春晖幼儿园")
_SATURDAY, _ENTRIES = 7, 40  # days of the week as the database counts them
_HOURS = (9, 10, 11, 12, 13, 14, 15)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Book, let in, and leave some things for the desk to do."""
    museum = Museum.objects.select_related("unit__area", "area").get(unit=city.museums["city"])
    yield "当日核对与履约记录", city.record(list(_history(city, museum)))
    slots = _slots(city, museum)
    if not slots:
        return
    people = _Public(city)
    yield "预约", sum(_book(city, people, facts) for facts in slots)
    yield "入离馆", _come(city, museum)
    no_shows.settle_museum(museum=museum, now=city.now)
    yield (
        "团队、候补与申诉",
        _wait(city, people, slots) + _ask(city, people, slots) + _appeal(city, museum, people),
    )
    yield "抽签", _draw(city, museum, people)


class _Public:
    """Visitors with numbers and companions that nobody has."""

    def __init__(self, city: DemoCity) -> None:
        self.city, self.chance = city, city.rng("bookings")
        self.names = city.people("bookings", 240)
        self.made: dict[int, Visitor] = {}
        self.serial = 0

    def visitor(self, number: int) -> Visitor:
        """Return the visitor of this number."""
        if number not in self.made:
            self.made[number] = visitors.ensure(
                association=self.city.association, phone=f"1400001{number:04}", now=self.city.now
            )
        return self.made[number]

    def party(self, adults: int, children: int) -> tuple[Person, ...]:
        """Return grown-ups and children who have not been anybody yet."""
        grown = [self._person(self.chance.randint(1962, 1996)) for _n in range(adults)]
        return (*grown, *(self._person(self.chance.randint(2014, 2021)) for _n in range(children)))

    def _person(self, year: int) -> Person:
        self.serial += 1
        day = dt.date(year, 1 + self.serial % 12, 1 + self.serial % 28)
        number = synthetic_resident_id(
            (self.serial // 28) % 500, birth_date=day, is_male=bool(self.serial % 2)
        )
        return Person(name=self.names[self.serial % len(self.names)], number=number, birth_date=day)


def _slots(city: DemoCity, museum: Museum) -> list[SlotFacts]:
    """Return the entry slots of the last open days, today and the coming week."""
    rows = Slot.objects.filter(museum=museum, kind=Slot.Kind.ENTRY).select_related("offer")
    days = sorted({slot.offer.day for slot in rows if slot.offer.day < city.today})[-PAST_OPEN_DAYS:]
    until = city.today + dt.timedelta(days=DAYS_AHEAD)
    wanted = [slot for slot in rows if slot.offer.day in days or city.today <= slot.offer.day <= until]
    wanted.sort(key=lambda slot: slot.offer.starts_at)
    return [slot_facts(slot.pk, city.scope) for slot in wanted if slot.offer.state == "OPEN"]


def _book(city: DemoCity, people: _Public, facts: SlotFacts) -> int:
    """Place a slot's orders in one batch, fewer the further ahead it is."""
    ahead = max((facts.day - city.today).days, 0)
    count = max(ORDERS - 5 * ahead, 4)
    orders = [_order(city, people, facts, number) for number in range(count)]
    answers = engine.place(orders, now=facts.offer.opens_at + dt.timedelta(minutes=5))
    return len(answers)


def _order(city: DemoCity, people: _Public, facts: SlotFacts, number: int) -> Order:
    party = people.party(people.chance.choice((1, 1, 2)), people.chance.choice((0, 1, 1, 2)))
    holder = people.visitor(people.chance.randrange(90) + 100 * (number % 2))
    wanted = booking.Wanted(slot=facts, key=f"demo:{facts.id}:{number}", visitor_id=holder.pk, party=party)
    order = booking.order_for(wanted, now=city.now)
    return dataclasses.replace(order, refusal=None, limits=())


# --- at the gates ---------------------------------------------------------------------------------------------


def _come(city: DemoCity, museum: Museum) -> int:
    """Let most of those in whose slot has begun; some bring fewer, a few never come, some have left again."""
    gates = [_gate(city, museum, number) for number in (1, 2)]
    chance = city.rng("gates")
    rows = Reservation.objects.filter(
        venue_id=museum.unit_id, offer__starts_at__lt=city.now, state="CONFIRMED"
    )
    found = list(rows.select_related("offer").order_by("offer__starts_at", "key"))
    notes: dict[int, list[Note]] = {1: [], 2: []}
    for number, one in enumerate(found):
        notes[1 + number % 2].extend(_notes(city, one, number, chance))
    for day in sorted({one.day for one in found}):
        notes[1].extend(_walk_ins(city, day, chance))
    for gate, mine in zip(gates, notes.values(), strict=True):
        passages.receive(device=gate, batch=Batch(sent_at=city.now, notes=_in_order(mine)), now=city.now)
    return sum(map(len, notes.values()))


def _gate(city: DemoCity, museum: Museum, number: int) -> Device:
    return Device.objects.create(
        association_id=museum.association_id, venue_id=museum.unit_id, name=f"{number}号门手机", gate=f"{number}号门",
        made_by_id=city.accounts["MUSEUM_DESK"].pk, made_at=city.now, paired_at=city.now, seen_at=city.now,
        token_digest=crypto.keyed_digest(f"demo gate {number}"),
    )  # fmt: skip


def _notes(city: DemoCity, one: Reservation, number: int, chance: Random) -> Iterator[Note]:
    at = one.offer.starts_at + dt.timedelta(minutes=chance.randint(0, 140))
    if chance.random() < 0.12 or at >= city.now:
        return
    count = one.size if chance.random() < 0.9 else max(one.size - 1, 1)
    yield _note(f"in:{one.pk}", number, at, "IN", count, reservation=one)
    left = at + dt.timedelta(minutes=chance.randint(50, 150))
    if left < city.now:
        yield _note(f"out:{one.pk}", number, left, "OUT", count, reservation=one)


def _walk_ins(city: DemoCity, day: dt.date, chance: Random) -> Iterator[Note]:
    for number, hour in enumerate(_HOURS):
        at = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, chance.randint(0, 59))))
        if at < city.now:
            yield _note(f"walk:{day}:{hour}", 9_000 + number, at, "IN", chance.randint(1, 4), kind="WALK_IN")


def _note(
    name: str,
    number: int,
    at: dt.datetime,
    way: str,
    count: int,
    *,
    reservation: Reservation | None = None,
    kind: str = "TICKET",
) -> Note:
    return Note(
        id=uuid5(NAMESPACE_URL, f"demo:{name}"), sequence=number, at=at, direction=way, kind=kind, count=count,
        reservation_id=reservation.pk if reservation else None,
    )  # fmt: skip


def _in_order(notes: Sequence[Note]) -> list[Note]:
    return sorted(notes, key=lambda note: (note.at, note.sequence))


# --- what waits for the desk ----------------------------------------------------------------------------------


def _ahead(city: DemoCity, slots: Sequence[SlotFacts]) -> list[SlotFacts]:
    return [facts for facts in slots if facts.offer.closes_at > city.now and facts.day > city.today]


def _wait(city: DemoCity, people: _Public, slots: Sequence[SlotFacts]) -> int:
    """Put three families on the waiting list of a show that is full."""
    shows = Slot.objects.filter(museum=slots[0].museum_id, kind=Slot.Kind.SHOW, offer__day__gt=city.today)
    show = shows.filter(offer__state="OPEN").order_by("offer__starts_at", "pk").first()
    if show is None:
        return 0
    facts = slot_facts(show.pk, city.scope)
    left = facts.offer.pools.get(channel="").left
    booking.book_at_desk(
        slot=facts, channel=Channel.PRIORITY, size=left, key="demo:full", actor=city.accounts["MUSEUM_DESK"], now=city.now
    )  # fmt: skip
    for number in range(3):
        waiting.wait(
            association_id=facts.association_id, venue_id=facts.venue_id, key=f"demo:wish:{number}",
            offer_ids=[facts.offer.pk], channel=Channel.PUBLIC, holder_id=people.visitor(300 + number).pk,
            size=2 + number, details=b"", actor=None, now=city.now,
        )  # fmt: skip
    return 3


def _ask(city: DemoCity, people: _Public, slots: Sequence[SlotFacts]) -> int:
    """Let schools ask: one is approved, the others wait."""
    made: list[GroupRequest] = []
    for number, facts in enumerate(_ahead(city, slots)[: len(_SCHOOLS)]):
        asked = groups.Asked(
            slot=facts, visitor_id=people.visitor(400 + number).pk, key=f"demo:{number}",
            kind="KINDERGARTEN" if "幼儿园" in _SCHOOLS[number] else "SCHOOL", organisation=_SCHOOLS[number],
            leader_name=people.names[number], leader_phone=f"1400002{number:04}", leaders=3, size=28,
            purpose="科学课校外实践",
        )  # fmt: skip
        group = groups.request(asked=asked, actor=None, now=city.now, is_staff=True)
        made.append(groups.submit_roster(group=group, party=people.party(3, 25), actor=None, now=city.now))
    waiting_ones = [group for group in made if group.state == GroupRequest.State.REQUESTED]
    for group in waiting_ones[:1]:
        groups.approve(group=group, note="请从团队通道入馆", actor=city.accounts["MUSEUM_DESK"], now=city.now)
    return len(made)


def _draw(city: DemoCity, museum: Museum, people: _Public) -> int:
    """Give the next Saturday morning that is not released yet out by lot, and let families enter."""
    rows = Slot.objects.filter(museum=museum, kind=Slot.Kind.ENTRY, offer__state="OPEN")
    rows = rows.filter(offer__opens_at__gt=city.now, offer__day__week_day=_SATURDAY)
    slot = rows.select_related("offer").order_by("offer__starts_at").first()
    if slot is None:
        return 0
    slot.allotment = Allotment.DRAW
    slot.save(update_fields=["allotment"])
    draw = draws.lay_out(slot=slot, now=city.now)
    for number in range(_ENTRIES):
        size = people.chance.choice((2, 3, 3, 4))
        draws.enter(
            draw=draw, visitor_id=people.visitor(600 + number).pk, size=size, actor=None, now=city.now
        )
    return _ENTRIES


def _appeal(city: DemoCity, museum: Museum, people: _Public) -> int:
    """Keep two visitors from booking; one appeals."""
    for number, reason in enumerate(("爽约达到3次", "多次预约后转让他人")):
        visitor = people.visitor(500 + number)
        block = conduct.make_block(
            association_id=museum.association_id, venue_id=museum.unit_id, holder_id=visitor.pk,
            subject=booking.account_subjects(visitor.pk)[0], until=city.now + dt.timedelta(days=30),
            reason=reason, actor=city.accounts["MUSEUM_DESK"] if number else None, now=city.now,
        )  # fmt: skip
        if not number:
            words = "上周孩子突然发烧，两次没能来也忘了取消，以后一定提前取消，请予解除。"
            sealed = crypto.encrypt(words.encode(), context=block.pk.bytes)
            conduct.appeal(block_id=block.pk, text=sealed, actor=None, now=city.now)
    return 2


# --- days confirmed before ------------------------------------------------------------------------------------


def _history(city: DemoCity, museum: Museum) -> Iterator[Record]:
    """Yield what the desk confirmed of earlier days, in keeping with the visits recorded then."""
    chance = city.rng("daycounts")
    until = city.today - dt.timedelta(days=4)
    rows = DailyVisits.objects.filter(
        unit=museum.unit, state=State.CONFIRMED, occurred_on__lt=until,
        occurred_on__gte=until - dt.timedelta(days=HISTORY_DAYS), headcount__isnull=False,
    )  # fmt: skip
    days: dict[dt.date, dict[str, int]] = {}
    for row in rows.order_by("occurred_on", "slot", "method", "pk"):
        part = days.setdefault(row.occurred_on, {})
        part[row.slot] = part.get(row.slot, 0) + (row.headcount or 0)
    for day, parts in days.items():
        for number, record in enumerate(_day(museum, day, parts, chance)):
            record.source_key = f"{PREFIX}{museum.unit.code}:{day}:1:{number}"
            yield record


def _day(museum: Museum, day: dt.date, parts: dict[str, int], chance: Random) -> Iterator[Record]:
    own = {"unit": museum.unit, "area": museum.unit.area, "occurred_on": day}
    total = sum(parts.values())
    walk_ins, peak = round(total * chance.uniform(0.03, 0.08)), round(total * chance.uniform(0.4, 0.62))
    cap = museum.instant_cap or 0
    yield DayCount(
        **own, offered=4800 if day.weekday() >= 5 else 3200, tickets=total - walk_ins, walk_ins=walk_ins, left=total,
        peak=peak, peak_at=dt.time(10, 5 * chance.randint(2, 11)), cap=cap or None, is_over=bool(cap and peak > cap),
    )  # fmt: skip
    for part, starts, ends in (("MORNING", 9, 12), ("AFTERNOON", 13, 16)):
        people = round(parts.get(part, 0) * 0.9)
        if people:
            yield from _fates(own, dt.time(starts), dt.time(ends, 30), people, chance)
    yield from _hours(own, total, chance)


def _fates(
    own: dict[str, object], starts: dt.time, ends: dt.time, people: int, chance: Random
) -> Iterator[Record]:
    outcome = BookingDay.Outcome
    absent, cancelled = round(people * chance.uniform(0.05, 0.14)), round(people * chance.uniform(0.03, 0.1))
    for which, count in (
        (outcome.ARRIVED, people),
        (outcome.NO_SHOW, absent),
        (outcome.CANCELLED, cancelled),
    ):
        if count:
            yield BookingDay(
                **own, starts_at=starts, ends_at=ends, channel=Channel.PUBLIC, outcome=which, people=count,
                bookings=max(count // 3, 1),
            )  # fmt: skip


def _hours(own: dict[str, object], total: int, chance: Random) -> Iterator[Record]:
    weights = [weight * chance.uniform(0.85, 1.15) for weight in (26, 24, 12, 5, 17, 12, 4)]
    rest = total
    for hour, weight in zip(_HOURS, weights, strict=True):
        count = rest if hour == _HOURS[-1] else min(round(total * weight / sum(weights)), rest)
        rest -= count
        if count:
            yield HourEntries(**own, hour=hour, headcount=count, method=Method.GATE)
