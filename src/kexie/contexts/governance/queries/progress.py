"""Targets with what the records say of them: nothing here is typed by a person. Every query takes a Scope."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.contexts.governance.models import ActionProgramme, Direction, Milestone, Target
from kexie.contexts.governance.queries.readings import Reading, Readings
from kexie.contexts.governance.rules import lines
from kexie.contexts.governance.rules.lines import Line
from kexie.contexts.governance.states import TONES, Standing
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.measures import Cell
from kexie.ledger.models import State

STATUS_WORDS: dict[str, Text] = {one.value: one.label for one in Standing}
LINE_WORDS: dict[str, Text] = {
    "STEPS": _("按节点计划"),
    "SEASON": _("按上年各月的进度"),
    "LINEAR": _("按时间均匀推进"),
    "LEVEL": _("全年保持同一水平"),
}


@dataclass(frozen=True, kw_only=True)
class MilestoneState:
    """A milestone as it stands: `wanted` is the value of a step; `late_by` counts days; `tone` as of tags."""

    milestone: Milestone
    wanted: Decimal | None
    state: str
    word: Text
    tone: str
    late_by: int = 0
    href: str = ""
    done_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class TargetProgress:
    """A target with what the records say of it.

    `actual` is None where the measure cannot be computed; `expected` is what the target's line asks by the day;
    `share` is actual / goal in per cent; `status` is a key of STATUS_WORDS. `figure` is the address of its `cell`. `base` is the
    value the year began with, `late` the milestones that are late.
    """

    id: UUID
    programme_id: UUID
    parent_id: UUID | None
    programme: str
    position: int
    name: str
    measure: str
    unit: str
    responsible: str
    responsible_path: str
    year: int
    basis: str
    direction: str
    goal: Decimal
    actual: Decimal | None
    base: Decimal
    expected: Decimal
    share: Decimal | None
    line: Line
    line_word: Text
    status: str
    status_word: Text
    tone: str
    milestones: tuple[MilestoneState, ...]
    cell: Cell
    figure: str
    href: str

    @property
    def late(self) -> list[MilestoneState]:
        """The milestones past their day."""
        return [one for one in self.milestones if one.late_by]

    @property
    def gap(self) -> Decimal:
        """By how much the line is missed, on the wrong side of it; 0 where it is not."""
        if self.actual is None:
            return Decimal(0)
        short = self.expected - self.actual
        return max(short if self.direction == Direction.AT_LEAST else -short, Decimal(0))

    @property
    def done_width(self) -> Decimal:
        """What was reached in per cent of the goal, at most all of it, for a meter."""
        return max(min(self.share or Decimal(0), Decimal(100)), Decimal(0))

    @property
    def due_at(self) -> Decimal:
        """What the line asks by now in per cent of the goal."""
        return min((100 * self.expected / self.goal).quantize(Decimal("0.1")), Decimal(100))

    @property
    def needs_reason(self) -> bool:
        """Whether it is amber or red."""
        return self.tone in {"warn", "bad"}


@dataclass
class Board:
    """The targets of one year in a scope, with the readings they were computed from."""

    rows: list[Target]
    readings: Readings
    progress: dict[UUID, TargetProgress]

    @property
    def top(self) -> tuple[TargetProgress, ...]:
        """Those that are no part of another one in sight."""
        return tuple(self.progress[one.pk] for one in self.rows if one.parent_id not in self.progress)

    def parts(self, target_id: UUID) -> list[TargetProgress]:
        """The parts of one."""
        return [self.progress[one.pk] for one in self.rows if one.parent_id == target_id]


def rows(scope: Scope) -> QuerySet[Target]:
    """Return every target of the scope."""
    return Target.objects.filter(scope.q()).select_related("programme", "unit", "parent")


def one(scope: Scope, target_id: UUID) -> Target:
    """Return a target, or raise NotFound."""
    found = rows(scope).filter(pk=target_id).first()
    if found is None or not is_readable(found, scope):
        raise NotFound(str(target_id))
    return found


def programmes(scope: Scope) -> QuerySet[ActionProgramme]:
    """Return the association's programmes: everybody may know them, whoever keeps them."""
    found = ActionProgramme.objects.filter(association_id=scope.association_id)
    return found.select_related("unit").order_by("position", "name")


def targets(scope: Scope, now: dt.datetime, *, year: int | None = None) -> tuple[TargetProgress, ...]:
    """Return the targets of a year (by default this one) in order of programme, with computed progress.

    Targets whose measure is not declared here, or may not be read in this scope, are left out; parts of others too.
    """
    return board(scope, now, year=year).top


def board(scope: Scope, now: dt.datetime, *, year: int | None = None) -> Board:
    """Return the year's targets and how they stand."""
    today = timezone.localdate(now)
    found = rows(scope).filter(year=year or today.year).prefetch_related("milestones__unit")
    ordered = found.order_by("programme__position", "parent_id", "name", "unit__path", "pk")
    readable = [target for target in ordered if is_readable(target, scope)]
    return computed(readable, scope, year or today.year, today)


