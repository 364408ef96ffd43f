"""What is frozen of measures: their cells, each with the root over its rows' leaves in order of identifier.

The rows are those of `Measure.rows`, and nothing else: the statement is the measure's own, joined with the log.
Measures that count the same rows (visits, and the days with visits) are frozen together from one reading.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any
from uuid import UUID

import psycopg
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


@dataclass(frozen=True)
class Pile:
    """The rows of one group: what each additive measure sums up over them, and each row's identifier and leaf."""

    group: Group
    sums: Sequence[Decimal | int | None]
    rows: int
    identified: bytes


def scope_of(release: Release) -> Scope:
    """Return what a release sees: everything of its unit and of those below."""
    return Scope(association_id=release.association_id, unit_paths=(release.unit.path,))


def cell_of(release: Release, measure: str, *, known_at: dt.datetime | None) -> Cell:
    """Return the whole cell of a measure in a release's period."""
    return Cell(measure, Period(release.since, release.until), known_at=known_at)


def in_order(measures: Iterable[Measure]) -> list[str]:
    """Return the keys of measures with those that count the same rows beside one another, else in the given order."""
    alike: list[list[Measure]] = []
    for one in measures:
        together = next((found for found in alike if _same_rows(found[0], one)), None)
        if together is None:
            alike.append([one])
        else:
            together.append(one)
    return [one.key for together in alike for one in together]


def first_alike(keys: Sequence[str]) -> list[str]:
    """Return the first measure, and those right after it that count the same rows."""
    first = registry.measure(keys[0])
    return list(takewhile(lambda key: _same_rows(first, registry.measure(key)), keys))


def _same_rows(one: Measure, other: Measure) -> bool:
    """Whether two measures count the same rows in the whole of a period: all that `Measure.rows` looks at there."""
    return (one.of, one.time, one.where) == (other.of, other.time, other.where)


def freeze(release: Release, keys: Sequence[str]) -> list[FrozenCell]:
    """Return the cells, not yet stored, of measures that count the same rows."""
    measures = [registry.measure(key) for key in keys]
    additive = [measure for measure in measures if measure.kind.additive]
    piles = list(_read(release, measures[0], additive))
    found = list(_additive(release, additive, piles))
    whole = [measure for measure in measures if not measure.kind.additive]
    if whole:
        rows, root = sum(pile.rows for pile in piles), _root(pile.identified for pile in piles)
        found += (_whole(release, measure, rows=rows, root=root) for measure in whole)
    return found


