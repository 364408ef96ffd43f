"""Events that a part of the system failed at too often, for the system administrator: tried again, or given up."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import PlainForm, ReasonForm, given
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.platform.imports.writing import CellValue, Heading
from kexie.platform.outbox import operations, queries
from kexie.platform.outbox.consumers import consumers
from kexie.platform.outbox.kinds import kinds
from kexie.platform.outbox.models import Handover
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.tables import Cell, Row

_COLUMNS = (
    Sortable("parked", gettext_lazy("搁置时间"), ("parked_at",), nowrap=True, largest_first=True),
    Sortable("kind", gettext_lazy("事件"), ("event__kind", "parked_at")),
    Sortable("at", gettext_lazy("发生时间"), ("event__at",), nowrap=True, largest_first=True),
    Sortable("consumer", gettext_lazy("接收方"), ("consumer", "parked_at")),
    Sortable("attempts", gettext_lazy("次数"), ("attempts",), numeric=True, largest_first=True),
    Sortable("error", gettext_lazy("错误"), ("error",)),
)
_PLAIN = tuple(replace(one, order=()) for one in _COLUMNS)


class ParkedFilter(PlainForm):
    """Which events to show."""

    consumer = forms.ChoiceField(
        label=gettext_lazy("接收方"),
        required=False,
        choices=lambda: [("", gettext_lazy("全部")), *((name, name) for name in consumers())],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("事件"),
        required=False,
        choices=lambda: [("", gettext_lazy("全部")), *((key, kind.label) for key, kind in kinds().items())],
    )


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def list_parked(request: AccessRequest) -> HttpResponse:
    """List what is parked."""
    filters = ParkedFilter(request.GET)
    page = lists.paged(_asked(request, filters), request.GET)
    context = {
        "page": page,
        "table": lists.table(list(page), request.GET, _COLUMNS, _row),
        "filters": filters,
        "q": request.GET.get("q", "").strip(),
        "query": request.GET.urlencode(),
        "is_filtered": any(request.GET.get(name) for name in ("q", *filters.fields)),
    }
    return _page(request, "access/parked.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@require_POST
def export_parked(request: AccessRequest) -> FileResponse:
    """Send the filtered events as an Excel file; that they were exported is itself written down."""
    found, now, title = _asked(request, ParkedFilter(request.GET)), timezone.now(), _("搁置的事件")
    headings = [Heading(str(one.label), 60 if one.name == "error" else 22) for one in _COLUMNS]
    rows = [[_written(cell.value) for cell in _row(one).cells] for one in found.iterator()]
    file = writing.workbook(title, headings, rows)
    audit.append(
        association_id=request.scope.association_id, actor=request.user, action="outbox.export", subject=None,
        detail={"filters": request.GET.dict(), "rows": found.count()}, now=now,
    )  # fmt: skip
    name = f"{title}-{timezone.localdate(now):%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


def _written(value: Any) -> CellValue:
    """What a spreadsheet takes: a moment as the clock on the wall says it."""
    return timezone.make_naive(value) if isinstance(value, dt.datetime) else value


def _asked(request: AccessRequest, filters: ParkedFilter) -> QuerySet[Handover]:
    """What the address asks for, in its order; without one, what was parked last comes first."""
    filters.is_valid()
    wanted = {name: filters.cleaned_data.get(name, "") for name in filters.fields}
    found = queries.parked(request.scope, text=request.GET.get("q", "").strip(), **wanted)
    return lists.ordered(found, request.GET, _COLUMNS) if request.GET.get(lists.SORT) else found


@requires(Action.MANAGE_ACCOUNTS)
@require_POST
def retry_parked(request: AccessRequest) -> HttpResponse:
    """Have the chosen ones handled again."""
    count = operations.retry(handovers=_chosen(request, request.POST), actor=request.user, now=timezone.now())
    said = _("%(count)d 个事件将重新处理。") % {"count": count}
    messages.success(request, said if count else _("没有选中还搁置着的事件。"))
    return redirect("access:parked")


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard_parked(request: AccessRequest) -> HttpResponse:
    """Ask, then give the chosen ones up."""
    chosen = _chosen(request, request.POST if request.method == "POST" else request.GET)
    if not chosen:
        messages.info(request, _("没有选中还搁置着的事件。"))
        return redirect("access:parked")
    form = ReasonForm(given(request))
    if request.method == "POST" and form.is_valid():
        count = operations.discard(
            handovers=chosen, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now()
        )
        said = _("已放弃 %(count)d 个事件。")
        messages.success(request, said % {"count": count})
        return redirect("access:parked")
    context = {"form": form, "chosen": chosen, "table": lists.table(chosen, QueryDict(), _PLAIN, _row)}
    return _page(request, "access/parked_discard.html", context, status=422 if form.errors else 200)


def _chosen(request: AccessRequest, source: QueryDict) -> list[Handover]:
    ids = [one for one in source.getlist("events") if _is_id(one)]
    return list(queries.parked(request.scope).filter(pk__in=ids))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _row(one: Handover) -> Row:
    kind = kinds().get(one.event.kind)
    label = str(kind.label) if kind else one.event.kind
    cells = [
        Cell(one.parked_at), Cell(label), Cell(one.event.at), Cell(one.consumer), Cell(one.attempts),
        Cell(one.error),
    ]  # fmt: skip
    return Row(cells, key=str(one.pk), name=label)


def _page(
    request: AccessRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {"rail": rail(request), **context}, status=status)
