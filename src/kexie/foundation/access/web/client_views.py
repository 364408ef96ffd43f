"""API clients, for the system administrator: made, given a new token, revoked."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kexie.foundation.access import clients
from kexie.foundation.access.callers import SCOPE_LABELS, ApiScope
from kexie.foundation.access.models import ApiClient
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.client_forms import ClientFilter, ClientForm, RotateForm
from kexie.foundation.access.web.forms import ReasonForm, add_error, given
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel.errors import UserError
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50


@requires(Action.MANAGE_ACCOUNTS)
@require_safe
def list_clients(request: AccessRequest) -> HttpResponse:
    """List the API clients of the association."""
    filters, text = ClientFilter(request.GET), request.GET.get("q", "").strip()
    filters.is_valid()
    found = clients.clients(request.scope, text=text, state=filters.cleaned_data.get("state", ""))
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail": rail(request),
        "page": page,
        "table": _table(list(page)),
        "filters": filters,
        "q": text,
        "is_filtered": bool(text or filters.cleaned_data.get("state")),
    }
    return render(request, "access/clients.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_client(request: AccessRequest) -> HttpResponse:
    """Make a client and show its token, once."""
    form = ClientForm(given(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            client, token = clients.create(
                association=request.user.association,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except UserError as error:
            add_error(form, error)
        else:
            return _show_token(request, client, token)
    context = {"rail": rail(request), "form": form}
    return render(request, "access/client_new.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def show_client(request: AccessRequest, client_id: UUID) -> HttpResponse:
    """Show a client and what can be done with it."""
    client = clients.client(request.scope, client_id)
    context = {
        "rail": rail(request),
        "client": client,
        "state": _state(client),
        "scopes": [SCOPE_LABELS[ApiScope(scope)] for scope in client.scopes],
        "former_is_good": client.former_until is not None and client.former_until > timezone.now(),
    }
    return render(request, "access/client.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_client(request: AccessRequest, client_id: UUID, verb: str) -> HttpResponse:
    """Ask why, then do it."""
    client = clients.client(request.scope, client_id)
    if (change := _CHANGES.get(verb)) is None:
        raise Http404(_("没有这项操作。"))
    title, consequence, form_class, do = change
    form = form_class(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            return do(request, client, form.cleaned_data)
        except UserError as error:
            add_error(form, error)
    context = {
        "rail": rail(request),
        "form": form,
        "client": client,
        "title": _(title),
        "sub": _(consequence),
    }
    return render(request, "access/client_change.html", context, status=422 if form.errors else 200)


def _rotate(request: AccessRequest, client: ApiClient, values: dict[str, object]) -> HttpResponse:
    token = clients.rotate(client=client, actor=request.user, now=timezone.now(), **values)  # type: ignore[arg-type]  # the form's fields are the operation's
    return _show_token(request, client, token)


def _revoke(request: AccessRequest, client: ApiClient, values: dict[str, object]) -> HttpResponse:
    clients.revoke(client=client, actor=request.user, now=timezone.now(), **values)  # type: ignore[arg-type]  # as above
    messages.success(request, _("客户端已撤销，半分钟内在所有进程中失效。"))
    return redirect("access:client", client_id=client.pk)


Change = Callable[[AccessRequest, ApiClient, dict[str, object]], HttpResponse]
_CHANGES: dict[str, tuple[str, str, type[forms.Form], Change]] = {
    "rotate": (
        gettext_noop("更换令牌"),
        gettext_noop("生成新令牌，只显示一次。"),
        RotateForm,
        _rotate,
    ),
    "revoke": (
        gettext_noop("撤销客户端"),
        gettext_noop("撤销后不能恢复，使用它的系统将无法再调用接口。"),
        ReasonForm,
        _revoke,
    ),
}


def _show_token(request: AccessRequest, client: ApiClient, token: str) -> HttpResponse:
    context = {"rail": rail(request), "client": client, "token": token}
    return render(request, "access/client_token.html", context)


def _state(client: ApiClient) -> str:
    today = timezone.localdate()
    if client.revoked_at is not None:
        return _("已撤销")
    if client.valid_to is not None and client.valid_to <= today:
        return _("已过期")
    return _("未生效") if client.valid_from > today else _("在用")


def _table(found: list[ApiClient]) -> Table:
    columns = [
        Column(_("名称")),
        Column(_("范围")),
        Column(_("接口权限")),
        Column(_("失效"), nowrap=True),
        Column(_("最近使用"), nowrap=True),
        Column(_("状态"), nowrap=True),
    ]
    return Table(columns, [_row(client) for client in found])


def _row(client: ApiClient) -> Row:
    cells = [
        Cell(client.name, href=resolve_url("access:client", client_id=client.pk)),
        Cell(str(client.unit)),
        Cell(_("；").join(str(SCOPE_LABELS[ApiScope(scope)]) for scope in client.scopes)),
        Cell(client.valid_to or _("长期")),
        Cell(client.last_used_on or _("未用过")),
        Cell(_state(client)),
    ]
    return Row(cells, key=str(client.pk), name=client.name, reversed=client.revoked_at is not None)
