"""Offers and their places: made ahead, changed, closed, cancelled.

Counters are only changed under their row's lock, taken in id order, as the engine takes them too: whoever changes
several offers at once and whoever books in them wait for each other, and never in a circle.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.kernel.ids import uuid7
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity import memory
from kexie.platform.capacity.locks import concerned, lock_counters
from kexie.platform.capacity.models import Offer, Pool
from kexie.platform.capacity.operations import waiting
from kexie.platform.capacity.states import OFFER

TOTAL = ""
_EXCLUSION = "offer_resource_once"


class Mode(StrEnum):
    """What to do when fewer places are wanted than are taken: refuse, or let the capacity sink as places come back."""

    REFUSE = "refuse"
    SINK = "sink"


class BelowTaken(UserError):
    """Fewer places are wanted than are taken; `taken` says how many that are."""

    def __init__(self, taken: int) -> None:
        self.taken = taken
        super().__init__(
            fields={
                "capacity": _(
                    "已有 %(taken)d 个名额被占用，不能少于这个数；可以改选“保留已预约的，只减不补”。"
                )
                % {"taken": taken}
            }
        )


class ResourceTaken(UserError):
    """The hall is taken at that time; `other` is the offer that has it, if it could still be found."""

    def __init__(self, other: Offer | None) -> None:
        self.other = other
        super().__init__(_("这个场地在同一时间已有安排，请换时间或场地。"))


class StillReserved(UserError):
    """An offer with reservations cannot be cancelled; they are cancelled or moved first."""


class NotAllowed(UserError):
    """The offer is not in a state from which this can be done."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An offer to be made. `places` are its pools by channel ("" is the total); `shared` are pools of several offers.

    Shared pools that are not there yet are made with the number given.
    """

    venue_id: UUID
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    last_entry_at: dt.datetime
    opens_at: dt.datetime
    closes_at: dt.datetime
    places: Mapping[str, int]
    label: str = ""
    resource_id: UUID | None = None
    wish_minutes: int = 30
    shared: Mapping[UUID, int] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What was done to a pool: what had been wanted, what is wanted now, and how many places are taken."""

    pool_id: UUID
    before: int
    wanted: int
    taken: int


@transaction.atomic
def create_offers(
    *, association_id: UUID, wanted: Sequence[Wanted], actor: Actor | None, now: dt.datetime
) -> list[Offer]:
    """Make offers with their pools. Raises ResourceTaken where a hall would be used twice at a time."""
    if not wanted:
        return []
    offers = [_offer(association_id, one) for one in wanted]
    try:
        with transaction.atomic():
            Offer.objects.bulk_create(offers, batch_size=500)
    except IntegrityError as error:
        if _EXCLUSION not in str(error):
            raise
        raise ResourceTaken(_clash(association_id, offers)) from None
    _create_pools(association_id, wanted)
    days = [one.day for one in wanted]
    detail = {"offers": len(offers), "venue": wanted[0].venue_id, "since": min(days), "until": max(days)}
    _audit(association_id, actor, "create", detail, now, offers=offers)
    return offers


def change_capacity(
    *, pool: Pool, wanted: int, mode: str = Mode.REFUSE, actor: Actor | None, now: dt.datetime
) -> Change:
    """Change how many places a pool has. Raises BelowTaken in mode "refuse"; see change_capacities."""
    changed = change_capacities(
        association_id=pool.association_id, wanted={pool.pk: wanted}, mode=mode, actor=actor, now=now
    )
    pool.refresh_from_db()
    return changed[0]


@transaction.atomic
def change_capacities(
    *,
    association_id: UUID,
    wanted: Mapping[UUID, int],
    mode: str = Mode.REFUSE,
    actor: Actor | None,
    now: dt.datetime,
) -> list[Change]:
    """Change how many places pools have, all or none.

    Below what is taken, "refuse" raises BelowTaken; "sink" leaves the capacity at what is taken, and it sinks with
    each place given back. Places that are more go to who waits.
    """
    offers = _with_counters(association_id, wanted, now)
    lock_counters(pools=wanted, offers=concerned(offers, now=now))
    pools = _locked(association_id, Q(pk__in=wanted))
    changes = []
    for pool in pools:
        number = wanted[pool.pk]
        if mode == Mode.REFUSE and number < pool.taken:
            raise BelowTaken(pool.taken)
        changes.append(Change(pool_id=pool.pk, before=pool.wanted, wanted=number, taken=pool.taken))
        pool.wanted, pool.capacity = number, max(number, pool.taken)
    Pool.objects.bulk_update(pools, ["wanted", "capacity"], batch_size=500)
    transaction.on_commit(memory.forget)
    detail = {
        "mode": str(mode),
        "pools": {str(one.pool_id): [one.before, one.wanted, one.taken] for one in changes},
    }
    _audit(association_id, actor, "change_capacity", detail, now)
    waiting.offer_places(offer_ids=offers, now=now)
    return changes


