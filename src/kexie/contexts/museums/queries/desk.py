"""What the desk sees of a day: slots and places, who is inside, who comes next, what is to be done. Constant reads."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from kexie.contexts.museums.models import (
    DayCount,
    Feedback,
    GroupRequest,
    HandCount,
    Museum,
    Shift,
    Slot,
    WorkOrder,
)
from kexie.contexts.museums.queries import opening
from kexie.contexts.museums.rules.opening import Opening
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import (
    Block,
    Channel,
    Device,
    Offer,
    Passage,
    Pool,
    Reservation,
    Tally,
)
from kexie.platform.capacity.operations import passages
from kexie.platform.capacity.operations.passages import COUNTED

State = Reservation.State
HOLDING = (State.CONFIRMED, State.USED, State.NO_SHOW)
# A device that has told nothing for so long is worth a look.
SILENT = dt.timedelta(minutes=15)
# How far back the desk is asked to confirm a day's count.
_UNCOUNTED_DAYS = 14
_FEW = 8
_SUMS = ("booked", "held", "arrived")


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The places of one channel of a slot."""

    channel: str
    label: str
    capacity: int
    taken: int


@dataclass(frozen=True, kw_only=True)
class SlotLine:
    """One slot of the day: its places, how many people are booked, held and in."""

    slot: Slot
    capacity: int
    taken: int
    booked: int
    held: int
    arrived: int
    quotas: Sequence[Quota] = ()

    @property
    def offer(self) -> Offer:
        """Its times and state."""
        return self.slot.offer

    @property
    def left(self) -> int:
        """How many places may still be given."""
        return max(self.capacity - self.taken, 0)

    @property
    def missing(self) -> int:
        """How many of the booked have not come yet."""
        return max(self.booked - self.arrived, 0)

    def is_on(self, now: dt.datetime) -> bool:
        """Whether it is this slot's time."""
        return self.offer.starts_at <= now < self.offer.ends_at

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its time is past."""
        return self.offer.ends_at <= now


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """How many are inside: by the gates since the last count by hand, if there was one."""

    inside: int
    entered: int
    left: int
    walk_ins: int
    cap: int | None
    counted: HandCount | None = None

    @property
    def percent(self) -> int:
        """The share of the cap that is inside, at most 100."""
        return min(round(100 * self.inside / self.cap), 100) if self.cap else 0

    @property
    def room(self) -> int | None:
        """How many more may be let in; None without a cap."""
        return max(self.cap - self.inside, 0) if self.cap is not None else None

    @property
    def tone(self) -> str:
        """How full it is: "", "warn" from 80 per cent on, "bad" when full."""
        if not self.cap:
            return ""
        return "bad" if self.inside >= self.cap else "warn" if self.inside * 5 >= self.cap * 4 else ""


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """How many things of each kind wait for somebody."""

    groups: int
    appeals: int
    doubles: int
    feedback: int
    uncounted: Sequence[dt.date] = ()

    @property
    def total(self) -> int:
        """All of them."""
        return self.groups + self.appeals + self.doubles + self.feedback + len(self.uncounted)


@dataclass(frozen=True, kw_only=True)
class Today:
    """Everything on the desk's first page."""

    day: dt.date
    now: dt.datetime
    opening: Opening
    entries: Sequence[SlotLine]
    shows: Sequence[SlotLine]
    occupancy: Occupancy
    groups: Sequence[GroupRequest]
    faults: Sequence[WorkOrder]
    shifts: Sequence[Shift]
    devices: Sequence[Device]
    to_do: ToDo
    is_paused: bool = False

    @property
    def current(self) -> SlotLine | None:
        """The entry slot people are let into now, else the next one."""
        open_ones = [line for line in self.entries if not line.is_over(self.now)]
        return open_ones[0] if open_ones else None

    @property
    def totals(self) -> dict[str, int]:
        """The sums of the entry slots."""
        names = ("capacity", "booked", "arrived", "left")
        return {name: sum(getattr(line, name) for line in self.entries) for name in names}

    @property
    def silent(self) -> list[Device]:
        """Devices in use that have told nothing for some time, or have notes waiting."""
        return [one for one in self.devices if one.pending or is_silent(one, self.now)]


