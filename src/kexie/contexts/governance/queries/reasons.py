"""Why a target is amber or red, and what to do next: said by the records, never by a person."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.contexts.governance.models import Basis, Direction, Target
from kexie.contexts.governance.queries.progress import Board, TargetProgress, union
from kexie.contexts.governance.queries.readings import Readings
from kexie.contexts.governance.rules import lines
from kexie.contexts.governance.states import Standing
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.measures import Cell, Measure
from kexie.ledger.models import State
from kexie.ui.templatetags.ui import after_number

_SHOWN = 3
_WHOLE_FROM = 100  # from here on a value is told without decimals


@dataclass(frozen=True)
class Said:
    """One reason or step, and where to look or act; `what` says which kind it is."""

    text: Text
    href: str = ""
    what: str = ""


@dataclass(frozen=True)
class Reasons:
    """Why a target is amber or red, the weightiest first, and the next step."""

    why: tuple[Said, ...]
    next: Said


@dataclass(frozen=True)
class Lag:
    """By how much a unit stays behind: its part of the target, or its own last year."""

    unit: Unit
    by: Decimal
    against_part: bool


def reasons(board: Board, scope: Scope) -> dict[UUID, Reasons]:
    """Return the reasons of every target that is amber or red; the number of statements does not grow with them."""
    wanting = [one for one in board.rows if board.progress[one.pk].needs_reason]
    drafts = _drafts(wanting, board.readings, scope)
    counties = list(
        Unit.objects.filter(association_id=scope.association_id, kind=Kind.COUNTY_ASSOCIATION).order_by("path")
    ) if wanting else []  # fmt: skip
    return {one.pk: _of(one, board, counties, drafts.get(one.pk, 0)) for one in wanting}


def _of(target: Target, board: Board, counties: list[Unit], drafts: int) -> Reasons:
    progress = board.progress[target.pk]
    lags = list(_lags(target, board, counties))[:_SHOWN]
    why = (
        *_gap(progress),
        *(_late(progress)),
        *(_lag(one, progress) for one in lags),
        *([_unconfirmed(target, drafts)] if drafts else []),
    )
    return Reasons(why, _next(target, progress, lags, drafts))


def _gap(progress: TargetProgress) -> Iterator[Said]:
    if progress.actual is None or not progress.gap:
        return
    words = (
        _("到今天应有 %(expected)s，实有 %(actual)s，差 %(gap)s（目标线：%(line)s）。")
        if progress.direction == Direction.AT_LEAST
        else _("到今天不应超过 %(expected)s，实有 %(actual)s，超出 %(gap)s（目标线：%(line)s）。")
    )
    told = {
        "expected": amount(progress.expected, progress.unit),
        "actual": amount(progress.actual, progress.unit),
        "gap": amount(progress.gap, progress.unit),
        "line": progress.line_word,
    }
    yield Said(words % told, progress.figure, "gap")


def _late(progress: TargetProgress) -> Iterator[Said]:
    for one in progress.late:
        told = {"name": one.milestone.name, "days": one.late_by, "unit": one.milestone.unit}
        yield Said(
            _("节点“%(name)s”已逾期 %(days)s 天，责任单位%(unit)s。") % told,
            f"{progress.href}#milestones",
            "late",
        )


def _lag(lag: Lag, progress: TargetProgress) -> Said:
    words = _("%(unit)s比分解的进度少 %(n)s。") if lag.against_part else _("%(unit)s比上年同期少 %(n)s。")
    cell = Cell(progress.cell.measure, progress.cell.period, unit=lag.unit.pk)
    told = {"unit": lag.unit, "n": amount(lag.by, progress.unit)}
    return Said(words % told, figure_url(cell, unit=lag.unit), "lag")


def _unconfirmed(target: Target, drafts: int) -> Said:
    return Said(_("有 %(n)s 条草稿还没有确认，确认后才计入。") % {"n": drafts}, _draft_url(target), "drafts")


def _next(target: Target, progress: TargetProgress, lags: list[Lag], drafts: int) -> Said:
    """Return what helps first: confirm what is there, then see to what is late, then to whoever lags most."""
    if progress.status == Standing.MISSED and target.direction == Direction.AT_LEAST:
        return Said(_("年度已结束：在年终总结里写明原因，并据此定下一年的目标。"), progress.href, "over")
    if drafts:
        return Said(_("先确认草稿"), _draft_url(target), "drafts")
    if progress.late:
        return Said(
            _("办理逾期的节点“%(name)s”") % {"name": progress.late[0].milestone.name},
            f"{progress.href}#milestones",
            "late",
        )
    if lags:
        cell = Cell(progress.cell.measure, progress.cell.period, unit=lags[0].unit.pk)
        return Said(
            _("请%(unit)s说明并补上，先看它的记录") % {"unit": lags[0].unit},
            figure_url(cell, page="figures:rows", unit=lags[0].unit), "lag",
        )  # fmt: skip
    return Said(
        _("看这个数的记录，核对有没有漏登"),
        figure_url(progress.cell, page="figures:rows", unit=target.unit),
        "rows",
    )


def _lags(target: Target, board: Board, counties: list[Unit]) -> Iterator[Lag]:
    """Yield who stays behind, the furthest first: parts behind their lines, else counties behind their last year."""
    if target.direction == Direction.AT_MOST or target.basis == Basis.LEVEL:
        return
    parts = [one for one in board.rows if one.parent_id == target.pk]
    if parts:
        found = [Lag(one.unit, board.progress[one.pk].gap, against_part=True) for one in parts]
    else:
        found = list(_behind_last_year(target, board.readings, counties))
    yield from sorted((one for one in found if one.by > 0), key=lambda one: (-one.by, one.unit.path))


def _behind_last_year(target: Target, readings: Readings, counties: list[Unit]) -> Iterator[Lag]:
    if not registry.measure(target.measure).is_rolled_up:
        return
    of = {one.path: one for one in counties}
    by_part = readings.by_part(target, lambda path: next((p for p in of if path.startswith(p)), ""))
    last_day = readings.until - lines.DAY
    for path, months in by_part.items():
        this, last = (Readings.of_year(months, year) for year in (target.year, target.year - 1))
        short = same_days(last, last_day) - sum(this, Decimal(0))
        if path and short >= 1:
            yield Lag(of[path], short.quantize(Decimal(1)), against_part=False)


def same_days(months: tuple[Decimal, ...], day: dt.date) -> Decimal:
    """Return what had come by the same day of a year given by months; within a month evenly by days."""
    passed = Decimal(day.day) / ((day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - lines.DAY).day
    return sum(months[: day.month - 1], Decimal(0)) + months[day.month - 1] * passed


def _drafts(wanting: list[Target], readings: Readings, scope: Scope) -> dict[UUID, int]:
    """Return how many drafts would count for each target, in one statement."""
    parts = [_drafts_of(one, readings, scope) for one in wanting]
    return dict(union(parts))


def _drafts_of(target: Target, readings: Readings, scope: Scope) -> QuerySet[Any, Any]:
    measure: Measure = registry.measure(target.measure)
    cell = readings.cell(target)
    inside = Q(unit__path__startswith=target.unit.path) if cell.unit else Q()
    found = measure.of._default_manager.filter(
        measure.where, scope.q(), inside, state=State.DRAFT, occurred_on__year=target.year
    )
    counted = found.order_by().values("association_id").annotate(n=Count("pk"))
    rows: QuerySet[Any, Any] = counted.values_list(Value(target.pk), "n")
    return rows


def _draft_url(target: Target) -> str:
    model = registry.measure(target.measure).of
    declared = next((one for one in registry.record_types().values() if one.model is model), None)
    if declared is None:
        return reverse("workbench:home")
    query = {"state": "draft"}
    return f"{reverse('workbench:list', args=[declared.key])}?{urlencode(query)}"


def amount(value: Decimal, unit: str) -> str:
    """Return a value with its unit as texts write it."""
    whole = (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() or abs(value) >= _WHOLE_FROM
        else value.quantize(Decimal("0.1"))
    )
    return f"{whole:,}{after_number(unit)}"
