"""Reading meetings: who takes part, the task of the timetable, the grid, and what it breaks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Agreement,
    Meeting,
    MeetingExpert,
    MeetingProblem,
    MeetingTalk,
    MeetingWish,
    Problem,
)
from kexie.contexts.matching.queries import expert_ties, experts, problems_with_state
from kexie.contexts.matching.rules import timetable as rules
from kexie.contexts.matching.states import ProblemState
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.platform.assignment.sessions import Place, Sessions, Side
from kexie.platform.matching.ranking import Index, Text
from kexie.platform.ties import engine
from kexie.platform.ties import queries as ties
from kexie.platform.ties.facts import Level, Tie

SEEKING = (ProblemState.CHECKED, ProblemState.PUBLISHED, ProblemState.MATCHED, ProblemState.VISITED)


def meetings(scope: Scope) -> QuerySet[Any]:
    """Return the meetings with how many problems, experts and talks each has."""
    counts = {
        f"{name}_count": Count(name, filter=only, distinct=True)
        for name, only in (
            ("problems", Q(problems__out_at=None)),
            ("experts", Q(experts__out_at=None)),
            ("talks", Q()),
        )
    }
    return Meeting.objects.filter(scope.q()).select_related("unit").annotate(**counts)


def meeting(scope: Scope, pk: UUID) -> Any:
    """Return a meeting; NotFound where there is none in sight."""
    found = Meeting.objects.filter(scope.q(), pk=pk).select_related("unit", "event").first()
    if found is None:
        raise NotFound(_("没有找到这场对接会，或您无权查看。"))
    return found


def problems(one: Meeting) -> list[MeetingProblem]:
    """Return the problems on the list, by number."""
    return list(one.problems.select_related("problem__firm").order_by("problem__number", "pk"))


def people(one: Meeting) -> list[MeetingExpert]:
    """Return the experts, by name."""
    return list(one.experts.select_related("expert__society").order_by("expert__name", "pk"))


def talks(one: Meeting) -> list[MeetingTalk]:
    """Return the talks with both sides, by slot and table."""
    rows = one.talks.select_related("problem__problem__firm", "expert__expert", "stage")
    return list(rows.order_by("slot", "table"))


def problems_to_add(scope: Scope, one: Meeting, *, at: dt.date) -> QuerySet[Any]:
    """Return the problems that look for an expert and are not on the list."""
    taken = one.problems.values("problem")
    return problems_with_state(scope, at=at).filter(current__in=SEEKING).exclude(pk__in=taken)


def experts_to_add(scope: Scope, one: Meeting, *, today: dt.date) -> QuerySet[Any]:
    """Return the experts who may be proposed and are not on the list."""
    return experts.askable(scope, today=today).exclude(pk__in=one.experts.values("expert")).order_by("name")


def is_over(one: Meeting, slot: int, now: dt.datetime) -> bool:
    """Whether a slot has begun."""
    return timezone.localtime(now).replace(tzinfo=None) >= one.begins(slot)


def taker(one: MeetingProblem | MeetingExpert, meeting: Meeting) -> rules.Taker:
    """Return a part of a meeting as plain data."""
    return rules.Taker(
        id=one.pk, name=name_of(one), least=one.least, most=one.most, first=one.first_slot - 1,
        last=min(one.last_slot, meeting.slots) - 1, is_out=one.out_at is not None or one.answer == one.Answer.NO,
    )  # fmt: skip


def name_of(one: MeetingProblem | MeetingExpert) -> str:
    """Return how a part is called on the grid."""
    return one.problem.firm.name if isinstance(one, MeetingProblem) else one.expert.name


def setting(one: Meeting) -> rules.Setting:
    """Return who takes part, under which rules."""
    return rules.Setting(
        problems={row.pk: taker(row, one) for row in problems(one)},
        experts={row.pk: taker(row, one) for row in people(one)},
        runs=one.runs, in_a_row=one.in_a_row,
    )  # fmt: skip


def seat(talk: MeetingTalk) -> rules.Seat:
    """Return a talk as plain data."""
    return rules.Seat(talk.problem_id, talk.expert_id, talk.slot, talk.table)


def purpose(one: Meeting) -> str:
    """Return the key under which a meeting's exclusions are kept."""
    return f"matching.meeting:{one.pk}"


def ties_of(
    firms: Sequence[MeetingProblem], guests: Sequence[MeetingExpert], *, on: dt.date
) -> dict[tuple[str, str], list[Tie]]:
    """Return the ties between these experts and the firms of these problems, by their keys."""
    asked = [one.expert for one in guests]
    units = {one.problem.firm_id: one.problem.firm for one in firms}
    return engine.among(
        expert_ties.parties(asked), [expert_ties.firm(unit) for unit in units.values()],
        declared=expert_ties.declared(asked, on=on), rules=expert_ties.FIRM_RULES, on=on,
    )  # fmt: skip


def excluded_pairs(
    firms: Sequence[MeetingProblem],
    guests: Sequence[MeetingExpert],
    found: dict[tuple[str, str], list[Tie]],
) -> dict[tuple[UUID, UUID], list[Tie]]:
    """Return the pairs (problem, expert) that must not meet, with their ties."""
    out: dict[tuple[UUID, UUID], list[Tie]] = {}
    for guest in guests:
        for one in firms:
            key = expert_ties.expert_key(guest.expert_id), expert_ties.unit_key(one.problem.firm_id)
            reasons = [tie for tie in found.get(key, ()) if tie.level == Level.EXCLUDE]
            if reasons:
                out[one.pk, guest.pk] = reasons
    return out