def is_silent(device: Device, now: dt.datetime) -> bool:
    """Whether a paired device has not been heard of for some time."""
    return device.seen_at is None or now - device.seen_at > SILENT


def today(museum: Museum, scope: Scope, *, now: dt.datetime) -> Today:
    """Return the desk's first page for a museum; the number of statements does not grow with what is on."""
    day = timezone.localdate(now)
    lines = slot_lines(museum, day, scope)
    entries = [line for line in lines if line.slot.kind == Slot.Kind.ENTRY]
    ahead = [line for line in entries if not line.is_over(now)]
    return Today(
        day=day,
        now=now,
        opening=opening.calendar(museum, Period.until(day, since=day), scope).on(day),
        entries=entries,
        shows=[line for line in lines if line.slot.kind == Slot.Kind.SHOW],
        occupancy=occupancy(museum, day),
        groups=groups_on(museum, day, scope),
        faults=_faults(museum, scope),
        shifts=_shifts(museum, day, scope),
        devices=_devices(museum),
        to_do=to_do(museum, scope, now=now),
        is_paused=bool(ahead) and all(line.offer.state == Offer.State.CLOSED for line in ahead),
    )


def slot_lines(museum: Museum, day: dt.date, scope: Scope) -> list[SlotLine]:
    """Return the slots of a day in order, with places and people: three statements."""
    rows = Slot.objects.filter(scope.q("museum__unit"), museum=museum, offer__day=day)
    slots = list(rows.select_related("offer", "hall").order_by("offer__starts_at", "kind", "id"))
    ids = [slot.offer_id for slot in slots]
    pools: dict[UUID, list[Pool]] = {}
    for pool in Pool.objects.filter(offer__in=ids):
        pools.setdefault(pool.offer_id or pool.pk, []).append(pool)
    people = _people(ids)
    return [_line(slot, pools.get(slot.offer_id, []), people.get(slot.offer_id, {})) for slot in slots]


def _people(offers: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    rows = Reservation.objects.filter(offer__in=offers).order_by().values("offer_id")
    sums = rows.annotate(
        booked=Sum("size", filter=Q(state__in=HOLDING), default=0),
        held=Sum("size", filter=Q(state=State.HELD), default=0),
        arrived=Sum("admitted", filter=Q(state__in=HOLDING), default=0),
    )
    return {row["offer_id"]: {name: int(row[name]) for name in _SUMS} for row in sums}  # type: ignore[literal-required]  # names of the sums


def _line(slot: Slot, pools: Sequence[Pool], people: Mapping[str, int]) -> SlotLine:
    labels = dict(Channel.choices)
    total = next((pool for pool in pools if not pool.channel), None)
    quotas = [
        Quota(channel=one.channel, label=str(labels[one.channel]), capacity=one.capacity, taken=one.taken)
        for one in sorted(pools, key=lambda pool: Channel.values.index(pool.channel) if pool.channel else -1)
        if one.channel
    ]
    return SlotLine(
        slot=slot,
        capacity=total.capacity if total else 0,
        taken=total.taken if total else 0,
        booked=people.get("booked", 0),
        held=people.get("held", 0),
        arrived=people.get("arrived", 0),
        quotas=quotas,
    )


def occupancy(museum: Museum, day: dt.date) -> Occupancy:
    """Return how many are inside a museum; at most three statements."""
    tally = passages.tally_of(museum.association_id, museum.unit_id, day)
    counted = (
        HandCount.objects.filter(
            association=museum.association_id, unit=museum.unit_id, day=day, kind=HandCount.Kind.INSIDE
        )
        .order_by("-at")
        .first()
    )
    inside = max(counted.count + _since(museum, counted), 0) if counted else tally.inside
    return Occupancy(
        inside=inside,
        entered=tally.entered,
        left=tally.left,
        walk_ins=tally.walk_ins,
        cap=museum.instant_cap,
        counted=counted,
    )


def _since(museum: Museum, counted: HandCount) -> int:
    rows = Passage.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day=counted.day, at__gt=counted.at
    )
    sums = rows.filter(verdict__in=COUNTED).aggregate(
        came=Sum("count", filter=Q(direction="IN"), default=0),
        went=Sum("count", filter=Q(direction="OUT"), default=0),
    )
    return int(sums["came"] - sums["went"])


