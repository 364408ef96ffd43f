"""Setting targets, changing them with a reason, parting them among counties, and taking last year's plan over.

There is no way to enter progress: it is the figure of the target's measure.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.governance import closing
from kexie.contexts.governance.models import ActionProgramme, Basis, Direction, Target, TargetChange
from kexie.contexts.governance.queries import progress as queries
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.platform.audit import operations as audit

COPIED = ("name", "measure", "basis", "direction", "goal", "note")


class TargetRefused(UserError):
    """The target cannot be set so; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a person says of a target: everything but its progress."""

    programme: ActionProgramme
    name: str
    measure: str
    year: int
    basis: str
    direction: str
    goal: Decimal
    unit: Unit
    note: str = ""


def set_target(*, plan: Plan, actor: Account, now: dt.datetime, scope: Scope) -> Target:
    """Set a target and return it. Raises ValidationError, TargetRefused, Forbidden outside the scope."""
    with transaction.atomic():
        target = Target(association_id=scope.association_id, **vars(plan))
        _require(scope, target)
        return _kept(target, "target.set", actor, now)


def change(
    *, target_id: UUID, plan: Plan, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> Target:
    """Change a target, keeping what it was with the reason. Raises TargetRefused without one, or in a closed year."""
    said = text.clean(reason)
    if not said:
        raise TargetRefused(fields={"reason": _("请写明调整原因，例如“市委年中调整任务，见某某文件”。")})
    with transaction.atomic():
        target = _locked(target_id, scope)
        if target.parent is not None and not scope.covers(target.parent.unit.path):
            raise Forbidden(_("这是上级分解下来的目标，请上级单位调整。"))
        _require_fitting(target, plan)
        before = TargetChange(
            association_id=target.association_id, target=target, name=target.name, unit=target.unit,
            basis=target.basis, direction=target.direction, goal=target.goal, reason=said, changed_by=actor,
            changed_at=now,
        )  # fmt: skip
        for name, value in vars(plan).items():
            setattr(target, name, value)
        _require(scope, target)
        before.full_clean()
        before.save(force_insert=True)
        return _kept(target, "target.change", actor, now, reason=said)


def part(
    *, target_id: UUID, shares: Mapping[UUID, Decimal], actor: Account, now: dt.datetime, scope: Scope
) -> Decimal:
    """Part a target among units (unit id: goal; units left out lose their part); return what is left over.

    What is left over is the association's own. Raises TargetRefused where the parts exceed the whole.
    """
    with transaction.atomic():
        target = _locked(target_id, scope)
        _require_partable(target)
        _require_room(target, sum(shares.values(), Decimal(0)))
        known = {
            one.unit_id: one for one in target.parts.select_for_update(of=("self",)).select_related("unit")
        }
        units = Unit.objects.filter(association_id=target.association_id).in_bulk(list(shares))
        for unit_id, one in known.items():
            if unit_id not in shares:
                _drop(one, actor, now)
        for unit_id, goal in shares.items():
            _set_part(target, known.get(unit_id), units[unit_id], goal, actor=actor, now=now)
    return target.goal - sum(shares.values(), Decimal(0))


def remove(*, target_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Delete a target that was set by mistake, with its parts and milestones; the audit log keeps that it was there."""
    with transaction.atomic():
        target = _locked(target_id, scope)
        if target.parent is not None and not scope.covers(target.parent.unit.path):
            raise Forbidden(_("这是上级分解下来的目标，请上级单位调整。"))
        for one in target.parts.all():
            _drop(one, actor, now)
        _drop(target, actor, now)


def copy_year(*, source: int, year: int, actor: Account, now: dt.datetime, scope: Scope) -> int:
    """Take a year's targets and milestones over into another one; return how many are new.

    What is there already stays as it is, so that doing it twice adds nothing.
    """
    if source == year:
        raise TargetRefused(fields={"year": _("请选两个不同的年度。")})
    with transaction.atomic():
        _require_open(scope.association_id, year)
        rows = list(queries.rows(scope).filter(year=source).order_by("parent_id", "pk"))
        if not rows:
            raise TargetRefused(fields={"source": _("这一年没有目标可以复制，请换一年。")})
        made: dict[UUID, Target] = {}
        new = 0
        for one in sorted(rows, key=lambda row: row.parent_id is not None):
            found, is_new = _copied(one, year, made)
            made[one.pk], new = found, new + is_new
        audit.append(
            association_id=scope.association_id, actor=actor, action="target.copy", subject=None,
            detail={"from": source, "to": year, "targets": new}, now=now,
        )  # fmt: skip
    return new


def take_in(*, plans: Sequence[Plan], actor: Account, now: dt.datetime, scope: Scope) -> int:
    """Set the targets of a sheet, all or none; return how many are new. Those that are there already stay."""
    with transaction.atomic():
        new = 0
        for plan in plans:
            if not _known(scope.association_id, plan.unit.pk, plan.measure, plan.year, plan.basis):
                set_target(plan=plan, actor=actor, now=now, scope=scope)
                new += 1
    return new


def _known(association_id: UUID, unit_id: UUID, measure: str, year: int, basis: str) -> Target | None:
    rows = Target.objects.filter(association_id=association_id, unit_id=unit_id, year=year)
    return rows.filter(measure=measure, basis=basis).first()


