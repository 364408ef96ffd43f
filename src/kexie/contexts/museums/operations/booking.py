"""Booking a visit: by a visitor in one step or with a hold first, by staff at the desk; changing and cancelling it."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import BookingRules, Slot
from kexie.contexts.museums.queries.booking import SlotFacts, slot_of
from kexie.contexts.museums.rules.party import PartyRefused, check_party, check_size
from kexie.foundation.visitors import details
from kexie.foundation.visitors.details import Person
from kexie.kernel.errors import Text, UserError
from kexie.platform import crypto
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity import engine, memory
from kexie.platform.capacity.models import Channel, Conduct, Offer, Reservation, Wish
from kexie.platform.capacity.operations import bookings, conduct, waiting
from kexie.platform.capacity.orders import Answer, Limit, Order, Placed, Reason, Refused

# Names of counters and windows are made from what they are for, so every process knows them.
_NAMES = uuid.UUID("5f7c1d0e-8f3b-5a63-9d5e-2f4a6b8c0d13")
_BUDGETS = (
    ("cancels_a_day", 1, gettext_lazy("一天")),
    ("cancels_a_week", 7, gettext_lazy("七天")),
    ("cancels_a_month", 30, gettext_lazy("三十天")),
    ("cancels_a_year", 365, gettext_lazy("一年")),
)
Place = Callable[[Order], Answer]


class BookingRefused(UserError):
    """No places were taken; `reason` is the engine's, `left` how many places there still are."""

    def __init__(
        self, message: Text = "", *, reason: Reason, left: int = 0, fields: dict[str, Text] | None = None
    ) -> None:
        super().__init__(message, fields=fields)
        self.reason, self.left = reason, left


class CannotChange(UserError):
    """The reservation may no longer be cancelled or moved by the visitor."""


# Stands in a counter for "as many as one likes".
_NO_LIMIT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A wish for places in a slot: by a visitor for a party, or (`size` alone) held until the party is known.

    `children`: how many of `size` are under age, for rules that do not count them.
    """

    slot: SlotFacts
    key: str
    visitor_id: UUID | None
    epoch: int | None = None
    party: tuple[Person, ...] = ()
    size: int = 0
    children: int = 0
    channel: str = Channel.PUBLIC
    ip: str | None = None
    subjects: tuple[str, ...] = field(default=())

    @property
    def places(self) -> int:
        """How many places are asked for."""
        return len(self.party) or self.size


def book(wanted: Wanted, *, now: dt.datetime, place: Place | None = None) -> Placed:
    """Book a visit at once for a party whose details are known. Raises PartyRefused or BookingRefused.

    `place` decides the order: by default on Django's connection; the API hands in the process's writer.
    """
    return _placed(_order_to_book(wanted, now), wanted, now, place)


def hold(wanted: Wanted, *, now: dt.datetime, place: Place | None = None) -> Placed:
    """Take places for some minutes, in which the visitor fills in who comes. Raises as `book`."""
    return _placed(_order_to_hold(wanted, now), wanted, now, place)


def order_to_come(wanted: Wanted, *, now: dt.datetime) -> Order:
    """Return the order of `book`, or of `hold` when the party is not known yet, for whoever has it decided.

    One that will be refused anyhow (unless its key is known) carries nothing that costs time to make.
    """
    refusal = _not_now(wanted.slot, wanted.visitor_id, now) or _known_full(wanted)
    if refusal is None:
        return _order_to_book(wanted, now) if wanted.party else _order_to_hold(wanted, now)
    _check_wanted(wanted)
    slot = wanted.slot
    return Order(
        association_id=slot.association_id, key=wanted.key, offer_id=slot.offer.pk, venue_id=slot.venue_id,
        day=slot.day, channel=wanted.channel, size=wanted.places, pools=slot.counters(wanted.channel),
        window=slot.offer.pk, holder_id=wanted.visitor_id, refusal=refusal,
    )  # fmt: skip


def _known_full(wanted: Wanted) -> Reason | None:
    few = memory.left_in(wanted.slot.counters(wanted.channel), wanted.places)
    return None if few is None else Reason.FULL


def _check_wanted(wanted: Wanted) -> None:
    if wanted.party:
        check_party(wanted.party, wanted.slot.rules, wanted.slot.day)
    else:
        uncounted = 0 if wanted.slot.rules.counts_children else wanted.children
        check_size(max(wanted.places - uncounted, min(wanted.places, 1)), wanted.slot.rules)


def _order_to_book(wanted: Wanted, now: dt.datetime) -> Order:
    _check_wanted(wanted)
    return order_for(wanted, now=now)


def _order_to_hold(wanted: Wanted, now: dt.datetime) -> Order:
    _check_wanted(wanted)
    until = now + dt.timedelta(minutes=wanted.slot.rules.hold_minutes)
    return order_for(wanted, now=now, held_until=until)


def _placed(order: Order, wanted: Wanted, now: dt.datetime, place: Place | None) -> Placed:
    answer = place(order) if place else engine.place([order], now=now)[0]
    if isinstance(answer, Refused):
        raise refusal(answer, wanted)
    return answer


def order_for(wanted: Wanted, *, now: dt.datetime, held_until: dt.datetime | None = None) -> Order:
    """Return the engine's order for a wish by the public."""
    slot, identities = wanted.slot, tuple(person.digest for person in wanted.party)
    return Order(
        association_id=slot.association_id,
        key=wanted.key,
        offer_id=slot.offer.pk,
        venue_id=slot.venue_id,
        day=slot.day,
        channel=wanted.channel,
        size=wanted.places,
        pools=slot.counters(wanted.channel),
        window=window(slot),
        holder_id=wanted.visitor_id,
        epoch=wanted.epoch,
        limits=_limits(wanted),
        identities=identities,
        subjects=(*identities, *account_subjects(wanted.visitor_id)),
        details=details.to_bytes(wanted.party, context=wanted.key.encode()) if wanted.party else b"",
        held_until=held_until,
        refusal=_not_now(slot, wanted.visitor_id, now),
        actor_name=str(_("观众")),
        ip=wanted.ip,
    )