def groups_on(museum: Museum, day: dt.date, scope: Scope) -> list[GroupRequest]:
    """Return the groups that come on a day, the earliest first."""
    rows = GroupRequest.objects.filter(
        scope.q("slot__museum__unit"), slot__museum=museum, slot__offer__day=day
    )
    found = rows.filter(state=GroupRequest.State.APPROVED).select_related("slot__offer", "reservation")
    return list(found.order_by("slot__offer__starts_at", "made_at"))


def _faults(museum: Museum, scope: Scope) -> list[WorkOrder]:
    rows = WorkOrder.objects.filter(scope.q(), unit=museum.unit_id, state__in=WorkOrder.OPEN)
    return list(rows.select_related("exhibit__hall").order_by("-is_unsafe", "-reported_at")[:_FEW])


def _shifts(museum: Museum, day: dt.date, scope: Scope) -> list[Shift]:
    rows = Shift.objects.filter(scope.q(), unit=museum.unit_id, on=day, cancelled_at=None)
    return list(rows.order_by("starts_at", "post")[:_FEW])


def _devices(museum: Museum) -> list[Device]:
    rows = Device.objects.filter(
        association_id=museum.association_id,
        venue_id=museum.unit_id,
        revoked_at=None,
        paired_at__isnull=False,
    )
    return list(rows.order_by("name"))


def to_do(museum: Museum, scope: Scope, *, now: dt.datetime) -> ToDo:
    """Return what waits at a museum: groups, appeals, double entries, feedback, days without a confirmed count."""
    day = timezone.localdate(now)
    groups = GroupRequest.objects.filter(scope.q("slot__museum__unit"), slot__museum=museum)
    where = {"association_id": museum.association_id, "venue_id": museum.unit_id}
    feedback = Feedback.objects.filter(scope.q(), unit=museum.unit_id, state=Feedback.State.NEW)
    doubles = Passage.objects.filter(
        **where, day__gte=day - dt.timedelta(days=7), verdict=Passage.Verdict.DOUBLE, settled_at=None
    )
    return ToDo(
        groups=groups.filter(state=GroupRequest.State.REQUESTED, slot__offer__ends_at__gt=now).count(),
        appeals=Block.objects.filter(**where, appeal=Block.Appeal.OPEN).count(),
        doubles=doubles.count(),
        feedback=feedback.count(),
        uncounted=uncounted_days(museum, scope, now=now),
    )


def uncounted_days(museum: Museum, scope: Scope, *, now: dt.datetime) -> list[dt.date]:
    """Return the days with people at the gates whose count nobody has confirmed yet, the latest first."""
    day = timezone.localdate(now)
    since = day - dt.timedelta(days=_UNCOUNTED_DAYS)
    tallies = Tally.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day__gte=since, day__lt=day
    )
    done = DayCount.objects.filter(scope.q(), unit=museum.unit_id, occurred_on__gte=since)
    counted = set(done.exclude(state="REVERSED").values_list("occurred_on", flat=True))
    found = tallies.filter(entered__gt=0).order_by("-day").values_list("day", flat=True)
    return [one for one in found if one not in counted]
