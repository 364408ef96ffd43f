"""What later records did to frozen cells: for each measure the difference, and the rows that make it.

Only records whose contribution can have changed are read: those confirmed or reversed since; where the latest record
of a thing is in force, the others of that thing; where records end others, those that were ended; where things are
counted, also the first record of each thing they name. Only where records decide in yet another way are all compared.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import canonical, registry
from kexie.ledger.kinds import Distinct, Ratio, Streak
from kexie.ledger.measures import Cell, LatestStock, Measure, RevocableStock
from kexie.ledger.models import LogEntry, Record
from kexie.reporting.releases import documents, freezing
from kexie.reporting.releases.freezing import Group
from kexie.reporting.releases.models import Release

_CHUNK = 5_000


@dataclass(frozen=True)
class Effect:
    """One record's effect on a frozen cell: added, taken away, or changed by another record."""

    measure: Measure
    group: Group
    record: UUID
    before: Decimal | None
    after: Decimal | None
    reason: str = ""

    @property
    def value(self) -> Decimal:
        """What the record adds to the difference (of a ratio: to its numerator)."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def effects(release: Release, measure: str = "") -> list[Effect]:
    """Return every effect of what was confirmed or reversed since the release, in order of measure and cell."""
    touched = _touched(release)
    wanted = [measure] if measure else release.measures
    found = [one for key in wanted for one in _of_measure(release, registry.measure(key), touched)]
    return _with_reasons(found)


def _touched(release: Release) -> dict[str, list[UUID]]:
    """Return the records with a leaf later than the release's moment, by type."""
    later = LogEntry.objects.filter(
        Q(at__gt=release.known_at) | Q(position__gte=release.log_size) | Q(position=None),
        association_id=release.association_id,
    )
    found: dict[str, list[UUID]] = {}
    for label, pk in later.values_list("record_type", "record_id").order_by("id").iterator(chunk_size=_CHUNK):
        found.setdefault(label, []).append(pk)
    return found


Touched = dict[str, list[UUID]]


def _of_measure(release: Release, measure: Measure, touched: Touched) -> Iterator[Effect]:
    only = _comparable(release, measure, touched)
    if only == []:
        return
    before = _contributions(release, measure, release.known_at, only)
    after = _contributions(release, measure, None, only)
    for key in sorted(before.keys() | after.keys(), key=str):
        if before.get(key) != after.get(key):
            group, pk = key
            yield Effect(measure, group, pk, before.get(key), after.get(key))


def _comparable(release: Release, measure: Measure, touched: Touched) -> list[UUID] | None:
    """Return the records whose contribution can have changed; None is any of them."""
    own = touched.get(canonical.record_type(measure.of), [])
    others = touched.keys() & _deciding(measure.key)
    ended_by = _ended_by(measure)
    if others - {ended_by} or (own and _is_entangled(measure.key)):
        return None
    found = {*own, *_ended(measure, touched.get(ended_by, []))}
    if isinstance(measure.time, LatestStock):
        found |= _of_same(release, measure, measure.time.entity, found)
    if isinstance(measure.kind, Distinct):
        found |= _firsts(release, measure, measure.kind.of, found)
    return sorted(found)


@cache
def _deciding(key: str) -> frozenset[str]:
    """Return the other types of record that decide which records a measure counts, or how."""
    measure = registry.measure(key)
    if measure.is_local and not isinstance(measure.kind, Ratio):
        return frozenset()
    sql = _statement(measure)
    own = canonical.table_of(measure.of)
    types = (model for model in apps.get_models() if issubclass(model, Record) and not model._meta.proxy)
    return frozenset(
        canonical.record_type(one) for one in types if one is not own and f'"{one._meta.db_table}"' in sql
    )


@cache
def _is_entangled(key: str) -> bool:
    """Whether one record's contribution depends on others of its table in a way that only all of them tell."""
    measure = registry.measure(key)
    if isinstance(measure.kind, Streak):
        return True
    if measure.is_local and not isinstance(measure.kind, Ratio):
        return False
    sources = re.findall(rf'(?:FROM|JOIN) "{measure.of._meta.db_table}"', _statement(measure))
    return len(sources) > (2 if isinstance(measure.time, LatestStock) else 1)


def _statement(measure: Measure) -> str:
    """Return the text of a measure's query, which is the same for any period and association."""
    cell, scope = Cell(measure.key, Period.year(2000)), Scope(association_id=UUID(int=0))
    rows = measure.rows(cell, scope)
    return str((rows if isinstance(measure.kind, Streak) else measure.kind.contribute(rows, cell)).query)


def _ended_by(measure: Measure) -> str:
    """Return the type of the records that end those of a measure, or nothing."""
    if not isinstance(measure.time, RevocableStock):
        return ""
    link: Any = measure.of._meta.get_field(measure.time.ended_by)
    return canonical.record_type(link.related_model)


def _ended(measure: Measure, ends: list[UUID]) -> set[UUID]:
    if not ends or not isinstance(measure.time, RevocableStock):
        return set()
    link: Any = measure.of._meta.get_field(measure.time.ended_by)
    rows = link.related_model._base_manager.filter(pk__in=ends)
    return {pk for pk in rows.values_list(link.field.attname, flat=True) if pk is not None}


def _of_same(release: Release, measure: Measure, entity: str, touched: set[UUID]) -> set[UUID]:
    """Return the records in force, then or now, of the things that touched records are about."""
    things = measure.of._base_manager.filter(pk__in=touched).values(entity)
    found = set[UUID]()
    for moment in (release.known_at, None) if touched else ():
        cell = freezing.cell_of(release, measure.key, known_at=moment)
        rows = measure.rows(cell, freezing.scope_of(release)).filter(**{f"{entity}__in": things})
        found.update(rows.order_by().values_list("pk", flat=True))
    return found


