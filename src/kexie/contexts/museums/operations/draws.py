"""Draws for scarce slots: laying them out ahead, entering, drawing, and what becomes of those who lost.

Entering is one cheap insert. Drawing is one transaction: it ranks the entries (`rules.lottery`), takes places through
the engine for those whose party still fits, in that order, and puts the others on the waiting list in the same order.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Allotment, Draw, LotteryEntry, Slot
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries.booking import SlotFacts, slot_facts
from kexie.contexts.museums.rules import lottery
from kexie.contexts.museums.rules.lottery import Lot
from kexie.contexts.museums.rules.party import check_size
from kexie.contexts.museums.rules.times import hours_in_words
from kexie.kernel.errors import UserError
from kexie.kernel.ids import short_code
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Channel, Offer
from kexie.platform.capacity.operations import conduct, waiting
from kexie.platform.capacity.orders import Order, Placed, Reason, Refused
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from kexie.platform.outbox import operations as outbox

State, Outcome = Draw.State, LotteryEntry.Outcome
# Entries are taken for a day before the slot opens to all; who won has a day to say who comes.
ENTRIES_FOR = dt.timedelta(days=1)
CLAIM_WITHIN = dt.timedelta(days=1)
_SEED_BYTES, _NUMBER = 32, 8


class CannotEnter(UserError):
    """The draw takes no entry, or not this one."""


@transaction.atomic
def lay_out(*, slot: Slot, now: dt.datetime) -> Draw:
    """Make the draw of a slot that has not opened yet, and publish the commitment to its seed."""
    offer, seed = slot.offer, secrets.token_bytes(_SEED_BYTES)
    draw = Draw(
        association_id=slot.association_id, slot=slot, opens_at=min(offer.opens_at - ENTRIES_FOR, now),
        closes_at=offer.opens_at, commitment=lottery.commitment(seed),
    )  # fmt: skip
    draw.sealed = crypto.encrypt(seed, context=draw.pk.bytes)
    found, made = Draw.objects.get_or_create(
        association_id=slot.association_id, slot=slot,
        defaults={
            "id": draw.pk, "opens_at": draw.opens_at, "closes_at": draw.closes_at,
            "commitment": draw.commitment, "sealed": draw.sealed,
        },
    )  # fmt: skip
    if made:
        _log(found, "lay_out_draw", None, now, commitment=found.commitment)
    elif found.state == State.CANCELLED and now < found.closes_at:
        _take_up_again(found, now)
    return found


def _take_up_again(draw: Draw, now: dt.datetime) -> None:
    """Take entries once more for a draw that was called off; those of before were told that theirs are void."""
    draw.entries.all().delete()
    draw.state = State.OPEN
    draw.save(update_fields=["state"])
    _log(draw, "lay_out_draw", None, now, commitment=draw.commitment)


def lay_out_all(*, now: dt.datetime) -> int:
    """Make the draws of all slots that open within a day and are given out by lot; return how many."""
    rows = _opening_soon(now).exclude(pk__in=Draw.objects.exclude(state=State.CANCELLED).values("slot"))
    wanted = [slot for slot in rows.select_related("offer", "pattern") if is_drawn(slot)]
    return len([lay_out(slot=slot, now=now) for slot in wanted])


def _opening_soon(now: dt.datetime) -> QuerySet[Slot]:
    return Slot.objects.filter(
        kind=Slot.Kind.ENTRY, offer__state=Offer.State.OPEN, offer__opens_at__gt=now,
        offer__opens_at__lte=now + ENTRIES_FOR,
    )  # fmt: skip


def is_drawn(slot: Slot) -> bool:
    """Whether a slot's places are given out by lot: as it says itself, else its pattern, else the rules of its day."""
    own = slot.allotment or (slot.pattern.allotment if slot.pattern else "")
    return own == Allotment.DRAW if own else _facts(slot).rules.uses_lottery


