"""Lists of any declared type, and what is done with several rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound, UserError
from kexie.ledger.models import Record, State
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table
from kexie.workbench.desk import candidates, columns, filters, operations, queries
from kexie.workbench.desk.columns import Kind, name_of
from kexie.workbench.models import SavedView
from kexie.workbench.web.base import TypeView

SUGGESTIONS = 20
RESULT = "desk_result"


class ListView(TypeView):
    """The rows of a type: filtered, searched, sorted, page by page."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show the rows that the address asks for."""
        question = filters.read(request.GET, self.desk_type, self.readable)
        shown = queries.list_columns(self.desk_type)
        rows = queries.with_columns(queries.asked(self.desk_type, question, self.readable), shown)
        paginator = queries.CappedPaginator(rows, queries.PAGE_SIZE)
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "question": question,
            "table": self._table(shown, list(page.object_list), question),
            "page": page,
            "is_capped": paginator.is_capped,
            "states": self._state_links(question),
            "views": self._view_links(),
            "trail": self.trail(),
            "result": request.session.pop(RESULT, None),
            "may": self._rights(),
            "query": request.GET.urlencode(),
            "month_query": f"{filters.SINCE}={timezone.localdate():%Y-%m}-01",
        }
        return self.page("list", context)

    def _rights(self) -> dict[str, bool]:
        found = {action.value.lower(): self.may(action) for action in _SHOWN_ACTIONS}
        found["import"] = found["import"] and self.is_importable
        found["select"] = self.is_record and found["confirm"]
        return found

    def _table(
        self, shown: Sequence[columns.Column], rows: Iterable[Any], question: filters.Question
    ) -> Table:
        title = columns.title_index(list(shown))
        heads = [self._head(one, question) for one in shown]
        return Table(heads, [self._row(shown, title, row) for row in rows])

    def _head(self, one: columns.Column, question: filters.Question) -> Column:
        asked = question.params.get(filters.SORT, "")
        is_up, is_down = asked == one.name, asked == f"-{one.name}"
        query = question.params.copy()
        query.pop("page", None)
        # A first press on a day or number shows the newest or largest, on a name the first of the alphabet.
        largest_first = one.kind in {Kind.DATE, Kind.MOMENT, Kind.NUMBER}
        query[filters.SORT] = one.name if is_down or (not is_up and not largest_first) else f"-{one.name}"
        return Column(
            label=str(one.label),
            numeric=one.is_number,
            nowrap=one.kind in {Kind.DATE, Kind.STATE, Kind.TIME},
            sort_url=f"?{query.urlencode()}" if one.order() and one.kind is not Kind.STATE else "",
            sorted="ascending" if is_up else "descending" if is_down else "",
        )

    def _row(self, shown: Sequence[columns.Column], title: int, row: Any) -> Row:
        url = reverse("workbench:record", args=[self.desk_type.key, row.pk])
        cells = [self._cell(one, row, url if index == title else "") for index, one in enumerate(shown)]
        is_reversed = isinstance(row, Record) and row.state == State.REVERSED
        # Only what can be confirmed can be ticked.
        key = str(row.pk) if getattr(row, "state", "") == State.DRAFT else ""
        return Row(cells, key, is_reversed, title, name_of(self.desk_type, row))

    def _cell(self, one: columns.Column, row: Any, href: str) -> Cell:
        if one.kind is Kind.STATE:
            return Cell(one.value(row), state=one.raw(row))
        value = one.value(row)
        return Cell(_("（未填）") if value is None and href else value, href)

    def _state_links(self, question: filters.Question) -> list[Link]:
        if not self.is_record:
            return []
        counts = queries.state_counts(self.desk_type, question, self.readable)
        return [_chip(question, label, state, counts[state]) for state, label in _state_labels()]

    def _view_links(self) -> list[SavedView]:
        found = SavedView.objects.filter(account=self.account, type_key=self.desk_type.key)
        return list(found)