def _with_counters(association_id: UUID, pools: Collection[UUID], now: dt.datetime) -> set[UUID]:
    """Return the offers that count in one of these pools, as their own or shared."""
    own = Pool.objects.filter(association_id=association_id, pk__in=pools, offer__isnull=False)
    sharing = Offer.objects.filter(
        association_id=association_id,
        day__gte=timezone.localdate(now) - dt.timedelta(days=1),
        shared__overlap=list(pools),
    )
    return {*own.values_list("offer_id", flat=True), *sharing.values_list("pk", flat=True)}


@transaction.atomic
def set_quotas(
    *,
    association_id: UUID,
    quotas: Mapping[UUID, Mapping[str, int]],
    mode: str = Mode.REFUSE,
    actor: Actor | None,
    now: dt.datetime,
) -> list[Change]:
    """Set offers' places by channel ("" is the total); a quota that an offer did not have is added.

    Reservations already made by a new quota's channel are counted in it. Raises BelowTaken in mode "refuse".
    """
    lock_counters(offers=concerned(quotas, now=now))
    pools = {(pool.offer_id, pool.channel): pool for pool in _locked(association_id, Q(offer__in=quotas))}
    asked = {(offer_id, channel): number for offer_id, by in quotas.items() for channel, number in by.items()}
    for key in asked.keys() - pools.keys():
        pools[key] = _add_quota(pools[key[0], TOTAL], key[1])
    wanted = {pools[key].pk: number for key, number in asked.items()}
    return change_capacities(association_id=association_id, wanted=wanted, mode=mode, actor=actor, now=now)


@transaction.atomic
def close_offers(
    *, association_id: UUID, offers: Collection[UUID], actor: Actor | None, now: dt.datetime
) -> int:
    """Take no more reservations in these offers; those made stay. Return how many were open."""
    return _turn(association_id, offers, Offer.State.CLOSED, actor, now)


@transaction.atomic
def open_offers(
    *, association_id: UUID, offers: Collection[UUID], actor: Actor | None, now: dt.datetime
) -> int:
    """Take reservations again in closed offers, of who waits first. Return how many were closed."""
    lock_counters(offers=concerned(offers, now=now))
    opened = _turn(association_id, offers, Offer.State.OPEN, actor, now)
    waiting.offer_places(offer_ids=offers, now=now)
    return opened


@transaction.atomic
def cancel_offers(
    *, association_id: UUID, offers: Collection[UUID], actor: Actor | None, now: dt.datetime
) -> int:
    """Cancel offers for good, and with them the wishes for nothing else. Raises StillReserved while any of their places is taken."""
    pools = _locked(association_id, Q(offer__in=offers))
    if taken := sum(pool.taken for pool in pools if pool.channel == TOTAL):
        message = _("还有 %(taken)d 个名额被占用，请先取消或改签这些预约。")
        raise StillReserved(message % {"taken": taken})
    cancelled = _turn(association_id, offers, Offer.State.CANCELLED, actor, now)
    waiting.give_up(association_id=association_id, offer_ids=offers, now=now)
    return cancelled


@transaction.atomic
def retime_offers(
    *, association_id: UUID, offers: Sequence[Offer], actor: Actor | None, now: dt.datetime
) -> None:
    """Save the changed times and labels of offers of the same day. Raises ResourceTaken."""
    names = (
        "label",
        "resource_id",
        "wish_minutes",
        "starts_at",
        "ends_at",
        "last_entry_at",
        "opens_at",
        "closes_at",
    )
    _locked(association_id, Q(offer__in=[offer.pk for offer in offers]))
    try:
        with transaction.atomic():
            Offer.objects.bulk_update(offers, names, batch_size=500)
    except IntegrityError as error:
        if _EXCLUSION not in str(error):
            raise
        raise ResourceTaken(_clash(association_id, offers)) from None
    _audit(association_id, actor, "retime", {"offers": len(offers)}, now, offers=offers)


def share(*, association_id: UUID, offers: Collection[UUID], pool: UUID, capacity: int) -> None:
    """Count offers without reservations in a shared pool too, making it if it is not there."""
    _create_shared(association_id, {pool: capacity})
    unused = Pool.objects.filter(association_id=association_id, channel=TOTAL, taken=0, offer__in=offers)
    Offer.objects.filter(pk__in=unused.values("offer")).update(shared=[pool])