def follow_all(*, now: dt.datetime) -> int:
    """Call off the draws whose slot is not given out by lot any more, or is not at all; return how many."""
    rows = Draw.objects.filter(state=State.OPEN, closes_at__gt=now).select_related(
        "slot__offer", "slot__pattern"
    )
    over = [(draw, why) for draw in rows if (why := _why_not(draw.slot))]
    for draw, why in over:
        call_off(draw=draw, reason=why, actor=None, now=now)
    return len(over)


def follow(*, slot: Slot, actor: Actor | None, now: dt.datetime) -> None:
    """Lay out or call off the draw of a slot whose setting or state has changed."""
    if found := Draw.objects.filter(slot=slot, state=State.OPEN, closes_at__gt=now).first():
        if why := _why_not(slot):
            call_off(draw=found, reason=why, actor=actor, now=now)
    elif _opening_soon(now).filter(pk=slot.pk).exists() and is_drawn(slot):
        lay_out(slot=slot, now=now)


def _why_not(slot: Slot) -> str:
    if slot.offer.state == Offer.State.CANCELLED or slot.by_calendar:
        return _("这个时段不开放了")
    if is_drawn(slot):
        return ""
    return _("改为先到先得，%(when)s起可以直接预约") % {"when": booking.when(slot.offer.opens_at)}


@transaction.atomic
def call_off(*, draw: Draw, reason: str, actor: Actor | None, now: dt.datetime) -> None:
    """Hold a draw not at all, and tell everybody who entered."""
    if not Draw.objects.filter(pk=draw.pk, state=State.OPEN).update(state=State.CANCELLED):
        return
    entries = list(draw.entries.all())
    _log(draw, "call_off_draw", actor, now, entries=len(entries), reason=reason)
    slot = _facts(draw.slot)
    hours = hours_in_words(slot.offer.starts_at, slot.offer.ends_at)
    values = {"museum": slot.museum, "day": slot.day, "slot": hours, "reason": reason}
    href = reverse("museum:book", kwargs={"code": slot.code})
    for one in entries:
        notify.send(
            association_id=one.association_id, to=Recipient(visitor_id=one.visitor_id),
            template="draw.called_off", values=values, href=href, expires_at=slot.offer.closes_at, now=now,
        )  # fmt: skip


def _facts(slot: Slot) -> SlotFacts:
    return slot_facts(slot.pk, Scope(association_id=slot.association_id))


@transaction.atomic
def enter(*, draw: Draw, visitor_id: UUID, size: int, actor: Actor | None, now: dt.datetime) -> LotteryEntry:
    """Enter a party; entering again changes its size. Raises CannotEnter, PartyRefused, BookingRefused when blocked."""
    slot = _facts(draw.slot)
    check_size(size, slot.rules)
    if draw.state != State.OPEN or not draw.opens_at <= now < draw.closes_at:
        raise CannotEnter(_("这次抽签已停止登记。"))
    _refuse_blocked(slot, visitor_id, now)
    entry, _made = LotteryEntry.objects.update_or_create(
        association_id=draw.association_id, draw=draw, visitor_id=visitor_id, defaults={"size": size},
        create_defaults={
            "size": size, "made_at": now, "number": short_code(_NUMBER),
            "lots": lottery.lots_for(_losses(draw, visitor_id)),
        },
    )  # fmt: skip
    return entry


def _refuse_blocked(slot: SlotFacts, visitor_id: UUID, now: dt.datetime) -> None:
    subjects = booking.account_subjects(visitor_id)
    ends = conduct.blocked_until(
        association_id=slot.association_id, venue_id=slot.venue_id, subjects=subjects, now=now
    )
    if ends:
        answer = Refused(Reason.BLOCKED, until=max(ends.values()))
        raise booking.refusal(answer, booking.Wanted(slot=slot, key="", visitor_id=visitor_id))


def _losses(draw: Draw, visitor_id: UUID) -> int:
    """Return how often in a row a visitor has lost at this museum."""
    rows = LotteryEntry.objects.filter(
        association_id=draw.association_id, visitor_id=visitor_id, draw__slot__museum=draw.slot.museum_id,
        draw__state=State.DRAWN,
    )  # fmt: skip
    lost = 0
    for outcome in rows.order_by("-draw__drawn_at").values_list("outcome", flat=True)[: lottery.MOST_LOTS]:
        if outcome == Outcome.WON:
            break
        lost += 1
    return lost