def account_subjects(visitor_id: UUID | None) -> tuple[str, ...]:
    """Return by what an account's own conduct and blocks are known."""
    return (f"visitor:{visitor_id.hex}",) if visitor_id else ()


def window(slot: SlotFacts) -> UUID:
    """Return within what a person may have one seat: the slot, the museum's day or the city's day."""
    kind = slot.rules.identity_window
    if kind == BookingRules.Window.SLOT or slot.kind == Slot.Kind.SHOW:
        return slot.offer.pk
    where = slot.venue_id if kind == BookingRules.Window.DAY else slot.association_id
    return uuid.uuid5(_NAMES, f"window:{where}:{slot.day}")


def _limits(wanted: Wanted) -> tuple[Limit, ...]:
    """What one account may take for one day at one museum; shows have their own places and no such limit.

    Also counted where the rules set no limit: they may set one before the day has come.
    """
    slot, rules = wanted.slot, wanted.slot.rules
    if wanted.visitor_id is None or slot.kind == Slot.Kind.SHOW:
        return ()
    most = (("orders", rules.max_orders_a_day, 1), ("people", rules.max_people_a_day, wanted.places))
    return tuple(
        Limit(
            id=uuid.uuid5(_NAMES, f"{what}:{wanted.visitor_id}:{slot.venue_id}:{slot.day}"),
            capacity=_NO_LIMIT if capacity is None else capacity,
            amount=amount,
            drop_on=slot.day + dt.timedelta(days=1),
        )
        for what, capacity, amount in most
    )


def _not_now(slot: SlotFacts, visitor_id: UUID | None, now: dt.datetime) -> Reason | None:
    if slot.offer.state != Offer.State.OPEN:
        return Reason.CLOSED
    if now < turn_of(slot, visitor_id):
        return Reason.NOT_YET
    return Reason.TOO_LATE if now >= slot.offer.closes_at else None


