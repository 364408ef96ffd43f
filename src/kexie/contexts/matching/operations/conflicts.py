"""Conflicts of interest of experts: declared, revoked, and looked at before somebody is proposed to a firm."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.operations.common import locked
from kexie.contexts.matching.queries import expert_ties
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.platform.ties import engine
from kexie.platform.ties import operations as ties
from kexie.platform.ties.facts import Tie
from kexie.platform.ties.models import Declaration


def declare(
    *,
    expert_id: UUID,
    kind: str,
    other_name: str,
    words: str,
    until: dt.date | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Declaration:
    """Declare that an expert is tied to a person or an organisation, by its name."""
    expert = locked(Expert, expert_id, scope)
    return ties.declare(
        association_id=expert.association_id, subject=expert_ties.expert_key(expert.pk), kind=kind,
        other_name=other_name, words=words, until=until, actor=actor, now=now,
    )  # fmt: skip


def revoke(
    *,
    expert_id: UUID,
    declaration_id: UUID,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> None:
    """Take a declaration of an expert back."""
    expert = locked(Expert, expert_id, scope)
    ties.revoke(
        association_id=expert.association_id, declaration_id=declaration_id,
        subject=expert_ties.expert_key(expert.pk), reason=reason, actor=actor, now=now,
    )  # fmt: skip


def screen(
    *, firm: Unit, experts: Sequence[Expert], purpose: str, actor: Account | None, now: dt.datetime
) -> dict[UUID, list[Tie]]:
    """Return the ties of each expert who has any to a firm; those that exclude are kept and logged for `purpose`.

    `purpose` is the key of what is chosen for: `matching.problem:<id>`. Several hundred experts take three queries.
    """
    on = timezone.localdate(now)
    found = engine.among(
        expert_ties.parties(experts),
        [expert_ties.firm(firm)],
        declared=expert_ties.declared(experts, on=on),
        rules=expert_ties.FIRM_RULES,
        on=on,
    )
    ties.keep_exclusions(
        association_id=firm.association_id, purpose=purpose, pairs=found, actor=actor, now=now
    )
    by_key = {expert_ties.expert_key(one.pk): one.pk for one in experts}
    return {by_key[one]: reasons for (one, _firm), reasons in found.items()}