def keep(cells: Sequence[FrozenCell]) -> None:
    """Store cells, all at once."""
    names = [field.attname for field in FrozenCell._meta.concrete_fields]
    columns = ", ".join(f'"{field.column}"' for field in FrozenCell._meta.concrete_fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{FrozenCell._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        for cell in cells:
            copy.write_row([getattr(cell, name) for name in names])


def leaves_of(cell: FrozenCell) -> bytes:
    """Return the identifiers of a frozen cell's records, each with its leaf, in no order."""
    measure = registry.measure(cell.measure)
    piles = list(_read(cell.release, measure, (), of=cell if measure.kind.additive else None))
    if measure.kind.additive:
        piles = [pile for pile in piles if pile.group.month == cell.month]
    return b"".join(pile.identified for pile in piles)


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
    return _cut(measure, rows) if measure.kind.additive else _uncut(rows, release)


def _cut(measure: Measure, rows: Rows) -> Rows:
    found: Rows = rows.order_by().annotate(
        cut_unit=F("unit_id"),
        cut_area=Cast(Substr("area_id", 1, COUNTY_DIGITS), CharField()),
        cut_month=_nothing() if measure.is_stock else TruncMonth("occurred_on"),
        cut_method=F("method") if measure.is_head_count else _nothing(),
    )
    return found


def _uncut(rows: Rows, release: Release) -> Rows:
    found: Rows = rows.order_by().annotate(
        cut_unit=Value(release.unit_id, output_field=UUIDField()),
        cut_area=_nothing(),
        cut_month=_nothing(),
        cut_method=_nothing(),
    )
    return found


def group_of(row: tuple[UUID, str, object, str]) -> Group:
    """Return the group from the four cuts of a row."""
    unit, area, month, method = row
    return Group(unit, area, _month(month), method)


CUTS = ("cut_unit", "cut_area", "cut_month", "cut_method")

# Without an order of its rows, so that nothing is sorted here; `roots.ordered` sees to it.
_PILES = """
WITH counted AS ({rows})
SELECT {cuts}, {sums} COUNT(*), COUNT(leaf.leaf_hash), STRING_AGG(uuid_send(counted.id) || leaf.leaf_hash, ''::bytea)
FROM counted LEFT JOIN ledger_logentry AS leaf
ON leaf.record_id = counted.id AND leaf.kind = 'CONFIRMED' AND leaf.association_id = %s GROUP BY {cuts}
"""
# What the groups and the leaves of a year of millions take; else the database sorts them on disk.
_MEMORY = "256MB"


def _read(
    release: Release, measure: Measure, additive: Sequence[Measure], *, of: FrozenCell | None = None
) -> Iterator[Pile]:
    """Yield the rows of measures that count the same ones, cut as finely as any of their cells; or those around one cell."""
    cell = cell_of(release, measure.key, known_at=release.known_at)
    counted = _cut(measure, measure.rows(cell, scope_of(release)))
    if of is not None:
        counted = counted.filter(unit=of.unit_id, cut_area=of.area, cut_method=of.method)
    names = [f"contribution_{number}" for number in range(len(additive))]
    for name, one in zip(names, additive, strict=True):
        contributed = one.kind.contribute(counted, cell)
        counted = counted.annotate(**{name: contributed.query.annotations["contribution"]})
    sql, parameters = counted.values("id", *CUTS, *names).query.sql_with_params()
    statement = _PILES.format(
        rows=sql, cuts=", ".join(CUTS), sums="".join(f"SUM({name}), " for name in names)
    )
    for row in _fetched(statement, [*parameters, release.association_id]):
        cuts, (*sums, rows, with_leaf, identified) = row[: len(CUTS)], row[len(CUTS) :]
        if rows != with_leaf:
            raise LeafMissing(f"{measure.key}: {rows - with_leaf}")
        yield Pile(group_of(cuts), sums, rows, identified)


def _fetched(statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    """Return what the database finds in its own bytes, of which there are too many to be written as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [_MEMORY])
        written = cursor.mogrify(statement, parameters)
        with psycopg.Cursor(connection.connection) as plain:
            return plain.execute(written, binary=True).fetchall()


def _additive(release: Release, measures: Sequence[Measure], piles: Sequence[Pile]) -> Iterator[FrozenCell]:
    for pile in piles if measures else ():
        root = _root([pile.identified])
        for measure, total in zip(measures, pile.sums, strict=True):
            yield _frozen(release, measure.key, group=pile.group, value=total, rows=pile.rows, root=root)


def _whole(release: Release, measure: Measure, *, rows: int, root: bytes) -> FrozenCell:
    value = measure.value(cell_of(release, measure.key, known_at=release.known_at), scope_of(release))
    return _frozen(release, measure.key, group=Group(release.unit_id), value=value, rows=rows, root=root)


def _root(identified: Iterable[bytes]) -> bytes:
    return roots.root(roots.ordered(b"".join(identified)))


def _frozen(
    release: Release, key: str, *, group: Group, value: Decimal | int | None, rows: int, root: bytes
) -> FrozenCell:
    return FrozenCell(
        association_id=release.association_id,
        release_id=release.pk,
        measure=key,
        unit_id=group.unit,
        area=group.area,
        month=group.month,
        method=group.method,
        value=value,
        rows=rows,
        root=root,
    )


def _nothing() -> Value:
    return Value("", output_field=CharField())


def _month(cut: object) -> str:
    return cut.isoformat()[:7] if isinstance(cut, dt.date) else ""
