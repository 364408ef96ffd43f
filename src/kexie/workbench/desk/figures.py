"""Which figures a record counts in, and the key figures of an area of work."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell, Flow, Measure
from kexie.ledger.models import Record
from kexie.ui.figures import FigureView


@dataclass(frozen=True)
class Counted:
    """A measure that a record is part of, what it adds there, and where the figure is."""

    measure: Measure
    adds: Any
    href: str


def counting(record: Record, scope: Scope) -> list[Counted]:
    """Return the measures whose rows hold this record today, with its contribution to each."""
    found = []
    for measure in registry.measures_of(type(record)):
        if scope.allows(measure.context):
            cell = Cell(measure.key, _period(measure, record))
            row = (
                measure.contributions(cell, scope).filter(pk=record.pk).first()
                if _is_simple(measure)
                else None
            )
            if row is not None:
                found.append(Counted(measure, row.contribution, address(measure.key)))
            elif not _is_simple(measure) and measure.rows(cell, scope).filter(pk=record.pk).exists():
                found.append(Counted(measure, None, address(measure.key)))
    return found


def key_figures(context: str, scope: Scope, *, now: dt.datetime, limit: int = 4) -> list[FigureView]:
    """Return the first figures of an area of work: flows of this year, stocks of today."""
    today = timezone.localdate(now)
    measures = [one for one in registry.measures().values() if one.context == context][:limit]
    return [_view(one, scope, today) for one in measures]


def address(measure: str) -> str:
    """Return where a figure is shown, or "" where no such page is installed."""
    try:
        return reverse("figures:detail", args=[measure])
    except NoReverseMatch:
        return ""


def _view(measure: Measure, scope: Scope, today: dt.date) -> FigureView:
    is_flow = isinstance(measure.time, Flow)
    since = dt.date(today.year, 1, 1) if is_flow and measure.kind.additive else None
    value = figures.value(Cell(measure.key, Period.until(today, since=since)), scope)
    return FigureView(str(measure.label), value, measure.unit, today, address(measure.key))


def _period(measure: Measure, record: Record) -> Period:
    """Return a period that holds the record if any does: its own day for flows, today for stocks."""
    if isinstance(measure.time, Flow):
        return Period.until(record.occurred_on, since=record.occurred_on)
    return Period.until(max(timezone.localdate(), record.occurred_on))


def _is_simple(measure: Measure) -> bool:
    """Whether a record's contribution can be read from its row alone (no window over other rows)."""
    return bool(measure.kind.additive)