def turn_of(slot: SlotFacts, visitor_id: UUID | None) -> dt.datetime:
    """Return from when an account may book a slot: its release, or its turn in the seconds after it.

    The turn is a keyed hash: the same on every device and at every reload, drawn afresh for each release, and told only
    to its account, shortly before. So a rush is spread out, and neither a quick hand nor a program comes first by it.
    """
    opens, seconds = slot.offer.opens_at, slot.rules.wave_seconds
    if not seconds or visitor_id is None:
        return opens
    drawn = crypto.keyed_digest(f"turn:{slot.venue_id}:{opens.isoformat()}:{visitor_id}")
    return opens + dt.timedelta(milliseconds=int(drawn[:12], 16) % (seconds * 1000))


def refusal(answer: Refused, wanted: Wanted) -> BookingRefused:
    """Return a refusal in words that say what to do."""
    said = _WORDS[answer.reason](answer, wanted.slot, turn_of(wanted.slot, wanted.visitor_id))
    fields = {f"party-{n}": _PERSON[answer.reason] for n in answer.which if answer.reason in _PERSON}
    return BookingRefused(said, reason=answer.reason, left=answer.left, fields=fields)


def _full(answer: Refused, slot: SlotFacts, _turn: dt.datetime) -> str:
    if answer.left:
        return _("这个时段只剩%(left)d个名额，请减少人数、换一个时段或登记候补。") % {"left": answer.left}
    return _("这个时段已约满，请换一个时段或登记候补。")


def _not_yet(answer: Refused, slot: SlotFacts, turn: dt.datetime) -> str:
    if turn == slot.offer.opens_at:
        return _("这个时段%(when)s开始预约，请届时再来。") % {"when": when(turn)}
    message = _("放票时分批放行，次序随机，与手速无关。您的账号在%(when)s放行，请届时提交。")
    return message % {"when": when(turn, "Y-m-d H:i:s")}


def _limit(answer: Refused, slot: SlotFacts, _turn: dt.datetime) -> str:
    if answer.left:
        return _("同一账号当天还可预约%(left)d人，请减少人数。") % {"left": answer.left}
    return _("您的账号在这一天的预约已达上限，可在“我的预约”中修改。")


def _blocked(answer: Refused, slot: SlotFacts, _turn: dt.datetime) -> str:
    until = when(answer.until) if answer.until else ""
    return _("因多次爽约，%(until)s前不能预约本馆；如有特殊情况，可在“我的预约”中申诉。") % {"until": until}


_WORDS: dict[Reason, Callable[[Refused, SlotFacts, dt.datetime], str]] = {
    Reason.FULL: _full,
    Reason.NOT_YET: _not_yet,
    Reason.LIMIT: _limit,
    Reason.BLOCKED: _blocked,
    Reason.CLOSED: lambda *_args: _("这个时段暂停预约，请换一个时段。"),
    Reason.TOO_LATE: lambda *_args: _("这个时段已停止预约，请换一个时段。"),
    Reason.TWICE: lambda *_args: _("同行人中有人已经预约过，同一证件不能重复预约。"),
    Reason.SIGNED_OUT: lambda *_args: _("登录已失效，请重新登录。"),
    Reason.KEY_REUSED: lambda *_args: _("这次提交与之前的不一致，请返回重新选择。"),
}
_PERSON: dict[Reason, Text] = {
    Reason.TWICE: gettext_lazy("此人在同一日期（或时段）已有预约。"),
    Reason.BLOCKED: gettext_lazy("此人因多次爽约暂不能预约。"),
}


def when(moment: dt.datetime, form: str = "Y-m-d H:i") -> str:
    """Return a moment as pages write it."""
    return date_format(timezone.localtime(moment), form)


