"""Service carriers: applied for, checked against the declared conditions, approved, opened, evaluated each year, ended."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models import (
    Agreement,
    CarrierCondition,
    CarrierEvaluation,
    CarrierStage,
    ServiceCarrier,
)
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import CarrierState as Stage
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.ledger.stages import latest_stage
from kexie.platform.files import operations as files
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

Verdict = CarrierCondition.Verdict
_CHECKED = frozenset({Stage.CHECKED, Stage.APPROVED})
_WITH_REASON = frozenset({Stage.REFUSED, Stage.SUSPENDED, Stage.CLOSED})


class CarrierRefused(UserError):
    """What was asked does not fit the carrier; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """What a form says of a carrier that is applied for."""

    name: str
    kind: str
    level: str
    host: Unit
    society: Unit | None = None
    field: str = ""
    agreement: Agreement | None = None
    note: str = ""


@transaction.atomic
def apply(
    *, application: Application, on: dt.date, unit: Unit, actor: Account, now: dt.datetime, scope: Scope
) -> ServiceCarrier:
    """Enter an application; the conditions of its kind and level are then shown and checked one by one."""
    if not scope.covers(unit.path):
        raise Forbidden(_("您只能为本单位登记服务载体。"))
    if application.kind == ServiceCarrier.Kind.EXPERT_STATION and application.society is None:
        raise CarrierRefused(fields={"society": _("学会专家服务站要选建站的学会。")})
    given = {name: getattr(application, name) for name in Application.__dataclass_fields__}
    made = ServiceCarrier(association_id=scope.association_id, unit=unit, area=application.host.area, **given)
    made.full_clean()
    made.save(force_insert=True)
    _step(made, Stage.APPLIED, on, actor=actor, now=now)
    note(made, "apply_carrier", actor=actor, now=now)
    return made


