"""How good suggestions were: the place of the expert who was finally matched, in the list as it was before.

Where a list had been shown before the match, its places count. Otherwise it is made again from what was known then: works
of years before, or entered before the day; experts' own words only if the expert was entered before.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from kexie.contexts.matching.models import ExpertWork, Problem, ProblemStage, Suggestion
from kexie.contexts.matching.queries import experts
from kexie.contexts.matching.queries import finding as queries
from kexie.contexts.matching.queries.finding_index import Finder, finder
from kexie.contexts.matching.rules import finding as rules
from kexie.contexts.matching.states import ProblemState
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.platform.matching.ranking import Index, Text

_P = ProblemState
WITH_EXPERT = (_P.MATCHED, _P.VISITED, _P.SIGNED, _P.WORKING, _P.SOLVED)
FIRST = 5
# Cases looked at, the newest.
MOST = 200


@dataclass(frozen=True)
class Case:
    """A problem, whom it was matched with in the end, and at which place the first of them stood before."""

    problem: Problem
    experts: Sequence[Any]
    on: dt.date
    place: int | None
    was_shown: bool

    @property
    def is_hit(self) -> bool:
        """Whether the list would have led to the expert at once."""
        return self.place is not None and self.place <= FIRST


def cases(scope: Scope) -> list[Case]:
    """Return the matched problems in sight, the newest first, with the place of each one's expert."""
    matched = _matched(scope)[:MOST]
    if not matched:
        return []
    found = finder(scope.association_id)
    rows = list(experts.register(Scope(association_id=scope.association_id)).order_by("name", "pk"))
    known = {str(pk): texts for pk, texts in _dated(rows).items()}
    opinions = queries.judged(scope.association_id, until=dt.date.max)
    shown = _shown([problem.pk for problem, _experts, _on in matched])
    return [_case(one, found, known, opinions, shown) for one in matched]


def _matched(scope: Scope) -> list[tuple[Problem, list[Any], dt.date]]:
    """Return problems with the experts of their last stage that names one, and the day of the first."""
    rows = ProblemStage.objects.filter(
        scope.q(), state=State.CONFIRMED, stage__in=WITH_EXPERT, expert__isnull=False
    ).select_related("problem", "expert")
    by_problem: dict[UUID, list[ProblemStage]] = {}
    for row in rows.order_by("occurred_on", "pk"):
        by_problem.setdefault(row.problem_id, []).append(row)
    found = [
        (stages[0].problem, [row.expert for row in stages if row.stage == stages[-1].stage], stages[0].occurred_on)
        for stages in by_problem.values()
    ]  # fmt: skip
    return sorted(found, key=lambda one: one[2], reverse=True)


@dataclass(frozen=True)
class _Dated:
    text: Text
    entered_on: dt.date

    def was_known(self, day: dt.date) -> bool:
        return self.entered_on < day or (self.text.year is not None and self.text.year < day.year)


def _dated(rows: Iterable[Any]) -> dict[UUID, list[_Dated]]:
    everybody = list(rows)
    found = {one.pk: [_Dated(experts.own_words(one), _entered(one.pk))] for one in everybody}
    for work in ExpertWork.objects.filter(expert__in=found):
        text = Text(title=work.title, text=work.text, kind=work.kind, year=work.year)
        found[work.expert_id].append(_Dated(text, _entered(work.pk)))
    return found


def _entered(pk: UUID) -> dt.date:
    """Return the day on which a row was made: its id holds the moment."""
    return timezone.localtime(dt.datetime.fromtimestamp((pk.int >> 80) / 1000, tz=dt.UTC)).date()


def _shown(problems: Sequence[UUID]) -> dict[tuple[UUID, UUID], Suggestion]:
    rows = Suggestion.objects.filter(problem__in=problems)
    return {(row.problem_id, row.expert.identity): row for row in rows.select_related("expert")}


def _case(
    matched: tuple[Problem, list[Any], dt.date],
    found: Finder,
    known: Mapping[str, Sequence[_Dated]],
    opinions: Sequence[queries.Judged],
    shown: Mapping[tuple[UUID, UUID], Suggestion],
) -> Case:
    problem, chosen, on = matched
    seen = [shown[problem.pk, one.identity] for one in chosen if (problem.pk, one.identity) in shown]
    places = [row.place for row in seen if timezone.localdate(row.shown_at) <= on]
    if places:
        return Case(problem, chosen, on, min(places), was_shown=True)
    before = [row for row in opinions if row.on < on and row.problem.pk != problem.pk]
    order = _order_then(problem, on, found, known, before)
    again = [order.index(str(one.identity)) + 1 for one in chosen if str(one.identity) in order]
    return Case(problem, chosen, on, min(again, default=None), was_shown=False)


def _order_then(
    problem: Problem,
    on: dt.date,
    found: Finder,
    known: Mapping[str, Sequence[_Dated]],
    before: Sequence[queries.Judged],
) -> list[str]:
    then = {pk: [one.text for one in dated if one.was_known(on)] for pk, dated in known.items()}
    with_any = {pk: texts for pk, texts in then.items() if texts}
    if not with_any or found.index is None:
        return []
    index = Index(with_any, found.index.library)
    scores = {one.id: one.score for one in index.rank(queries.text_of(problem), explained=0)}
    return rules.in_order(rules.nudged(scores, queries.priors(found, problem, before)))
