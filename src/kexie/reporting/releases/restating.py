"""What later records did to frozen cells: for each measure the difference, and the rows that make it.

Rows of a measure that looks only at its own columns change only if they were confirmed or reversed since, so only
those are read; where things are counted, also the first record of each thing they name. Of others all rows are
compared: a record can put another out of force.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from kexie.ledger import canonical, registry
from kexie.ledger.kinds import Distinct, Ratio
from kexie.ledger.measures import Measure
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


def _of_measure(release: Release, measure: Measure, touched: dict[str, list[UUID]]) -> Iterator[Effect]:
    if not touched:
        return
    only = _comparable(release, measure, touched.get(canonical.record_type(measure.of), []))
    if only == []:
        return
    before = _contributions(release, measure, release.known_at, only)
    after = _contributions(release, measure, None, only)
    for key in sorted(before.keys() | after.keys(), key=str):
        if before.get(key) != after.get(key):
            group, pk = key
            yield Effect(measure, group, pk, before.get(key), after.get(key))


def _comparable(release: Release, measure: Measure, touched: list[UUID]) -> list[UUID] | None:
    """Return the records whose contribution can have changed; None is any of them."""
    own = list(dict.fromkeys(touched))
    if measure.is_rolled_up or (measure.is_local and not own):
        return own
    if measure.is_local and isinstance(measure.kind, Distinct):
        return [*own, *_firsts(release, measure, measure.kind.of, own)]
    return None


def _firsts(release: Release, measure: Measure, thing: str, touched: list[UUID]) -> set[UUID]:
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


def _names(release: Release, measure: Measure, thing: str, touched: list[UUID]) -> list[Any]:
    rows = measure.of._base_manager.filter(association_id=release.association_id, pk__in=touched)
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
    by_model: dict[type[Record], set[UUID]] = {}
    for one in found:
        by_model.setdefault(one.measure.of, set()).add(one.record)
    return {
        record.pk: record
        for model, pks in by_model.items()
        for record in model._base_manager.filter(pk__in=pks).select_related(*related)
    }


def _with_reasons(found: list[Effect]) -> list[Effect]:
    behind = records(found)
    return [replace(one, reason=_reason(one, behind[one.record])) for one in found]


def _reason(effect: Effect, record: Record) -> str:
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
