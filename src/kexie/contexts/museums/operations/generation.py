"""Slots made ahead of time from a museum's arrangements; doing it again changes nothing.

What is made or brought into line here are slots that nobody has booked and that staff have not changed by hand.
Whatever affects somebody is a change of its own (`operations.slot_changes`), which staff look at first.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, ShowTime, Slot, SlotPattern
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.rules import planning
from kexie.contexts.museums.rules.planning import Times
from kexie.foundation.access.models import Account
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Offer, Pool
from kexie.platform.capacity.operations import offers
from kexie.platform.capacity.operations.offers import Mode, Wanted

# A source of slots and a day: what makes a slot once.
Key = tuple[UUID, dt.date]
_MOST_DAYS = 120


@dataclass(frozen=True)
class Generated:
    """How many slots were made, closed or opened with their day; shows left out because their hall is taken."""

    made: int = 0
    closed: int = 0
    opened: int = 0
    left_out: tuple[tuple[ShowTime, dt.date], ...] = ()


@dataclass
class _Plan:
    """One museum's days ahead: everything that is read before slots are made."""

    museum: Museum
    since: dt.date
    until: dt.date
    now: dt.datetime
    wanted: list[tuple[Slot, Wanted]] = field(default_factory=list)
    left_out: list[tuple[ShowTime, dt.date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what decides."""
        self.scope = Scope(association_id=self.museum.association_id)
        period = Period.until(self.until, since=self.since)
        self.calendar = queries.calendar(self.museum, period, self.scope)
        self.rules = queries.rules_by_day(self.museum, self.since, self.scope)
        self.patterns = list(queries.patterns(self.museum, self.scope, since=self.since))
        self.shows = list(queries.regular_shows(self.museum, self.scope, since=self.since))
        self.slots = list(_slots(self.museum, self.since, self.until))
        self.known: set[Key] = {(source, slot.offer.day) for slot in self.slots if (source := _source(slot))}

    @property
    def days(self) -> Iterator[dt.date]:
        """Every day of the plan."""
        return (self.since + dt.timedelta(days=n) for n in range((self.until - self.since).days + 1))

    @cached_property
    def open_days(self) -> set[dt.date]:
        """The days on which the museum is open."""
        return {day for day in self.days if self.calendar.on(day).is_open}

    @cached_property
    def busy(self) -> dict[UUID, list[tuple[dt.datetime, dt.datetime]]]:
        """When each hall is taken."""
        found: dict[UUID, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
        halls = [time.hall_id for time in self.shows]
        rows = Offer.objects.filter(association_id=self.museum.association_id, resource_id__in=halls)
        rows = rows.filter(day__gte=self.since, day__lte=self.until).exclude(state=Offer.State.CANCELLED)
        for hall, start, end in rows.values_list("resource_id", "starts_at", "ends_at"):
            if hall:
                found[hall].append((start, end))
        return found


@transaction.atomic
def generate(*, museum: Museum, until: dt.date, actor: Account | None, now: dt.datetime) -> Generated:
    """Make a museum's slots from today until a day, and bring unbooked ones into line with its calendar."""
    Museum.objects.select_for_update(of=("self",)).get(pk=museum.pk)
    since = timezone.localdate(now)
    plan = _Plan(museum, since, min(until, since + dt.timedelta(days=_MOST_DAYS)), now)
    for day in sorted(plan.open_days):
        _plan_entries(plan, day)
        _plan_shows(plan, day)
    _write(plan, actor)
    closed, opened = _follow_calendar(plan, actor)
    _follow_cap(plan, actor)
    return Generated(made=len(plan.wanted), closed=closed, opened=opened, left_out=tuple(plan.left_out))


def horizon(museum: Museum, now: dt.datetime) -> dt.date:
    """Return the last day for which slots are made: as far ahead as groups and everybody else may book."""
    today = timezone.localdate(now)
    rules = queries.rules_by_day(museum, today, Scope(association_id=museum.association_id))
    latest = rules.on(dt.date.max)
    ahead = max(one.horizon_days + one.group_horizon_days for one in (rules.on(today), latest))
    return today + dt.timedelta(days=min(ahead, _MOST_DAYS))


def refresh(*, museum: Museum, actor: Account | None, now: dt.datetime) -> Generated:
    """Make a museum's slots as far ahead as may be booked; after every change of its arrangements."""
    return generate(museum=museum, until=horizon(museum, now), actor=actor, now=now)


def _source(slot: Slot) -> UUID | None:
    return slot.pattern_id or slot.show_time_id


def _slots(museum: Museum, since: dt.date, until: dt.date) -> Iterator[Slot]:
    rows = Slot.objects.filter(association=museum.association_id, museum=museum)
    rows = rows.filter(offer__day__gte=since, offer__day__lte=until)
    return rows.select_related("offer", "pattern", "show_time").iterator()


def _plan_entries(plan: _Plan, day: dt.date) -> None:
    for pattern in plan.patterns:
        times = planning.pattern_times(pattern, day, plan.rules.on(day))
        if (pattern.pk, day) in plan.known or not planning.applies(pattern, day) or times.ends_at <= plan.now:
            continue
        slot = Slot(kind=Slot.Kind.ENTRY, pattern=pattern, title=pattern.name)
        plan.wanted.append((slot, _entry(plan, pattern, day, times)))


def _entry(plan: _Plan, pattern: SlotPattern, day: dt.date, times: Times) -> Wanted:
    museum = plan.museum
    cap = museum.daily_cap
    return Wanted(
        venue_id=museum.unit_id,
        label=pattern.name,
        day=day,
        places=planning.places(pattern),
        wish_minutes=plan.rules.on(day).offer_minutes,
        shared={planning.day_pool(museum.unit_id, day): cap} if cap else {},
        **asdict(times),
    )


def _plan_shows(plan: _Plan, day: dt.date) -> None:
    for time in plan.shows:
        if (time.pk, day) in plan.known or not planning.is_on(time, day):
            continue
        times = planning.show_times(day, time.starts_at, time.minutes, plan.rules.on(day))
        if times.ends_at <= plan.now:
            continue
        if _is_taken(plan, time.hall_id, times):
            plan.left_out.append((time, day))
            continue
        plan.busy[time.hall_id].append((times.starts_at, times.ends_at))
        title = time.series.name
        slot = Slot(
            kind=Slot.Kind.SHOW, show_time=time, series_id=time.series_id, hall_id=time.hall_id, title=title
        )
        plan.wanted.append((slot, _show(plan, time, day, times)))


def _show(plan: _Plan, time: ShowTime, day: dt.date, times: Times) -> Wanted:
    return Wanted(
        venue_id=plan.museum.unit_id,
        resource_id=time.hall_id,
        label=time.series.name[:100],
        day=day,
        places={"": planning.seats(time)},
        wish_minutes=plan.rules.on(day).offer_minutes,
        **asdict(times),
    )


def _is_taken(plan: _Plan, hall: UUID, times: Times) -> bool:
    return any(start < times.ends_at and times.starts_at < end for start, end in plan.busy[hall])


def _write(plan: _Plan, actor: Account | None) -> None:
    museum = plan.museum
    made = offers.create_offers(
        association_id=museum.association_id,
        wanted=[wanted for _slot, wanted in plan.wanted],
        actor=actor,
        now=plan.now,
    )
    for (slot, _wanted), offer in zip(plan.wanted, made, strict=True):
        slot.association_id, slot.museum, slot.offer = museum.association_id, museum, offer
    Slot.objects.bulk_create([slot for slot, _wanted in plan.wanted], batch_size=500)


def _follow_calendar(plan: _Plan, actor: Account | None) -> tuple[int, int]:
    """Close unbooked slots of days that are closed or off their arrangement; open them again when they are due."""
    state = Offer.State
    close = [one for one in plan.slots if one.offer.state == state.OPEN and _why_not(plan, one)]
    back = [
        one
        for one in plan.slots
        if one.by_calendar and one.offer.state == state.CLOSED and not _why_not(plan, one)
    ]
    booked = _booked(close)
    free = [slot for slot in close if slot.offer_id not in booked]
    for slot in free:
        slot.by_calendar, slot.reason = True, _why_not(plan, slot)[:200]
    for slot in back:
        slot.by_calendar, slot.reason = False, ""
    Slot.objects.bulk_update([*free, *back], ["by_calendar", "reason"], batch_size=500)
    closed = _turn(plan, offers.close_offers, free, actor)
    opened = _turn(plan, offers.open_offers, back, actor)
    return closed, opened


def _why_not(plan: _Plan, slot: Slot) -> str:
    """Why a slot is not to be there, "" if it is."""
    opening = plan.calendar.on(slot.offer.day)
    if not opening.is_open:
        return opening.why
    day = slot.offer.day
    has_pattern = slot.pattern is None or planning.applies(slot.pattern, day)
    has_time = slot.show_time is None or planning.is_on(slot.show_time, day)
    return "" if has_pattern and has_time else _("时段安排已改")


def _turn(plan: _Plan, turn: Callable[..., int], slots: Sequence[Slot], actor: Account | None) -> int:
    if not slots:
        return 0
    ids = [slot.offer_id for slot in slots]
    return turn(association_id=plan.museum.association_id, offers=ids, actor=actor, now=plan.now)


def _booked(slots: Sequence[Slot]) -> set[UUID]:
    if not slots:
        return set()
    pools = Pool.objects.filter(channel=offers.TOTAL, taken__gt=0)
    rows = pools.filter(offer__in=[slot.offer_id for slot in slots])
    return {pool.offer.pk for pool in rows.select_related("offer") if pool.offer}


def _follow_cap(plan: _Plan, actor: Account | None) -> None:
    """Give the coming days the museum's present cap; days on which more are booked sink to it."""
    museum = plan.museum
    if not museum.daily_cap:
        return
    pools = {planning.day_pool(museum.unit_id, day): day for day in plan.days}
    rows = Pool.objects.filter(pk__in=pools).exclude(wanted=museum.daily_cap)
    if changed := dict.fromkeys(rows.values_list("pk", flat=True), museum.daily_cap):
        offers.change_capacities(
            association_id=museum.association_id, wanted=changed, mode=Mode.SINK, actor=actor, now=plan.now
        )
    alone: dict[dt.date, list[UUID]] = defaultdict(list)
    for slot in plan.slots:
        if slot.kind == Slot.Kind.ENTRY and not slot.offer.shared:
            alone[slot.offer.day].append(slot.offer_id)
    for day, ids in alone.items():
        pool = planning.day_pool(museum.unit_id, day)
        offers.share(association_id=museum.association_id, offers=ids, pool=pool, capacity=museum.daily_cap)
