"""What the desk does on the day: letting people in, people without a phone, counting heads, pausing, telling, changing.

Staff are not held to the hours, party rules and limits of visitors; places are counted all the same. Whatever they do
to somebody's reservation has a reason, is in the audit log, and is told to whoever made it.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest, HandCount, Museum, Slot
from kexie.contexts.museums.operations.booking import (
    Wanted,
    book_at_desk,
    order_for,
    party_of,
    refusal,
)
from kexie.contexts.museums.operations.no_shows import slot_words
from kexie.contexts.museums.queries.booking import SlotFacts, slot_of
from kexie.foundation.access.models import Account
from kexie.foundation.visitors.details import Person
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Channel, Offer, Passage, Reservation
from kexie.platform.capacity.operations import bookings, offers, passages
from kexie.platform.capacity.operations.passages import Note, Receipt
from kexie.platform.capacity.orders import Placed, Refused
from kexie.platform.notify import operations as notices
from kexie.platform.notify.recipients import Recipient

State = Reservation.State
LET_IN = (State.CONFIRMED, State.USED, State.NO_SHOW)
MOST_AT_ONCE = 200
MOST_COUNTED = 100_000
LONGEST = 200


class DeskRefused(UserError):
    """It cannot be done like this; `fields` says what to change."""


@transaction.atomic
def check_in(
    *, reservation: Reservation, count: int, override: str = "", actor: Account, now: dt.datetime
) -> Receipt:
    """Let `count` people of a reservation in. More than are still missing, or on another day, only with `override`."""
    found = Reservation.objects.select_for_update(no_key=True).select_related("offer").get(pk=reservation.pk)
    reason = text.clean(override)[:LONGEST]
    if not 1 <= count <= MOST_AT_ONCE:
        raise DeskRefused(fields={"count": _("请填写1至%(most)d之间的人数。") % {"most": MOST_AT_ONCE}})
    problem = _why_not(found, count, now)
    if problem and (not reason or found.state not in LET_IN):
        raise DeskRefused(fields={"count": problem})
    verdict = Passage.Verdict.OVERRIDE if problem else Passage.Verdict.COUNTED
    note = _note(now, reservation_id=found.pk, count=count, verdict=verdict, reason=reason)
    done = _pass(found.association_id, found.venue_id, note, actor, now)
    _log(found, "check_in", actor, now, reason=reason, count=count)
    return done


def _why_not(one: Reservation, count: int, now: dt.datetime) -> str:
    if one.state not in LET_IN:
        return _("这个预约%(state)s，不能核验入馆。") % {"state": one.get_state_display()}
    if one.day != timezone.localdate(now):
        message = _("这个预约的参观日期是%(day)s，不是今天；确需放行请写明原因。")
        return message % {"day": one.day.isoformat()}
    left = one.size - one.admitted
    if count > left:
        message = _("本单还有%(left)d人未入馆；确需多放行请写明原因。")
        return message % {"left": left}
    return ""


def _note(now: dt.datetime, **values: object) -> Note:
    given = {"direction": Passage.Direction.IN, "kind": Passage.Kind.TICKET, **values}
    return Note(id=uuid.uuid4(), sequence=int(now.timestamp() * 1_000), at=now, **given)  # type: ignore[arg-type]  # as Note


def _pass(
    association_id: uuid.UUID, venue_id: uuid.UUID, note: Note, actor: Account, now: dt.datetime
) -> Receipt:
    return passages.by_hand(
        association_id=association_id, venue_id=venue_id, notes=[note], actor=actor, now=now
    )


@transaction.atomic
def admit(
    *,
    slot: SlotFacts,
    channel: str,
    size: int,
    key: str,
    party: Sequence[Person] = (),
    actor: Account,
    now: dt.datetime,
) -> Placed:
    """Give places to people who stand at the desk and let them in at once; the same key again lets nobody in twice.

    `party` is for those who want their name on it; without one they stay nameless. Raises BookingRefused, DeskRefused.
    """
    if channel not in {Channel.WALK_IN, Channel.PRIORITY}:
        raise DeskRefused(fields={"channel": _("请选择现场领票或优先通道。")})
    if not 1 <= (len(party) or size) <= MOST_AT_ONCE:
        raise DeskRefused(fields={"size": _("请填写1至%(most)d之间的人数。") % {"most": MOST_AT_ONCE}})
    placed = book_at_desk(slot=slot, channel=channel, size=size, key=key, party=party, actor=actor, now=now)
    if placed.is_new and slot.day == timezone.localdate(now):
        note = _note(now, reservation_id=placed.id, count=placed.size)
        _pass(slot.association_id, slot.venue_id, note, actor, now)
    return placed


@transaction.atomic
def leave(*, museum: Museum, count: int, actor: Account, now: dt.datetime) -> Receipt:
    """Count people who leave by a door without a scanner."""
    if not 1 <= count <= MOST_COUNTED:
        raise DeskRefused(fields={"count": _("请填写离馆人数，例如 12。")})
    note = _note(now, direction=Passage.Direction.OUT, kind=Passage.Kind.COUNT, count=min(count, 32_000))
    return _pass(museum.association_id, museum.unit_id, note, actor, now)


@transaction.atomic
def count_heads(
    *, museum: Museum, kind: str, count: int, note: str = "", actor: Account, now: dt.datetime
) -> HandCount:
    """Write down a count by hand: the people inside now, or what the counter at the door says since opening."""
    if kind not in HandCount.Kind.values:
        raise DeskRefused(fields={"kind": _("请选择数的是什么。")})
    if not 0 <= count <= MOST_COUNTED:
        raise DeskRefused(fields={"count": _("请填写0至%(most)d之间的人数。") % {"most": MOST_COUNTED}})
    made = HandCount(
        association_id=museum.association_id, unit_id=museum.unit_id, kind=kind, count=count, at=now,
        day=timezone.localdate(now), note=text.clean(note)[:LONGEST], by=actor,
    )  # fmt: skip
    made.save(force_insert=True)
    audit.append(
        association_id=museum.association_id, actor=actor, action="museums.count_heads", subject=museum,
        detail={"kind": kind, "count": count}, reason=made.note, now=now,
    )  # fmt: skip
    return made


@transaction.atomic
def pause(*, museum: Museum, reason: str, actor: Account, now: dt.datetime) -> int:
    """Take no more bookings for the rest of today; those made stay. Return how many slots that were open it stops."""
    said = _reason(reason, _("请写明暂停的原因，观众会看到。"))
    slots = _rest_of_today(museum, now, Offer.State.OPEN)
    Slot.objects.filter(pk__in=[one.pk for one in slots]).update(reason=said)
    return _turn(museum, slots, "pause", said, actor=actor, now=now)


@transaction.atomic
def resume(*, museum: Museum, actor: Account, now: dt.datetime) -> int:
    """Take bookings again for the rest of today; slots that the calendar closed stay closed."""
    slots = _rest_of_today(museum, now, Offer.State.CLOSED)
    Slot.objects.filter(pk__in=[one.pk for one in slots]).update(reason="")
    return _turn(museum, slots, "resume", "", actor=actor, now=now)


def _rest_of_today(museum: Museum, now: dt.datetime, state: str) -> list[Slot]:
    rows = Slot.objects.filter(
        association=museum.association_id, museum=museum, by_calendar=False, offer__state=state,
        offer__day=timezone.localdate(now), offer__ends_at__gt=now,
    )  # fmt: skip
    return list(rows)


def _turn(
    museum: Museum, slots: Sequence[Slot], verb: str, reason: str, *, actor: Account, now: dt.datetime
) -> int:
    ids = [slot.offer_id for slot in slots]
    turn = offers.close_offers if verb == "pause" else offers.open_offers
    done = turn(association_id=museum.association_id, offers=ids, actor=actor, now=now) if ids else 0
    audit.append(
        association_id=museum.association_id, actor=actor, action=f"museums.{verb}", subject=museum,
        detail={"slots": done}, reason=reason, now=now,
    )  # fmt: skip
    return done


@transaction.atomic
def tell_booked(*, museum: Museum, words: str, actor: Account, now: dt.datetime) -> int:
    """Send a notice to everybody who still comes today; return how many were told."""
    said = _reason(words, _("请写明要通知的内容。"), field="words")
    rows = Reservation.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day=timezone.localdate(now),
        state=State.CONFIRMED, holder_id__isnull=False, admitted=0, offer__ends_at__gt=now,
    )  # fmt: skip
    found = list(rows.select_related("offer"))
    for one in found:
        _tell(one, museum, "museum.notice", now, text=said)
    audit.append(
        association_id=museum.association_id, actor=actor, action="museums.tell_booked", subject=museum,
        detail={"reservations": len(found)}, reason=said, now=now,
    )  # fmt: skip
    return len(found)


# --- somebody's reservation -----------------------------------------------------------------------------------


@transaction.atomic
def cancel(
    *, museum: Museum, reservation: Reservation, reason: str, actor: Account, now: dt.datetime
) -> None:
    """Cancel a visitor's reservation for the museum; it never counts against them, and they are told why."""
    said = _reason(reason, _("请写明取消的原因，观众会看到。"))
    ended = bookings.cancel(reservation_ids=[reservation.pk], reason="STAFF", actor=actor, now=now)
    if not ended:
        raise DeskRefused(_("这个预约已取消或已使用。"))
    _log(reservation, "cancel_for_museum", actor, now, reason=said)
    _tell(reservation, museum, "booking.called_off", now, reason=said)


