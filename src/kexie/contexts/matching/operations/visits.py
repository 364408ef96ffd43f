"""That an expert met a firm, counted once: a person, a firm, a day. Whoever says so a second time finds the record that is there."""

import datetime as dt
from dataclasses import dataclass

from kexie.contexts.matching.models import Expert, ExpertVisit, MatchEvent, Problem
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State

_MOST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class Met:
    """Who met which firm, when, and what about; `unit` did the work and keeps the record."""

    expert: Expert
    firm: Unit
    on: dt.date
    unit: Unit
    problem: Problem | None = None
    event: MatchEvent | None = None
    topic: str = ""
    outcome: str = ""


def ensure(met: Met, *, actor: Account, now: dt.datetime) -> ExpertVisit:
    """Return the confirmed record of it, made within the caller's transaction unless it is there."""
    # Whoever writes down the same meeting at the same moment waits here, and then finds the record.
    Expert.objects.select_for_update().get(pk=met.expert.identity)
    known = ExpertVisit.objects.filter(
        association=met.unit.association_id, expert__identity=met.expert.identity, firm=met.firm, occurred_on=met.on
    )  # fmt: skip
    found = known.exclude(state=State.REVERSED).order_by("pk").first()
    made = found or ExpertVisit(
        unit=met.unit, area=met.firm.area, occurred_on=met.on, expert=met.expert, firm=met.firm, problem=met.problem,
        event=met.event, topic=met.topic[:_MOST_WORDS], outcome=met.outcome[:_MOST_WORDS],
    )  # fmt: skip
    scope = _keeping(made)
    if found is None:
        ledger.draft(record=made, actor=actor, now=now, scope=scope)
    if made.state == State.DRAFT:
        ledger.confirm(records=[made], actor=actor, now=now, scope=scope)
    made.refresh_from_db()
    return made


def take_back(visit: ExpertVisit, *, reason: str, actor: Account, now: dt.datetime) -> None:
    """Reverse a record that was made by mistake, within the caller's transaction; one that is reversed stays so."""
    visit.refresh_from_db()
    if visit.state == State.CONFIRMED:
        ledger.reverse(record=visit, reason=reason, actor=actor, now=now, scope=_keeping(visit))


def _keeping(visit: ExpertVisit) -> Scope:
    return Scope(association_id=visit.unit.association_id, unit_paths=(visit.unit.path,))
