"""Finding experts for a problem and problems for an expert, each with reasons that a person can check."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertWork, Invitation, Problem, ProblemStage, Suggestion
from kexie.contexts.matching.models.invitation import STANDING
from kexie.contexts.matching.queries import (
    LOOKING_FOR_EXPERTS,
    expert_ties,
    experts,
    problems_with_state,
    vectors,
)
from kexie.contexts.matching.queries.finding_index import Finder, finder
from kexie.contexts.matching.rules import disclosure
from kexie.contexts.matching.rules import finding as rules
from kexie.contexts.matching.states import ProblemState
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.platform.matching.fields import Vector
from kexie.platform.matching.ranking import Index, Reason, Text
from kexie.platform.ties import engine
from kexie.platform.ties.facts import Level, Tie
from kexie.platform.ties.wording import explain_all

OVER = (ProblemState.SOLVED, ProblemState.CLOSED)
# Problems judged before that are looked at, the newest.
_REMEMBERED = 500


@dataclass(frozen=True)
class Evidence:
    """A document that speaks for an expert: which, from when, and its words with what the problem says marked."""

    kind: str
    year: int | None
    title: Sequence[rules.Piece]
    excerpt: Sequence[rules.Piece]


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """An expert at a place of the list, with everything that a broker decides by."""

    expert: Any
    place: int
    phrases: Sequence[str]
    evidence: Sequence[Evidence]
    near: Sequence[Evidence]
    before: Sequence[str]
    ties: str
    load: int
    suggestion: Suggestion | None = None
    invitation: Invitation | None = None

    @property
    def is_full(self) -> bool:
        """Whether the expert has as many invitations as they take."""
        return self.load >= int(self.expert.most_requests)


@dataclass(frozen=True)
class Judged:
    """That an expert was found fit (1) or unfit (-1) for a problem on a day."""

    expert: str
    problem: Problem
    sign: int
    on: dt.date


def problem(scope: Scope, pk: UUID, *, today: dt.date) -> Any:
    """Return a problem in sight with its `current` stage; NotFound where there is none."""
    found = problems_with_state(scope, at=today).select_related("unit", "area").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个难题，或您无权查看。"))
    return found


def text_of(one: Problem) -> Text:
    """Return what a problem is searched by: title and summary, never what stands under an undertaking."""
    return Text(title=one.name, text=one.summary)


# --- experts for a problem ---------------------------------------------------------------------------------------


def ranked(one: Problem, *, among: Iterable[UUID], today: dt.date) -> tuple[Finder, list[str], Vector | None]:
    """Return the index, those of `among` it knows, best first, and how near documents are where there are vectors."""
    found, wanted = finder(one.association_id), {str(pk) for pk in among}
    lexical = _of(found.scores(text_of(one)), wanted)
    before = priors(found, one, judged(one.association_id, until=today))
    words = rules.in_order(rules.nudged(lexical, before))
    extra = vectors.nearness(found, one)
    if extra is None:
        return found, words, None
    fused = rules.nudged(_of(found.scores(text_of(one), extra), wanted), before)
    said = [pk for pk in words if lexical[pk] > 0]
    order = vectors.order(found, words=words, said=said, fused=rules.in_order(fused))
    return found, order, extra


def _of(scores: Mapping[str, float], wanted: set[str]) -> dict[str, float]:
    return {one: score for one, score in scores.items() if one in wanted}


def judged(association_id: UUID, *, until: dt.date) -> list[Judged]:
    """Return what brokers thought and which experts were matched up to before a day, the newest first."""
    opinions = Suggestion.objects.filter(association=association_id, judged_at__date__lte=until).exclude(
        verdict=""
    )
    matched = ProblemStage.objects.filter(
        association=association_id, state=State.CONFIRMED, stage=ProblemState.MATCHED, expert__isnull=False,
        occurred_on__lt=until,
    )  # fmt: skip
    signs = {"FIT": 1, "UNFIT": -1}
    found = (
        [
            Judged(
                str(row.expert.identity),
                row.problem,
                signs[row.verdict],
                timezone.localdate(row.judged_at),
            )
            for row in opinions.select_related("problem", "expert").order_by("-judged_at")[:_REMEMBERED]
        ]
        + [
            Judged(str(row.expert.identity), row.problem, 1, row.occurred_on)  # type: ignore[union-attr]  # has one
            for row in matched.select_related("problem", "expert").order_by("-occurred_on")[:_REMEMBERED]
        ]
    )
    return sorted(found, key=lambda row: row.on, reverse=True)[:_REMEMBERED]


def priors(found: Finder, one: Problem, rows: Iterable[Judged]) -> dict[str, float]:
    """Return for each expert what was thought of them for problems like this one, from -1 to 1; for this very one, only that."""
    sums: dict[str, float] = {}
    here: dict[str, float] = {}
    if found.index is None:
        return sums
    for row in rows:
        if row.problem.pk == one.pk:
            here.setdefault(row.expert, float(row.sign))
            continue
        likeness = found.alike(text_of(one), text_of(row.problem))
        sums[row.expert] = sums.get(row.expert, 0.0) + row.sign * likeness
    return {expert: max(-1.0, min(1.0, total)) for expert, total in (sums | here).items()}


# Problems less alike than this are not named as reasons.
_LIKE = 0.35


def chosen_before(found: Finder, one: Problem, expert: str, rows: Iterable[Judged]) -> list[str]:
    """Return the titles of problems like this one for which the expert was chosen, at most two."""
    named = {
        f"{row.problem.number} {row.problem.name}": None
        for row in rows
        if row.expert == expert and row.sign > 0 and row.problem.pk != one.pk
        if found.index is not None and found.alike(text_of(one), text_of(row.problem)) >= _LIKE
    }
    return list(named)[:2]


def suggested(
    one: Problem,
    found: Finder,
    order: Sequence[str],
    *,
    rows: Mapping[str, Expert],
    ties: Mapping[UUID, Sequence[Tie]],
    today: dt.date,
    extra: Vector | None = None,
) -> list[Suggested]:
    """Return the experts of an order with reasons, load, opinions and invitations: as many queries for one as for all."""
    index = found.index
    reasons = index.explain(text_of(one), order) if index is not None else {}
    known, loads = judged(one.association_id, until=today), load(UUID(pk) for pk in order)
    opinions = {
        str(row.expert.identity): row
        for row in Suggestion.objects.filter(problem=one, expert__identity__in=list(map(UUID, order)))
        .select_related("expert")
        .order_by("judged_at")
    }
    invited = standing_invitations(one)
    return [
        Suggested(
            expert=rows[pk],
            place=place,
            phrases=_phrases(reasons.get(pk, ())),
            evidence=[evidence(reason) for reason in list(reasons.get(pk, ()))[:_SHOWN]],
            near=[] if reasons.get(pk) else nearest(found, pk, extra),
            before=chosen_before(found, one, pk, known),
            ties=explain_all(ties.get(rows[pk].pk, ())),
            load=loads.get(rows[pk].pk, 0),
            suggestion=opinions.get(pk),
            invitation=invited.get(rows[pk].pk),
        )
        for place, pk in enumerate(order, 1)
    ]


_SHOWN = 3


def _phrases(reasons: Iterable[Reason]) -> list[str]:
    found = dict.fromkeys(phrase for reason in reasons for phrase in reason.phrases)
    return [one for one in found if not any(one != other and one in other for other in found)][:6]


def evidence(reason: Reason) -> Evidence:
    """Return a reason as it is shown."""
    document = reason.document
    is_profile = document.kind == experts.PROFILE
    label = _("本人介绍") if is_profile else str(dict(_KINDS)[document.kind])
    return Evidence(
        label,
        document.year,
        rules.marked(document.title, reason.phrases),
        rules.excerpt(document.text, reason.phrases),
    )


def nearest(found: Finder, pk: str, extra: Vector | None) -> list[Evidence]:
    """Return the documents of an expert that mean the most alike where none says alike."""
    if extra is None or found.index is None:
        return []
    at = found.index.ids.index(pk)
    start, end = found.index.starts[at], found.index.starts[at + 1]
    best = sorted(range(start, end), key=lambda row: -float(extra[row]))[:2]
    return [evidence(Reason(found.index.documents[row], float(extra[row]), ())) for row in best]


_KINDS = ExpertWork.Kind.choices


def load(pks: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many invitations each expert has to answer or has accepted, problems that are over left out."""
    rows = Invitation.objects.filter(expert__identity__in=list(pks), state__in=STANDING)
    pairs = list(rows.values_list("expert__identity", "problem"))
    over = ProblemStage.objects.filter(
        problem__in=[problem for _expert, problem in pairs], state=State.CONFIRMED, stage__in=OVER
    )
    ended = set(over.values_list("problem", flat=True))
    return Counter(expert for expert, about in pairs if about not in ended)


