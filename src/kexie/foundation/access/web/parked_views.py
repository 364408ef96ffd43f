"""Events that a part of the system failed at too often, for the system administrator: tried again, or given up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
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
from kexie.platform.outbox import operations, queries
from kexie.platform.outbox.consumers import consumers
from kexie.platform.outbox.kinds import kinds
from kexie.platform.outbox.models import Handover
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50


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
    filters.is_valid()
    wanted = {name: filters.cleaned_data.get(name, "") for name in ("consumer", "kind")}
    page = Paginator(queries.parked(request.scope, **wanted), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "table": _table(list(page)), "filters": filters, "is_filtered": any(wanted.values()),
    }  # fmt: skip
    return _page(request, "access/parked.html", context)


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
    context = {"form": form, "chosen": chosen, "table": _table(chosen)}
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


def _table(found: Sequence[Handover]) -> Table:
    columns = [
        Column(_("搁置时间"), nowrap=True),
        Column(_("事件")),
        Column(_("发生时间"), nowrap=True),
        Column(_("接收方")),
        Column(_("次数"), numeric=True),
        Column(_("错误")),
    ]
    return Table(columns, [_row(one) for one in found])


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
