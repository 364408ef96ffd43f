"""Lists of the desk: pages of thirty, and chips that narrow them."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from kexie.foundation.desk.lists import chips

__all__ = ["PER_PAGE", "chips", "paged"]

PER_PAGE = 30


def paged(rows: QuerySet[Any], params: QueryDict) -> Page[Any]:
    """Return the page of rows that the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(params.get("page"))
