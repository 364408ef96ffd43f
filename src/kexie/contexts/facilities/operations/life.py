"""A facility moves on in its life, and its visits are counted: ledger records, drafted here, confirmed where one may."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Facility, FacilityStage, FacilityVisits, month_end
from kexie.contexts.facilities.operations.common import locked
from kexie.contexts.facilities.rules import life as rules
from kexie.foundation.access.models import Account
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State


class LifeRefused(UserError):
    """The facility's life cannot go on like this."""


@transaction.atomic
def enter_stage(
    *,
    facility_id: UUID,
    stage: str,
    on: dt.date,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    confirm: Scope | None,
    document: str = "",
    receiver: str = "",
) -> FacilityStage:
    """Draft the next stage; it is confirmed at once where `confirm` (the scope for confirming) covers the unit."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    _require_no_draft(facility)
    record = ledger.draft(
        record=FacilityStage(
            unit=facility.unit, area=_area(facility), facility=facility, occurred_on=on, stage=stage,
            reason=reason, document=document, receiver=receiver,
        ),
        actor=actor, now=now, scope=scope,
    )  # fmt: skip
    if confirm is not None and confirm.covers(facility.unit.path):
        ledger.confirm(records=[record], actor=actor, now=now, scope=confirm)
    return record


@transaction.atomic
def take_back_stage(
    *, stage_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope, reverse: Scope | None
) -> FacilityStage:
    """Discard the draft of a stage, or reverse the latest confirmed one; earlier ones carry those after them.

    What is confirmed needs `reverse`, the scope for reversing, to cover the unit.
    """
    stage = locked(FacilityStage, stage_id, scope, unit="unit")
    if stage.state == State.DRAFT:
        ledger.discard_draft(record=stage, actor=actor, now=now, scope=scope)
        return stage
    if reverse is None or not reverse.covers(stage.unit.path):
        raise Forbidden(_("已确认的阶段由县级科协撤回；请联系县级科协。"))
    later = FacilityStage.objects.filter(facility_id=stage.facility_id, state=State.CONFIRMED)
    if later.order_by("-occurred_on", "-id").first() != stage:
        raise LifeRefused(_("只能撤回最近的一步；请从后往前逐步撤回。"))
    return ledger.reverse(record=stage, reason=reason, actor=actor, now=now, scope=reverse)


@transaction.atomic
def log_visits(
    *,
    facility_id: UUID,
    on: dt.date,
    span: str,
    headcount: int | None,
    method: str,
    theme: str,
    basis: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> FacilityVisits:
    """Draft the visits of a day, or with span MONTH those of the month around that day."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    day = month_end(on) if span else on
    if on > timezone.localdate(now) or (span and day > timezone.localdate(now)):
        raise LifeRefused(fields={"on": _("还没有过完的日子或月份不能登记。")})
    if not span and (stage := _stage_on(facility, day)) in rules.CLOSED:
        values = {"stage": FacilityStage.Stage(stage).label}
        raise LifeRefused(
            fields={"on": _("这一天设施处于“%(stage)s”，不接待参观；恢复运行的，请先登记“运行”。") % values}
        )
    if headcount is not None and not method:
        raise LifeRefused(fields={"method": _("填了人次就要选计数方法；没有计数就都留空。")})
    return ledger.draft(
        record=FacilityVisits(
            unit=facility.unit, area=_area(facility), facility=facility, occurred_on=day, span=span,
            headcount=headcount, method=method, theme=theme, count_basis=basis,
        ),
        actor=actor, now=now, scope=scope,
    )  # fmt: skip


def _require_no_draft(facility: Facility) -> None:
    waiting = FacilityStage.objects.filter(facility=facility, state=State.DRAFT).first()
    if waiting is not None:
        values = {"day": waiting.occurred_on, "stage": waiting.get_stage_display()}
        raise LifeRefused(_("%(day)s的“%(stage)s”还是草稿，请先确认或撤回它，再登记下一步。") % values)


def _stage_on(facility: Facility, day: dt.date) -> str:
    rows = FacilityStage.objects.filter(facility=facility, state=State.CONFIRMED, occurred_on__lt=day)
    return str(rows.order_by("-occurred_on", "-id").values_list("stage", flat=True).first() or "")


def _area(facility: Facility) -> Area:
    return facility.area or facility.unit.area