def _copied(one: Target, year: int, made: Mapping[UUID, Target]) -> tuple[Target, bool]:
    known = _known(one.association_id, one.unit_id, one.measure, year, one.basis)
    if known is not None:
        return known, False
    values = {name: getattr(one, name) for name in COPIED}
    parent = made.get(one.parent_id) if one.parent_id else None
    target = Target(
        association_id=one.association_id, unit=one.unit, programme=one.programme, year=year, parent=parent, **values
    )  # fmt: skip
    target.full_clean()
    target.save(force_insert=True)
    for step in one.milestones.all():
        step.pk, step.target, step.record_id = type(step)._meta.pk.get_default(), target, None
        step.due_on = _same_day(step.due_on, step.due_on.year + year - one.year)
        step._state.adding = True
        step.save(force_insert=True)
    return target, True


def _same_day(day: dt.date, year: int) -> dt.date:
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _set_part(
    target: Target, known: Target | None, unit: Unit, goal: Decimal, *, actor: Account, now: dt.datetime
) -> None:
    if known is None:
        values: dict[str, Any] = {
            name: getattr(target, name) for name in ("name", "measure", "basis", "direction")
        }
        new = Target(
            association_id=target.association_id, parent=target, programme=target.programme, year=target.year,
            unit=unit, area=unit.area, goal=goal, **values,
        )  # fmt: skip
        _kept(new, "target.part", actor, now)
    elif known.goal != goal:
        TargetChange.objects.create(
            association_id=known.association_id, target=known, name=known.name, unit=known.unit,
            basis=known.basis, direction=known.direction, goal=known.goal, reason=_("重新分解"),
            changed_by=actor, changed_at=now,
        )  # fmt: skip
        known.goal = goal
        _kept(known, "target.part", actor, now)


def _kept(target: Target, action: str, actor: Account, now: dt.datetime, *, reason: str = "") -> Target:
    _require_open(target.association_id, target.year)
    target.full_clean()
    target.save(force_insert=target._state.adding)
    audit.append(
        association_id=target.association_id, actor=actor, action=action, subject=target, now=now, reason=reason,
        detail={"name": target.name, "goal": target.goal, "year": target.year, "measure": target.measure},
    )  # fmt: skip
    return target


def _drop(target: Target, actor: Account, now: dt.datetime) -> None:
    audit.append(
        association_id=target.association_id, actor=actor, action="target.remove", subject=target, now=now,
        detail={"name": target.name, "goal": target.goal, "year": target.year, "unit": str(target.unit)},
    )  # fmt: skip
    target.delete()


def _locked(target_id: UUID, scope: Scope) -> Target:
    target = queries.one(scope, target_id)
    Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    _require_open(target.association_id, target.year)
    return target


def _require_open(association_id: UUID, year: int) -> None:
    if closing.is_closed(association_id, year):
        raise TargetRefused(
            _("%(year)s年已经结账，这一年的目标不能再改；可以复制到新的年度后调整。") % {"year": year}
        )


def _require(scope: Scope, target: Target) -> None:
    if not scope.covers(target.unit.path):
        raise Forbidden(_("这个单位不在您的权限范围内。"), fields={"unit": _("请选择您所管理的单位。")})


def _require_partable(target: Target) -> None:
    if target.parent_id is not None:
        raise TargetRefused(_("这是分解下来的目标，不再往下分解。"))
    if target.basis == Basis.LEVEL or not registry.measure(target.measure).kind.additive:
        raise TargetRefused(
            _("“%(measure)s”各县（市、区）相加不等于全市，不能分解成份额；可以给各县分别设目标。")
            % {"measure": registry.measure(target.measure).label}
        )


def _require_room(target: Target, total: Decimal) -> None:
    if total > target.goal:
        raise TargetRefused(
            _("各单位合计 %(sum)s，超出全市目标 %(goal)s，多分了 %(over)s。请调减，或先调整全市目标。")
            % {"sum": f"{total:f}", "goal": f"{target.goal:f}", "over": f"{total - target.goal:f}"}
        )


def _require_fitting(target: Target, plan: Plan) -> None:
    """A target with parts keeps their sum; a part keeps within the whole, and both keep measure, year and basis."""
    fixed = (plan.measure, plan.year, plan.basis) == (target.measure, target.year, target.basis)
    parts = list(target.parts.all())
    if (parts or target.parent_id) and not fixed:
        raise TargetRefused(_("已经分解的目标不能换指标、年度和口径；请先取消分解。"))
    if parts and (total := sum((one.goal for one in parts), Decimal(0))) > plan.goal:
        raise TargetRefused(
            fields={
                "goal": _("已分解给各单位 %(sum)s，目标不能低于它；请先调减分解。") % {"sum": f"{total:f}"}
            }
        )
    if target.parent is not None:
        others = sum((one.goal for one in target.parent.parts.exclude(pk=target.pk)), Decimal(0))
        _require_room(target.parent, others + plan.goal)


__all__ = [
    "Direction",
    "Plan",
    "TargetRefused",
    "change",
    "copy_year",
    "part",
    "remove",
    "set_target",
    "take_in",
]