@transaction.atomic
def show(
    *,
    carrier_id: UUID,
    key: str,
    evidence: str,
    value: int | None = None,
    file: "File[bytes] | None" = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierCondition:
    """Note what the host shows for a condition; whatever was found before is open again."""
    one = locked(ServiceCarrier, carrier_id, scope)
    condition = _condition(one, key)
    if stage_of(one, now) not in rules.PREPARING:
        raise CarrierRefused(_("载体已经建立，建站条件不再改动。"))
    if condition.least is not None and value is None:
        raise CarrierRefused(fields={"value": _("请填写数值。")})
    found = CarrierCondition.objects.filter(carrier=one, key=key).first()
    found = found or CarrierCondition(association_id=one.association_id, carrier=one, key=key)
    found.value, found.evidence = value, evidence
    found.verdict, found.remark, found.checked_by, found.checked_at = Verdict.OPEN, "", None, None
    if file is not None:
        found.file = files.store(association_id=one.association_id, upload=file, actor=actor, now=now)
    found.full_clean()
    found.save()
    note(one, "show_condition", actor=actor, now=now, condition=key)
    return found


@transaction.atomic
def check(
    *,
    carrier_id: UUID,
    key: str,
    is_met: bool,
    remark: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierCondition:
    """Say whether the evidence holds; a number below the least one asked for never does."""
    one = locked(ServiceCarrier, carrier_id, scope)
    condition = _condition(one, key)
    found = CarrierCondition.objects.filter(carrier=one, key=key).first()
    if found is None:
        raise CarrierRefused(_("还没有证明材料，不能核查。"))
    if is_met and condition.least is not None and (found.value or 0) < condition.least:
        least = {"least": condition.least, "value": found.value or 0}
        raise CarrierRefused(
            fields={"verdict": _("这一条要求不少于%(least)d，现为%(value)d，不能判为符合。") % least}
        )
    if not is_met and not remark:
        raise CarrierRefused(fields={"remark": _("不符合要写明差在哪里。")})
    found.verdict = Verdict.MET if is_met else Verdict.UNMET
    found.remark, found.checked_by, found.checked_at = remark, actor, now
    found.full_clean()
    found.save()
    note(one, "check_condition", actor=actor, now=now, condition=key, verdict=found.verdict)
    return found


@transaction.atomic
def move(
    *,
    carrier_id: UUID,
    stage: str,
    on: dt.date,
    document_no: str = "",
    reason: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierStage:
    """Record the next step. Checked means that every condition was judged, approved that every one is met."""
    one = locked(ServiceCarrier, carrier_id, scope)
    if stage in _CHECKED:
        _require_conditions(one, stage)
    if stage in _WITH_REASON and not reason:
        raise CarrierRefused(fields={"reason": _("请写明原因。")})
    made = _step(one, stage, on, document_no=document_no, reason=reason, actor=actor, now=now)
    _tell_host(made, now)
    return made


@transaction.atomic
def evaluate(
    *,
    carrier_id: UUID,
    year: int,
    on: dt.date,
    scores: Mapping[str, int],
    words: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierEvaluation:
    """Score a year by the declared rule; a carrier that fails is suspended with the same act."""
    one = locked(ServiceCarrier, carrier_id, scope)
    current = stage_of(one, now)
    if current in rules.PREPARING or current == Stage.CLOSED:
        raise CarrierRefused(_("这个载体没有在运行，不能评估。"))
    _require_year(one, year, on)
    total = sum(scores[criterion.key] for criterion in evaluation.CRITERIA)
    made = CarrierEvaluation(
        unit=one.unit, area=one.host.area, occurred_on=on, carrier=one, year=year, total=total,
        grade=evaluation.grade_of(total), words=words,
        **{f"{criterion.key}_score": scores[criterion.key] for criterion in evaluation.CRITERIA},
    )  # fmt: skip
    _confirmed(made, actor=actor, now=now)
    if made.grade == evaluation.Grade.FAIL and current in rules.RUNNING:
        why = _("%(year)d年度评估不合格，限期整改") % {"year": year}
        _tell_host(_step(one, Stage.SUSPENDED, on, reason=why, actor=actor, now=now), now)
    return made


def stage_of(one: ServiceCarrier, now: dt.datetime) -> str:
    """Return the stage a carrier has today, or ""."""
    probe = CarrierStage(carrier=one, occurred_on=timezone.localdate(now))
    return latest_stage(probe, entity="carrier")


def _require_conditions(one: ServiceCarrier, stage: str) -> None:
    """Name the conditions that stand in the way."""
    found = dict(CarrierCondition.objects.filter(carrier=one).values_list("key", "verdict"))
    good = {Verdict.MET} if stage == Stage.APPROVED else {Verdict.MET, Verdict.UNMET}
    missing = [
        str(condition.label)
        for condition in rules.conditions(one.kind, one.level)
        if found.get(condition.key) not in good
    ]
    if missing:
        names = {"names": _("、").join(missing)}
        unmet, open_ones = _("这些条件还不符合，不能批准：%(names)s"), _("这些条件还没有核查：%(names)s")
        raise CarrierRefused((unmet if stage == Stage.APPROVED else open_ones) % names)


def _require_year(one: ServiceCarrier, year: int, on: dt.date) -> None:
    opened = CarrierStage.objects.filter(carrier=one, stage=Stage.ESTABLISHED, state=State.CONFIRMED).first()
    if year > on.year or opened is None or opened.occurred_on.year > year:
        raise CarrierRefused(fields={"year": _("评估年度应在建立之后、今年之前或今年。")})


def _condition(one: ServiceCarrier, key: str) -> rules.Condition:
    found = next((each for each in rules.conditions(one.kind, one.level) if each.key == key), None)
    if found is None:
        raise CarrierRefused(_("这类载体没有这一条件。"))
    return found


def _step(
    one: ServiceCarrier,
    stage: str,
    on: dt.date,
    *,
    actor: Account,
    now: dt.datetime,
    document_no: str = "",
    reason: str = "",
) -> CarrierStage:
    if on > timezone.localdate(now):
        raise CarrierRefused(fields={"on": _("日期不能晚于今天。")})
    made = CarrierStage(
        unit=one.unit, area=one.host.area, occurred_on=on, carrier=one, stage=stage, document_no=document_no,
        reason=reason,
    )  # fmt: skip
    _confirmed(made, actor=actor, now=now)
    return made


def _tell_host(made: CarrierStage, now: dt.datetime) -> None:
    """Tell the accounts of the host, but for whoever did it, how its carrier stands."""
    carrier = made.carrier
    values = {"name": carrier.name, "stage": made.get_stage_display(), "day": made.occurred_on}
    theirs = Account.objects.filter(unit__path__startswith=carrier.host.path, is_active=True)
    for account in theirs.exclude(pk=made.recorded_by_id):
        notify.send(
            association_id=carrier.association_id, to=Recipient(account_id=account.pk), template="carrier.moved",
            values=values, href=reverse("cooperation:carrier", args=[carrier.pk]), now=now,
        )  # fmt: skip


def _confirmed(made: CarrierStage | CarrierEvaluation, *, actor: Account, now: dt.datetime) -> None:
    """Draft and confirm a record for the unit that keeps the carrier, whose row was found in the scope."""
    scope = Scope(association_id=made.carrier.association_id, unit_paths=(made.unit.path,))
    ledger.draft(record=made, actor=actor, now=now, scope=scope)
    ledger.confirm(records=[made], actor=actor, now=now, scope=scope)