@transaction.atomic
def complete(
    *, reservation: Reservation, party: Sequence[Person], actor: Actor | None, now: dt.datetime
) -> Reservation:
    """Say who comes on a hold (also one offered from the waiting list) and so confirm it.

    Raises PartyRefused, bookings.NotPossible when the hold has lapsed, BookingRefused for a blocked person.
    """
    slot = slot_of(reservation)
    if len(party) != reservation.size:
        message = _("已为您保留%(size)d个名额，请填写%(size)d位观众，或重新选择人数。")
        raise PartyRefused(fields={"party": message % {"size": reservation.size}})
    check_party(party, slot.rules, slot.day)
    identities = tuple(person.digest for person in party)
    _refuse_blocked(slot, identities, now)
    done = bookings.confirm(
        reservation_id=reservation.pk,
        details=details.to_bytes(party, context=reservation.key.encode()),
        identities=identities,
        window=window(slot),
        actor=actor,
        now=now,
    )
    if wish := Wish.objects.filter(reservation=done, state=Wish.State.OFFERED).first():
        waiting.take_up(wish=wish, now=now)
    return done


def _refuse_blocked(slot: SlotFacts, identities: tuple[str, ...], now: dt.datetime) -> None:
    ends = conduct.blocked_until(
        association_id=slot.association_id, venue_id=slot.venue_id, subjects=identities, now=now
    )
    if ends:
        which = tuple(n for n, one in enumerate(identities) if one in ends)
        answer = Refused(Reason.BLOCKED, until=max(ends.values()), which=which)
        raise refusal(answer, Wanted(slot=slot, key="", visitor_id=None))


def party_of(reservation: Reservation) -> tuple[Person, ...]:
    """Return who comes on a reservation; callers show names masked and log what they reveal."""
    if not reservation.details:
        return ()
    return details.from_bytes(bytes(reservation.details), context=reservation.key.encode())


@transaction.atomic
def cancel(*, reservation: Reservation, actor: Actor | None, now: dt.datetime) -> Reservation:
    """Cancel a visitor's own reservation until the cut-off and within the rules' budgets. Raises CannotChange."""
    slot = slot_of(reservation)
    if reservation.state == Reservation.State.CONFIRMED:
        _check_cut_off(slot, now)
        _check_budget(reservation, now)
    ended = bookings.cancel(reservation_ids=[reservation.pk], reason="VISITOR", actor=actor, now=now)
    if not ended:
        raise CannotChange(_("这个预约已取消或已使用。"))
    if reservation.state == Reservation.State.CONFIRMED and reservation.holder_id:
        conduct.note(
            association_id=slot.association_id, venue_id=slot.venue_id,
            subjects=account_subjects(reservation.holder_id), kind=Conduct.Kind.CANCELLED,
            reservation_id=reservation.pk, now=now,
        )  # fmt: skip
    return ended[0]


def _check_cut_off(slot: SlotFacts, now: dt.datetime) -> None:
    last = slot.offer.starts_at - dt.timedelta(minutes=slot.rules.cancel_minutes or 0)
    if now > last:
        message = _("%(when)s以后不能再取消或改签；如不能前来，请致电本馆。")
        raise CannotChange(message % {"when": when(last)})


def _check_budget(reservation: Reservation, now: dt.datetime) -> None:
    for one in budgets(reservation, now=now):
        if one.used >= one.most:
            message = _("%(period)s内最多取消%(most)d次，您已达上限；如不能前来，请致电本馆。")
            raise CannotChange(message % {"period": one.period, "most": one.most})


@dataclass(frozen=True)
class Budget:
    """How often an account may still cancel at a museum within a period (in words)."""

    period: Text
    most: int
    used: int


def budgets(reservation: Reservation, *, now: dt.datetime) -> list[Budget]:
    """Return what is left of the account's cancellations, for a visitor who is about to use one."""
    slot, found = slot_of(reservation), []
    for name, days, words in _BUDGETS:
        most = getattr(slot.rules, name)
        for subject in account_subjects(reservation.holder_id) if most is not None else ():
            rows = conduct.counted(
                association_id=slot.association_id, venue_id=slot.venue_id, subject=subject,
                kind=Conduct.Kind.CANCELLED, since=now - dt.timedelta(days=days),
            )  # fmt: skip
            found.append(Budget(words, most, rows.count()))
    return found


