"""Lists: columns that sort by the address, pages, tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import QueryDict

from kexie.ui.tables import Column, Row, Table
from kexie.ui.text import Text

SORT, PER_PAGE = "sort", 50


@dataclass(frozen=True)
class Sortable:
    """A column: the fields it sorts by (none: it does not), and whether the largest comes first."""

    name: str
    label: Text
    order: tuple[str, ...] = ()
    nowrap: bool = False
    numeric: bool = False
    largest_first: bool = False


def ordered(rows: QuerySet[Any], params: QueryDict, columns: Sequence[Sortable]) -> QuerySet[Any]:
    """Return the rows in the order that the address asks for, by default that of the first column."""
    asked = params.get(SORT, "")
    named = {one.name: one for one in columns if one.order}
    chosen = named.get(asked.lstrip("-"), columns[0])
    is_down = asked.startswith("-") and chosen.name in named
    fields = [
        F(name).desc(nulls_last=True) if is_down else F(name).asc(nulls_last=True) for name in chosen.order
    ]
    return rows.order_by(*fields, "-pk" if is_down else "pk")


def paged(rows: QuerySet[Any], params: QueryDict, *, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page of rows that the address asks for."""
    return Paginator(rows, per_page).get_page(params.get("page"))


def table(
    rows: Sequence[Any], params: QueryDict, columns: Sequence[Sortable], row: Callable[[Any], Row]
) -> Table:
    """Return the table of a page."""
    return Table([_head(one, params) for one in columns], [row(one) for one in rows])


def _head(one: Sortable, params: QueryDict) -> Column:
    asked = params.get(SORT, "")
    is_up, is_down = asked == one.name, asked == f"-{one.name}"
    query = params.copy()
    query.pop("page", None)
    query[SORT] = one.name if is_down or (not is_up and not one.largest_first) else f"-{one.name}"
    return Column(
        label=str(one.label),
        numeric=one.numeric,
        nowrap=one.nowrap,
        sort_url=f"?{query.urlencode()}" if one.order else "",
        sorted="ascending" if is_up else "descending" if is_down else "",
    )
