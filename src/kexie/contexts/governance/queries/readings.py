"""What the records say for many targets at once: of rolled-up measures everything comes from one statement."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from kexie.contexts.governance.models import Basis, Target
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell

# Of whom the association itself keeps the records: their targets are about all of them.
_OF_ALL = frozenset({Kind.DEPARTMENT, Kind.ASSOCIATION})
Months = dict[dt.date, Decimal]


@dataclass(frozen=True)
class Reading:
    """A measure for a target: now, at the year's beginning, and what came in each month of this year and the last.

    `last_year` is empty where months do not add up to a year (distinct things, ratios, stocks).
    """

    actual: Decimal | None
    base: Decimal
    this_year: tuple[Decimal, ...] = ()
    last_year: tuple[Decimal, ...] = ()


@dataclass
class Readings:
    """Readings of the targets of one year, as far as a scope sees, up to the end of a day."""

    scope: Scope
    targets: Iterable[Target]
    year: int
    today: dt.date
    _values: dict[Cell, Decimal | None] = field(default_factory=dict)

    @property
    def until(self) -> dt.date:
        """The first day that does not count."""
        return min(
            max(self.today + dt.timedelta(days=1), dt.date(self.year, 1, 1)), dt.date(self.year + 1, 1, 1)
        )

    @cached_property
    def months(self) -> dict[str, dict[UUID, Months]]:
        """Month totals by measure and unit, from the beginning of the records."""
        keys = {one.measure for one in self.targets if registry.measure(one.measure).is_rolled_up}
        before = (self.until - dt.timedelta(days=1)).replace(day=28) + dt.timedelta(days=4)
        return figures.months_by_unit(self.scope, keys, before=before.replace(day=1)) if keys else {}

    @cached_property
    def paths(self) -> dict[UUID, str]:
        """The paths of the units that have months."""
        units = {unit for of_measure in self.months.values() for unit in of_measure}
        return dict(Unit.objects.filter(pk__in=units).values_list("pk", "path"))

    def cell(self, target: Target) -> Cell:
        """Return the cell whose figure is what was reached."""
        start = dt.date(self.year, 1, 1) if target.basis == Basis.YEAR else None
        whole = target.unit.kind in _OF_ALL
        return Cell(target.measure, Period(start, self.until), unit=None if whole else target.unit_id)

    def of(self, target: Target) -> Reading:
        """Return what the records say."""
        if registry.measure(target.measure).is_rolled_up and target.basis != Basis.LEVEL:
            return self._from_months(target)
        cell = self.cell(target)
        base = Decimal(0)
        if target.basis == Basis.TOTAL:
            start = dt.date(self.year, 1, 1)
            base = self.value(Cell(cell.measure, Period(None, start), unit=cell.unit)) or Decimal(0)
        return Reading(self.value(cell), base)

    def value(self, cell: Cell) -> Decimal | None:
        """Return a measure's value from its rows, asked once."""
        if cell not in self._values:
            found = registry.measure(cell.measure).value(cell, self.scope)
            self._values[cell] = None if found is None else Decimal(found)
        return self._values[cell]

    def by_part(self, target: Target, parts: Callable[[str], str]) -> dict[str, Months]:
        """Return a rolled-up measure's months inside the target's units, by what `parts` makes of a unit's path."""
        inside = "" if target.unit.kind in _OF_ALL else target.unit.path
        found: dict[str, Months] = defaultdict(lambda: defaultdict(Decimal))
        for unit, months in self.months.get(target.measure, {}).items():
            path = self.paths.get(unit, "")
            if path.startswith(inside):
                for month, value in months.items():
                    found[parts(path)][month] += value
        return found

    def _from_months(self, target: Target) -> Reading:
        months = self.by_part(target, lambda _path: "").get("", {})
        this, last = (self.of_year(months, year) for year in (self.year, self.year - 1))
        start = dt.date(self.year, 1, 1)
        before = sum((value for month, value in months.items() if month < start), Decimal(0))
        base = before if target.basis == Basis.TOTAL else Decimal(0)
        return Reading(base + sum(this, Decimal(0)), base, this, last)

    @staticmethod
    def of_year(months: Months, year: int) -> tuple[Decimal, ...]:
        """Return what came in each month of a year."""
        return tuple(months.get(dt.date(year, month, 1), Decimal(0)) for month in range(1, 13))
