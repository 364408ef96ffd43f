"""What a problem is about: proposed from its text, decided by people; both are kept."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Problem, ProblemTerm
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import finding, likeness
from kexie.contexts.matching.queries import terms as queries
from kexie.contexts.matching.queries.finding_index import finder
from kexie.contexts.matching.rules import classifying as rules
from kexie.foundation.access.models import Account
from kexie.kernel import disciplines, industries, text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

Kind, Decision = ProblemTerm.Kind, ProblemTerm.Decision
MOST_KEYWORDS, LONGEST = 15, 60
_EXPERTS, SHORTEST = 10, 3


class TermsRefused(UserError):
    """Terms that mean nothing; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a form says a problem is about: codes that were ticked, and what was added in words."""

    industries: Sequence[str] = ()
    disciplines: Sequence[str] = ()
    more_industry: str = ""
    more_disciplines: str = ""
    keywords: str = ""


def propose(one: Problem, *, now: dt.datetime) -> None:
    """Propose terms from the text as it is now, within the caller's transaction; what somebody decided stays."""
    ProblemTerm.objects.filter(problem=one, decision="").delete()
    read = rules.propose(one.name, one.summary, known=_shared_with_experts(one))
    ProblemTerm.objects.bulk_create(
        [
            ProblemTerm(
                association_id=one.association_id, problem=one, kind=row.kind, value=row.value[:LONGEST],
                phrases=list(row.phrases), is_proposed=True,
            )
            for row in [*read, *_decided_before(one, {row.kind for row in read}, timezone.localdate(now))]
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _decided_before(one: Problem, known: set[str], today: dt.date) -> list[rules.Proposed]:
    """Return the industry and disciplines that people kept for the likest problem, where the words alone say nothing."""
    scope = Scope(association_id=one.association_id)
    found = likeness.alike(one.name, one.summary, scope, today=today, but=one.pk)
    for like in found:
        kept = [row for row in queries.kept(like.problem) if row.kind not in {*known, Kind.KEYWORD}]
        if kept:
            phrases = [phrase[:LONGEST] for phrase in like.phrases]
            return [rules.Proposed(row.kind, row.value, phrases) for row in kept]
    return []


def _shared_with_experts(one: Problem) -> list[str]:
    """Return phrases that the problem shares with works of the experts nearest to it."""
    found = finder(one.association_id)
    if found.index is None:
        return []
    best = [row.id for row in found.index.rank(finding.text_of(one), top=_EXPERTS, explained=0)]
    reasons = found.index.explain(finding.text_of(one), best)
    return [
        phrase
        for rows in reasons.values()
        for row in rows
        for phrase in row.phrases
        if len(phrase) >= SHORTEST
    ]


@transaction.atomic
def decide(
    *, problem_id: UUID, terms: Terms, actor: Account, now: dt.datetime, scope: Scope
) -> list[ProblemTerm]:
    """Keep what was ticked or written, drop the rest of what was proposed or kept before."""
    one = locked(Problem, problem_id, scope)
    wanted = _wanted(terms)
    known = {(row.kind, row.value): row for row in ProblemTerm.objects.filter(problem=one)}
    for pair, row in known.items():
        _decided(row, Decision.KEPT if pair in wanted else Decision.DROPPED, actor, now)
    added = [pair for pair in wanted if pair not in known]
    for kind, value in added:
        ProblemTerm.objects.create(
            association_id=one.association_id, problem=one, kind=kind, value=value, decision=Decision.KEPT,
            decided_at=now, decided_by=actor,
        )  # fmt: skip
    note(one, "decide_terms", actor=actor, now=now, kept=[f"{kind}:{value}" for kind, value in wanted])
    return queries.kept(one)


def _decided(row: ProblemTerm, decision: str, actor: Account, now: dt.datetime) -> None:
    if row.decision == decision:
        return
    row.decision, row.decided_at, row.decided_by = decision, now, actor
    row.save(update_fields=["decision", "decided_at", "decided_by"])


def _wanted(terms: Terms) -> list[tuple[str, str]]:
    wrong: dict[str, Any] = {}
    more, unknown = disciplines.parse(terms.more_disciplines)
    if unknown:
        wrong["more_disciplines"] = _(
            "没有这个学科：%(words)s。请写一级学科的名称或代码，例如 机械工程 或 460。"
        ) % {"words": "、".join(unknown)}
    division = industries.parse(terms.more_industry)
    if terms.more_industry and not division:
        wrong["more_industry"] = _("没有这个行业，请写大类代码或名称，例如 C34 或 通用设备制造业。")
    keywords = words_of(terms.keywords)
    if len(keywords) > MOST_KEYWORDS or any(len(word) > LONGEST for word in keywords):
        wrong["keywords"] = _("关键词最多15个，每个不超过60字，用逗号或顿号隔开。")
    if wrong:
        raise TermsRefused(fields=wrong)
    return _pairs({
        Kind.INDUSTRY: [*terms.industries, *filter(None, [division])],
        Kind.DISCIPLINE: [*terms.disciplines, *more],
        Kind.KEYWORD: keywords,
    })  # fmt: skip


def _pairs(values: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((str(kind), value) for kind, given in values.items() for value in given))


def words_of(written: str) -> list[str]:
    """Return the keywords of a line, each once."""
    marks = str.maketrans(dict.fromkeys("，、；;\n", ","))
    return list(dict.fromkeys(filter(None, (text.clean(one) for one in written.translate(marks).split(",")))))
