"""A problem's way: posted by the firm or for it, checked, moved on step by step, and solved only when the firm says so."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, Industry, Problem, ProblemStage
from kexie.contexts.matching.operations import casework, disclosure, terms, visits
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries.disclosure import Viewer, disclosed
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.rules.disclosure import Disclosed
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.ledger.stages import latest_stage

SHORTEST_NAME, SHORTEST_SUMMARY = 4, 10


class ProblemRefused(UserError):
    """The problem cannot be entered or moved on so; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What a form says of a problem."""

    name: str
    summary: str
    industry: Industry | None = None
    confidentiality: str = Problem.Confidentiality.VERIFIED
    # The full text; None leaves it as it is.
    full: str | None = field(default=None, repr=False)


@transaction.atomic
def post(*, posting: Posting, firm: Unit, actor: Account, now: dt.datetime, scope: Scope) -> Problem:
    """Enter a firm's problem with the next number of the year; its first step waits as a draft for the form check."""
    if not scope.covers(firm.path) and not scope.covers(_keeper(firm).path):
        raise Forbidden(_("您只能为本单位或本地区的企业登记难题。"))
    today = timezone.localtime(now).date()
    made = Problem(
        association_id=scope.association_id, unit=_keeper(firm), area=firm.area, firm=firm,
        number=_next_number(scope, today.year),
    )  # fmt: skip
    _fill(made, posting)
    made.full_clean()
    made.save(force_insert=True)
    disclosure.write(made, posting.full or "", actor=actor, now=now)
    _draft(made, Stage.COLLECTED, today, actor=actor, now=now)
    terms.propose(made, now=now)
    note(made, "post_problem", actor=actor, now=now)
    return made


@transaction.atomic
def change(*, problem_id: UUID, posting: Posting, actor: Account, now: dt.datetime, scope: Scope) -> Problem:
    """Change what is written: whoever looks after it always, the firm until it was checked."""
    one = _seen(problem_id, scope)
    if not scope.covers(one.unit.path) and _current(one, now) not in rules.OPEN_TO_FIRM:
        raise ProblemRefused(_("难题已经审核，要修改请联系科协。"))
    _fill(one, posting)
    one.full_clean()
    one.save()
    if posting.full is not None:
        _write_full(one, posting.full, actor=actor, now=now, scope=scope)
    terms.propose(one, now=now)
    note(one, "change_problem", actor=actor, now=now)
    return one


