"""What the demonstration's problems are about, what firms keep to themselves, questions and follow-ups; everything is made up."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kexie.contexts.matching.models import FollowUp, Problem, ProblemQuestion, ProblemStage
from kexie.contexts.matching.operations import casework, disclosure, terms
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.states import ProblemState
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import State

_DETAILS = "（演示，虚构）现用参数：模温220℃、压射速度2.8米每秒；样件编号D-07，检测报告在附件。"
_ASKED = "（演示，虚构）请补充：废品率按件还是按重量统计？从哪个月开始变高？"
_SAID = (
    ("HOLDS", "（演示，虚构）一直按新工艺做，废品率稳定。"),
    ("PARTLY", "（演示，虚构）大件没问题，小件偶尔还会出现。"),
    ("UNREACHED", ""),
)
_TEXTS, _QUESTIONS, _OPEN_SHARE = 12, 3, 0.15
_BY = "WORKERS_DEPARTMENT"


def load(city: DemoCity) -> int:
    """Propose terms, keep some full texts, ask some firms, follow up what was solved; return how many problems."""
    problems = list(Problem.objects.filter(city.scope.q()).select_related("firm", "unit").order_by("number"))
    by: dict[str, Any] = {"actor": city.accounts[_BY], "now": city.now}
    for one in problems:
        terms.propose(one, now=city.now)
    for one in problems[-_TEXTS:]:
        disclosure.write(one, _DETAILS, **by)
    _ask(city)
    _follow_up(city)
    return len(problems)


def _ask(city: DemoCity) -> None:
    waiting = (
        queries.problems(city.scope, city.today).filter(current=ProblemState.COLLECTED).order_by("-number")
    )
    asked = timezone.make_aware(dt.datetime.combine(city.today, dt.time(9)))
    for one in waiting[:_QUESTIONS]:
        ProblemQuestion.objects.create(
            association_id=one.association_id,
            problem=one,
            words=_ASKED,
            asked_at=asked,
            asked_by=city.accounts[_BY],
        )


def _follow_up(city: DemoCity) -> None:
    chance = city.rng("matching.follow_ups")
    solved = ProblemStage.objects.filter(stage=ProblemState.SOLVED, state=State.CONFIRMED)
    for row in solved.select_related("problem").order_by("occurred_on", "pk"):
        casework.plan_follow_ups(row.problem, row.occurred_on)
    for one in FollowUp.objects.filter(due_on__lt=city.today).order_by("due_on", "problem__number", "months"):
        if chance.random() < _OPEN_SHARE:
            continue
        one.result, one.said = chance.choice(_SAID)
        one.done_on = min(one.due_on + dt.timedelta(days=chance.randint(0, 9)), city.today)
        one.done_by = city.accounts[_BY]
        one.save()