def computed(readable: list[Target], scope: Scope, year: int, today: dt.date) -> Board:
    """Return how these targets of one year stand at the end of a day."""
    readings = Readings(scope, readable, year, today)
    proofs = _proofs(readable, scope)
    progress = {one.pk: _progress(one, readings.of(one), readings, proofs) for one in readable}
    return Board(readable, readings, progress)


def is_readable(target: Target, scope: Scope) -> bool:
    """Whether the target's measure is declared here and may be read in the scope."""
    measure = registry.measures().get(target.measure)
    return measure is not None and scope.allows(measure.context)


def years(scope: Scope) -> list[int]:
    """Return the years that have targets, the latest first."""
    found = Target.objects.filter(scope.q()).order_by("-year").values_list("year", flat=True)
    return list(found.distinct())


def _progress(target: Target, reading: Reading, readings: Readings, proofs: dict[Any, Any]) -> TargetProgress:
    measure, today = registry.measure(target.measure), readings.today
    states = tuple(_milestone(one, target, reading, today, proofs) for one in target.milestones.all())
    line = lines.line(
        year=target.year,
        basis=target.basis,
        base=reading.base,
        goal=target.goal,
        steps=[(one.milestone.due_on, one.wanted) for one in states if one.wanted is not None],
        last_year=reading.last_year,
    )
    expected = line.by(readings.until - lines.DAY)
    status = lines.standing(
        actual=reading.actual,
        expected=expected,
        base=reading.base,
        goal=target.goal,
        basis=target.basis,
        direction=target.direction,
        is_over=today.year > target.year,
        late_by=max((one.late_by for one in states), default=0),
    )
    if today.year < target.year:
        status = Standing.PLANNED
    actual, cell = reading.actual, readings.cell(target)
    return TargetProgress(
        id=target.pk,
        programme_id=target.programme_id,
        parent_id=target.parent_id,
        programme=target.programme.name,
        position=target.programme.position,
        name=target.name,
        measure=str(measure.label),
        unit=measure.unit,
        responsible=str(target.unit),
        responsible_path=target.unit.path,
        year=target.year,
        basis=target.basis,
        direction=target.direction,
        goal=target.goal,
        actual=actual,
        base=reading.base,
        expected=expected.quantize(Decimal("0.1")),
        share=None if actual is None else (100 * actual / target.goal).quantize(Decimal("0.1")),
        line=line,
        line_word=LINE_WORDS[line.source],
        status=status,
        status_word=STATUS_WORDS[status],
        tone=TONES.get(status, ""),
        milestones=states,
        cell=cell,
        figure=figure_url(cell, unit=target.unit),
        href=reverse("targets:target", args=[target.pk]),
    )


_MILESTONE_WORDS: dict[str, tuple[Text, str]] = {
    "DONE": (_("已完成"), "good"),
    "LATE": (_("已逾期"), "bad"),
    "SOON": (_("即将到期"), "plan"),
    "OPEN": (_("未到期"), ""),
}


def _milestone(
    one: Milestone, target: Target, reading: Reading, today: dt.date, proofs: dict[Any, Any]
) -> MilestoneState:
    wanted = one.value if one.share is None else target.goal * one.share / 100
    done_on = proofs.get((one.record_type, one.record_id))
    is_done = done_on is not None
    if wanted is not None and reading.actual is not None:
        is_above = reading.actual >= wanted
        is_done = is_above if target.direction == Direction.AT_LEAST else reading.actual <= wanted
    late_by = 0 if is_done else max((today - one.due_on).days, 0)
    is_soon = one.due_on - today <= dt.timedelta(days=lines.SOON_DAYS)
    state = "DONE" if is_done else "LATE" if late_by else "SOON" if is_soon else "OPEN"
    word, tone = _MILESTONE_WORDS[state]
    if state == "LATE" and late_by <= lines.LATE_DAYS:
        tone = "warn"
    return MilestoneState(
        milestone=one,
        wanted=wanted,
        state=state,
        word=word,
        tone=tone,
        late_by=late_by,
        done_on=done_on,
        href=reverse("workbench:record", args=[one.record_type, one.record_id]) if one.record_id else "",
    )


def _proofs(found: Iterable[Target], scope: Scope) -> dict[tuple[str, UUID | None], dt.date]:
    """Return the days of the linked records that still count, by type and id, in one statement."""
    wanted: dict[str, list[UUID]] = {}
    for milestone in (one for target in found for one in target.milestones.all()):
        if milestone.record_id and milestone.record_type in registry.record_types():
            wanted.setdefault(milestone.record_type, []).append(milestone.record_id)
    parts = [
        registry.record_types()[key]
        .model._default_manager.filter(
            Q(association_id=scope.association_id), pk__in=pks, state=State.CONFIRMED
        )
        .order_by()
        .values_list(Value(key), "pk", "occurred_on")
        for key, pks in wanted.items()
    ]
    return {(key, pk): on for key, pk, on in union(parts)}


def union(parts: Sequence[QuerySet[Any, Any]]) -> list[Any]:
    """Ask for many small results in one statement."""
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])
