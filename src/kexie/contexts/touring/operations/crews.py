"""Crews: leave, and hours at the wheel within the law's limits."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Caravan, CrewLeave, CrewMember, DrivingSpell
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.rules import driving
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope


class CrewRefused(UserError):
    """The crew cannot do this."""


@transaction.atomic
def take_leave(
    *,
    member_id: UUID,
    kind: str,
    first_on: dt.date,
    last_on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CrewLeave:
    """Enter days on which a member is away."""
    member = locked(CrewMember, member_id, scope)
    made = CrewLeave(
        association_id=member.association_id, member=member, kind=kind, first_on=first_on, last_on=last_on,
        recorded_at=now,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(made, "take_leave", actor=actor, now=now, first=str(first_on), last=str(last_on))
    return made


@transaction.atomic
def cancel_leave(*, leave_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> CrewLeave:
    """A member is there after all; the entry stays, struck out."""
    found = locked(CrewLeave, leave_id, scope, unit="member__unit")
    found.is_cancelled = True
    found.save(update_fields=["is_cancelled"])
    note(found, "cancel_leave", actor=actor, now=now)
    return found


@transaction.atomic
def drive(
    *,
    member_id: UUID,
    caravan_id: UUID,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> DrivingSpell:
    """Enter a stretch at the wheel. Raises CrewRefused where a limit, the licence or leave is against it."""
    member = locked(CrewMember, member_id, scope)
    caravan = locked(Caravan, caravan_id, scope)
    day = timezone.localtime(started_at).date()
    _require_driver(member, caravan, day)
    made = DrivingSpell(
        association_id=member.association_id, member=member, caravan=caravan, started_at=started_at,
        ended_at=ended_at, recorded_by=actor,
    )  # fmt: skip
    made.full_clean()
    near = member.spells.filter(
        ended_at__gt=started_at - driving.WINDOW, started_at__lt=ended_at + driving.WINDOW
    )
    if why := driving.broken([*near.values_list("started_at", "ended_at"), (started_at, ended_at)]):
        raise CrewRefused(fields={"ended": _("不能登记：%(why)s。请换人驾驶或安排休息。") % {"why": why}})
    made.save(force_insert=True)
    note(made, "drive", actor=actor, now=now, minutes=round((ended_at - started_at).total_seconds() / 60))
    return made


def _require_driver(member: CrewMember, caravan: Caravan, day: dt.date) -> None:
    if why := driving.may_drive(member, caravan.licence_class, day):
        raise CrewRefused(fields={"caravan": f"{why}。"})
    if not driving.is_here(member, member.leaves.all(), day):
        raise CrewRefused(_("%(name)s这一天请假或已离岗，请换一位驾驶员。") % {"name": member.name})
