"""What changes state here beyond the ledger's own operations."""

import datetime as dt

from kexie.contexts.governance.models import RectificationItem, RectificationStage
from kexie.foundation.access.models import Account
from kexie.foundation.people.models import Person
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger


def advance(
    *,
    item: RectificationItem,
    stage: str,
    checker: Person,
    occurred_on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    finding: str = "",
) -> RectificationStage:
    """Draft the next stage of an item and return it.

    Raises ValidationError on `stage` for a jump, and when the person responsible would check their own item.
    """
    step = RectificationStage(
        unit=item.unit,
        area=item.area or item.unit.area,
        item=item,
        stage=stage,
        responsible=item.responsible,
        checker=checker,
        occurred_on=occurred_on,
        finding=finding,
    )
    return ledger.draft(record=step, actor=actor, now=now, scope=scope)