def standing_invitations(one: Problem) -> dict[UUID, Invitation]:
    """Return the last invitation of each expert to a problem."""
    rows = Invitation.objects.filter(problem=one).select_related("expert", "invited_by")
    return {row.expert.identity: row for row in rows.order_by("invited_at")}


def invitations(one: Problem) -> QuerySet[Invitation]:
    """Return every invitation to a problem, the newest first."""
    return Invitation.objects.filter(problem=one).select_related("expert", "invited_by")


def not_askable(scope: Scope, *, today: dt.date) -> list[tuple[str, int]]:
    """Return how many experts of the register are not proposed, by why; the first reason counts."""
    rows = experts.register(scope)
    asked = set(experts.askable(scope, today=today).values_list("pk", flat=True))
    counted = Counter(_why_not(row) for row in rows if row.pk not in asked)
    return sorted(counted.items(), key=lambda pair: -pair[1])


def _why_not(one: Any) -> str:
    if one.withdrawn_on:
        return _("已退出专家库")
    if not one.recommended:
        return _("本人没有同意推荐")
    if one.availability == Expert.Availability.AWAY:
        return _("暂不接受邀请")
    return _("海智专家，还没有做出口管制和保密核对")


# --- problems for an expert --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """A problem that an expert may be able to solve."""

    problem: Any
    phrases: Sequence[str]
    text: Sequence[rules.Piece]
    ties: str
    is_excluded: bool