@transaction.atomic
def move(
    *,
    museum: Museum,
    reservation: Reservation,
    slot: SlotFacts,
    key: str,
    reason: str,
    actor: Account,
    now: dt.datetime,
) -> Placed:
    """Move a reservation to another slot of the museum. Raises DeskRefused, or BookingRefused when it is full."""
    said = _reason(reason, _("请写明改期的原因，观众会看到。"))
    if slot.museum_id != museum.pk or slot.offer.ends_at <= now:
        raise DeskRefused(fields={"slot": _("请选择本馆尚未结束的时段。")})
    if reservation.admitted:
        raise DeskRefused(_("已有人入馆，不能改期。"))
    wanted = Wanted(
        slot=slot, key=key, visitor_id=reservation.holder_id, party=party_of(reservation),
        size=reservation.size, channel=reservation.channel,
    )  # fmt: skip
    order = dataclasses.replace(order_for(wanted, now=now), refusal=None, limits=(), subjects=())
    answer = bookings.move(reservation_id=reservation.pk, order=order, actor=actor, now=now)
    if isinstance(answer, Refused):
        raise refusal(answer, wanted)
    made = Reservation.objects.select_related("offer").get(pk=answer.id)
    _log(made, "move_for_museum", actor, now, reason=said)
    _tell(made, museum, "booking.moved", now, reason=said)
    return answer