def exclusions(one: Meeting) -> list[tuple[str, str, str]]:
    """Return whom the timetable kept apart: firm, expert, reasons in words."""
    firms = {expert_ties.unit_key(row.problem.firm_id): row.problem.firm.name for row in problems(one)}
    guests = {expert_ties.expert_key(row.expert_id): row.expert.name for row in people(one)}
    rows = ties.exclusions(one.association_id, purpose(one))
    return sorted(
        (firms[firm], guests[who], why) for who, firm, why in rows if who in guests and firm in firms
    )


@dataclass(frozen=True)
class Asked:
    """A task for the engine, and whom its indices mean."""

    task: Sessions
    problems: Sequence[MeetingProblem]
    experts: Sequence[MeetingExpert]
    held: dict[Place, int]
    ties: dict[tuple[str, str], list[Tie]]


def asked(one: Meeting, *, now: dt.datetime) -> Asked:
    """Return what the engine is asked: talks that began or are locked are fixed, the others kept where they can be."""
    firms, guests = problems(one), people(one)
    found = ties_of(firms, guests, on=one.on)
    excluded = set(excluded_pairs(firms, guests, found))
    standing = _places(one, firms, guests)
    fixed = {place for place, talk in standing.items() if _stays(one, talk, now)}
    passed = frozenset(slot for slot in range(one.slots) if is_over(one, slot, now))
    task = Sessions(
        left=[_side(taker(row, one), passed) for row in firms],
        right=[_side(taker(row, one), passed) for row in guests],
        value=_values(one, firms, guests, excluded),
        slots=one.slots, tables=one.tables, runs=one.runs, in_a_row=one.in_a_row,
        fixed=frozenset(fixed), before=frozenset(standing),
    )  # fmt: skip
    held = {place: talk.table for place, talk in standing.items()}
    return Asked(task=task, problems=firms, experts=guests, held=held, ties=found)


def _places(
    one: Meeting, firms: Sequence[MeetingProblem], guests: Sequence[MeetingExpert]
) -> dict[Place, MeetingTalk]:
    left = {row.pk: at for at, row in enumerate(firms)}
    right = {row.pk: at for at, row in enumerate(guests)}
    return {(left[talk.problem_id], right[talk.expert_id], talk.slot): talk for talk in talks(one)}


def _stays(one: Meeting, talk: MeetingTalk, now: dt.datetime) -> bool:
    here = not (taker(talk.problem, one).is_out or taker(talk.expert, one).is_out)
    return is_over(one, talk.slot, now) or bool(talk.outcome) or (talk.is_locked and here)


def _side(one: rules.Taker, passed: frozenset[int]) -> Side:
    return Side(id=str(one.id), slots=one.slots - passed, least=0 if one.is_out else one.least, most=one.most)


def _values(
    one: Meeting,
    firms: Sequence[MeetingProblem],
    guests: Sequence[MeetingExpert],
    excluded: set[tuple[UUID, UUID]],
) -> Any:
    ranks = {
        (row.problem_id, row.expert_id, row.side): row.rank
        for row in MeetingWish.objects.filter(problem__meeting=one)
    }
    fits = _fits([row.problem for row in firms], guests)
    side = MeetingWish.Side
    return np.array(
        [
            [
                0 if (row.pk, guest.pk) in excluded else rules.worth(
                    firm_rank=ranks.get((row.pk, guest.pk, side.FIRM)),
                    expert_rank=ranks.get((row.pk, guest.pk, side.EXPERT)),
                    fit=fits[at].get(str(guest.pk), 0),
                )
                for guest in guests
            ]
            for at, row in enumerate(firms)
        ],
        dtype=np.int64,
    ).reshape(len(firms), len(guests))  # fmt: skip


def _fits(asked: Sequence[Problem], guests: Sequence[MeetingExpert]) -> list[dict[str, int]]:
    """Return for each problem how well the nearest experts fit by their texts, the nearest BEST_FIT."""
    if not (asked and guests):
        return [{} for _problem in asked]
    documents = experts.documents([guest.expert for guest in guests])
    index = Index({str(guest.pk): documents[guest.expert_id] for guest in guests})
    found = []
    for problem in asked:
        ranked = index.rank(Text(title=problem.name, text=problem.summary), top=rules.BEST_FIT, explained=0)
        found.append({one.id: rules.BEST_FIT - place for place, one in enumerate(ranked)})
    return found


@dataclass(frozen=True)
class Grid:
    """The timetable: one row a slot, one cell a table."""

    heads: Sequence[int]
    rows: Sequence[tuple[int, str, bool, Sequence[MeetingTalk | None]]]


def grid(one: Meeting, found: Sequence[MeetingTalk], *, now: dt.datetime) -> Grid:
    """Return the timetable, with the slot's hours and whether it has begun."""
    width = max([talk.table + 1 for talk in found], default=0)
    at = {(talk.slot, talk.table): talk for talk in found}
    rows = [
        (slot, one.hours(slot), is_over(one, slot, now), [at.get((slot, table)) for table in range(width)])
        for slot in range(one.slots)
    ]
    return Grid(heads=range(1, width + 1), rows=rows)


def signed_at(one: Meeting) -> list[Agreement]:
    """Return the confirmed agreements that were signed at the meeting's event."""
    if one.event_id is None:
        return []
    rows = Agreement.objects.filter(event_id=one.event_id, state=State.CONFIRMED)
    return list(rows.select_related("firm", "expert", "partner_unit").order_by("occurred_on", "title"))