def problems_for(expert: Expert, scope: Scope, *, today: dt.date, top: int) -> list[Fitting]:
    """Return open problems, those first that speak of what the expert can do; conflicts last."""
    looking = problems_with_state(scope, at=today).filter(
        current__in=(ProblemState.CHECKED, *LOOKING_FOR_EXPERTS)
    )
    rows = {str(row.pk): row for row in looking}
    if not rows:
        return []
    index = Index({pk: [text_of(row)] for pk, row in rows.items()})
    order = index.rank(_words_of(expert), top=top, explained=top)
    ties = _ties_with(expert, {rows[one.id].firm for one in order}, on=today)
    found = [
        _fitting(rows[one.id], one.reasons, ties.get(rows[one.id].firm_id, []))
        for one in order
        if one.reasons
    ]
    return sorted(found, key=lambda one: one.is_excluded)


def public_problems_for(expert: Expert, *, today: dt.date, top: int) -> list[Fitting]:
    """Return open problems for the expert's own page, of each only what they may read; none that they are tied to.

    Ranking looks at no more than that either: phrases shown never stand in what is not disclosed.
    """
    whole = Scope(association_id=expert.association_id)
    looking = problems_with_state(whole, at=today).filter(current__in=LOOKING_FOR_EXPERTS)
    rows = {str(row.pk): row for row in looking}
    if not rows or expert.withdrawn_on is not None:
        return []
    index = Index({pk: [_readable(row, expert)] for pk, row in rows.items()})
    order = [one for one in index.rank(_words_of(expert), top=top * 2, explained=top * 2) if one.reasons]
    ties = _ties_with(expert, {rows[one.id].firm for one in order}, on=today)
    found = [_fitting(rows[one.id], one.reasons, ties.get(rows[one.id].firm_id, [])) for one in order]
    return [one for one in found if not one.is_excluded][:top]


def _readable(row: Problem, expert: Expert) -> Text:
    level = disclosure.for_expert(
        row.confidentiality, is_verified=expert.verified_on is not None, undertook=False
    )
    return Text(title=row.name, text=row.summary if level >= disclosure.Disclosed.SUMMARY else "")


def _words_of(expert: Expert) -> Text:
    own, *works = experts.documents([expert])[expert.pk]
    return Text(title=own.title, text="\n".join([own.text, *(one.whole() for one in works)]))


def _ties_with(expert: Expert, firms: Iterable[Any], *, on: dt.date) -> dict[UUID, list[Tie]]:
    units = list(firms)
    found = engine.among(
        expert_ties.parties([expert]),
        [expert_ties.firm(unit) for unit in units],
        declared=expert_ties.declared([expert], on=on),
        rules=expert_ties.FIRM_RULES,
        on=on,
    )
    by_key = {expert_ties.unit_key(unit.pk): unit.pk for unit in units}
    return {by_key[firm]: ties for (_expert, firm), ties in found.items()}


def _fitting(row: Any, reasons: Sequence[Reason], ties: Sequence[Tie]) -> Fitting:
    phrases = _phrases(reasons)
    return Fitting(
        problem=row,
        phrases=phrases,
        text=rules.excerpt(row.summary, phrases),
        ties=explain_all(ties),
        is_excluded=any(tie.level == Level.EXCLUDE for tie in ties),
    )