@transaction.atomic
def note(*, reservation: Reservation, words: str, actor: Account, now: dt.datetime) -> None:
    """Write something worth knowing into a reservation's history."""
    said = _reason(words, _("请填写备注内容。"), field="words")
    _log(reservation, "note", actor, now, reason=said)


@transaction.atomic
def reveal(*, reservation: Reservation, reason: str, actor: Account, now: dt.datetime) -> tuple[Person, ...]:
    """Return who comes on a reservation, for showing it in clear once; who asked and why is written down first."""
    said = _reason(reason, _("请写明查看的原因，会记入审计记录。"))
    _log(reservation, "reveal_party", actor, now, reason=said)
    return party_of(reservation)


def _reason(words: str, problem: str, *, field: str = "reason") -> str:
    if not (clean := text.clean(words)):
        raise DeskRefused(fields={field: problem})
    return clean[:LONGEST].rstrip("。.")


def _tell(one: Reservation, museum: Museum, template: str, now: dt.datetime, **values: str) -> None:
    if one.holder_id is None:
        return
    facts = {"museum": museum.name, "day": one.day, "slot": slot_words(slot_of(one).offer), "code": one.code}
    notices.send(
        association_id=one.association_id, to=Recipient(visitor_id=one.holder_id), template=template,
        values={**facts, **values}, now=now,
    )  # fmt: skip


def _log(
    one: Reservation, verb: str, actor: Account, now: dt.datetime, *, reason: str = "", **detail: object
) -> None:
    audit.append(
        association_id=one.association_id, actor=actor, action=f"museums.{verb}", subject=one,
        detail=detail, reason=reason, now=now,
    )  # fmt: skip


@transaction.atomic
def reveal_leader(*, group: GroupRequest, actor: Account, now: dt.datetime) -> None:
    """Write down that somebody of the staff looks at a leader's telephone number, to call about the visit."""
    audit.append(
        association_id=group.association_id, actor=actor, action="museums.reveal_leader", subject=group,
        detail={}, now=now,
    )  # fmt: skip
