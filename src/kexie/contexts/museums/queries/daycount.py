"""What a museum's day came to: who was let in by which way, set beside what hands and counters counted."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from kexie.contexts.museums.models import (
    DAY_PREFIX,
    BookingDay,
    DailyVisits,
    DayCount,
    HandCount,
    HourEntries,
    Museum,
    Slot,
)
from kexie.kernel.scope import Scope
from kexie.ledger.models import Method, Record, State
from kexie.platform.capacity.models import (
    Channel,
    Device,
    Offer,
    Passage,
    Pool,
    Reservation,
    Tally,
)
from kexie.platform.capacity.operations.passages import COUNTED, tally_of

PREFIX = DAY_PREFIX
NOON, EVENING = 12, 17
_IN, _OVERRIDE = Passage.Direction.IN, Passage.Verdict.OVERRIDE
_DUE = (Reservation.State.CONFIRMED, Reservation.State.USED, Reservation.State.NO_SHOW)
_FROM_THE_DESK = (Channel.WALK_IN, Channel.PRIORITY)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Visits of one part of the day, counted by one method."""

    slot: str
    method: str
    people: int

    @property
    def slot_label(self) -> str:
        """The part of the day in words."""
        return str(DailyVisits.Slot(self.slot).label)

    @property
    def method_label(self) -> str:
        """The method in words."""
        return str(Method(self.method).label)


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of the reservations of one slot and channel."""

    starts_at: dt.time
    ends_at: dt.time
    channel: str
    outcome: str
    bookings: int
    people: int

    @property
    def channel_label(self) -> str:
        """The channel in words."""
        return str(Channel(self.channel).label)

    @property
    def outcome_label(self) -> str:
        """The outcome in words."""
        return str(BookingDay.Outcome(self.outcome).label)


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The most people inside at once by the gates, and when."""

    people: int
    at: dt.time | None


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """A day's counts side by side. `by_hand` are visits records that somebody wrote without this page."""

    day: dt.date
    tally: Tally
    offered: int
    lines: Sequence[Line]
    hours: dict[int, int]
    peak: Peak
    fates: Sequence[Fate]
    counter: HandCount | None
    heads: Sequence[HandCount]
    by_hand: Sequence[DailyVisits]
    open_bookings: int
    doubles: int
    waiting: Sequence[Device]
    ends_at: dt.datetime | None
    done: DayCount | None

    @property
    def let_in(self) -> int:
        """Everybody whom tickets and walk-ins account for."""
        return sum(line.people for line in self.lines)

    @property
    def walk_ins(self) -> int:
        """People let in without a reservation."""
        return self.tally.walk_ins

    @property
    def tickets(self) -> int:
        """People let in on a reservation."""
        return max(self.let_in - self.walk_ins, 0)

    @property
    def inside(self) -> int:
        """Who, by the gates, never left."""
        return self.tally.inside

    @property
    def difference(self) -> int | None:
        """How many more the counter at the door says; None without a reading."""
        return self.counter.count - self.let_in if self.counter else None

    def is_over(self, now: dt.datetime) -> bool:
        """Whether nobody can be let in any more on that day."""
        return self.day < timezone.localdate(now) or bool(self.ends_at and self.ends_at <= now)


def reconcile(museum: Museum, day: dt.date, scope: Scope) -> Reconciliation:
    """Return a day's counts; the number of statements does not grow with the people."""
    entries = list(_entries(museum, day, scope))
    offers = {slot.offer_id: slot.offer for slot in entries}
    passages, reservations = _passages(museum, day), _reservations(offers)
    counts = list(HandCount.objects.filter(scope.q(), unit=museum.unit_id, day=day).order_by("-at"))
    where = {"association_id": museum.association_id, "venue_id": museum.unit_id}
    last = max((offer.ends_at for offer in offers.values()), default=None)
    return Reconciliation(
        day=day,
        tally=tally_of(museum.association_id, museum.unit_id, day),
        offered=sum(Pool.objects.filter(offer__in=offers, channel="").values_list("capacity", flat=True)),
        lines=_lines(passages, offers),
        hours=_hours(passages),
        peak=_peak(passages),
        fates=_fates(reservations, offers),
        counter=next((one for one in counts if one.kind == HandCount.Kind.COUNTER), None),
        heads=[one for one in counts if one.kind == HandCount.Kind.INSIDE],
        by_hand=list(visits_by_hand(museum, day, scope)),
        open_bookings=sum(one.state == Reservation.State.CONFIRMED for one in reservations),
        doubles=sum(one.verdict == Passage.Verdict.DOUBLE and not one.settled_at for one in passages),
        waiting=list(_waiting(where, last)),
        ends_at=last,
        done=done(museum, day, scope),
    )