@transaction.atomic
def accept(*, problem_id: UUID, on: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Pass the form check: what the firm posted is confirmed with it."""
    one = locked(Problem, problem_id, scope)
    posted = ProblemStage.objects.filter(problem=one, stage=Stage.COLLECTED)
    drafts = list(posted.filter(state=State.DRAFT))
    if drafts:
        ledger.confirm(records=drafts, actor=actor, now=now, scope=scope)
    elif not posted.filter(state=State.CONFIRMED).exists():
        _step(one, Stage.COLLECTED, on, actor=actor, now=now)
    _step(one, Stage.CHECKED, on, actor=actor, now=now)


@transaction.atomic
def move(
    *,
    problem_id: UUID,
    stage: str,
    on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    expert: Expert | None = None,
    reason: str = "",
    words: str = "",
) -> ProblemStage:
    """Record the next step; an expert who met the firm is counted with it, once a day.

    `solved` is not one of the steps: that is the firm's word alone.
    """
    if stage == Stage.SOLVED:
        raise Forbidden(_("“已解决”只能由企业确认。"))
    one = locked(Problem, problem_id, scope)
    made = _step(one, stage, on, expert=expert, reason=reason, note=words, actor=actor, now=now)
    if stage == Stage.VISITED and expert is not None:
        met = visits.Met(
            expert=expert, firm=one.firm, on=on, unit=one.unit, problem=one, topic=one.name, outcome=words
        )
        visits.ensure(met, actor=actor, now=now)
    return made


def to_matched(*, problem: Problem, expert: Expert, actor: Account, now: dt.datetime) -> None:
    """Enter that an expert was found, within the caller's transaction, unless the problem is there already or further."""
    current = _current(problem, now)
    if current not in (Stage.CHECKED, Stage.PUBLISHED):
        return
    _step(problem, Stage.MATCHED, timezone.localdate(now), expert=expert, actor=actor, now=now)


@transaction.atomic
def firm_confirms(
    *, problem_id: UUID, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> ProblemStage:
    """Take the firm's word that the problem is solved; only an account of that firm can give it."""
    one = _of_firm(problem_id, actor, scope)
    person = {"firm_person": actor.display_name, "firm_confirmed_on": on}
    made = _step(one, Stage.SOLVED, on, actor=actor, now=now, **person)
    casework.plan_follow_ups(one, on)
    return made


@transaction.atomic
def firm_rejects(
    *, problem_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> ProblemStage:
    """Take the firm's word that it is not solved: work goes on, and the reason stays with that step."""
    said = text.clean_lines(reason)
    if not said:
        raise ProblemRefused(fields={"reason": _("请写明还有什么没有解决，专家要据此继续。")})
    one = _of_firm(problem_id, actor, scope)
    today = timezone.localtime(now).date()
    words = _("企业认为还没有解决：%(why)s") % {"why": said}
    return _step(one, Stage.WORKING, today, note=words, actor=actor, now=now)


def _write_full(one: Problem, clear: str, *, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Only who may read the full text may write it anew: nobody overwrites what they were not shown."""
    if disclosed(one, Viewer(account=actor, scope=scope)) < Disclosed.FULL:
        raise Forbidden(_("详细资料由企业填写；请先作出保密承诺再修改。"))
    disclosure.write(one, clear, actor=actor, now=now)


def _fill(one: Problem, posting: Posting) -> None:
    wrong = {}
    if len(posting.name) < SHORTEST_NAME:
        wrong["name"] = _("请用一句话说清是什么问题，例如“铝压铸件内部气孔超标”。")
    if len(posting.summary) < SHORTEST_SUMMARY:
        wrong["summary"] = _("请写明出在哪道工序、现在什么样、想达到什么样，至少10个字。")
    if wrong:
        raise ProblemRefused(fields=wrong)
    one.name, one.summary = posting.name, posting.summary
    one.industry, one.confidentiality = posting.industry, posting.confidentiality


def _keeper(firm: Unit) -> Unit:
    """Return the association above the firm: it looks after the firm's problems."""
    return firm.parent or firm


def _next_number(scope: Scope, year: int) -> str:
    known = Problem.objects.filter(association_id=scope.association_id, number__startswith=f"{year}-")
    taken = [number.partition("-")[2] for number in known.values_list("number", flat=True)]
    return f"{year}-{max((int(one) for one in taken if one.isdigit()), default=0) + 1:03}"


def _step(
    one: Problem, stage: str, on: dt.date, *, actor: Account, now: dt.datetime, **said: object
) -> ProblemStage:
    """Draft a step and confirm it, once; the ledger refuses what may not follow the last one."""
    if on > timezone.localtime(now).date():
        raise ProblemRefused(fields={"on": _("日期不能晚于今天。")})
    made = _draft(one, stage, on, actor=actor, now=now, **said)
    ledger.confirm(records=[made], actor=actor, now=now, scope=_whole(one))
    return made


def _draft(
    one: Problem, stage: str, on: dt.date, *, actor: Account, now: dt.datetime, **said: object
) -> ProblemStage:
    made = ProblemStage(
        unit=one.unit, area=one.area or one.unit.area, problem=one, stage=stage, occurred_on=on, **said
    )
    return ledger.draft(record=made, actor=actor, now=now, scope=_whole(one))


def _whole(one: Problem) -> Scope:
    """Return the scope of the problem's keeper: the step is written there, whoever's word it is."""
    return Scope(association_id=one.association_id, unit_paths=(one.unit.path,))


def _current(one: Problem, now: dt.datetime) -> str:
    return latest_stage(
        ProblemStage(problem=one, occurred_on=timezone.localtime(now).date()), entity="problem"
    )


def _of_firm(problem_id: UUID, actor: Account, scope: Scope) -> Problem:
    one = _seen(problem_id, scope)
    if actor.unit is None or not actor.unit.path.startswith(one.firm.path):
        raise Forbidden(_("是否解决由提出难题的企业自己确认。"))
    return one


def _seen(problem_id: UUID, scope: Scope) -> Problem:
    rows = Problem.objects.select_for_update(of=("self",)).filter(scope.q() | scope.q("firm"), pk=problem_id)
    found = rows.select_related("firm", "unit", "area").first()
    if found is None:
        raise NotFound(_("没有找到这个难题，或您无权办理。"))
    return found
