"""Measures: what records can be counted as, declared once beside the records they count.

A measure has one of six kinds (`kexie.ledger.kinds`: what is done with its rows) and one of three times (which
rows belong to a period). Rows and value share one predicate: there is no second way to a figure (design.md 4).
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Exists, OuterRef, Q

from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.cells import Cell
from kexie.ledger.kinds import (
    Count,
    Distinct,
    Duration,
    Kind,
    Number,
    Ratio,
    Rows,
    Streak,
    Sum,
)
from kexie.ledger.models.record import HeadCounted, Record, State

__all__ = [
    "Cell",
    "Count",
    "Dim",
    "Distinct",
    "Duration",
    "Flow",
    "LatestStock",
    "Measure",
    "Ratio",
    "RevocableStock",
    "Streak",
    "Sum",
    "ValidStock",
    "known",
]


@dataclass(frozen=True)
class Dim:
    """A further way to cut a measure: `path` is a field path from the record, its own name by default."""

    name: str
    label: Text
    path: str = ""

    @property
    def lookup(self) -> str:
        """The field path that a filter uses."""
        return self.path or self.name


@dataclass(frozen=True)
class Flow:
    """Rows whose day lies in the period; without a start, everything up to its end (累计)."""

    def narrow(self, rows: Rows, period: Period, known_at: dt.datetime | None = None) -> Rows:
        """Return the rows of the period."""
        until = rows.filter(occurred_on__lt=period.end)
        return until if period.start is None else until.filter(occurred_on__gte=period.start)


@dataclass(frozen=True)
class ValidStock:
    """Rows valid on the period's last day: begun by then, and `until` (the last valid day) not yet past."""

    until: str = "valid_to"

    def narrow(self, rows: Rows, period: Period, known_at: dt.datetime | None = None) -> Rows:
        """Return the rows valid on the last day."""
        day = period.last_day
        open_or_later = Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gte": day})
        return rows.filter(open_or_later, occurred_on__lte=day)


@dataclass(frozen=True)
class RevocableStock(ValidStock):
    """Rows valid on the last day whose validity no other record has ended by then.

    `ended_by` is the reverse relation of those records (`ends`); their day is the first on which the row is not valid.
    What was not yet known at `known_at` has ended nothing then.
    """

    ended_by: str = "ends"

    def narrow(self, rows: Rows, period: Period, known_at: dt.datetime | None = None) -> Rows:
        """Return the rows valid on the last day and not ended by then."""
        link = rows.model._meta.get_field(self.ended_by)
        ends = link.related_model._default_manager.filter(
            known(known_at), occurred_on__lte=period.last_day, **{link.field.name: OuterRef("pk")}
        )
        return super().narrow(rows, period).filter(~Exists(ends))


@dataclass(frozen=True)
class LatestStock:
    """The latest row of each `entity` by the period's last day, where its `stage` is among those named."""

    entity: str
    among: tuple[str, ...]
    stage: str = "stage"

    def narrow(self, rows: Rows, period: Period, known_at: dt.datetime | None = None) -> Rows:
        """Return the rows that are in force on the last day."""
        until = rows.filter(occurred_on__lt=period.end)
        after = Q(occurred_on__gt=OuterRef("occurred_on")) | Q(
            occurred_on=OuterRef("occurred_on"), id__gt=OuterRef("id")
        )
        later = until.order_by().filter(after, **{self.entity: OuterRef(self.entity)})
        return until.filter(~Exists(later), **{f"{self.stage}__in": self.among})


