"""A facility is handed over to another unit's keeper: access follows, what was recorded stays where it was recorded."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Facility, FacilityHandover, FacilityStage
from kexie.contexts.facilities.operations.common import locked, note
from kexie.contexts.facilities.operations.life import LifeRefused
from kexie.contexts.facilities.rules import life as rules
from kexie.foundation.access.models import Account
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

_COUNTY = len("341200")


@transaction.atomic
def hand_over(
    *,
    facility_id: UUID,
    to: Unit,
    keeper: str,
    on: dt.date,
    reason: str,
    document: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> FacilityHandover:
    """Give a facility to another unit of its county, whose keepers see and record it from now on."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    _require(facility, to, on, now, scope)
    made = FacilityHandover(
        association_id=facility.association_id, facility=facility, from_unit=facility.unit, to_unit=to,
        keeper_before=facility.keeper, keeper=keeper, on=on, reason=reason, document=document, made_by=actor,
        made_at=now,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    _give(facility, to, keeper)
    note(
        facility, "hand_over", actor=actor, now=now, before=made.from_unit.name, after=to.name, reason=reason
    )
    return made


@transaction.atomic
def undo_hand_over(*, handover_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> FacilityHandover:
    """Give a facility back to the unit before; only the latest handover can be undone, and stays on the page."""
    made = locked(FacilityHandover, handover_id, scope)
    facility = locked(Facility, made.facility_id, scope, unit="unit")
    if made.undone_at is not None or facility.handovers.filter(undone_at=None).first() != made:
        raise LifeRefused(_("只能撤回最近一次交接；设施后来又有变化，请重新登记交接。"))
    if not scope.covers(made.from_unit.path):
        raise LifeRefused(_("原管理单位不在您的管理范围内，请由上级科协撤回。"))
    made.undone_by, made.undone_at = actor, now
    made.save(update_fields=["undone_by", "undone_at"])
    _give(facility, made.from_unit, made.keeper_before)
    note(facility, "undo_hand_over", actor=actor, now=now, after=made.from_unit.name)
    return made


def _require(facility: Facility, to: Unit, on: dt.date, now: dt.datetime, scope: Scope) -> None:
    try:
        units.get_by_id(scope, to.pk)
    except NotFound:
        raise LifeRefused(fields={"to": _("接管单位不在您的管理范围内，请由上级科协办理。")}) from None
    if to.pk == facility.unit_id:
        raise LifeRefused(fields={"to": _("接管单位就是现在的管理单位。")})
    if county(facility) != to.area_id[:_COUNTY]:
        raise LifeRefused(fields={"to": _("设施在哪个县（市、区），就移交给那里的单位。")})
    if on > timezone.localdate(now):
        raise LifeRefused(fields={"on": _("日期不能晚于今天。")})
    if _stage(facility) in rules.ENDED:
        raise LifeRefused(_("设施已摘牌，不再移交管理；设备去向请登记“资产移交”。"))


def county(facility: Facility) -> str:
    """Return the code of the county in which a facility stands."""
    area = facility.area or facility.unit.area
    return str(area.pk)[:_COUNTY]


def _stage(facility: Facility) -> str:
    rows = FacilityStage.objects.filter(facility=facility, state=State.CONFIRMED)
    return str(rows.order_by("-occurred_on", "-id").values_list("stage", flat=True).first() or "")


def _give(facility: Facility, unit: Unit, keeper: str) -> None:
    facility.unit, facility.keeper = unit, keeper
    facility.save(update_fields=["unit", "keeper"])
