"""A list as an Excel file: exactly the rows asked for, as many columns as the form has."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.ledger.models import Record
from kexie.ledger.record_types import DeskType
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.workbench.desk import candidates, queries
from kexie.workbench.desk.columns import Column, Kind, columns, excel_value

# An Excel sheet ends at 1 048 576 rows; long before, no office opens it any more.
LIMIT = 200_000
_CHUNK = 2_000
_WIDTHS = {
    Kind.DATE: 12,
    Kind.MOMENT: 17,
    Kind.TIME: 8,
    Kind.NUMBER: 10,
    Kind.FLAG: 8,
    Kind.STATE: 9,
    Kind.RELATION: 22,
}
_LONG = {"title", "name", "note", "subject", "award"}
_RECORD_COLUMNS = ("state", "recorded_by", "recorded_at", "confirmed_by", "confirmed_at", "reversal_reason")


def columns_of(desk_type: DeskType) -> list[Column]:
    """Return the columns of the export: the form's, then what the ledger says of a record."""
    names = desk_type.fields
    if issubclass(desk_type.model, Record):
        names += tuple(name for name in _RECORD_COLUMNS if name not in names)
    return columns(desk_type.model, names)


def export(
    *, desk_type: DeskType, rows: QuerySet[Any], query: str, account: Account | None, now: dt.datetime
) -> IO[bytes]:
    """Return the rows as an open .xlsx, and write down who took them out. Personal data stay masked."""
    count = rows.order_by()[: LIMIT + 1].count()
    if count > LIMIT:
        raise UserError(
            _("符合条件的记录超过%(limit)d条，请先缩小范围（如按年度）再导出。") % {"limit": LIMIT}
        )
    shown = columns_of(desk_type)
    headings = [writing.Heading(str(one.label), _width(one)) for one in shown]
    file = writing.workbook(str(desk_type.name), headings, _values(rows, shown))
    if account is not None:
        audit.append(
            association_id=account.association_id,
            actor=account,
            action="records.export",
            subject=None,
            detail={"type": desk_type.key, "query": query, "rows": count},
            now=now,
        )
    return file


def file_name(desk_type: DeskType, day: dt.date) -> str:
    """Return what the file is called."""
    return f"{desk_type.name}-{day:%Y%m%d}.xlsx"


def _values(rows: QuerySet[Any], shown: list[Column]) -> Iterator[list[Any]]:
    """Yield the rows' values. What they point at is named once, not read again with every row."""
    direct = [one for one in shown if one.kind is Kind.RELATION and "__" not in one.name]
    others = [one for one in shown if one not in direct]
    names: dict[Column, dict[Any, str]] = {one: {None: ""} for one in direct}
    found = queries.with_columns(rows, others).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(found, _CHUNK)):
        for one in direct:
            _learn(one, chunk, names[one])
        for row in chunk:
            yield [
                names[one][getattr(row, one.field.attname)] if one in names else excel_value(one.value(row))
                for one in shown
            ]


def _learn(one: Column, chunk: list[Any], names: dict[Any, str]) -> None:
    """Read the names of what a column of these rows points at, as far as they are not known yet."""
    ids = {getattr(row, one.field.attname) for row in chunk} - names.keys()
    if ids:
        things = candidates.described(one.field.related_model._base_manager.all()).filter(pk__in=ids)
        names |= {thing.pk: str(thing) for thing in things}


def _width(one: Column) -> int:
    return 36 if one.name in _LONG else _WIDTHS.get(one.kind, 14)
