"""Lists of the API, in pages."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.utils.translation import gettext_noop
from ninja import Field, Query, Schema

Out = TypeVar("Out")
PER_PAGE = 100

PageNumber = Annotated[
    int, Query(ge=1, le=100_000, description=gettext_noop("第几页，从1起；超出时为最后一页。"))
]


class PageOut(Schema, Generic[Out]):
    """One page of a list."""

    items: list[Out]
    count: Annotated[int, Field(description=gettext_noop("一共有几项。"))]
    page: Annotated[int, Field(description=gettext_noop("这是第几页。"))]
    pages: Annotated[int, Field(description=gettext_noop("一共有几页。"))]


def paged(found: Any, number: int, shown: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of a query set or list, each item as `shown`."""
    page = Paginator(found, PER_PAGE).get_page(number)
    return {
        "items": [shown(one) for one in page],
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
    }