def _offer(association_id: UUID, one: Wanted) -> Offer:
    return Offer(
        id=one.id,
        association_id=association_id,
        venue_id=one.venue_id,
        resource_id=one.resource_id,
        label=one.label,
        day=one.day,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        last_entry_at=one.last_entry_at,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        wish_minutes=one.wish_minutes,
        shared=list(one.shared),
    )


def _create_pools(association_id: UUID, wanted: Iterable[Wanted]) -> None:
    wanted = list(wanted)
    Pool.objects.bulk_create(
        (
            Pool(
                association_id=association_id,
                offer_id=one.id,
                channel=channel,
                capacity=number,
                wanted=number,
            )
            for one in wanted
            for channel, number in one.places.items()
        ),
        batch_size=1000,
    )
    _create_shared(association_id, {key: number for one in wanted for key, number in one.shared.items()})


def _create_shared(association_id: UUID, shared: Mapping[UUID, int]) -> None:
    rows = [
        Pool(id=key, association_id=association_id, capacity=number, wanted=number)
        for key, number in shared.items()
    ]
    Pool.objects.bulk_create(rows, ignore_conflicts=True)


def _locked(association_id: UUID, which: Q) -> list[Pool]:
    rows = Pool.objects.select_for_update(of=("self",)).filter(which, association_id=association_id)
    return list(rows.order_by("id"))


def _turn(
    association_id: UUID,
    offers: Collection[UUID],
    state: Offer.State,
    actor: Actor | None,
    now: dt.datetime,
) -> int:
    """Move offers to a state where that is allowed, with their pools; return how many moved."""
    _locked(association_id, Q(offer__in=offers))
    before = [known for known, after in OFFER.items() if state in after and known]
    rows = Offer.objects.filter(association_id=association_id, pk__in=offers, state__in=before)
    moved = list(rows)
    if moved:
        ids = [offer.pk for offer in moved]
        Offer.objects.filter(pk__in=ids).update(state=state)
        Pool.objects.filter(offer__in=ids).update(is_open=state == Offer.State.OPEN)
        _audit(association_id, actor, str(state).lower(), {"offers": len(moved)}, now, offers=moved)
    return len(moved)


# Reservations made by a channel before it had a quota take the quota's places too, as many as in the total.
_COUNT_IN = """
UPDATE capacity_reservation SET pools = pools || %(quota)s, amounts = amounts || amounts[array_position(pools, %(total)s)]
WHERE offer_id = %(offer)s AND channel = %(channel)s AND state = ANY(%(states)s) AND array_position(pools, %(total)s) > 0
RETURNING amounts[array_position(pools, %(total)s)]
"""
_TAKING = ["HELD", "CONFIRMED", "USED", "NO_SHOW"]


def _add_quota(total: Pool, channel: str) -> Pool:
    """Add a quota to an offer whose pools are locked, holding what its channel has taken."""
    made = Pool(
        association_id=total.association_id, offer_id=total.offer_id, channel=channel, is_open=total.is_open
    )
    values = {
        "quota": made.pk,
        "total": total.pk,
        "offer": total.offer_id,
        "channel": channel,
        "states": _TAKING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_IN, values)
        made.taken = sum(amount for (amount,) in cursor.fetchall())
    made.capacity = made.wanted = made.taken
    made.save(force_insert=True)
    return made


def _clash(association_id: UUID, offers: Iterable[Offer]) -> Offer | None:
    """Return an offer that has a hall at the time of one of these, or one of these that another of them meets."""
    wanted = list(offers)
    by_resource: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in wanted:
        if offer.resource_id:
            by_resource[offer.resource_id].append(offer)
    for resource, group in by_resource.items():
        for offer in group:
            rows = Offer.objects.filter(association_id=association_id, resource_id=resource)
            rows = rows.filter(starts_at__lt=offer.ends_at, ends_at__gt=offer.starts_at)
            rows = rows.exclude(state=Offer.State.CANCELLED).exclude(pk__in=[one.pk for one in wanted])
            if found := rows.first():
                return found
        ordered = sorted(group, key=lambda one: one.starts_at)
        for one, other in itertools.pairwise(ordered):
            if one.ends_at > other.starts_at:
                return one
    return None


def _audit(
    association_id: UUID,
    actor: Actor | None,
    verb: str,
    detail: Mapping[str, object],
    now: dt.datetime,
    *,
    offers: Sequence[Offer] = (),
) -> None:
    audit.append(
        association_id=association_id,
        actor=actor,
        action=f"capacity.{verb}",
        subject=offers[0] if len(offers) == 1 else None,
        detail=detail,
        now=now,
    )