@transaction.atomic
def move(
    *, reservation: Reservation, slot: SlotFacts, key: str, actor: Actor | None, now: dt.datetime
) -> Placed:
    """Move a visitor's reservation to another slot of the museum. Raises CannotChange or BookingRefused."""
    old = slot_of(reservation)
    _check_cut_off(old, now)
    if old.rules.max_moves is not None and reservation.moves >= old.rules.max_moves:
        message = _("每单最多改签%(most)d次；可以取消后重新预约。") % {"most": old.rules.max_moves}
        raise CannotChange(message)
    party = party_of(reservation)
    check_party(party, slot.rules, slot.day)
    wanted = Wanted(
        slot=slot, key=key, visitor_id=reservation.holder_id, party=party, channel=reservation.channel
    )
    answer = bookings.move(
        reservation_id=reservation.pk, order=order_for(wanted, now=now), actor=actor, now=now
    )
    if isinstance(answer, Refused):
        raise refusal(answer, wanted)
    return answer


@transaction.atomic
def leave_out(
    *, reservation: Reservation, positions: Sequence[int], actor: Actor | None, now: dt.datetime
) -> Reservation:
    """Take some persons off a reservation and give their places back. Raises CannotChange or PartyRefused."""
    slot, party = slot_of(reservation), party_of(reservation)
    _check_cut_off(slot, now)
    kept = [person for n, person in enumerate(party) if n not in set(positions)]
    check_party(kept, slot.rules, slot.day)
    gone = [person.digest for n, person in enumerate(party) if n in set(positions)]
    return bookings.shrink(
        reservation_id=reservation.pk, identities=gone,
        details=details.to_bytes(kept, context=reservation.key.encode()), actor=actor, now=now,
    )  # fmt: skip


def book_at_desk(
    *,
    slot: SlotFacts,
    channel: str,
    size: int,
    key: str,
    party: Sequence[Person] = (),
    actor: Actor,
    now: dt.datetime,
) -> Placed:
    """Let staff give places to people who stand at the desk (WALK_IN, PRIORITY): without a telephone, also nameless.

    Opening hours of booking, party rules and limits of accounts do not apply; places do. Raises BookingRefused.
    """
    identities = tuple(person.digest for person in party)
    order = Order(
        association_id=slot.association_id, key=key, offer_id=slot.offer.pk, venue_id=slot.venue_id,
        day=slot.day, channel=channel, size=len(party) or size, pools=slot.counters(channel),
        window=window(slot), identities=identities, actor_name=str(actor),
        details=details.to_bytes(party, context=key.encode()) if party else b"",
    )  # fmt: skip
    (answer,) = engine.place([order], now=now)
    if isinstance(answer, Refused):
        raise refusal(answer, Wanted(slot=slot, key=key, visitor_id=None, party=tuple(party)))
    return answer


@transaction.atomic
def wait(
    *,
    slots: Sequence[SlotFacts],
    size: int,
    key: str,
    visitor_id: UUID,
    actor: Actor | None,
    now: dt.datetime,
) -> Wish:
    """Put a party of `size` on the waiting list of any of some slots of one museum. Raises waiting.CannotWait."""
    first = slots[0]
    check_size(size, first.rules)
    ends = conduct.blocked_until(
        association_id=first.association_id, venue_id=first.venue_id,
        subjects=account_subjects(visitor_id), now=now,
    )  # fmt: skip
    if ends:
        answer = Refused(Reason.BLOCKED, until=max(ends.values()))
        raise refusal(answer, Wanted(slot=first, key=key, visitor_id=visitor_id))
    return waiting.wait(
        association_id=first.association_id, venue_id=first.venue_id, key=key,
        offer_ids=[slot.offer.pk for slot in slots], channel=Channel.PUBLIC, holder_id=visitor_id,
        size=size, details=b"", actor=actor, now=now,
    )  # fmt: skip
