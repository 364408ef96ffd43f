"""What proposed booking rules would have refused of what was booked: counts by reason, nobody named."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from kexie.contexts.museums.models import BookingRules, Museum, Slot
from kexie.contexts.museums.rules import planning
from kexie.platform.capacity.models import Channel, Offer, Reservation

State = Reservation.State
_STANDS = {State.CONFIRMED, State.USED, State.NO_SHOW, State.HELD}


class Why(StrEnum):
    """Why proposed rules would have refused what was done."""

    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"
    PARTY = "PARTY"
    ORDERS = "ORDERS"
    PEOPLE = "PEOPLE"
    BLOCKED = "BLOCKED"
    GROUP_SIZE = "GROUP_SIZE"
    GROUP_DAY = "GROUP_DAY"
    GROUP_TIME = "GROUP_TIME"
    CANCEL = "CANCEL"


@dataclass
class DryRun:
    """How many bookings (and cancellations) there were, and how many would have been refused; one may have several reasons."""

    bookings: int = 0
    people: int = 0
    refused: int = 0
    refused_people: int = 0
    cancellations: int = 0
    reasons: Counter[Why] = field(default_factory=Counter)


@dataclass
class _Past:
    """What proposed rules would have known at each moment."""

    orders: Counter[tuple[UUID, dt.date]] = field(default_factory=Counter)
    people: Counter[tuple[UUID, dt.date]] = field(default_factory=Counter)
    groups: Counter[dt.date] = field(default_factory=Counter)
    missed: dict[UUID, list[dt.date]] = field(default_factory=lambda: defaultdict(list))


def dry_run(museum: Museum, rules: BookingRules, *, days: int, now: dt.datetime) -> DryRun:
    """Apply rules to what was booked for the museum's entry slots in the past days, in the order it was booked."""
    found, past = DryRun(), _Past()
    rows = list(_booked(museum, now - dt.timedelta(days=days), now))
    for one in rows:
        if one.state == State.NO_SHOW and one.holder_id:
            past.missed[one.holder_id].append(one.day)
    for one in rows:
        _try(one, rules, past, found)
    return found


def _booked(museum: Museum, since: dt.datetime, until: dt.datetime) -> Iterator[Reservation]:
    entries = Slot.objects.filter(museum=museum, kind=Slot.Kind.ENTRY)
    rows = Reservation.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, made_at__gte=since, made_at__lt=until
    )
    rows = rows.filter(channel__in=(Channel.PUBLIC, Channel.GROUP), offer__in=entries.values("offer"))
    return rows.defer("details").select_related("offer").order_by("made_at", "id").iterator()


def _try(one: Reservation, rules: BookingRules, past: _Past, found: DryRun) -> None:
    why = set(_group(one, rules, past) if one.channel == Channel.GROUP else _public(one, rules, past))
    found.bookings += 1
    found.people += one.size
    if why:
        found.refused += 1
        found.refused_people += one.size
    elif one.state in _STANDS:
        _note(one, past)
    if one.state == State.CANCELLED and one.end_reason == "VISITOR":
        found.cancellations += 1
        if _cancelled_late(one, rules):
            why.add(Why.CANCEL)
    found.reasons.update(why)


def _note(one: Reservation, past: _Past) -> None:
    if one.channel == Channel.GROUP:
        past.groups[one.day] += one.size
    elif one.holder_id:
        past.orders[one.holder_id, one.day] += 1
        past.people[one.holder_id, one.day] += one.size


def _public(one: Reservation, rules: BookingRules, past: _Past) -> Iterator[Why]:
    yield from _times(one, rules)
    if one.size > rules.max_party:
        yield Why.PARTY
    if one.holder_id is None:
        return
    key = (one.holder_id, one.day)
    if rules.max_orders_a_day is not None and past.orders[key] >= rules.max_orders_a_day:
        yield Why.ORDERS
    if rules.max_people_a_day is not None and past.people[key] + one.size > rules.max_people_a_day:
        yield Why.PEOPLE
    if _is_blocked(one, rules, past.missed[one.holder_id]):
        yield Why.BLOCKED


def _times(one: Reservation, rules: BookingRules) -> Iterator[Why]:
    offer: Offer = one.offer
    closes = offer.last_entry_at - dt.timedelta(minutes=rules.closes_minutes)
    times = planning.bookable(offer.starts_at, offer.ends_at, offer.last_entry_at, closes, rules=rules)
    if one.made_at < times.opens_at:
        yield Why.TOO_EARLY
    if one.made_at > times.closes_at:
        yield Why.TOO_LATE


def _is_blocked(one: Reservation, rules: BookingRules, missed: list[dt.date]) -> bool:
    """Whether enough days were missed before, the last of them within the time of the block."""
    made_on = timezone.localdate(one.made_at)
    if not rules.no_shows:
        return False
    before = sorted(day for day in missed if day < made_on)
    for last in before:
        if (made_on - last).days > rules.block_days:
            continue
        since = last - dt.timedelta(days=rules.no_show_days) if rules.no_show_days else dt.date.min
        if sum(since < day <= last for day in before) >= rules.no_shows:
            return True
    return False


def _group(one: Reservation, rules: BookingRules, past: _Past) -> Iterator[Why]:
    if not rules.group_min <= one.size <= rules.group_max:
        yield Why.GROUP_SIZE
    if rules.group_a_day is not None and past.groups[one.day] + one.size > rules.group_a_day:
        yield Why.GROUP_DAY
    ahead = (one.day - timezone.localdate(one.made_at)).days
    if not rules.group_days_ahead <= ahead <= rules.group_horizon_days:
        yield Why.GROUP_TIME


def _cancelled_late(one: Reservation, rules: BookingRules) -> bool:
    last = one.offer.starts_at - dt.timedelta(minutes=rules.cancel_minutes or 0)
    return bool(one.ended_at and one.ended_at > last)
