"""What a carrier does while it runs: experts for a term, needs of the host, outputs."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    CarrierExpert,
    CarrierNeed,
    CarrierOutput,
    Expert,
    Problem,
    ServiceCarrier,
)
from kexie.contexts.matching.operations.carriers import CarrierRefused
from kexie.contexts.matching.operations.common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger


@transaction.atomic
def join(
    *,
    carrier_id: UUID,
    expert: Expert,
    since: dt.date,
    until: dt.date,
    task: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierExpert:
    """Note an expert at a carrier for a term; one from overseas only once export control was looked at."""
    one = locked(ServiceCarrier, carrier_id, scope)
    if expert.withdrawn_on is not None:
        raise CarrierRefused(fields={"expert": _("这位专家已退出专家库。")})
    if expert.is_home and expert.cleared_on is None:
        raise CarrierRefused(
            fields={"expert": _("海智专家要先在专家库登记出口管制和保密核对日期，才能进站。")}
        )
    made = CarrierExpert(
        association_id=one.association_id, carrier=one, expert=expert, since=since, until=until, task=task
    )
    made.full_clean()
    made.save(force_insert=True)
    note(one, "join_carrier", actor=actor, now=now, expert=expert.pk)
    return made


@transaction.atomic
def extend(*, row_id: UUID, until: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> CarrierExpert:
    """Let an expert's term run on to another day."""
    row = _present(row_id, scope)
    before, row.until = row.until, until
    row.full_clean()
    row.save(update_fields=["until"])
    note(row.carrier, "extend_carrier_expert", actor=actor, now=now, before=before, until=until)
    return row


@transaction.atomic
def leave(
    *, row_id: UUID, on: dt.date, reason: str = "", actor: Account, now: dt.datetime, scope: Scope
) -> CarrierExpert:
    """Note that an expert left a carrier."""
    row = _present(row_id, scope)
    row.left_on, row.left_why = on, reason
    row.full_clean()
    row.save(update_fields=["left_on", "left_why"])
    note(row.carrier, "leave_carrier", actor=actor, now=now, expert=row.expert_id)
    return row


@transaction.atomic
def need(
    *,
    carrier_id: UUID,
    text: str,
    raised_on: dt.date,
    problem: Problem | None = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierNeed:
    """Note what the host needs."""
    one = locked(ServiceCarrier, carrier_id, scope)
    made = CarrierNeed(
        association_id=one.association_id, carrier=one, text=text, raised_on=raised_on, problem=problem
    )
    made.full_clean()
    made.save(force_insert=True)
    note(one, "carrier_need", actor=actor, now=now)
    return made


@transaction.atomic
def meet(
    *, row_id: UUID, on: dt.date, outcome: str, actor: Account, now: dt.datetime, scope: Scope
) -> CarrierNeed:
    """Note that a need was met, and how."""
    row = locked(CarrierNeed, row_id, scope, unit="carrier__unit")
    if not outcome:
        raise CarrierRefused(fields={"outcome": _("请写明怎样满足的。")})
    row.met_on, row.outcome = on, outcome
    row.full_clean()
    row.save(update_fields=["met_on", "outcome"])
    note(row.carrier, "meet_carrier_need", actor=actor, now=now)
    return row


@transaction.atomic
def output(
    *,
    carrier_id: UUID,
    kind: str,
    title: str,
    on: dt.date,
    expert: Expert | None = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CarrierOutput:
    """Record what came of a carrier's work."""
    one = locked(ServiceCarrier, carrier_id, scope)
    if on > timezone.localdate(now):
        raise CarrierRefused(fields={"on": _("日期不能晚于今天。")})
    made = CarrierOutput(
        unit=one.unit, area=one.host.area, carrier=one, kind=kind, title=title, occurred_on=on, expert=expert
    )
    whole = Scope(association_id=one.association_id, unit_paths=(one.unit.path,))
    ledger.draft(record=made, actor=actor, now=now, scope=whole)
    ledger.confirm(records=[made], actor=actor, now=now, scope=whole)
    return made


def _present(row_id: UUID, scope: Scope) -> CarrierExpert:
    row = locked(CarrierExpert, row_id, scope, unit="carrier__unit")
    if row.left_on is not None:
        raise CarrierRefused(_("这位专家已经离站。"))
    return row