Time = Flow | ValidStock | RevocableStock | LatestStock
CUTS = frozenset({"county", "unit", "month", "year", "method"})


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A declared measure.

    words: how texts name it, as alternatives; all terms of one (split by spaces, `a|b` for synonyms) must occur.
    unit: the measure word as it stands in texts; also_units are accepted look-alikes.
    public: may be shown to anyone as a number (rows stay subject to access).
    """

    key: str
    label: Text
    unit: str
    of: type[Record]
    kind: Kind
    time: Time = Flow()
    where: Q = field(default_factory=Q)
    dims: tuple[Dim, ...] = ()
    words: tuple[str, ...] = ()
    also_units: tuple[str, ...] = ()
    definition: Text = ""
    source: Text = ""
    group: str = ""
    public: bool = True

    def __post_init__(self) -> None:
        """Refuse a dimension that bears the name of a cut every measure has."""
        if taken := {dim.name for dim in self.dims} & CUTS:
            raise ValueError(f"{self.key}: {taken}")

    @property
    def context(self) -> str:
        """The app label whose records it counts."""
        return self.key.partition(".")[0]

    @cached_property
    def is_head_count(self) -> bool:
        """Whether its records name a counting method."""
        return issubclass(self.of, HeadCounted)

    @property
    def is_stock(self) -> bool:
        """Whether it is asked at a date, not over a period."""
        return not isinstance(self.time, Flow)

    @cached_property
    def is_local(self) -> bool:
        """Whether a record's own frozen columns decide that it counts, whatever other records say."""
        return isinstance(self.time, Flow) and _is_local(self.of, self.where)

    @property
    def is_rolled_up(self) -> bool:
        """Whether its cells can be cached: additive, by day, and decided by the record's own frozen columns."""
        return self.kind.additive and self.is_local

    @cached_property
    def definition_digest(self) -> str:
        """SHA-256 over what decides the value: a changed definition gives another digest."""
        predicate = str(self.of._default_manager.filter(self.where).query)
        part = repr(self.kind)
        if isinstance(self.kind, Ratio):
            part = f"{self.kind.part.__qualname__}{f' of {self.kind.of}' if self.kind.of else ''}"
        parts = (
            self.key,
            predicate,
            type(self.kind).__name__,
            part,
            repr(self.time),
            self.unit,
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def dim(self, name: str) -> Dim:
        """Return a declared dimension (`method` is one wherever people are counted), or raise NotFound."""
        if name == "method" and self.is_head_count:
            return Dim("method", HeadCounted._meta.get_field("method").verbose_name)
        found = next((dim for dim in self.dims if dim.name == name), None)
        if found is None:
            raise NotFound(f"{self.key}: {name}")
        return found

    def labels(self, name: str) -> dict[Any, Text]:
        """Return how a dimension's stored values are written, where its field has choices."""
        model: Any = self.of
        column: Any = None
        for part in self.dim(name).lookup.split("__"):
            try:
                column = model._meta.get_field(part)
            except FieldDoesNotExist:
                return {}
            model = column.related_model or model
        return dict(getattr(column, "flatchoices", ()))

    def rows(self, cell: Cell, scope: Scope) -> Rows:
        """Return the records that make up a cell, as far as the scope sees them."""
        tenant = self.of._default_manager.filter(known(cell.known_at), association_id=scope.association_id)
        rows = self.time.narrow(tenant, cell.period, cell.known_at).filter(self.where, scope.q())
        return rows.filter(self.within(cell))

    def contributions(self, cell: Cell, scope: Scope) -> Rows:
        """Return the same records, each with its `contribution` to the value."""
        return self.kind.contribute(self.rows(cell, scope), cell)

    def value(self, cell: Cell, scope: Scope) -> Number:
        """Return the aggregate of exactly these rows."""
        return self.kind.value(self.rows(cell, scope), cell)

    def within(self, cell: Cell) -> Q:
        """Return the cell's filter by area, unit and dimensions."""
        inside = Q()
        if cell.area:
            inside &= Q(area__code__startswith=cell.area)
        if cell.unit:
            inside &= Q(unit__path__startswith=_path_of(cell.unit))
        for name, value in cell.filters:
            inside &= Q(**{self.dim(name).lookup: value})
        return inside


def known(moment: dt.datetime | None) -> Q:
    """Return the filter for records that counted at a moment; None is now."""
    if moment is None:
        return Q(state=State.CONFIRMED)
    return Q(confirmed_at__lte=moment) & (Q(reversed_at=None) | Q(reversed_at__gt=moment))


def _path_of(unit_id: UUID) -> str:
    path: str = Unit.objects.values_list("path", flat=True).get(pk=unit_id)
    return path


def _is_local(model: type[Record], where: Q) -> bool:
    return all(isinstance(leaf, tuple) and _is_own_column(model, leaf[0]) for leaf in _leaves(where))


def _leaves(where: Q) -> Iterator[Any]:
    for child in where.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        else:
            yield child


def _is_own_column(model: type[Record], lookup: str) -> bool:
    name, _sep, rest = lookup.partition("__")
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name.endswith("_id")
    return not column.is_relation or rest in {"", "in", "isnull", "exact"}
