"""Steps of targets: adding and removing them, and linking the record that proves an act done."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from kexie.contexts.governance import closing
from kexie.contexts.governance.models import Milestone, Target
from kexie.contexts.governance.queries import progress as queries
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.models import State
from kexie.platform.audit import operations as audit


class MilestoneRefused(UserError):
    """The milestone cannot be set or fulfilled so; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a person says of a milestone: a value, a share of the goal, or the type of record that proves an act."""

    name: str
    due_on: dt.date
    unit: Unit
    value: Decimal | None = None
    share: Decimal | None = None
    record_type: str = ""
    responsible: str = ""


def add(*, target_id: UUID, step: Step, actor: Account, now: dt.datetime, scope: Scope) -> Milestone:
    """Add a milestone. Raises MilestoneRefused where it does not fit the year or the steps around it."""
    with transaction.atomic():
        target = queries.one(scope, target_id)
        _require_open(target)
        if step.due_on.year != target.year:
            raise MilestoneRefused(fields={"due_on": _("时限要在%(year)s年内。") % {"year": target.year}})
        made = Milestone(association_id=target.association_id, target=target, **vars(step))
        made.full_clean()
        _require_ascending(target, made)
        made.save(force_insert=True)
        _log(made, "target.milestone", actor, now)
    return made


def remove(*, milestone_id: UUID, target_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take a milestone away."""
    with transaction.atomic():
        found = one(scope, target_id, milestone_id)
        _require_open(found.target)
        _log(found, "target.milestone_removed", actor, now)
        found.delete()


def prove(
    *, milestone_id: UUID, target_id: UUID, record_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> Milestone:
    """Link the confirmed record by which an act is done. Raises Forbidden unless the account keeps such records."""
    with transaction.atomic():
        found = one(scope, target_id, milestone_id)
        _require_open(found.target)
        declared = registry.record_type(found.record_type)
        if not access.may_at(actor, Action.DRAFT, declared.context, found.unit):
            raise Forbidden(_("这个节点由%(unit)s办理，您的账号不登记这类记录。") % {"unit": found.unit})
        record = candidates(scope, found).filter(pk=record_id).first()
        if record is None:
            raise MilestoneRefused(fields={"record": _("请选一条已确认的记录；草稿要先确认。")})
        found.record_id = record.pk
        found.save(update_fields=["record_id"])
        _log(found, "target.milestone_done", actor, now)
    return found


def one(scope: Scope, target_id: UUID, milestone_id: UUID) -> Milestone:
    """Return a milestone of a target in the scope, or raise NotFound."""
    target = queries.one(scope, target_id)
    found = Milestone.objects.filter(target=target, pk=milestone_id).select_related("target", "unit").first()
    if found is None:
        raise NotFound(str(milestone_id))
    return found


def candidates(scope: Scope, milestone: Milestone) -> models.QuerySet[Any]:
    """Return the confirmed records of the act's type in its year, the latest first."""
    declared = registry.record_type(milestone.record_type)
    rows: models.QuerySet[Any] = declared.model._default_manager.filter(
        scope.q(), state=State.CONFIRMED, occurred_on__year=milestone.target.year
    )
    return rows.order_by("-occurred_on", "-pk")


def _require_open(target: Target) -> None:
    if closing.is_closed(target.association_id, target.year):
        raise MilestoneRefused(
            _("%(year)s年已经结账，这一年的目标不能再改；可以复制到新的年度后调整。") % {"year": target.year}
        )


def _require_ascending(target: Target, new: Milestone) -> None:
    """Steps grow with the days: a later one is never lower than an earlier one."""
    wanted = _value(new, target)
    if wanted is None:
        return
    for other in target.milestones.all():
        known = _value(other, target)
        if known is None:
            continue
        is_before, is_lower = other.due_on < new.due_on, known < wanted
        if other.due_on == new.due_on or (known != wanted and is_before != is_lower):
            told = {"name": other.name, "day": other.due_on, "value": f"{known:f}"}
            field = "value" if new.share is None else "share"
            raise MilestoneRefused(
                fields={
                    field: _("与节点“%(name)s”（%(day)s，%(value)s）不相接：越往后的节点数值应越大。") % told
                }
            )


def _value(step: Milestone, target: Target) -> Decimal | None:
    return step.value if step.share is None else target.goal * step.share / 100


def _log(found: Milestone, action: str, actor: Account, now: dt.datetime) -> None:
    audit.append(
        association_id=found.association_id, actor=actor, action=action, subject=found.target, now=now,
        detail={"name": found.name, "due_on": found.due_on, "record": found.record_id},
    )  # fmt: skip
