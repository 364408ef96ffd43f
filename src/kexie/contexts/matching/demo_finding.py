"""Invitations and opinions of the demonstration's brokers. All of it is made up."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from django.utils import timezone

from kexie.contexts.matching.demo_experts import knows
from kexie.contexts.matching.models import Expert, Invitation, Problem, ProblemStage, Suggestion
from kexie.contexts.matching.states import ProblemState
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import State

_BY = "WORKERS_DEPARTMENT"
_INVITED = 8
_DECLINED = ("近期课题结题，时间不够", "不是我的研究方向，建议找做工艺的专家", "正在国外访问")
_UNFIT = ("只有理论研究，没有现场经验", "离企业太远，联系不便")


def solver(problem: Problem, known: Sequence[Expert], chance: random.Random) -> Expert:
    """Return an expert of the problem's field, more often one who names the very problem."""
    topic = problem.name.removesuffix("问题")
    close = [one for one in known if topic[:4] in one.skills]
    industry = problem.industry.name if problem.industry else ""
    field = [one for one in known if knows(one, industry)]
    return chance.choice((close if close and chance.random() < 0.7 else field) or list(known))


def load(city: DemoCity, experts: Sequence[Expert]) -> int:
    """Store invitations and opinions; return how many."""
    made = list(rows(city, experts))
    for row in made:
        row.association = city.association
    Invitation.objects.bulk_create([row for row in made if isinstance(row, Invitation)])
    Suggestion.objects.bulk_create([row for row in made if isinstance(row, Suggestion)])
    return len(made)


def rows(city: DemoCity, experts: Sequence[Expert]) -> Iterator[Invitation | Suggestion]:
    """Yield what brokers did about the last problems that were matched or published."""
    chance = city.rng("matching.finding")
    for problem, stage in _last_stages():
        known = [one for one in experts if problem.industry and knows(one, problem.industry.name)]
        others = [one for one in known if stage.expert is None or one.pk != stage.expert.pk]
        chosen = chance.sample(others, min(2, len(others)))
        yield from _about(city, problem, stage, chosen, chance)


def _last_stages() -> list[tuple[Problem, ProblemStage]]:
    rows = ProblemStage.objects.filter(state=State.CONFIRMED).select_related("problem__industry", "expert")
    last = {row.problem_id: row for row in rows.order_by("occurred_on", "pk")}
    open_ones = [row for row in last.values() if row.stage in (ProblemState.PUBLISHED, ProblemState.MATCHED)]
    newest = sorted(open_ones, key=lambda row: (row.occurred_on, row.problem.number), reverse=True)
    return [(row.problem, row) for row in newest[:_INVITED]]


def _about(
    city: DemoCity, problem: Problem, stage: ProblemStage, chosen: Sequence[Expert], chance: random.Random
) -> Iterator[Invitation | Suggestion]:
    state = Invitation.State
    if stage.expert is not None:
        yield _invitation(city, problem, stage.expert, stage.occurred_on, state=state.ACCEPTED)
        yield _opinion(city, problem, stage.expert, stage.occurred_on, place=1)
    for place, expert in enumerate(chosen, 2):
        if stage.expert is None and place == len(chosen) + 1:
            yield _invitation(city, problem, expert, city.today - dt.timedelta(days=2), state=state.SENT)
            continue
        said = chance.choice(_DECLINED)
        yield _invitation(city, problem, expert, stage.occurred_on, state=state.DECLINED, reason=said)
        yield _opinion(city, problem, expert, stage.occurred_on, place=place, unfit=chance.choice(_UNFIT))


def _invitation(
    city: DemoCity, problem: Problem, expert: Expert, day: dt.date, *, state: str, reason: str = ""
) -> Invitation:
    asked = _morning(day - dt.timedelta(days=3))
    is_open = state == Invitation.State.SENT
    return Invitation(
        problem=problem, expert=expert, state=state, reason=reason, words="请先看看题目，合适的话我们陪您到厂里。",
        invited_at=asked, invited_by=city.accounts[_BY], told_at=asked,
        expires_at=asked + dt.timedelta(days=14 if is_open else 7), ended_at=None if is_open else _morning(day),
    )  # fmt: skip


def _opinion(
    city: DemoCity, problem: Problem, expert: Expert, day: dt.date, *, place: int, unfit: str = ""
) -> Suggestion:
    seen = _morning(day - dt.timedelta(days=4))
    return Suggestion(
        problem=problem, expert=expert, place=place, shown_at=seen, verdict="UNFIT" if unfit else "FIT",
        reason=unfit, judged_at=seen, judged_by=city.accounts[_BY],
    )  # fmt: skip


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
