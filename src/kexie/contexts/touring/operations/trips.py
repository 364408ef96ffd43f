"""A trip's costs, incidents and sign-offs."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CaravanStop, CaravanTrip, StopSignOff, TripCost, TripIncident
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger.models import State, Tenant
from kexie.platform.files import operations as files

# Receipts come in some days after the trip.
LATEST = dt.timedelta(days=60)
Row = TypeVar("Row", bound=Tenant)


class TripRefused(UserError):
    """This cannot be entered for the trip."""


@transaction.atomic
def add_cost(
    *,
    trip_id: UUID,
    kind: str,
    on: dt.date,
    yuan: Decimal,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    receipt: Any = None,
) -> TripCost:
    """Enter what was paid, with the receipt if there is one."""
    trip = _trip(trip_id, scope)
    if not trip.occurred_on - dt.timedelta(days=1) <= on <= trip.returned_on + LATEST:
        raise TripRefused(fields={"on": _("日期要在出车前一天到返回后60天之间。")})
    made = TripCost(association_id=trip.association_id, trip=trip, kind=kind, on=on, yuan=yuan, note=text)
    made.receipt = _file(trip, receipt, actor, now)
    return _keep(made, "add_trip_cost", actor, now, kind=kind, yuan=str(yuan))


@transaction.atomic
def void_cost(*, cost_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TripCost:
    """Strike out a cost that was entered wrongly; it stays to be seen and no longer counts."""
    found = locked(TripCost, cost_id, scope, unit="trip__unit")
    found.is_void = True
    found.save(update_fields=["is_void"])
    note(found, "void_trip_cost", actor=actor, now=now)
    return found


@transaction.atomic
def report_incident(
    *,
    trip_id: UUID,
    kind: str,
    on: dt.date,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TripIncident:
    """Enter what went wrong."""
    trip = _trip(trip_id, scope)
    if not trip.occurred_on <= on <= trip.returned_on:
        raise TripRefused(fields={"on": _("日期要在这次出车的起止日期内。")})
    made = TripIncident(association_id=trip.association_id, trip=trip, kind=kind, on=on, text=text)
    return _keep(made, "report_incident", actor, now, kind=kind)


@transaction.atomic
def close_incident(
    *, incident_id: UUID, on: dt.date, result: str, actor: Account, now: dt.datetime, scope: Scope
) -> TripIncident:
    """Say how an incident was dealt with."""
    found = locked(TripIncident, incident_id, scope, unit="trip__unit")
    if found.closed_on is not None:
        raise TripRefused(_("这条情况已办结，请刷新后再看。"))
    if on < found.on:
        raise TripRefused(fields={"on": _("办结日期不能早于发生日期。")})
    found.closed_on, found.result = on, result
    found.save(update_fields=["closed_on", "result"])
    note(found, "close_incident", actor=actor, now=now)
    return found


@transaction.atomic
def sign_off(
    *,
    stop_id: UUID,
    signed_by: str,
    on: dt.date,
    words: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    sheet: Any = None,
) -> StopSignOff:
    """Enter the host's signature under a stop: once, and not changed afterwards."""
    stop = locked(CaravanStop, stop_id, scope)
    if stop.state == State.REVERSED:
        raise TripRefused(_("这一场的记录已冲销，不能签字。"))
    if on < stop.occurred_on or on > timezone.localdate(now):
        raise TripRefused(fields={"on": _("签字日期要在活动当天或以后，且不晚于今天。")})
    made = StopSignOff(association_id=stop.association_id, stop=stop, signed_by=signed_by, on=on, words=words)
    made.sheet = _file(stop, sheet, actor, now)
    return _keep(made, "sign_off_stop", actor, now)


def _trip(trip_id: UUID, scope: Scope) -> CaravanTrip:
    trip = locked(CaravanTrip, trip_id, scope)
    if trip.state == State.REVERSED:
        raise TripRefused(_("这次出车的记录已冲销，请在更正后的记录里办理。"))
    return trip


def _file(owner: Tenant, upload: Any, actor: Account, now: dt.datetime) -> Any:
    if not upload:
        return None
    return files.store(association_id=owner.association_id, upload=upload, actor=actor, now=now)


def _keep(made: Row, action: str, actor: Account, now: dt.datetime, **detail: Any) -> Row:
    for name, value in {"recorded_by": actor, "recorded_at": now}.items():
        setattr(made, name, value)
    made.full_clean()
    made.save(force_insert=True)
    note(made, action, actor=actor, now=now, **detail)
    return made