class ChoicesView(TypeView):
    """Answers what somebody types into a search box of a form or filter."""

    def get(self, request: HttpRequest, key: str, field: str) -> JsonResponse:
        """Return at most SUGGESTIONS things as [{id, label, hint}]."""
        named = {*self.desk_type.fields, *self.desk_type.filters, *self.desk_type.columns}
        found = columns.column(self.desk_type.model, field) if field in named else None
        if found is None or found.field is None or not found.field.is_relation:
            raise NotFound(field)
        # Who writes chooses among the units it may write for; a filter reaches as far as reading does.
        scope = self.find(Action.DRAFT) if request.GET.get("for") == "entry" else self.readable
        rows = candidates.candidates(found.field, scope or self.readable)
        if not self.rights.may(Action.CONFIRM, self.desk_type.context):
            rows = candidates.unreserved(rows)
        things = candidates.search(rows, request.GET.get("q", ""), limit=SUGGESTIONS)
        return JsonResponse(
            {"items": [{"id": str(t.pk), "label": str(t), "hint": candidates.hint(t)} for t in things]}
        )


class ConfirmManyView(TypeView):
    """Confirms the drafts that were ticked."""

    action = Action.CONFIRM

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Confirm what can be, and tell on the list what was not and why."""
        rows = queries.chosen(self.record_type, self.readable, request.POST.getlist("record"))
        outcome = operations.confirm_many(
            desk_type=self.record_type,
            ids=[row.pk for row in rows],
            actor=self.account,
            now=timezone.now(),
            readable=self.readable,
            scope=self.scope,
        )
        request.session[RESULT] = _told(outcome, _("已确认%(count)d条。"), may_undo=self.may(Action.REVERSE))
        return HttpResponseRedirect(self.back())


class ReverseManyView(TypeView):
    """Takes back, with a reason, what was just confirmed together."""

    action = Action.REVERSE

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Reverse the records named in the form."""
        ids = [
            row.pk for row in queries.chosen(self.record_type, self.readable, request.POST.getlist("record"))
        ]
        reason = request.POST.get("reason", "")
        try:
            outcome = operations.reverse_many(
                desk_type=self.record_type,
                ids=ids,
                reason=reason,
                actor=self.account,
                now=timezone.now(),
                scope=self.scope,
            )
        except UserError as error:
            request.session[RESULT] = {
                "text": str(error),
                "skipped": [],
                "undo": [str(pk) for pk in ids],
                "tone": "bad",
            }
            return HttpResponseRedirect(self.back())
        request.session[RESULT] = _told(outcome, _("已冲销%(count)d条。"), may_undo=False)
        return HttpResponseRedirect(self.back())


class ViewsView(TypeView):
    """Keeps and forgets named questions to a list."""

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Keep the question in the form under its name, or forget the view named in `drop`."""
        if drop := request.POST.get("drop"):
            mine = {str(view.pk): view.pk for view in self._mine()}
            if drop in mine:
                operations.drop_view(account=self.account, view_id=mine[drop])
            return HttpResponseRedirect(self.back())
        query = request.POST.get("query", "")
        try:
            operations.keep_view(
                account=self.account,
                desk_type=self.desk_type,
                name=request.POST.get("name", ""),
                query=query,
                now=timezone.now(),
            )
        except UserError as error:
            request.session[RESULT] = {"text": str(error), "skipped": [], "undo": [], "tone": "bad"}
        return HttpResponseRedirect(f"{reverse('workbench:list', args=[key])}?{query}")

    def _mine(self) -> Iterable[SavedView]:
        return SavedView.objects.filter(account=self.account, type_key=self.desk_type.key)


_SHOWN_ACTIONS = (Action.DRAFT, Action.CONFIRM, Action.REVERSE, Action.IMPORT, Action.EXPORT)


def _state_labels() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        (State.DRAFT.value, _("待确认")),
        (State.CONFIRMED.value, _("已确认")),
        (State.REVERSED.value, _("已冲销")),
    ]


def _chip(question: filters.Question, label: str, state: str, count: int | None) -> Link:
    query = question.params.copy()
    for name in ("page", filters.STATE):
        query.pop(name, None)
    if state:
        query[filters.STATE] = state.lower()
    shown = label if count is not None else f"{label} {queries.COUNT_LIMIT}+"
    return Link(shown, f"?{query.urlencode()}", count=count, current=question.state == state)


def _told(outcome: operations.Outcome, done: str, *, may_undo: bool) -> dict[str, Any]:
    """Return an outcome in words, as the list shows it once."""
    return {
        "text": done % {"count": len(outcome.done)},
        "skipped": outcome.skipped[:50],
        "more": max(len(outcome.skipped) - 50, 0),
        "undo": outcome.done if may_undo else [],
        "tone": "warn" if outcome.skipped else "",
    }
