"""What is done about a problem beside its stages: sent back and answered, found the same as another, followed up."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import FollowUp, Problem, ProblemQuestion, ProblemStage, SameProblem
from kexie.contexts.matching.operations import problem_reminders as reminders
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.states import ProblemState
from kexie.foundation.access.models import Account
from kexie.kernel import text
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

MOST_WORDS = 1000


class CaseRefused(UserError):
    """Something that cannot be done about the problem now; the message stands beside the field."""


# --- sent back ---------------------------------------------------------------------------------------------------


@transaction.atomic
def send_back(
    *, problem_id: UUID, words: str, actor: Account, now: dt.datetime, scope: Scope
) -> ProblemQuestion:
    """Ask the firm to make something clear; it is told, and the promised day waits for its answer."""
    one = locked(Problem, problem_id, scope)
    said = _said(words, "words", _("请写明要企业补充什么。"))
    made = ProblemQuestion(
        association_id=one.association_id, problem=one, words=said, asked_at=now, asked_by=actor
    )
    _once(made, _("已经退回过，正在等企业答复。"))
    note(one, "send_back_problem", actor=actor, now=now, question=made.pk)
    reminders.tell_firm(one, "problem.returned", now=now)
    return made


@transaction.atomic
def answer(
    *, problem_id: UUID, words: str, actor: Account, now: dt.datetime, scope: Scope
) -> ProblemQuestion:
    """Take the firm's answer, or what it said on the telephone; whoever asked is told."""
    rows = ProblemQuestion.objects.select_for_update(of=("self",)).select_related("problem", "asked_by")
    mine = scope.q("problem__unit") | scope.q("problem__firm")
    found = rows.filter(mine, problem=problem_id, answered_at=None).first()
    if found is None:
        raise NotFound(_("没有等待答复的问题，可能已经答复过。"))
    found.answer = _said(words, "words", _("请写明答复。"))
    found.answered_at, found.answered_by = now, actor
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    note(found.problem, "answer_question", actor=actor, now=now, question=found.pk)
    reminders.tell(found.problem, [found.asked_by], "problem.answered", now=now)
    return found


# --- the same ----------------------------------------------------------------------------------------------------


@transaction.atomic
def link_same(
    *, problem_id: UUID, other_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> SameProblem:
    """Say that a problem is the same as another one, both in sight; neither changes."""
    one, other = locked(Problem, problem_id, scope), locked(Problem, other_id, scope)
    if one.pk == other.pk or SameProblem.objects.filter(problem=other, other=one, undone_at=None).exists():
        raise CaseRefused(fields={"other": _("这两个难题已经关联。")})
    made = SameProblem(
        association_id=one.association_id, problem=one, other=other, linked_at=now, linked_by=actor
    )
    _once(made, _("这个难题已经关联到另一个，请先撤销。"))
    note(one, "link_same_problem", actor=actor, now=now, other=other.number)
    return made


@transaction.atomic
def undo_same(*, problem_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take back that it is the same."""
    one = locked(Problem, problem_id, scope)
    rows = SameProblem.objects.filter(problem=one, undone_at=None)
    if not rows.update(undone_at=now, undone_by=actor):
        raise NotFound(_("这个难题没有关联到别的难题。"))
    note(one, "undo_same_problem", actor=actor, now=now)


# --- followed up -------------------------------------------------------------------------------------------------


def plan_follow_ups(problem: Problem, solved_on: dt.date) -> int:
    """Make the follow-ups of a solved problem that are not there yet; return how many."""
    known = set(FollowUp.objects.filter(problem=problem).values_list("months", flat=True))
    made = [
        FollowUp(
            association_id=problem.association_id, problem=problem, months=months,
            due_on=rules.months_after(solved_on, months),
        )
        for months in rules.FOLLOWED_UP
        if months not in known
    ]  # fmt: skip
    FollowUp.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def plan_all_follow_ups() -> int:
    """Make the follow-ups of problems that were solved by whatever way; return how many."""
    solved = ProblemStage.objects.filter(stage=ProblemState.SOLVED, state=State.CONFIRMED)
    missing = solved.exclude(problem__in=FollowUp.objects.values("problem"))
    return sum(plan_follow_ups(row.problem, row.occurred_on) for row in missing.select_related("problem"))


@transaction.atomic
def follow_up(
    *,
    follow_up_id: UUID,
    result: str,
    said: str,
    on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    person: str = "",
) -> FollowUp:
    """Record what the firm said, by its own account or as told on the telephone."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("problem")
    found = rows.filter(scope.q("problem__unit") | scope.q("problem__firm"), pk=follow_up_id).first()
    if found is None:
        raise NotFound(_("没有找到这次回访，或您无权办理。"))
    if found.done_on is not None:
        raise CaseRefused(_("这次回访已经登记过。"))
    if on > timezone.localdate(now):
        raise CaseRefused(fields={"on": _("日期不能晚于今天。")})
    words = text.clean_lines(said)[:MOST_WORDS]
    if result != FollowUp.Result.UNREACHED and not words:
        raise CaseRefused(fields={"said": _("请写明企业怎么说。")})
    found.result, found.said, found.person, found.done_on, found.done_by = result, words, person, on, actor
    found.full_clean(exclude=["problem"])
    found.save()
    note(found.problem, "follow_up_problem", actor=actor, now=now, months=found.months, result=result)
    return found


def _said(words: str, field: str, missing: str) -> str:
    said = text.clean_lines(words)
    if not said:
        raise CaseRefused(fields={field: missing})
    if len(said) > MOST_WORDS:
        raise CaseRefused(fields={field: _("请写在1000字以内。")})
    return said


def _once(made: Any, refusal: str) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise CaseRefused(refusal) from error
