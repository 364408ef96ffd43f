"""Groups: asking for places, handing in the roster, deciding, changing the date, cancelling.

A request holds its places from the first moment, so that a school knows at once whether there is room. Until the
roster is there they are held for two days, then until the visit: who has done their part never loses to the clock.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest
from kexie.contexts.museums.operations.booking import (
    BookingRefused,
    Wanted,
    account_subjects,
    refusal,
    when,
    window,
)
from kexie.contexts.museums.queries.booking import SlotFacts, slot_of
from kexie.contexts.museums.rules.party import PartyRefused, check_roster
from kexie.foundation.visitors import details
from kexie.foundation.visitors.details import Person
from kexie.kernel import codes, text
from kexie.kernel.errors import Text, UserError
from kexie.kernel.ids import short_code
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity import engine
from kexie.platform.capacity.models import Channel, Offer, Reservation, Seat
from kexie.platform.capacity.operations import bookings
from kexie.platform.capacity.orders import Limit, Order, Reason, Refused
from kexie.platform.outbox import operations as outbox

State = GroupRequest.State
ROSTER_WITHIN = dt.timedelta(days=2)
_NAMES = uuid.UUID("0e0c5a55-6a5c-5a43-8f0e-64a1c1d3f0a7")
_CODE_LENGTH = 8
_TEXT = 200


class GroupRefused(UserError):
    """The request cannot be taken like this; `fields` says which answers to change."""


class GroupDecided(UserError):
    """The request is no longer in a state in which this can be done."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a group asks for. `size` counts the leaders. `key`: made once by the form, so that a second tap asks once."""

    slot: SlotFacts
    visitor_id: UUID | None
    key: str
    kind: str
    organisation: str
    leader_name: str
    leader_phone: str
    leaders: int
    size: int
    purpose: str = ""


@transaction.atomic
def request(*, asked: Asked, actor: Actor | None, now: dt.datetime, is_staff: bool = False) -> GroupRequest:
    """Take a group's request and hold its places; the same key again is the same request.

    Raises GroupRefused, or BookingRefused when there are no places. Staff (by telephone) are not held to days ahead.
    """
    slot = asked.slot
    group = GroupRequest(
        id=uuid.uuid5(_NAMES, f"{slot.association_id}:{asked.visitor_id}:{asked.key}"),
        association_id=slot.association_id, slot_id=slot.id, visitor_id=asked.visitor_id,
        code=short_code(_CODE_LENGTH), made_at=now, state=State.DRAFT, kind=asked.kind, leaders=asked.leaders,
        size=asked.size,
    )  # fmt: skip
    if again := GroupRequest.objects.filter(pk=group.pk).first():
        return again
    _fill(group, asked)
    _check_size(slot, asked.size, asked.leaders)
    check_day(slot, now, is_staff=is_staff)
    group.reservation_id = _hold(group, slot, now)
    group.save(force_insert=True)
    _tell(group, "requested", actor, now)
    return group


def _fill(group: GroupRequest, asked: Asked) -> None:
    """Set what was typed, or say beside each field what is wrong with it."""
    problems: dict[str, Text] = {}
    group.organisation, group.purpose = text.clean(asked.organisation), text.clean(asked.purpose)[:_TEXT]
    group.leader_name = text.clean(asked.leader_name)
    if not group.organisation:
        problems["organisation"] = _("请填写单位名称。")
    if not group.leader_name:
        problems["leader_name"] = _("请填写领队姓名。")
    if asked.kind not in GroupRequest.Kind.values:
        problems["kind"] = _("请选择团队类型。")
    try:
        phone = codes.mobile(asked.leader_phone)
        group.leader_phone = crypto.encrypt(phone.encode(), context=group.pk.bytes)
    except codes.CodeError as error:
        problems["leader_phone"] = error.message if asked.leader_phone.strip() else _("请填写领队手机号码。")
    if problems:
        raise GroupRefused(fields=problems)


