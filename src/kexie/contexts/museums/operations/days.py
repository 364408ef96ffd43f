"""Single days: closed although the pattern says open, opened although it says closed; and a museum's stages."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage, SlotChange, SpecialDay
from kexie.contexts.museums.operations import generation, slot_changes
from kexie.contexts.museums.operations.generation import Generated
from kexie.contexts.museums.operations.slot_changes import Asked
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.queries.slots import Selection, SlotRow, select
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer


class DayRefused(UserError):
    """The day cannot be changed like this."""


def slots_of_day(museum: Museum, day: dt.date, scope: Scope) -> list[SlotRow]:
    """Return the slots of a day that a closing meets: whatever is not cancelled."""
    rows = select(museum, Selection(Period.until(day, since=day)), scope)
    return [row for row in rows if row.offer.state != Offer.State.CANCELLED]


@transaction.atomic
def close(
    *,
    museum: Museum,
    day: dt.date,
    reason: str,
    notice: str,
    policy: str,
    targets: Sequence[UUID] = (),
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> tuple[ClosedDay, SlotChange | None]:
    """Record a closed day, close its slots, and cancel or move who is booked, with notices.

    The record is a draft until its day has come: so far it only will be so, and may still be taken back.
    Raises ValidationError by field, DayRefused for a day that is past, slot_changes.Refused.
    """
    today = timezone.localdate(now)
    if day < today:
        raise DayRefused(fields={"day": _("过去的日子请在“临时闭馆日”里补登。")})
    record = ClosedDay(
        association_id=museum.association_id,
        unit=museum.unit,
        area=museum.unit.area,
        occurred_on=day,
        reason=reason,
        notice=notice,
    )
    ledger.draft(record=record, actor=actor, now=now, scope=scope)
    if day == today:
        ledger.confirm(records=[record], actor=actor, now=now, scope=scope)
        record.refresh_from_db()
    rows = slots_of_day(museum, day, scope)
    if not rows:
        return record, None
    said = notice or record.get_reason_display()
    kind = SlotChange.Kind.CLOSE_DAY
    asked = Asked(kind=kind, policy=policy, targets=tuple(targets), notice=said)
    change = slot_changes.submit(museum=museum, rows=rows, asked=asked, actor=actor, now=now)
    return record, change


@transaction.atomic
def reopen(
    *, museum: Museum, day: dt.date, why: str, actor: Account, now: dt.datetime, scope: Scope
) -> Generated:
    """Take a closed day back (with the reason, if it was confirmed) and open its slots again.

    `scope` is where the actor may do that: draft records for a draft, reverse them for a confirmed one.
    """
    record = queries.calendar(museum, Period.until(day, since=day), scope).closed.get(day)
    if record is None:
        raise NotFound(_("这一天没有登记闭馆。"))
    if record.state == State.CONFIRMED:
        ledger.reverse(record=record, reason=why, actor=actor, now=now, scope=scope)
    else:
        ledger.discard_draft(record=record, actor=actor, now=now, scope=scope)
    return generation.refresh(museum=museum, actor=actor, now=now)


@transaction.atomic
def open_specially(
    *, museum: Museum, day: dt.date, note: str, actor: Account, now: dt.datetime, scope: Scope
) -> Generated:
    """Open a museum on a day on which its pattern says closed. Raises DayRefused."""
    if day < timezone.localdate(now):
        raise DayRefused(fields={"day": _("这一天已经过去。")})
    opening = queries.calendar(museum, Period.until(day, since=day), scope).on(day)
    if opening.is_open:
        raise DayRefused(fields={"day": _("这一天本来就开放，不用加开。")})
    special = SpecialDay(
        association_id=museum.association_id, museum=museum, day=day, note=note, made_by=actor, made_at=now
    )
    special.full_clean()
    special.save(force_insert=True)
    _audit(special, "add_special_day", actor, now)
    return generation.refresh(museum=museum, actor=actor, now=now)


@transaction.atomic
def close_specially(
    *, museum: Museum, day: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> Generated:
    """Take an extra opening back. Raises DayRefused while people are booked."""
    special = queries.calendar(museum, Period.until(day, since=day), scope).special.get(day)
    if special is None:
        raise NotFound(_("这一天没有加开。"))
    if people := sum(row.people for row in slots_of_day(museum, day, scope)):
        raise DayRefused(_("已有%(people)d人预约这一天，请改用“闭馆”并通知他们。") % {"people": people})
    _audit(special, "remove_special_day", actor, now)
    special.delete()
    return generation.refresh(museum=museum, actor=actor, now=now)


@transaction.atomic
def enter_stage(
    *, record: MuseumStage, confirms: bool, actor: Account, now: dt.datetime, scope: Scope
) -> MuseumStage:
    """Record that a museum enters a stage; slots follow once it is confirmed. Raises ValidationError by field."""
    ledger.draft(record=record, actor=actor, now=now, scope=scope)
    if confirms:
        ledger.confirm(records=[record], actor=actor, now=now, scope=scope)
        generation.refresh(museum=record.museum, actor=actor, now=now)
    return record


def _audit(special: SpecialDay, verb: str, actor: Account, now: dt.datetime) -> None:
    audit.append(
        association_id=special.association_id, actor=actor, action=f"museums.{verb}", subject=special,
        detail={"day": special.day, "note": special.note}, now=now,
    )  # fmt: skip