def _firsts(release: Release, measure: Measure, thing: str, touched: Iterable[UUID]) -> set[UUID]:
    """Return the records that count, then or now, for each thing that a touched record names: the first of each."""
    names, found = _names(release, measure, thing, touched), set[UUID]()
    if not names:
        return found
    statement = _FIRSTS.replace("{type}", _ARRAYS[type(names[0])])
    for moment in (release.known_at, None):
        rows = measure.rows(
            freezing.cell_of(release, measure.key, known_at=moment), freezing.scope_of(release)
        )
        sql, parameters = rows.order_by().values_list("pk", thing, "occurred_on").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("{rows}", sql), [names, *parameters])
            found.update(pk for (pk,) in cursor.fetchall())
    return found


def _names(release: Release, measure: Measure, thing: str, touched: Iterable[UUID]) -> list[Any]:
    rows = measure.of._base_manager.filter(association_id=release.association_id, pk__in=list(touched))
    return [name for name in rows.order_by().values_list(thing, flat=True).distinct() if name is not None]


_ARRAYS = {str: "text", int: "bigint", dt.date: "date", UUID: "uuid"}
_FIRSTS = """
SELECT first.id FROM unnest(%s::{type}[]) AS asked (name) CROSS JOIN LATERAL (
    SELECT counted.id FROM ({rows}) AS counted (id, name, day) WHERE counted.name = asked.name ORDER BY day, id LIMIT 1
) AS first
"""


def _contributions(
    release: Release, measure: Measure, known_at: dt.datetime | None, only: list[UUID] | None
) -> dict[tuple[Group, UUID], Decimal]:
    cell = freezing.cell_of(release, measure.key, known_at=known_at)
    rows = measure.contributions(cell, freezing.scope_of(release))
    if only is not None:
        rows = rows.filter(pk__in=only)
    cut = freezing.grouped(measure, rows, release).values_list("pk", *freezing.CUTS, "contribution")
    return {(freezing.group_of(tuple(cuts)), pk): Decimal(contribution) for pk, *cuts, contribution in cut}


def records(found: Iterable[Effect], *related: str) -> dict[UUID, Record]:
    """Return the records behind effects, a query to a type."""
    return {
        record.pk: record
        for model, pks in _by_model(found).items()
        for record in model._base_manager.filter(pk__in=pks).select_related(*related)
    }


def _by_model(found: Iterable[Effect]) -> dict[type[Record], set[UUID]]:
    by_model: dict[type[Record], set[UUID]] = {}
    for one in found:
        by_model.setdefault(one.measure.of, set()).add(one.record)
    return by_model


def _with_reasons(found: list[Effect]) -> list[Effect]:
    behind = _words(found)
    return [replace(one, reason=_reason(one, behind[one.record])) for one in found]


def _words(found: Iterable[Effect]) -> dict[UUID, Any]:
    """Return what records behind effects say of why, without the rest of them."""
    names = ("pk", "reversal_reason", "corrects", "note")
    return {
        row.pk: row
        for model, pks in _by_model(found).items()
        for row in model._base_manager.filter(pk__in=pks).values_list(*names, named=True)
    }


def _reason(effect: Effect, record: Any) -> str:
    if effect.after is None and record.reversal_reason:
        return _("冲销：%(why)s") % {"why": record.reversal_reason}
    if effect.before is None and record.corrects:
        return _("更正一条记录")
    if effect.before is None and effect.after is not None:
        return _("补报：%(note)s") % {"note": record.note} if record.note else _("补报")
    return _("因另一条记录而变")


@dataclass(frozen=True)
class Change:
    """A restated measure: what was released, what it is now, and what its listed rows add up to.

    Of a ratio the rows add up in its numerator, so `total` is of that.
    """

    measure: Measure
    released: str | None
    present: str | None
    total: Decimal
    rows: int


def changes(release: Release, found: Iterable[Effect]) -> list[Change]:
    """Return one line for each measure that has effects."""
    grouped: dict[str, list[Effect]] = {}
    for one in found:
        grouped.setdefault(one.measure.key, []).append(one)
    released = documents.read(release.document)["totals"]
    return [_change(release, effects, released[key]) for key, effects in grouped.items()]


def _change(release: Release, found: list[Effect], released: str | None) -> Change:
    measure, total = found[0].measure, sum((one.value for one in found), Decimal(0))
    present: Decimal | None
    if measure.kind.additive:
        present = Decimal(released or 0) + total
    else:
        cell = freezing.cell_of(release, measure.key, known_at=None)
        value = measure.value(cell, freezing.scope_of(release))
        present = None if value is None else Decimal(value)
    return Change(measure, released, documents.plain(present), total, len(found))


def difference(measure: Measure, release: Release) -> tuple[Decimal | None, Decimal | None]:
    """Return the released and the present value of a measure (of a ratio: its numerators)."""
    scope = freezing.scope_of(release)
    found = []
    for moment in (release.known_at, None):
        cell = freezing.cell_of(release, measure.key, known_at=moment)
        rows = measure.rows(cell, scope)
        value = (
            measure.kind.parts(rows, cell)[0]
            if isinstance(measure.kind, Ratio)
            else measure.value(cell, scope)
        )
        found.append(None if value is None else Decimal(value))
    return found[0], found[1]
