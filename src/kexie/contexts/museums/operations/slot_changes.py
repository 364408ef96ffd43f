"""Changing many slots at once: looked at first (`preview`), then done in one transaction, or in the background.

Slots are closed before anybody in them is cancelled or moved, so that a freed place is not offered to who waits.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest, Museum, Slot, SlotChange
from kexie.contexts.museums.operations import booking, draws, groups
from kexie.contexts.museums.queries import slots as queries
from kexie.contexts.museums.queries.booking import slot_facts
from kexie.contexts.museums.queries.opening import rules_by_day
from kexie.contexts.museums.queries.slots import OnAt, SlotRow
from kexie.contexts.museums.rules import planning
from kexie.foundation.access.models import Account
from kexie.foundation.visitors import details
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer, Reservation
from kexie.platform.capacity.operations import bookings, offers, waiting
from kexie.platform.capacity.operations.offers import Mode
from kexie.platform.capacity.orders import Order, Placed
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from kexie.platform.outbox import operations as outbox

Kind, Policy, State = SlotChange.Kind, SlotChange.Policy, SlotChange.State
# So many slots and reservations are changed while the person waits; more go to the background.
AT_ONCE = 300
CODES = {Kind.CLOSE_DAY: "CLOSED_DAY", Kind.CANCEL: "SLOT_CANCELLED"}


class Refused(UserError):
    """The change would affect somebody, and was asked not to; or nothing could be changed."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of slots. `values`: places by channel (PLACES), or starts_at, ends_at, last_entry_at (TIMES)."""

    kind: str
    policy: str = Policy.REFUSE
    places: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, dt.time] = field(default_factory=dict)
    allotment: str = ""
    targets: tuple[UUID, ...] = ()
    notice: str = ""

    @property
    def values(self) -> dict[str, object]:
        """The same as JSON."""
        return {
            "places": dict(self.places),
            "times": {name: time.isoformat("minutes") for name, time in self.times.items()},
            **({"allotment": self.allotment} if self.kind == Kind.ALLOT else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change means for one slot: how many reservations and people it affects, and what becomes of them."""

    row: SlotRow
    reservations: int = 0
    people: int = 0
    fate: str = ""


def policies(kind: str) -> tuple[str, ...]:
    """Return what may be done with those booked, the safest first."""
    return {
        Kind.PLACES: (Policy.REFUSE, Policy.KEEP, Policy.CANCEL, Policy.MOVE),
        Kind.TIMES: (Policy.REFUSE, Policy.KEEP, Policy.CANCEL, Policy.MOVE),
        Kind.CANCEL: (Policy.REFUSE, Policy.CANCEL, Policy.MOVE),
        Kind.CLOSE_DAY: (Policy.REFUSE, Policy.CANCEL, Policy.MOVE),
    }.get(Kind(kind), (Policy.KEEP,))


def preview(rows: Iterable[SlotRow], asked: Asked) -> list[Effect]:
    """Return what a change would mean for each slot: one query more than the slots themselves, two with targets."""
    rows = list(rows)
    chosen = queries.on_at(asked.targets)
    booked: dict[UUID, list[Reservation]] = {}
    for one in queries.active([row.offer.pk for row in rows if row.reservations]):
        booked.setdefault(one.offer_id, []).append(one)
    return [_effect(row, booked.get(row.offer.pk, []), asked, chosen) for row in rows]


def _effect(row: SlotRow, booked: Sequence[Reservation], asked: Asked, chosen: Collection[OnAt]) -> Effect:
    met = affected(row, booked, asked)
    people = sum(one.size for one in met)
    fate = _fate(asked, can_move=queries.what_is_on(row.slot) in chosen) if met else ""
    return Effect(row=row, reservations=len(met), people=people, fate=fate)


def affected(row: SlotRow, booked: Sequence[Reservation], asked: Asked) -> list[Reservation]:
    """Return the reservations (the latest made first) that cannot stay as they are."""
    if asked.kind in {Kind.CANCEL, Kind.CLOSE_DAY, Kind.TIMES}:
        return list(booked)
    if asked.kind != Kind.PLACES:
        return []
    found: dict[UUID, Reservation] = {}
    for channel, wanted in asked.places.items():
        pool = row.pools.get(channel)
        over = pool.taken - wanted if pool else 0
        for one in booked:
            if over <= 0:
                break
            if channel in {queries.TOTAL, one.channel}:
                found[one.pk] = one
                over -= one.size
    return list(found.values())


def _fate(asked: Asked, *, can_move: bool) -> str:
    if asked.policy == Policy.KEEP:
        return _("保留，名额随退订减少") if asked.kind == Kind.PLACES else _("保留，按新时间入场并通知")
    if asked.policy == Policy.MOVE and not can_move:
        return _("所选时段不是同类，取消预约并通知")
    return {
        Policy.REFUSE: _("有人受影响，不执行"),
        Policy.CANCEL: _("取消预约并通知"),
        Policy.MOVE: _("改到所选时段并通知，放不下的取消"),
    }[Policy(asked.policy)]


@transaction.atomic
def submit(
    *, museum: Museum, rows: Sequence[SlotRow], asked: Asked, actor: Account, now: dt.datetime
) -> SlotChange:
    """Write a change down and, if it is small, do it. Raises Refused when it affects somebody it must not.

    What is left WAITING is done by the task `run_change`.
    """
    effects = preview(rows, asked)
    if not rows:
        raise Refused(_("所选范围内没有时段，请调整日期、星期或时间。"))
    people = sum(effect.people for effect in effects)
    if asked.policy == Policy.REFUSE and people:
        message = _("有%(people)d人已预约，会受影响，没有改动。可选择保留、取消或改到其他时段。")
        raise Refused(message % {"people": people}, fields={"policy": _("请选择对已预约观众的处理。")})
    if asked.policy == Policy.MOVE and not asked.targets:
        raise Refused(fields={"targets": _("请至少选择一个改去的时段。")})
    if asked.policy == Policy.MOVE and not set(asked.targets).isdisjoint(row.slot.pk for row in rows):
        raise Refused(fields={"targets": _("改去的时段里有这次要调整的时段，请去掉后再试。")})
    change = _write_down(museum, rows, asked, actor, now)
    if len(rows) + sum(effect.reservations for effect in effects) <= AT_ONCE:
        run(change=change, now=now)
    return change


def _write_down(
    museum: Museum, rows: Sequence[SlotRow], asked: Asked, actor: Account, now: dt.datetime
) -> SlotChange:
    change = SlotChange.objects.create(
        association_id=museum.association_id,
        museum=museum,
        kind=asked.kind,
        policy=asked.policy,
        slots=[row.slot.pk for row in rows],
        targets=list(asked.targets),
        values=asked.values,
        notice=asked.notice,
        total=len(rows),
        made_by=actor,
        made_at=now,
    )
    detail = {**asked.values, "kind": asked.kind, "policy": asked.policy, "slots": len(rows)}
    _audit(change, "museums.change_slots", actor, detail, now)
    return change


def run(*, change: SlotChange, now: dt.datetime) -> SlotChange:
    """Do a change, slot by slot; what an earlier attempt has done is left alone. Each slot is a transaction."""
    SlotChange.objects.filter(pk=change.pk, state=State.WAITING).update(state=State.RUNNING)
    scope = Scope(association_id=change.association_id)
    asked = asked_of(change)
    for row in queries.by_id(change.museum, change.slots, scope):
        if str(row.slot.pk) not in change.before:
            _one(change, row.slot.pk, asked, scope, now)
    change.state, change.finished_at = State.DONE, now
    change.save(update_fields=["state", "finished_at"])
    return change


def asked_of(change: SlotChange) -> Asked:
    """Return what a stored change asks."""
    times = {name: dt.time.fromisoformat(time) for name, time in change.values.get("times", {}).items()}
    return Asked(
        kind=change.kind,
        policy=change.policy,
        places=change.values.get("places", {}),
        times=times,
        allotment=change.values.get("allotment", ""),
        targets=tuple(change.targets),
        notice=change.notice,
    )


@transaction.atomic
def _one(change: SlotChange, slot_id: UUID, asked: Asked, scope: Scope, now: dt.datetime) -> None:
    """Change one slot, read anew under its lock, and note what was done."""
    row = queries.slot_row(change.museum, slot_id, scope)
    # Without a quota of its own a channel had all places.
    every = dict.fromkeys(asked.places, row.total.wanted)
    places = {channel: pool.wanted for channel, pool in row.pools.items()}
    change.before[str(slot_id)] = {
        "places": every | places,
        "state": row.offer.state,
        "allotment": row.slot.allotment,
    }
    _Work(change, row, asked, now).do()
    outbox.append(
        association_id=change.association_id,
        kind="slot.changed",
        subject_id=slot_id,
        payload={"venue": str(row.offer.venue_id), "day": row.offer.day.isoformat(), "what": change.kind},
        now=now,
    )
    change.done = len(change.before)
    change.save(update_fields=["before", "outcome", "done"])


@dataclass
class _Work:
    """One slot's part of a change."""

    change: SlotChange
    row: SlotRow
    asked: Asked
    now: dt.datetime

    @property
    def actor(self) -> Account:
        """Whoever asked for the change."""
        return self.change.made_by

    def do(self) -> None:
        """Do what is asked, then deal with those it affects."""
        if self.row.offer.state == Offer.State.CANCELLED:
            return self.count("skipped")
        {
            Kind.PLACES: self.places,
            Kind.TIMES: self.times,
            Kind.CLOSE: self.close,
            Kind.OPEN: self.open,
            Kind.ALLOT: self.allot,
            Kind.CANCEL: self.cancel,
            Kind.CLOSE_DAY: self.close_day,
        }[Kind(self.change.kind)]()
        return None

    def places(self) -> None:
        """Set the places; those over them stay, go or move as was chosen."""
        mode = Mode.REFUSE if self.asked.policy == Policy.REFUSE else Mode.SINK
        offers.set_quotas(
            association_id=self.change.association_id,
            quotas={self.row.offer.pk: self.asked.places},
            mode=mode,
            actor=self.actor,
            now=self.now,
        )
        self.deal()

    def times(self) -> None:
        """Move the slot to other times of its day."""
        offer = self.row.offer
        day = offer.day
        for name, time in self.asked.times.items():
            setattr(offer, name, planning.at(day, time))
        rules = rules_by_day(self.change.museum, day, Scope(association_id=self.change.association_id)).on(
            day
        )
        is_show = self.row.slot.kind == Slot.Kind.SHOW
        closes = (
            offer.starts_at if is_show else offer.last_entry_at - dt.timedelta(minutes=rules.closes_minutes)
        )
        times = planning.bookable(offer.starts_at, offer.ends_at, offer.last_entry_at, closes, rules=rules)
        offer.opens_at, offer.closes_at = times.opens_at, times.closes_at
        before = self.row.span
        offers.retime_offers(
            association_id=self.change.association_id, offers=[offer], actor=self.actor, now=self.now
        )
        if self.asked.policy == Policy.KEEP:
            for one in self.booked():
                self.tell_moved(one, offer, before=before)
                self.count("kept")
            return
        self.deal()

    def close(self) -> None:
        """Take no more reservations."""
        self.turn(offers.close_offers)
        self.note_reason(by_calendar=False)

    def open(self) -> None:
        """Take reservations again."""
        self.turn(offers.open_offers)
        self.note_reason(by_calendar=False, reason="")

    def allot(self) -> None:
        """Give the public's places out by lot, or to who comes first; too late once booking has begun."""
        slot = self.row.slot
        if slot.kind != Slot.Kind.ENTRY or slot.offer.opens_at <= self.now:
            return self.count("too_late")
        slot.allotment = self.asked.allotment
        slot.save(update_fields=["allotment"])
        draws.follow(slot=slot, actor=self.actor, now=self.now)
        return None

    def cancel(self) -> None:
        """Cancel the slot for good."""
        self.turn(offers.close_offers)
        self.deal()
        self.end_wishes()
        self.turn(offers.cancel_offers)
        self.note_reason(by_calendar=False)
        self.call_off_draw()

    def close_day(self) -> None:
        """Close the slot with its day; it opens again if the day does."""
        self.turn(offers.close_offers)
        self.deal()
        self.note_reason(by_calendar=True)
        self.end_wishes()
        self.call_off_draw()

    def end_wishes(self) -> None:
        """Let nobody wait for slots that will not be: none of those of this change."""
        gone = list(Slot.objects.filter(pk__in=self.change.slots).values_list("offer_id", flat=True))
        tenant = self.change.association_id
        self.count("waited", waiting.give_up(association_id=tenant, offer_ids=gone, now=self.now))

    def call_off_draw(self) -> None:
        """Hold no draw for a slot that will not be."""
        slot = Slot.objects.select_related("offer", "pattern").get(pk=self.row.slot.pk)
        draws.follow(slot=slot, actor=self.actor, now=self.now)

    def turn(self, operation: Callable[..., int]) -> None:
        """Close, open or cancel the slot's offer."""
        operation(
            association_id=self.change.association_id,
            offers=[self.row.offer.pk],
            actor=self.actor,
            now=self.now,
        )

    def note_reason(self, *, by_calendar: bool, reason: str | None = None) -> None:
        """Keep why the slot is not open, for those who look."""
        said = self.asked.notice[:200] if reason is None else reason
        Slot.objects.filter(pk=self.row.slot.pk).update(by_calendar=by_calendar, reason=said)

    def booked(self) -> list[Reservation]:
        """Those who are booked now, the latest made first."""
        return list(queries.active([self.row.offer.pk]))

    def deal(self) -> None:
        """Cancel or move those affected, and tell them."""
        met = affected(self.row, self.booked(), self.asked)
        if self.asked.policy in {Policy.REFUSE, Policy.KEEP}:
            self.count("kept", len(met))
            return
        # Whoever booked first is moved first.
        for one in reversed(met):
            target = self.moved(one) if self.asked.policy == Policy.MOVE else None
            if target is None:
                self.drop(one)

    def moved(self, one: Reservation) -> "Slot | None":
        """Move a reservation to the first chosen slot with places for all of it."""
        if one.state != Reservation.State.CONFIRMED:
            return None
        for target in self.asked.targets:
            if slot := self.move_to(one, target):
                self.count("moved")
                return slot
        return None

    def move_to(self, one: Reservation, target: UUID) -> "Slot | None":
        """Move a reservation to a slot, or return None where it does not fit."""
        facts = slot_facts(target, Scope(association_id=self.change.association_id))
        if queries.on_at((target,)) != {queries.what_is_on(self.row.slot)}:
            return None  # a seat at a show is not a place in the museum, nor one at another show
        key = f"change:{self.change.pk.hex}:{one.pk.hex[-12:]}:{target.hex[-8:]}"
        party = booking.party_of(one)
        order = Order(
            association_id=one.association_id,
            key=key,
            offer_id=facts.offer.pk,
            venue_id=facts.venue_id,
            day=facts.day,
            channel=one.channel,
            size=one.size,
            pools=facts.counters(one.channel),
            window=booking.window(facts),
            holder_id=one.holder_id,
            identities=tuple(person.digest for person in party),
            details=details.to_bytes(party, context=key.encode()) if party else b"",
            actor_name=str(self.actor),
        )
        answer = bookings.move(reservation_id=one.pk, order=order, actor=self.actor, now=self.now)
        if not isinstance(answer, Placed):
            return None
        # The museum moved them: it does not use up what they may move themselves.
        Reservation.objects.filter(pk=answer.id).update(moves=one.moves)
        GroupRequest.objects.filter(reservation=one.pk).update(slot=facts.id, reservation=answer.id)
        self.tell_moved(one, facts.offer, before=self.row.span, code=answer.code)
        return Slot(pk=facts.id)

    def drop(self, one: Reservation) -> None:
        """Cancel a reservation and say so."""
        code = CODES.get(Kind(self.change.kind), "SLOT_CHANGED")
        if not bookings.cancel(reservation_ids=[one.pk], reason=code, actor=self.actor, now=self.now):
            return
        reason = self.asked.notice or str(self.change.get_kind_display())
        groups.follow(reservation_id=one.pk, reason=reason, now=self.now)
        self.count("cancelled")
        self.tell(one, "slot.closed", {"reason": reason})

    def tell_moved(self, one: Reservation, offer: Offer, *, before: str, code: str = "") -> None:
        """Say when a visit is now."""
        values = {"new_day": offer.day, "new_slot": queries.span(offer)}
        self.tell(one, "slot.moved", {**values, "slot": before, **({"code": code} if code else {})})

    def tell(self, one: Reservation, template: str, values: Mapping[str, object]) -> None:
        """Send a notice to whoever made a reservation; who made it at the desk has to be called."""
        if one.holder_id is None:
            return self.count("to_call")
        known = {"museum": self.change.museum.name, "day": one.day, "slot": self.row.span, "code": one.code}
        notify.send(
            association_id=one.association_id,
            to=Recipient(visitor_id=one.holder_id),
            template=template,
            values={**known, **values},
            href="/my/bookings/",
            now=self.now,
        )
        self.count("told")
        return None

    def count(self, what: str, number: int = 1) -> None:
        """Add to the outcome."""
        if not number:
            return
        self.change.outcome[what] = self.change.outcome.get(what, 0) + number


@transaction.atomic
def fail(*, change_id: UUID, message: str, now: dt.datetime) -> None:
    """Say that a change in the background could not go on; what was done stays done and is listed."""
    rows = SlotChange.objects.filter(pk=change_id, state__in=SlotChange.RUNS)
    rows.update(state=State.FAILED, message=message[:300], finished_at=now)


def _audit(
    change: SlotChange, action: str, actor: Account, detail: Mapping[str, object], now: dt.datetime
) -> None:
    audit.append(
        association_id=change.association_id, actor=actor, action=action, subject=change, detail=detail,
        now=now,
    )  # fmt: skip