def _check_size(slot: SlotFacts, size: int, leaders: int) -> None:
    rules = slot.rules
    if not rules.group_min <= size <= rules.group_max:
        message = _("团队应为%(least)d至%(most)d人（含带队人员），请调整人数或按个人预约。")
        raise GroupRefused(fields={"size": message % {"least": rules.group_min, "most": rules.group_max}})
    if not 1 <= leaders <= size:
        raise GroupRefused(fields={"leaders": _("带队人数至少1人，且不超过总人数。")})
    ratio = rules.group_people_a_leader
    if ratio is not None and size - leaders > ratio * leaders:
        needed = -(-(size) // (ratio + 1))
        message = _("每名带队人员最多带%(most)d人，%(size)d人的团队至少需要%(needed)d名带队人员。")
        raise GroupRefused(fields={"leaders": message % {"most": ratio, "size": size, "needed": needed}})


def check_day(slot: SlotFacts, now: dt.datetime, *, is_staff: bool = False) -> None:
    """Raise GroupRefused when the day is too near or too far for a group."""
    today, rules = timezone.localdate(now), slot.rules
    ahead = (slot.day - today).days
    if slot.offer.state != Offer.State.OPEN or slot.offer.closes_at <= now:
        raise GroupRefused(fields={"slot": _("这个时段已停止预约，请换一个时段。")})
    if is_staff:
        return
    if ahead < rules.group_days_ahead:
        message = _("团队须至少提前%(days)d天预约，最早可选%(day)s。")
        first = today + dt.timedelta(days=rules.group_days_ahead)
        values = {"days": rules.group_days_ahead, "day": first.isoformat()}
        raise GroupRefused(fields={"slot": message % values})
    if ahead > rules.group_horizon_days:
        message = _("团队最早可提前%(days)d天预约，请选择近一些的日期。") % {"days": rules.group_horizon_days}
        raise GroupRefused(fields={"slot": message})


def _order(group: GroupRequest, slot: SlotFacts, held_until: dt.datetime) -> Order:
    return Order(
        association_id=slot.association_id,
        key=f"group:{group.pk}:{group.changes}",
        offer_id=slot.offer.pk,
        venue_id=slot.venue_id,
        day=slot.day,
        channel=Channel.GROUP,
        size=group.size,
        pools=slot.counters(Channel.GROUP),
        window=window(slot),
        holder_id=group.visitor_id,
        limits=_limits(group, slot),
        subjects=account_subjects(group.visitor_id),
        held_until=held_until,
        actor_name=group.organisation,
    )


def _limits(group: GroupRequest, slot: SlotFacts) -> tuple[Limit, ...]:
    """A day's groups together have a cap of their own at a museum."""
    most = slot.rules.group_a_day
    if most is None:
        return ()
    pool = uuid.uuid5(_NAMES, f"groups:{slot.venue_id}:{slot.day}")
    return (Limit(id=pool, capacity=most, amount=group.size, drop_on=slot.day + dt.timedelta(days=1)),)


def _hold(group: GroupRequest, slot: SlotFacts, now: dt.datetime) -> UUID:
    until = min(now + ROSTER_WITHIN, slot.offer.starts_at)
    (answer,) = engine.place([_order(group, slot, until)], now=now)
    if isinstance(answer, Refused):
        raise _refused(answer, slot, group.size)
    return answer.id


def _refused(answer: Refused, slot: SlotFacts, size: int) -> BookingRefused:
    wanted = Wanted(slot=slot, key="", visitor_id=None, size=size, channel=Channel.GROUP)
    if answer.reason == Reason.LIMIT:
        message = _("当天团队还可接待%(left)d人，请减少人数或换一天。") % {"left": answer.left}
        return BookingRefused(message, reason=answer.reason, left=answer.left)
    return refusal(answer, wanted)


@transaction.atomic
def submit_roster(
    *, group: GroupRequest, party: Sequence[Person], actor: Actor | None, now: dt.datetime
) -> GroupRequest:
    """Hand in who comes. The request then waits for the museum, or is approved at once if its rules ask for no approval.

    Raises PartyRefused ("party" or "party-2"), GroupDecided, bookings.NotPossible when the hold has lapsed. A roster
    handed in again before the decision replaces the first.
    """
    group = _locked(group, {State.DRAFT, State.REQUESTED})
    slot = _slot(group)
    if len(party) != group.size:
        message = _("名单有%(listed)d人，申请的是%(size)d人（含带队人员）。请补充或减少名单，或修改人数。")
        raise PartyRefused(fields={"party": message % {"listed": len(party), "size": group.size}})
    check_roster(party, leaders=group.leaders, rules=slot.rules, day=slot.day)
    _refuse_seated(group, slot, party)
    group.roster = details.to_bytes(party, context=group.pk.bytes)
    group.save(update_fields=["roster"])
    if not slot.rules.group_needs_approval:
        return _confirm(group, slot, actor, now)
    _bookings_extend(group, slot, actor, now)
    group.state = State.REQUESTED
    group.save(update_fields=["state"])
    _tell(group, "submitted", actor, now)
    return group


def _bookings_extend(group: GroupRequest, slot: SlotFacts, actor: Actor | None, now: dt.datetime) -> None:
    until = slot.offer.starts_at
    bookings.extend(reservation_id=_reservation(group), until=until, actor=actor, now=now)


def _refuse_seated(group: GroupRequest, slot: SlotFacts, party: Sequence[Person]) -> None:
    """Say who has a place in the slot's window already; the index behind it decides in the end."""
    identities = [person.digest for person in party]
    rows = Seat.objects.filter(
        association_id=group.association_id, window=window(slot), identity__in=identities, is_active=True
    )
    taken = set(rows.exclude(reservation=group.reservation_id).values_list("identity", flat=True))
    if taken:
        message = _("此人在同一日期（或时段）已有预约，请核对或换人。")
        where = {f"party-{n}": message for n, one in enumerate(identities) if one in taken}
        raise PartyRefused(fields=where)


def roster_of(group: GroupRequest) -> tuple[Person, ...]:
    """Return who comes, () before the roster is there; pages show names masked."""
    return details.from_bytes(bytes(group.roster), context=group.pk.bytes) if group.roster else ()


def phone_of(group: GroupRequest) -> str:
    """Return the leader's number in clear, for messages and for the desk; "" if it was erased."""
    if not group.leader_phone:
        return ""
    return crypto.decrypt(bytes(group.leader_phone), context=group.pk.bytes).decode()


@transaction.atomic
def approve(*, group: GroupRequest, note: str = "", actor: Actor, now: dt.datetime) -> GroupRequest:
    """Accept a group whose roster is there; its hold becomes a reservation. Raises GroupDecided, NotPossible."""
    group = _locked(group, {State.REQUESTED})
    group.decision = text.clean(note)[:_TEXT]
    return _confirm(group, _slot(group), actor, now)


def _confirm(group: GroupRequest, slot: SlotFacts, actor: Actor | None, now: dt.datetime) -> GroupRequest:
    party, reservation = roster_of(group), Reservation.objects.get(pk=_reservation(group))
    bookings.confirm(
        reservation_id=reservation.pk,
        details=details.to_bytes(party, context=reservation.key.encode()),
        identities=[person.digest for person in party],
        window=window(slot),
        actor=actor,
        now=now,
    )
    _decide(group, State.APPROVED, actor, now)
    _tell(group, "approved", actor, now)
    return group


@transaction.atomic
def refuse(*, group: GroupRequest, reason: str, actor: Actor, now: dt.datetime) -> GroupRequest:
    """Turn a group down with a reason it will read; its places are free again."""
    group = _locked(group, {State.REQUESTED})
    reason = _reason(reason, _("请写明未通过的原因，领队会看到。"))
    group.decision = reason
    _decide(group, State.REFUSED, actor, now)
    bookings.cancel(reservation_ids=[_reservation(group)], reason="GROUP_REFUSED", actor=actor, now=now)
    _tell(group, "refused", actor, now)
    return group


@transaction.atomic
def ask(
    *, group: GroupRequest, what: str, until: dt.datetime, actor: Actor, now: dt.datetime
) -> GroupRequest:
    """Ask a group for something more (a letter, another roster) before it is decided about."""
    group = _locked(group, {State.DRAFT, State.REQUESTED})
    group.asked_for = _reason(what, _("请写明需要补充什么，领队会看到。"), field="asked_for")
    if until <= now:
        raise GroupRefused(fields={"asked_until": _("请填写今后的时间。")})
    group.asked_until, group.reply = until, ""
    group.save(update_fields=["asked_for", "asked_until", "reply"])
    _tell(group, "asked", actor, now)
    return group


@transaction.atomic
def reply(*, group: GroupRequest, words: str, actor: Actor | None, now: dt.datetime) -> GroupRequest:
    """Answer what the museum asked for."""
    group = _locked(group, {State.DRAFT, State.REQUESTED})
    group.reply = _reason(words, _("请填写说明。"), field="reply")
    group.save(update_fields=["reply"])
    _tell(group, "replied", actor, now)
    return group


@transaction.atomic
def change(
    *,
    group: GroupRequest,
    slot: SlotFacts,
    size: int | None = None,
    leaders: int | None = None,
    actor: Actor | None,
    now: dt.datetime,
    is_staff: bool = False,
) -> GroupRequest:
    """Move a group to another slot of its museum, or change how many come: new places and old ones, both or neither.

    With another number the roster must be handed in anew; otherwise the request waits for the museum again (or is
    approved at once, if the rules ask for no approval). Raises GroupRefused, BookingRefused, GroupDecided.
    """
    group = _locked(group, {State.DRAFT, State.REQUESTED, State.APPROVED})
    _check_change(group, slot, now, is_staff=is_staff)
    resized = size is not None and size != group.size
    group.size, group.leaders = size or group.size, leaders or group.leaders
    _check_size(slot, group.size, group.leaders)
    group.slot_id, group.changes = slot.id, group.changes + 1
    complete = bool(group.roster) and not resized
    until = slot.offer.starts_at if complete else min(now + ROSTER_WITHIN, slot.offer.starts_at)
    group.reservation_id = _move(group, slot, until, actor, now)
    group.state = State.REQUESTED if complete else State.DRAFT
    group.roster = group.roster if complete else b""
    group.decided_at = group.decided_by_id = None
    group.save()
    _tell(group, "changed", actor, now)
    if complete and not slot.rules.group_needs_approval:
        return _confirm(group, slot, actor, now)
    return group


def _check_change(group: GroupRequest, slot: SlotFacts, now: dt.datetime, *, is_staff: bool) -> None:
    old = _slot(group)
    if slot.museum_id != old.museum_id:
        raise GroupRefused(fields={"slot": _("请选择同一座科技馆的时段。")})
    check_day(slot, now, is_staff=is_staff)
    _check_cut_off(old, now, is_staff=is_staff)


def _move(
    group: GroupRequest, slot: SlotFacts, until: dt.datetime, actor: Actor | None, now: dt.datetime
) -> UUID:
    answer = bookings.move(
        reservation_id=_reservation(group), order=_order(group, slot, until), actor=actor, now=now
    )
    if isinstance(answer, Refused):
        raise _refused(answer, slot, group.size)
    return answer.id


@transaction.atomic
def cancel(
    *, group: GroupRequest, reason: str = "", actor: Actor | None, now: dt.datetime, is_staff: bool = False
) -> GroupRequest:
    """Call the visit off; until the cut-off of the rules, or by staff with a reason at any time."""
    group = _locked(group, {State.DRAFT, State.REQUESTED, State.APPROVED})
    _check_cut_off(_slot(group), now, is_staff=is_staff)
    if is_staff:
        group.decision = _reason(reason, _("请写明取消的原因，领队会看到。"))
    group.state = State.CANCELLED
    group.save(update_fields=["state", "decision"])
    why = "GROUP_STAFF" if is_staff else "GROUP"
    bookings.cancel(reservation_ids=[_reservation(group)], reason=why, actor=actor, now=now)
    _tell(group, "cancelled", actor, now, by_staff=is_staff)
    return group


@transaction.atomic
def follow(*, reservation_id: UUID, reason: str, now: dt.datetime) -> GroupRequest | None:
    """Call a request off whose places are gone: its roster came too late, or its slot was closed."""
    rows = GroupRequest.objects.select_for_update(of=("self",)).filter(reservation=reservation_id)
    group = rows.filter(state__in=(State.DRAFT, State.REQUESTED, State.APPROVED)).first()
    if group is None:
        return None
    group.state, group.decision = State.CANCELLED, reason[:_TEXT]
    group.save(update_fields=["state", "decision"])
    _tell(group, "cancelled", None, now, by_staff=True)
    return group


def _check_cut_off(slot: SlotFacts, now: dt.datetime, *, is_staff: bool) -> None:
    last = slot.offer.starts_at - dt.timedelta(minutes=slot.rules.cancel_minutes or 0)
    if now > last and not is_staff:
        message = _("%(when)s以后不能再取消或改期；如不能前来，请致电本馆。")
        raise GroupDecided(message % {"when": when(last)})


def _reason(words: str, problem: str, *, field: str = "reason") -> str:
    if not (clean := text.clean(words)):
        raise GroupRefused(fields={field: problem})
    return clean[:_TEXT]


def _locked(group: GroupRequest, states: set[State]) -> GroupRequest:
    found = GroupRequest.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if found.state not in states:
        message = _("这个团队预约%(state)s，不能再这样处理。") % {"state": found.get_state_display()}
        raise GroupDecided(message)
    return found


def _slot(group: GroupRequest) -> SlotFacts:
    return slot_of(Reservation.objects.get(pk=_reservation(group)))


def _reservation(group: GroupRequest) -> UUID:
    if group.reservation_id is None:
        raise GroupDecided(_("这个团队预约没有名额，请重新申请。"))
    return group.reservation_id


def _decide(group: GroupRequest, state: State, actor: Actor | None, now: dt.datetime) -> None:
    group.state, group.decided_at = state, now
    group.decided_by_id = actor.id if actor and actor.id != group.visitor_id else None
    group.save(update_fields=["state", "decided_at", "decided_by_id", "decision"])


def _tell(group: GroupRequest, what: str, actor: Actor | None, now: dt.datetime, **payload: object) -> None:
    audit.append(
        association_id=group.association_id, actor=actor, action=f"museums.group_{what}", subject=group,
        detail={"size": group.size, "slot": str(group.slot_id), **payload}, now=now,
    )  # fmt: skip
    outbox.append(
        association_id=group.association_id, kind=f"group.{what}", subject_id=group.pk,
        payload={"code": group.code, "size": group.size, **payload}, now=now,
    )  # fmt: skip
