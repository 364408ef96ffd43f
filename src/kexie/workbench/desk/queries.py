"""Reading rows of any declared type. Everything takes a Scope and never answers outside it."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import Evidence, LogEntry, PlausibilityNote, Record, State
from kexie.ledger.record_types import DeskType
from kexie.workbench.desk.columns import Column, columns
from kexie.workbench.desk.filters import Question

PAGE_SIZE = 50
# Beyond this nobody turns pages, and counting on costs more than it tells.
COUNT_LIMIT = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """Pages of a list whose length is counted up to COUNT_LIMIT only."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, up to COUNT_LIMIT."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:COUNT_LIMIT].count()

    @property
    def is_capped(self) -> bool:
        """Whether there may be more rows than are counted."""
        return self.count >= COUNT_LIMIT


def rows(desk_type: DeskType, scope: Scope) -> QuerySet[Any]:
    """Return every row of a type in scope."""
    found = desk_type.model._default_manager.filter(scope.q())
    return found.exclude(desk_type.hidden) if desk_type.hidden else found


def asked(desk_type: DeskType, question: Question, scope: Scope) -> QuerySet[Any]:
    """Return the rows an address asks for, in its order."""
    found = rows(desk_type, scope).filter(question.condition(scope.account_id))
    return found.order_by(*question.order())


def with_columns(found: QuerySet[Any], shown: Iterable[Column]) -> QuerySet[Any]:
    """Fetch the related things that the columns show together with the rows."""
    relations = sorted({one.relations for one in shown if one.relations})
    return found.select_related(*relations) if relations else found


def list_columns(desk_type: DeskType) -> list[Column]:
    """Return the columns of the list; a record's state always stands last."""
    names = desk_type.columns
    if issubclass(desk_type.model, Record) and "state" not in names:
        names = (*names, "state")
    return columns(desk_type.model, names)


def state_counts(desk_type: DeskType, question: Question, scope: Scope) -> dict[str, int | None]:
    """Return how many of the rows asked for are in each state, and under "" how many there are.

    None stands for COUNT_LIMIT or more. What waits and what was reversed is always counted: there is little of it.
    """
    found = rows(desk_type, scope).filter(question.condition(scope.account_id, with_state=False)).order_by()
    total = found[:COUNT_LIMIT].count()
    is_capped = total >= COUNT_LIMIT
    few = found.filter(state__in=(State.DRAFT, State.REVERSED)) if is_capped else found
    counted = few.values("state").annotate(n=Count("pk"))
    counts: dict[str, int | None] = {state.value: 0 for state in State}
    counts |= {one["state"]: one["n"] for one in counted}
    return {**counts, State.CONFIRMED: None, "": None} if is_capped else {**counts, "": total}


def get(desk_type: DeskType, scope: Scope, pk: uuid.UUID) -> Any:
    """Return one row in scope with everything its page shows, or raise NotFound."""
    shown = columns(desk_type.model, desk_type.fields)
    found = with_columns(rows(desk_type, scope), shown).select_related("unit", "area")
    if issubclass(desk_type.model, Record):
        found = found.select_related("place", "recorded_by", "confirmed_by", "reversed_by")
    row = found.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("没有找到这条记录，它可能已被删除，或不在您的权限范围内。"))
    return row


def chosen(desk_type: DeskType, scope: Scope, ids: Iterable[str]) -> list[Any]:
    """Return the rows in scope with these ids; what is no id is left out."""
    return list(rows(desk_type, scope).filter(pk__in=_uuids(ids)).select_related("unit").order_by("pk"))


def corrected_by(record: Record, scope: Scope) -> Record | None:
    """Return the record that stands in place of this one."""
    found = type(record)._default_manager.filter(scope.q(), corrects=record.pk)
    return found.exclude(state=State.REVERSED).first() or found.first()


def evidence_of(record: Record) -> QuerySet[Evidence]:
    """Return what supports a record, oldest first."""
    found = Evidence.objects.filter(association_id=record.association_id, record_id=record.pk)
    return found.select_related("file", "added_by").order_by("added_at")


def notes_of(record: Record) -> QuerySet[PlausibilityNote]:
    """Return the questions asked about a record."""
    found = PlausibilityNote.objects.filter(association_id=record.association_id, record_id=record.pk)
    return found.select_related("answered_by").order_by("asked_at")


def leaves_of(record: Record) -> list[LogEntry]:
    """Return the log's leaves of a record, oldest first."""
    found = LogEntry.objects.filter(association_id=record.association_id, record_id=record.pk)
    return list(found.order_by(F("position").asc(nulls_last=True), "id"))


def _uuids(ids: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for one in ids:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found
