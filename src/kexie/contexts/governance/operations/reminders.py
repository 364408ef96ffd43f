"""Telling the responsible units when a target turns amber or red: once for each turn."""

import datetime as dt

from django.db import transaction

from kexie.contexts.governance.models import Target, TargetStanding
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.queries import reasons as why
from kexie.contexts.governance.states import TONES
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ROLES, Action
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

_ALARMS = frozenset({"warn", "bad"})


def remind_turned(*, now: dt.datetime) -> int:
    """Tell of this year's targets whose colour turned to amber or red since last seen; return how many notices went out."""
    return sum(_of(Scope(association_id=one.pk), now) for one in units.associations())


def _of(scope: Scope, now: dt.datetime) -> int:
    board = queries.board(scope, now)
    known = {one.target_id: one for one in TargetStanding.objects.filter(association_id=scope.association_id)}
    said = why.reasons(board, scope)
    grants: list[Grant] = list(
        access.valid_grants().filter(association_id=scope.association_id).select_related("account", "unit")
    )
    told = 0
    for target in board.rows:
        progress, before = board.progress[target.pk], known.get(target.pk)
        if before is None or before.status != progress.status:
            turned = progress.tone in _ALARMS and TONES.get(before.status if before else "") != progress.tone
            people = keepers(target, grants) if turned else []
            told += _tell(target, progress, said.get(target.pk), people, now)
    return told


@transaction.atomic
def _tell(
    target: Target,
    progress: queries.TargetProgress,
    said: why.Reasons | None,
    people: list[Account],
    now: dt.datetime,
) -> int:
    TargetStanding.objects.update_or_create(
        association_id=target.association_id,
        target=target,
        defaults={"status": progress.status, "seen_at": now, "told": len(people)},
    )
    for account in people:
        notify.send(
            association_id=target.association_id,
            to=Recipient(account_id=account.pk),
            template="target.turned",
            values={
                "name": target.name,
                "status": progress.status_word,
                "why": said.why[0].text if said and said.why else "",
                "next": said.next.text if said else "",
            },
            href=progress.href,
            now=now,
        )
    return len(people)


def keepers(target: Target, grants: list[Grant]) -> list[Account]:
    """Return who confirms the target's records at its unit, or at the nearest above; departments before those of all areas."""
    context = registry.measure(target.measure).context
    unit: Unit = target.unit
    found: dict[tuple[int, bool], dict[object, Account]] = {}
    for grant in grants:
        contexts = ROLES[grant.role].contexts_for(Action.CONFIRM)
        covers = grant.unit.is_association or unit.path.startswith(grant.unit.path)
        if covers and grant.account.is_active and (contexts is None or context in contexts):
            rank = (len(grant.unit.path), contexts is not None)
            found.setdefault(rank, {})[grant.account_id] = grant.account
    return list(found[max(found)].values()) if found else []