def _entries(museum: Museum, day: dt.date, scope: Scope) -> QuerySet[Slot]:
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, offer__day=day, kind=Slot.Kind.ENTRY)
    return rows.select_related("offer")


def _passages(museum: Museum, day: dt.date) -> list[Passage]:
    rows = Passage.objects.filter(association_id=museum.association_id, venue_id=museum.unit_id, day=day)
    told = rows.exclude(verdict=Passage.Verdict.REFUSED).select_related("reservation")
    return list(told.defer("reservation__details").order_by("at", "sequence"))


def _reservations(offers: Iterable[UUID]) -> list[Reservation]:
    rows = Reservation.objects.filter(offer__in=list(offers))
    return list(rows.only("offer_id", "channel", "state", "size", "admitted", "end_reason"))


def _waiting(where: dict[str, UUID], last: dt.datetime | None) -> QuerySet[Device]:
    """Return the devices that may still have something to tell of the day."""
    rows = Device.objects.filter(**where, revoked_at=None, paired_at__isnull=False)
    late = Q(pending__gt=0) | Q(seen_at__lt=last) if last else Q(pending__gt=0)
    return rows.filter(late).order_by("name")


def done(museum: Museum, day: dt.date, scope: Scope) -> DayCount | None:
    """Return the day's count as it stands: a draft, or confirmed."""
    rows = DayCount.objects.filter(scope.q(), unit=museum.unit_id, occurred_on=day)
    return rows.exclude(state=State.REVERSED).select_related("recorded_by", "confirmed_by").first()


def visits_by_hand(museum: Museum, day: dt.date, scope: Scope) -> QuerySet[DailyVisits]:
    """Return the visits of a day that were written elsewhere (the record desk, an import, a form)."""
    rows = DailyVisits.objects.filter(scope.q(), unit=museum.unit_id, occurred_on=day)
    ours = Q(source_key__startswith=PREFIX)
    return rows.exclude(ours).exclude(state=State.REVERSED).order_by("slot", "method")


def records_of(museum: Museum, day: dt.date, scope: Scope) -> list[Record]:
    """Return everything that the day's count wrote and that was not reversed."""
    key = f"{PREFIX}{museum.unit.code}:{day}:"
    models: tuple[type[Record], ...] = (DayCount, DailyVisits, BookingDay, HourEntries)
    return [
        row
        for model in models
        for row in model._default_manager.filter(
            scope.q(), unit=museum.unit_id, occurred_on=day, source_key__startswith=key
        ).exclude(state=State.REVERSED)
    ]


def day_counts(museum: Museum, scope: Scope) -> QuerySet[DayCount]:
    """Return a museum's confirmed and drafted days, the latest first."""
    rows = DayCount.objects.filter(scope.q(), unit=museum.unit_id).exclude(state=State.REVERSED)
    return rows.select_related("confirmed_by").order_by("-occurred_on")


# --- who came by which way ------------------------------------------------------------------------------------


def part_of_day(hour: int) -> str:
    """Return the part of the day by which visits are recorded."""
    if hour < NOON:
        return DailyVisits.Slot.MORNING
    return DailyVisits.Slot.AFTERNOON if hour < EVENING else DailyVisits.Slot.EVENING


