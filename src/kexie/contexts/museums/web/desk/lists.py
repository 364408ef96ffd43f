"""Lists of the desk: pages of thirty, chips that narrow them, and chips that order them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from kexie.foundation.desk.lists import chips
from kexie.kernel.errors import Text
from kexie.ui.nav import Link

__all__ = ["PER_PAGE", "Order", "chips", "paged", "sorted_rows", "sorts"]

PER_PAGE = 30
Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True)
class Order:
    """One way to order a list: how it is called, and by which columns."""

    label: Text
    by: tuple[str | OrderBy, ...]


def sorted_rows(rows: Rows, params: QueryDict, orders: Mapping[str, Order]) -> Rows:
    """Return the rows as the address orders them (`sort`), by default as they are; equal ones in one order always."""
    order = orders.get(params.get("sort", ""))
    return rows.order_by(*order.by, "pk") if order and order.by else rows


def sorts(params: QueryDict, orders: Mapping[str, Order]) -> list[Link]:
    """Return links that order a list; the first order is what the list has without being asked."""
    chosen = params.get("sort", "")
    choices = [(key, order.label) for key, order in orders.items()]
    return chips(params, "sort", choices, chosen if chosen in orders else "")


def paged(rows: QuerySet[Any], params: QueryDict) -> Page[Any]:
    """Return the page of rows that the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(params.get("page"))
