"""What is frozen of a measure: its cells from one statement, each with the leaves of its rows in order of identifier.

The rows are those of `Measure.rows`, and nothing else: the statement is the measure's own, joined with the log.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, UUIDField, Value
from django.db.models.functions import Cast, Substr, TruncMonth

from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.figures import COUNTY_DIGITS
from kexie.ledger.kinds import Rows
from kexie.ledger.measures import Cell, Measure
from kexie.reporting.releases import roots
from kexie.reporting.releases.models import FrozenCell, Release


class LeafMissing(UserError):
    """A record has no leaf in the log, so it cannot be frozen: `kexie ledger verify` says which."""


@dataclass(frozen=True)
class Group:
    """The dimensions of a cell."""

    unit: UUID
    area: str = ""
    month: str = ""
    method: str = ""


def scope_of(release: Release) -> Scope:
    """Return what a release sees: everything of its unit and of those below."""
    return Scope(association_id=release.association_id, unit_paths=(release.unit.path,))


def cell_of(release: Release, measure: str, *, known_at: dt.datetime | None) -> Cell:
    """Return the whole cell of a measure in a release's period."""
    return Cell(measure, Period(release.since, release.until), known_at=known_at)


def freeze(release: Release, key: str) -> list[FrozenCell]:
    """Return the cells of one measure, not yet stored."""
    measure, cell = registry.measure(key), cell_of(release, key, known_at=release.known_at)
    found = []
    for group, value, rows, leaves in _read(release, measure, cell):
        total = value if measure.kind.additive else measure.value(cell, scope_of(release))
        found.append(_frozen(release, key, group=group, value=total, rows=rows, leaves=leaves))
    if not found and not measure.kind.additive:
        total, group = measure.value(cell, scope_of(release)), Group(release.unit_id)
        found.append(_frozen(release, key, group=group, value=total, rows=0, leaves=b""))
    return found


def leaves_of(cell: FrozenCell) -> tuple[list[UUID], bytes]:
    """Return the identifiers of a frozen cell's records in order, and their packed leaves."""
    measure, release = registry.measure(cell.measure), cell.release
    asked = cell_of(release, cell.measure, known_at=release.known_at)
    rows = grouped(measure, measure.rows(asked, scope_of(release)), release)
    if measure.kind.additive:
        rows = rows.filter(unit=cell.unit, cut_area=cell.area, cut_method=cell.method)
    sql, parameters = rows.values_list("pk", "cut_month").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES.format(rows=sql), [*parameters, cell.association_id])
        found = [(pk, bytes(leaf)) for pk, month, leaf in cursor.fetchall() if _month(month) == cell.month]
    return [pk for pk, _leaf in found], b"".join(leaf for _pk, leaf in found)


def cell_with(release: Release, key: str, record: UUID) -> FrozenCell | None:
    """Return the frozen cell of a measure in which a record was counted."""
    measure, asked = registry.measure(key), cell_of(release, key, known_at=release.known_at)
    rows = grouped(measure, measure.rows(asked, scope_of(release)).filter(pk=record), release)
    cuts = rows.values_list(*CUTS).first()
    if cuts is None:
        return None
    group = group_of(cuts)
    cells = release.cells.filter(measure=key, unit_id=group.unit, area=group.area)
    found: FrozenCell | None = cells.filter(month=group.month, method=group.method).first()
    return found


def grouped(measure: Measure, rows: Rows, release: Release) -> Rows:
    """Annotate rows with the group of the cell that each belongs to."""
    unit = F("unit_id") if measure.kind.additive else Value(release.unit_id, output_field=UUIDField())
    area = Cast(Substr("area_id", 1, COUNTY_DIGITS), CharField()) if measure.kind.additive else _nothing()
    by_month = measure.kind.additive and not measure.is_stock
    found: Rows = rows.order_by().annotate(
        cut_unit=unit,
        cut_area=area,
        cut_month=TruncMonth("occurred_on") if by_month else _nothing(),
        cut_method=F("method") if measure.kind.additive and measure.is_head_count else _nothing(),
    )
    return found


def group_of(row: tuple[UUID, str, object, str]) -> Group:
    """Return the group from the four cuts of a row."""
    unit, area, month, method = row
    return Group(unit, area, _month(month), method)


CUTS = ("cut_unit", "cut_area", "cut_month", "cut_method")

_LEAVES = """
WITH counted (id, month) AS ({rows})
SELECT counted.id, counted.month, leaf.leaf_hash FROM counted JOIN ledger_logentry AS leaf
ON leaf.record_id = counted.id AND leaf.kind = 'CONFIRMED' AND leaf.association_id = %s ORDER BY counted.id
"""
_CELLS = """
WITH counted (id, unit, area, month, method, contribution) AS ({rows})
SELECT unit, area COLLATE "C", month, method COLLATE "C", SUM(contribution), COUNT(*), COUNT(leaf.id),
    STRING_AGG(leaf.leaf_hash, ''::bytea ORDER BY counted.id)
FROM counted LEFT JOIN ledger_logentry AS leaf
ON leaf.record_id = counted.id AND leaf.kind = 'CONFIRMED' AND leaf.association_id = %s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def _read(
    release: Release, measure: Measure, cell: Cell
) -> Iterator[tuple[Group, Decimal | None, int, bytes]]:
    counted = grouped(measure, measure.rows(cell, scope_of(release)), release)
    if measure.kind.additive:
        counted = measure.kind.contribute(counted, cell)
    else:
        counted = counted.annotate(contribution=Value(0))
    sql, parameters = counted.values_list("pk", *CUTS, "contribution").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CELLS.format(rows=sql), [*parameters, release.association_id])
        for *cuts, value, rows, with_leaf, leaves in cursor:
            if rows != with_leaf:
                raise LeafMissing(f"{measure.key}: {rows - with_leaf}")
            yield group_of(tuple(cuts)), value, rows, bytes(leaves)


def _frozen(
    release: Release, key: str, *, group: Group, value: Decimal | int | None, rows: int, leaves: bytes
) -> FrozenCell:
    return FrozenCell(
        association_id=release.association_id,
        release=release,
        measure=key,
        unit_id=group.unit,
        area=group.area,
        month=group.month,
        method=group.method,
        value=value,
        rows=rows,
        root=roots.root(leaves),
    )


def _nothing() -> Value:
    return Value("", output_field=CharField())


def _month(cut: object) -> str:
    return cut.isoformat()[:7] if isinstance(cut, dt.date) else ""