def withdraw(*, draw: Draw, visitor_id: UUID, now: dt.datetime) -> None:
    """Take an entry back before the draw."""
    if draw.state == State.OPEN and now < draw.closes_at:
        LotteryEntry.objects.filter(draw=draw, visitor_id=visitor_id).delete()


@transaction.atomic
def hold_draw(*, draw: Draw, now: dt.datetime) -> Draw:
    """Draw: reveal the seed, rank the entries, hold places for the winners, put the others on the waiting list.

    A second call finds it drawn and changes nothing.
    """
    draw = Draw.objects.select_for_update(of=("self",)).select_related("slot__offer").get(pk=draw.pk)
    if draw.state != State.OPEN or now < draw.closes_at:
        return draw
    seed = crypto.decrypt(bytes(draw.sealed), context=draw.pk.bytes)
    entries = {one.number: one for one in draw.entries.all()}
    lots = [Lot(number=one.number, size=one.size, lots=one.lots) for one in entries.values()]
    slot = _facts(draw.slot)
    for rank, lot in enumerate(lottery.ranked(seed, lots), 1):
        entries[lot.number].rank = rank
        _give(entries[lot.number], slot, now)
    LotteryEntry.objects.bulk_update(entries.values(), ["rank", "outcome", "reservation"], batch_size=500)
    draw.state, draw.seed, draw.drawn_at = State.DRAWN, seed.hex(), now
    draw.save(update_fields=["state", "seed", "drawn_at"])
    won = sum(one.outcome == Outcome.WON for one in entries.values())
    _log(draw, "hold_draw", None, now, entries=len(entries), won=won)
    _tell(entries.values(), now)
    return draw


def _give(entry: LotteryEntry, slot: SlotFacts, now: dt.datetime) -> None:
    """Hold the places of one entry if its party still fits, else let it wait."""
    (answer,) = engine.place([_order(entry, slot, now)], now=now)
    if isinstance(answer, Placed):
        entry.outcome, entry.reservation_id = Outcome.WON, answer.id
        return
    entry.outcome = Outcome.LOST
    if answer.reason != Reason.FULL:
        return
    try:
        with transaction.atomic():
            booking.wait(
                slots=[slot],
                size=entry.size,
                key=f"draw:{entry.pk}",
                visitor_id=entry.visitor_id,
                actor=None,
                now=now,
            )
    except (waiting.CannotWait, booking.BookingRefused):
        return


def _order(entry: LotteryEntry, slot: SlotFacts, now: dt.datetime) -> Order:
    wanted = booking.Wanted(
        slot=slot,
        key=f"draw:{entry.pk}",
        visitor_id=entry.visitor_id,
        size=entry.size,
        channel=Channel.PUBLIC,
    )
    return booking.order_for(wanted, now=now, held_until=min(now + CLAIM_WITHIN, slot.offer.closes_at))


def hold_due(*, now: dt.datetime) -> int:
    """Hold every draw whose time has come; return how many."""
    due = list(Draw.objects.filter(state=State.OPEN, closes_at__lte=now).select_related("slot__offer")[:50])
    return len([hold_draw(draw=draw, now=now) for draw in due])


def published(draw: Draw) -> list[LotteryEntry]:
    """Return the entries as everybody may see them, in the order of the draw: numbers and sizes, nobody's name."""
    return list(draw.entries.order_by(F("rank").asc(nulls_last=True), "number"))


def _tell(entries: Iterable[LotteryEntry], now: dt.datetime) -> None:
    for one in entries:
        outbox.append(
            association_id=one.association_id, kind="lottery.drawn", subject_id=one.pk,
            payload={"outcome": one.outcome, "size": one.size}, now=now,
        )  # fmt: skip


def _log(draw: Draw, verb: str, actor: Actor | None, now: dt.datetime, **detail: object) -> None:
    audit.append(
        association_id=draw.association_id,
        actor=actor,
        action=f"museums.{verb}",
        subject=draw,
        detail=detail,
        now=now,
    )
