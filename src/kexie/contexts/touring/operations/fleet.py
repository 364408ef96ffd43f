"""Caravans: papers, repairs, retirement, odometer, and the exhibits on board."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    Caravan,
    CaravanDocument,
    CaravanExhibit,
    CaravanRepair,
    Condition,
    OdometerReading,
)
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.queries import fleet as queries
from kexie.contexts.touring.rules import fleet as rules
from kexie.contexts.touring.states import CARAVAN_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files

State = Caravan.State


class FleetRefused(UserError):
    """The vehicle cannot be treated like this now."""


@transaction.atomic
def add_document(
    *,
    caravan_id: UUID,
    kind: str,
    valid_from: dt.date,
    valid_to: dt.date | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    number: str = "",
    text: str = "",
    scan: Any = None,
) -> CaravanDocument:
    """Keep a paper, or its renewal. Only the registration has no end."""
    caravan = locked(Caravan, caravan_id, scope)
    if valid_to is None and kind != CaravanDocument.Kind.REGISTRATION:
        raise FleetRefused(fields={"valid_to": _("请填写有效期；只有行驶证可以不填。")})
    made = CaravanDocument(
        association_id=caravan.association_id, caravan=caravan, kind=kind, number=number, note=text,
        valid_from=valid_from, valid_to=valid_to, recorded_at=now,
    )  # fmt: skip
    if scan:
        made.scan = files.store(association_id=caravan.association_id, upload=scan, actor=actor, now=now)
    made.full_clean()
    made.save(force_insert=True)
    note(made, "add_caravan_document", actor=actor, now=now, kind=kind, until=str(valid_to or ""))
    return made


@transaction.atomic
def send_to_repair(
    *,
    caravan_id: UUID,
    on: dt.date,
    fault: str,
    expected_on: dt.date | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CaravanRepair:
    """Take a vehicle out of service; until it is back the planner does not use it."""
    caravan = locked(Caravan, caravan_id, scope)
    _require(caravan, State.IN_REPAIR)
    if expected_on is not None and expected_on < on:
        raise FleetRefused(fields={"expected_on": _("预计修好的日期不能早于送修日期。")})
    made = CaravanRepair(
        association_id=caravan.association_id, caravan=caravan, first_on=on, expected_on=expected_on,
        fault=fault,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    _move(caravan, State.IN_REPAIR)
    note(made, "send_caravan_to_repair", actor=actor, now=now, fault=fault)
    return made


@transaction.atomic
def back_from_repair(
    *,
    caravan_id: UUID,
    on: dt.date,
    result: str,
    cost: Decimal | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CaravanRepair:
    """Take a repaired vehicle into service again."""
    caravan = locked(Caravan, caravan_id, scope)
    _require(caravan, State.IN_SERVICE)
    found = caravan.repairs.get(last_on=None)
    if on < found.first_on:
        raise FleetRefused(
            fields={"on": _("修好日期不能早于送修日期（%(day)s）。") % {"day": found.first_on}}
        )
    found.last_on, found.result, found.cost = on, result, cost
    found.save(update_fields=["last_on", "result", "cost"])
    _move(caravan, State.IN_SERVICE)
    note(found, "caravan_is_back", actor=actor, now=now, result=result)
    return found


@transaction.atomic
def retire(
    *, caravan_id: UUID, on: dt.date, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> Caravan:
    """Retire a vehicle for good. Its trips and kilometres stay in the figures."""
    caravan = locked(Caravan, caravan_id, scope)
    _require(caravan, State.RETIRED)
    if on < caravan.bought_on or on > timezone.localdate(now):
        raise FleetRefused(fields={"on": _("退役日期要在购置日期之后，且不晚于今天。")})
    caravan.repairs.filter(last_on=None, first_on__lte=on).update(last_on=on)
    _move(caravan, State.RETIRED, retired_on=on)
    note(caravan, "retire_caravan", actor=actor, now=now, reason=reason)
    return caravan


@transaction.atomic
def read_odometer(
    *, caravan_id: UUID, on: dt.date, km: int, text: str, actor: Account, now: dt.datetime, scope: Scope
) -> OdometerReading:
    """Keep a reading. One that does not fit the others is asked about, and kept once a word explains it."""
    caravan = locked(Caravan, caravan_id, scope)
    if on > timezone.localdate(now):
        raise FleetRefused(fields={"on": _("还没到这一天，不能先记读数。")})
    doubts = rules.doubts(queries.odometer_points(caravan), on, km)
    if doubts and not text:
        asks = _("%(why)s。请核对；如果没有看错，请在说明里写明原因（例如换过里程表），再保存。")
        raise FleetRefused(fields={"km": asks % {"why": "；".join(doubts)}})
    made = OdometerReading(
        association_id=caravan.association_id, caravan=caravan, on=on, km=km, note=text,
        is_doubtful=bool(doubts), recorded_by=actor, recorded_at=now,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(made, "read_odometer", actor=actor, now=now, km=km, doubtful=bool(doubts))
    return made


@transaction.atomic
def check_exhibit(
    *,
    exhibit_id: UUID,
    condition: str,
    on: dt.date,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CaravanExhibit:
    """Say how an exhibit on board is; what is broken or missing needs a word."""
    exhibit = locked(CaravanExhibit, exhibit_id, scope)
    if condition in {Condition.FAULTY, Condition.MISSING} and not text:
        raise FleetRefused(fields={"text": _("故障或缺失的展品请写明情况。")})
    exhibit.condition, exhibit.checked_on, exhibit.finding = condition, on, text
    exhibit.save(update_fields=["condition", "checked_on", "finding"])
    note(exhibit, "check_caravan_exhibit", actor=actor, now=now, condition=condition)
    return exhibit


def _require(caravan: Caravan, to: str) -> None:
    if to not in CARAVAN_TRANSITIONS[caravan.state]:
        raise FleetRefused(
            _("这辆车现在%(state)s，不能这样办理；请刷新后再看。") % {"state": caravan.get_state_display()}
        )


def _move(caravan: Caravan, to: str, *, retired_on: dt.date | None = None) -> None:
    caravan.state, caravan.retired_on = to, retired_on
    caravan.save(update_fields=["state", "retired_on"])