def _lines(passages: Sequence[Passage], offers: dict[UUID, Offer]) -> list[Line]:
    """Return the visits by part of the day and method; each person stands in one line, also who came in twice."""
    people: Counter[tuple[str, str]] = Counter()
    by_ticket: dict[UUID, list[Passage]] = defaultdict(list)
    for one in passages:
        if one.direction != _IN or one.verdict not in COUNTED:
            continue
        if one.reservation_id:
            by_ticket[one.reservation_id].append(one)
        else:
            people[part_of_day(timezone.localtime(one.at).hour), Method.GATE] += one.count
    for found in by_ticket.values():
        reservation = found[0].reservation
        offer = offers.get(reservation.offer_id) if reservation else None
        if reservation and offer:
            part = part_of_day(timezone.localtime(offer.starts_at).hour)
            people[part, _method(reservation, found[0])] += _came(reservation, found)
    order = {slot: n for n, slot in enumerate(DailyVisits.Slot.values)}
    keys = sorted(people, key=lambda key: (order[key[0]], Method.values.index(key[1])))
    return [Line(slot=slot, method=method, people=people[slot, method]) for slot, method in keys]


def _came(reservation: Reservation, found: Iterable[Passage]) -> int:
    """Return how many people came on a ticket: at most its size by the gates, and whom staff let in besides."""
    entered = extra = 0
    for one in found:
        if one.verdict == _OVERRIDE:
            extra += one.count
        else:
            entered += one.count
    return min(entered, reservation.size) + extra


def _method(reservation: Reservation, first: Passage) -> str:
    """Groups are counted by their roster; who was ticked off at the desk signed in; all others were scanned."""
    if reservation.channel == Channel.GROUP:
        return Method.ROSTER
    is_signed_in = first.device_id is None and reservation.channel not in _FROM_THE_DESK
    return Method.BOOKING if is_signed_in else Method.GATE


def _hours(passages: Iterable[Passage]) -> dict[int, int]:
    hours: Counter[int] = Counter()
    for one in passages:
        if one.direction == _IN and one.verdict in COUNTED:
            hours[timezone.localtime(one.at).hour] += one.count
    return dict(sorted(hours.items()))


def _peak(passages: Iterable[Passage]) -> Peak:
    inside, most, at = 0, 0, None
    for one in passages:
        if one.verdict not in COUNTED:
            continue
        inside = max(inside + (one.count if one.direction == _IN else -one.count), 0)
        if inside > most:
            most, at = inside, timezone.localtime(one.at).time().replace(second=0, microsecond=0)
    return Peak(people=most, at=at)


def _fates(reservations: Iterable[Reservation], offers: dict[UUID, Offer]) -> list[Fate]:
    """Return what became of the reservations; of a party of which some came, the others are people who did not."""
    bookings: Counter[tuple[dt.time, str, str]] = Counter()
    people: Counter[tuple[dt.time, str, str]] = Counter()
    ends: dict[dt.time, dt.time] = {}
    for one in reservations:
        offer, outcomes = offers[one.offer_id], _outcomes(one)
        starts = timezone.localtime(offer.starts_at).time()
        ends[starts] = max(timezone.localtime(offer.ends_at).time(), ends.get(starts, dt.time.min))
        for outcome, count in outcomes:
            people[starts, one.channel, outcome] += count
        if outcomes:
            bookings[starts, one.channel, outcomes[0][0]] += 1
    return [
        Fate(
            starts_at=key[0], ends_at=ends[key[0]], channel=key[1], outcome=key[2], bookings=bookings[key],
            people=people[key],
        )
        for key in sorted(people)
    ]  # fmt: skip


def _outcomes(one: Reservation) -> list[tuple[str, int]]:
    outcome = BookingDay.Outcome
    if one.state == Reservation.State.CANCELLED:
        return [] if one.end_reason in {"MOVED", "WITHDRAWN"} else [(outcome.CANCELLED, one.size)]
    if one.state not in _DUE:
        return []
    if one.state == Reservation.State.USED and not one.admitted:
        return [(outcome.ARRIVED, one.size)]  # no gate judged the day, and the desk let it pass
    absent = one.size - one.admitted
    found = [(outcome.ARRIVED, one.admitted), (outcome.NO_SHOW, absent)]
    return [(which, count) for which, count in found if count]
