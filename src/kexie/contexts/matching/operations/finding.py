"""Proposing experts for a problem, and keeping what brokers think of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, Problem, Suggestion
from kexie.contexts.matching.operations import conflicts
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import finding as queries
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.ties.facts import Level, Tie
from kexie.platform.ties.wording import explain_all

FIRST, MORE = 5, 10


class OpinionRefused(UserError):
    """An opinion that cannot be kept so."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Who is proposed for a problem, who is left out because of ties and why, and how many more there are."""

    problem: Any
    suggested: Sequence[queries.Suggested]
    excluded: Sequence[tuple[Expert, str]]
    total: int
    with_vectors: bool


def purpose(pk: UUID) -> str:
    """Return under which key exclusions for a problem are kept."""
    return f"matching.problem:{pk}"


@transaction.atomic
def propose(
    *, problem_id: UUID, top: int = FIRST, actor: Account, now: dt.datetime, scope: Scope
) -> Proposal:
    """Rank who may be asked about a problem; keep whom ties exclude, and who was shown at which place."""
    today = timezone.localdate(now)
    problem = queries.problem(scope, problem_id, today=today)
    everybody = list(register.askable(scope, today=today).order_by("name", "pk"))
    ties = conflicts.screen(
        firm=problem.firm, experts=everybody, purpose=purpose(problem.pk), actor=actor, now=now
    )
    free = {str(one.pk): one for one in everybody if not _excludes(ties.get(one.pk, ()))}
    found, order, extra = queries.ranked(problem, among=[one.pk for one in free.values()], today=today)
    _keep_shown(problem, order[:top], now=now)
    return Proposal(
        problem=problem,
        suggested=queries.suggested(
            problem, found, order[:top], rows=free, ties=ties, today=today, extra=extra
        ),
        excluded=[(one, explain_all(ties[one.pk])) for one in everybody if str(one.pk) not in free],
        total=len(order),
        with_vectors=extra is not None,
    )


def _excludes(ties: Sequence[Tie]) -> bool:
    return any(tie.level == Level.EXCLUDE for tie in ties)


def _keep_shown(problem: Problem, order: Sequence[str], *, now: dt.datetime) -> None:
    """Keep at which place each was shown first: without it nobody can say later how good the list was."""
    shown = [
        Suggestion(
            association_id=problem.association_id,
            problem=problem,
            expert_id=UUID(pk),
            place=place,
            shown_at=now,
        )
        for place, pk in enumerate(order, 1)
    ]
    Suggestion.objects.bulk_create(shown, ignore_conflicts=True)


@transaction.atomic
def judge(
    *,
    problem_id: UUID,
    expert_id: UUID,
    verdict: str,
    reason: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Suggestion:
    """Keep whether a suggested expert fits ("" takes the opinion back); later lists look at it."""
    problem = locked(Problem, problem_id, scope)
    found = Suggestion.objects.select_for_update().filter(problem=problem, expert=expert_id).first()
    if found is None:
        raise OpinionRefused(_("这位专家没有推荐给这个难题。"))
    if verdict == Suggestion.Verdict.UNFIT and not reason.strip():
        raise OpinionRefused(fields={"reason": _("不合适请写明理由，以后推荐会参考。")})
    found.verdict, found.reason = verdict, reason.strip()
    found.judged_at, found.judged_by = (now, actor) if verdict else (None, None)
    found.full_clean()
    found.save()
    note(problem, "judge_suggestion", actor=actor, now=now, expert=expert_id, verdict=verdict, reason=reason)
    return found
