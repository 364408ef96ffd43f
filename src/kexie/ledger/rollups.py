"""Roll-ups: deltas written with each record, folded into month and day cells, read as cells plus deltas.

They are caches of exactly what `Measure.value` computes from rows; `audit` proves it. Only measures that are
additive and decided by a record's own frozen columns have them (`Measure.is_rolled_up`).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CharField, F, Value
from django.utils import timezone

from kexie.ledger import canonical, registry
from kexie.ledger.measures import Measure
from kexie.ledger.models import DayCell, Delta, FoldState, MonthCell, Record

_COLUMNS = "association_id, measure, unit_id, day, area_id, method, value, rows"
_KEY = "association_id, measure, unit_id, day, area_id, method"
FOLD_LOCK = 0x6B786671


def append_deltas(model: type[Record], ids: Sequence[UUID], *, sign: int) -> None:
    """Write what these records add to (sign 1) or take from (-1) each cell; in the caller's transaction."""
    _append(model, "id = ANY(%s)", list(ids), sign)


def fold(*, association_id: UUID, now: dt.datetime, limit: int = 200_000) -> int:
    """Move up to `limit` deltas into cells and return how many; one fold at a time, writers do not wait."""
    with transaction.atomic():
        if not _try_lock(association_id):
            return 0
        days_since = _days_since(association_id, now)
        return _fold_batch(association_id, days_since, limit)


def fold_all(*, association_id: UUID, now: dt.datetime) -> int:
    """Fold until no delta is left; return how many were folded."""
    folded = 0
    while batch := fold(association_id=association_id, now=now):
        folded += batch
    return folded


def rebuild(*, association_id: UUID, now: dt.datetime) -> None:
    """Throw the caches away and compute them again from the records, a statement to a table and kind of cell."""
    with transaction.atomic():
        _lock(association_id)
        for cache_model in (Delta, MonthCell, DayCell):
            cache_model.objects.filter(association_id=association_id).delete()
        days_since = _days_since(association_id, now)
        for model in _models():
            _build(model, "ledger_monthcell", "date_trunc('month', day)::date", association_id, None)
            _build(model, "ledger_daycell", "day", association_id, days_since)


def _build(model: type[Record], table: str, day: str, association_id: UUID, since: dt.date | None) -> None:
    touched = "association_id = %s AND state = 'CONFIRMED'"
    which: list[Any] = [association_id]
    if since:
        touched, which = f"{touched} AND occurred_on >= %s", [association_id, since]
    records, union, params = _touched_cells(model, touched, kept=False)
    if union:
        columns = _COLUMNS.replace(" day,", f" {day},").replace("value, rows", "SUM(value), COUNT(*)")
        with connection.cursor() as cursor:
            cursor.execute(
                f"{records} INSERT INTO {table} (id, {_COLUMNS}) "  # noqa: S608 - no value in the text
                f"SELECT gen_random_uuid(), {columns} FROM ({union}) AS touched_cells GROUP BY 2, 3, 4, 5, 6, 7",
                [*which, *params],
            )


def _append(model: type[Record], touched: str, which: Any, sign: int) -> None:
    statement, params = _delta_statement(canonical.table_of(model), touched)
    if statement:
        with connection.cursor() as cursor:
            cursor.execute(statement, [which, sign, sign, *params])


@cache
def _delta_statement(model: type[Record], touched: str) -> tuple[str, tuple[Any, ...]]:
    """Return one INSERT ... SELECT for all measures of a table."""
    records, union, params = _touched_cells(model, touched)
    if not union:
        return "", ()
    statement = (
        f"{records} INSERT INTO ledger_delta (id, {_COLUMNS}) "  # noqa: S608 - no value in the text
        "SELECT gen_random_uuid(), association_id, measure, unit_id, day, area_id, method, "
        f"SUM(value) * %s, COUNT(*) * %s FROM ({union}) AS touched_cells GROUP BY {_KEY}"
    )
    return statement, params


