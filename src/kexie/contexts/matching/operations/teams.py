"""Service teams: put together, sent to firms; each visit is a record, and one more for each expert who came."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Expert,
    ExpertVisit,
    Industry,
    Problem,
    ProblemStage,
    ServiceTeam,
    TeamMember,
    TeamVisit,
)
from kexie.contexts.matching.operations import problems
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.states import PROBLEM_TRANSITIONS
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.stages import latest_stage


class TeamRefused(UserError):
    """What was asked does not fit the team; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a form says of a day at a firm."""

    firm: Unit
    experts: Sequence[Expert]
    topic: str
    result: str
    outcome: str = ""
    problem: Problem | None = None


@transaction.atomic
def found(
    *,
    name: str,
    kind: str,
    started_on: dt.date,
    industry: Industry | None = None,
    words: str = "",
    unit: Unit,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> ServiceTeam:
    """Enter a team."""
    if not scope.covers(unit.path):
        raise Forbidden(_("您只能为本单位登记服务团。"))
    made = ServiceTeam(
        association_id=scope.association_id, unit=unit, area=unit.area, name=name, kind=kind,
        started_on=started_on, industry=industry, note=words,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(made, "found_team", actor=actor, now=now)
    return made


@transaction.atomic
def join(
    *,
    team_id: UUID,
    expert: Expert,
    role: str,
    since: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TeamMember:
    """Take an expert into a team."""
    team = locked(ServiceTeam, team_id, scope)
    made = TeamMember(association_id=team.association_id, team=team, expert=expert, role=role, since=since)
    made.full_clean()
    made.save(force_insert=True)
    note(team, "join_team", actor=actor, now=now, expert=expert.pk)
    return made


@transaction.atomic
def leave(*, row_id: UUID, on: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> TeamMember:
    """Note that an expert left a team."""
    row = locked(TeamMember, row_id, scope, unit="team__unit")
    if row.left_on is not None:
        raise TeamRefused(_("这位专家已经退出。"))
    row.left_on = on
    row.full_clean()
    row.save(update_fields=["left_on"])
    note(row.team, "leave_team", actor=actor, now=now, expert=row.expert_id)
    return row


@transaction.atomic
def end(*, team_id: UUID, on: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> ServiceTeam:
    """Say that a team's work is over."""
    team = locked(ServiceTeam, team_id, scope)
    team.ended_on = on
    team.full_clean()
    team.save(update_fields=["ended_on"])
    note(team, "end_team", actor=actor, now=now, on=on)
    return team


@transaction.atomic
def visit(
    *, team_id: UUID, on: dt.date, visit: Visit, actor: Account, now: dt.datetime, scope: Scope
) -> TeamVisit:
    """Record a day at a firm with everybody who came; a problem that waited for a visit moves on by it."""
    team = locked(ServiceTeam, team_id, scope)
    _require(team, visit, on, now)
    where = {
        "unit": team.unit,
        "area": visit.firm.area,
        "occurred_on": on,
        "firm": visit.firm,
    }
    made = TeamVisit(
        **where,
        team=team,
        topic=visit.topic,
        result=visit.result,
        outcome=visit.outcome,
        problem=visit.problem,
    )
    ledger.draft(record=made, actor=actor, now=now, scope=scope)
    each = [
        ExpertVisit(
            **where, expert=expert, team_visit=made, problem=visit.problem, topic=visit.topic,
            outcome=visit.outcome[:200],
        )
        for expert in visit.experts
    ]  # fmt: skip
    for record in each:
        ledger.draft(record=record, actor=actor, now=now, scope=scope)
    ledger.confirm(records=[made, *each], actor=actor, now=now, scope=scope)
    if visit.problem is not None:
        expert = _who_led(team, visit)
        _move_problem(visit.problem, expert, on, visit.topic, actor=actor, now=now, scope=scope)
    return made


def _require(team: ServiceTeam, visit: Visit, on: dt.date, now: dt.datetime) -> None:
    wrong = {}
    if on > timezone.localdate(now) or on < team.started_on:
        wrong["on"] = _("走访日期要在组建之后、今天之前或今天。")
    if not visit.experts:
        wrong["experts"] = _("请选择来了哪些专家。")
    if visit.problem is not None and visit.problem.firm_id != visit.firm.pk:
        wrong["problem"] = _("这个难题不是这家企业提出的。")
    if wrong:
        raise TeamRefused(fields=wrong)


def _who_led(team: ServiceTeam, visit: Visit) -> Expert:
    """Return the team's leader if they came, else the first of those who did."""
    leaders = team.members.filter(role=TeamMember.Role.LEADER, left_on=None).values_list(
        "expert_id", flat=True
    )
    return next((one for one in visit.experts if one.pk in set(leaders)), visit.experts[0])


def _move_problem(
    problem: Problem,
    expert: Expert,
    on: dt.date,
    words: str,
    *,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> None:
    """Record the step "visited" where it may follow, and the one who moves it may look after the problem."""
    current = latest_stage(ProblemStage(problem=problem, occurred_on=on), entity="problem")
    if Stage.VISITED in PROBLEM_TRANSITIONS[current] and scope.covers(problem.unit.path):
        problems.move(
            problem_id=problem.pk, stage=Stage.VISITED, on=on, expert=expert, words=words, actor=actor, now=now,
            scope=scope,
        )  # fmt: skip