def _touched_cells(
    model: type[Record], touched: str, *, kept: bool = True
) -> tuple[str, str, tuple[Any, ...]]:
    """Return the WITH query of the records touched, and what each measure counts of them.

    The records touched are put into a WITH query of the table's own name, so that each measure's own predicate
    runs unchanged over just these rows: the roll-up cannot differ from the measure in meaning.
    """
    selects: list[str] = []
    params: list[Any] = []
    for measure in registry.measures_of(model):
        if measure.is_rolled_up:
            sql, values = _contributions(measure)
            selects.append(f"({sql})")
            params.extend(values)
    table = connection.ops.quote_name(model._meta.db_table)
    how = "MATERIALIZED" if kept else "NOT MATERIALIZED"
    records = f"WITH {table} AS {how} (SELECT * FROM {table} WHERE {touched})"  # noqa: S608 - no value in the text
    return records, " UNION ALL ".join(selects), tuple(params)


def _contributions(measure: Measure) -> tuple[str, tuple[Any, ...]]:
    method = F("method") if measure.is_head_count else Value("", output_field=CharField())
    matching = measure.of._default_manager.filter(measure.where).order_by()
    rows = measure.kind.contribute(matching, _ANY_CELL).annotate(
        the_measure=Value(measure.key, output_field=CharField()), the_method=method
    )
    columns = rows.values_list(
        "association_id",
        "the_measure",
        "unit_id",
        "occurred_on",
        "area_id",
        "the_method",
        "contribution",
    )
    sql, params = columns.query.sql_with_params()
    names = "association_id, measure, unit_id, day, area_id, method, value"
    # Parameters reach the server untyped; a UNION wants to know.
    typed = names.replace("measure", "measure::text").replace("value", "value::numeric")
    return f"SELECT {typed} FROM ({sql}) AS one_measure ({names})", params  # noqa: S608 - Django compiled it


_ANY_CELL: Any = None  # counts and sums do not look at the cell


def _models() -> Iterable[type[Record]]:
    return {canonical.table_of(m.of) for m in registry.measures().values() if m.is_rolled_up}


def _try_lock(association_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))",
            [FOLD_LOCK, str(association_id)],
        )
        return bool(cursor.fetchone()[0])


def _lock(association_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [FOLD_LOCK, str(association_id)],
        )


def _days_since(association_id: UUID, now: dt.datetime) -> dt.date:
    """Return since when day cells are kept, and drop those that a new month has made superfluous."""
    this_month = timezone.localdate(now).replace(day=1)
    wanted = (this_month - dt.timedelta(days=1)).replace(day=1)
    state, created = FoldState.objects.get_or_create(
        association_id=association_id, defaults={"days_since": wanted, "folded_at": now}
    )
    if not created and wanted > state.days_since:
        DayCell.objects.filter(association_id=association_id, day__lt=wanted).delete()
        state.days_since = wanted
    state.folded_at = now
    state.save(update_fields=["days_since", "folded_at"])
    return state.days_since


def _fold_batch(association_id: UUID, days_since: dt.date, limit: int) -> int:
    upsert = (
        f"INSERT INTO {{table}} (id, {_COLUMNS}) "  # noqa: S608 - table names are our own
        f"SELECT gen_random_uuid(), association_id, measure, unit_id, {{day}} AS day, area_id, method, "
        f"SUM(value), SUM(rows) FROM taken {{where}} GROUP BY 2, 3, 4, 5, 6, 7 ORDER BY 2, 3, 4, 5, 6, 7 "
        f"ON CONFLICT ({_KEY}) DO UPDATE SET value = {{table}}.value + EXCLUDED.value, "
        f"rows = {{table}}.rows + EXCLUDED.rows"
    )
    month = upsert.format(table="ledger_monthcell", day="date_trunc('month', day)::date", where="")
    day = upsert.format(table="ledger_daycell", day="taken.day", where="WHERE taken.day >= %s")
    # Only names of our own tables are put into the text. An array, not IN: the table is empty between folds, so the planner expects one row and would join by loops.
    statement = (
        "WITH taken AS (DELETE FROM ledger_delta WHERE id = ANY (ARRAY("  # noqa: S608
        "SELECT id FROM ledger_delta WHERE association_id = %s LIMIT %s)) RETURNING *), "
        f"months AS ({month} RETURNING 1), days AS ({day} RETURNING 1) SELECT COUNT(*) FROM taken"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [association_id, limit, days_since])
        return int(cursor.fetchone()[0])
