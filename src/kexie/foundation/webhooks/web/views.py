"""Webhooks, for the system administrator: where they go, what became of each, and doing it again."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web import AccessRequest, requires
from kexie.foundation.access.web.forms import PlainForm, ReasonForm, add_error, given
from kexie.foundation.access.web.nav import rail
from kexie.foundation.webhooks import operations, queries
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.foundation.webhooks.web import tables
from kexie.foundation.webhooks.web.forms import ChangeForm, DeliveryFilter, EndpointFilter, EndpointForm
from kexie.kernel.errors import UserError

_PER_PAGE = 50


@requires(Action.MANAGE_ACCOUNTS)
@require_safe
def list_endpoints(request: AccessRequest) -> HttpResponse:
    """List the endpoints of the association."""
    filters, text = EndpointFilter(request.GET), request.GET.get("q", "").strip()
    filters.is_valid()
    state = filters.cleaned_data.get("state", "")
    page = Paginator(queries.endpoints(request.scope, text=text, state=state), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "table": tables.endpoints(list(page)),
        "filters": filters,
        "q": text,
        "is_filtered": bool(text or state),
    }
    return _page(request, "webhooks/endpoints.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_endpoint(request: AccessRequest) -> HttpResponse:
    """Make an endpoint and show its secret."""
    form = EndpointForm(given(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint = operations.create(
                association=request.user.association,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except UserError as error:
            add_error(form, error)
        else:
            return _show_secret(request, endpoint)
    context = {"form": form, "title": _("新建推送")}
    return _page(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def show_endpoint(request: AccessRequest, endpoint_id: UUID) -> HttpResponse:
    """Show an endpoint, what can be done with it, and what it was told."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    filters = DeliveryFilter(request.GET)
    filters.is_valid()
    wanted = {name: filters.cleaned_data.get(name, "") for name in ("state", "kind")}
    page = Paginator(queries.deliveries(endpoint, **wanted), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "endpoint": endpoint,
        "kinds": [tables.kind_label(kind) for kind in endpoint.kinds],
        "filters": filters,
        "page": page,
        "table": tables.deliveries(list(page)),
        "is_filtered": any(wanted.values()),
    }
    return _page(request, "webhooks/endpoint.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_endpoint(request: AccessRequest, endpoint_id: UUID) -> HttpResponse:
    """Change what an endpoint is called, where it is and what it is told."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    initial = {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds}
    form = ChangeForm(given(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change(endpoint=endpoint, actor=request.user, now=timezone.now(), **form.cleaned_data)
        except UserError as error:
            add_error(form, error)
        else:
            return _back(request, endpoint, _("已保存，下一条消息起生效。"))
    context = {"form": form, "title": _("修改推送"), "endpoint": endpoint}
    return _page(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: AccessRequest, endpoint_id: UUID, verb: str) -> HttpResponse:
    """Ask, then revoke an endpoint or give it a new secret."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    if (asked := _CONFIRMED.get(verb)) is None:
        raise Http404(_("没有这项操作。"))
    title, consequence, form_class, do = asked
    form = form_class(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            return do(request, endpoint, form.cleaned_data)
        except UserError as error:
            add_error(form, error)
    context = {"form": form, "title": _(title), "sub": _(consequence), "endpoint": endpoint}
    return _page(request, "webhooks/confirm.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@require_POST
def act(request: AccessRequest, endpoint_id: UUID, verb: str) -> HttpResponse:
    """Pause, resume or test an endpoint: what can be undone or does no harm."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    if verb not in _ACTS:
        raise Http404(_("没有这项操作。"))
    do, said = _ACTS[verb]
    try:
        do(endpoint=endpoint, actor=request.user, now=timezone.now())
    except UserError as error:
        messages.error(request, str(error))
        return redirect("webhooks:endpoint", endpoint_id=endpoint.pk)
    return _back(request, endpoint, _(said))


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def show_delivery(request: AccessRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Show one message and what came back."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    delivery = queries.delivery(endpoint, delivery_id)
    context = {
        "endpoint": endpoint,
        "delivery": delivery,
        "kind": tables.kind_label(delivery.kind),
        "answer": tables.answer_of(delivery),
        "may_repeat": delivery.state != Delivery.State.WAITING and endpoint.state != Endpoint.State.REVOKED,
    }
    return _page(request, "webhooks/delivery.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@require_POST
def redeliver(request: AccessRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Tell a message again."""
    endpoint = queries.endpoint(request.scope, endpoint_id)
    delivery = queries.delivery(endpoint, delivery_id)
    try:
        operations.redeliver(delivery=delivery, actor=request.user, now=timezone.now())
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已排队，几秒后刷新本页查看结果。"))
    return redirect("webhooks:delivery", endpoint_id=endpoint.pk, delivery_id=delivery.pk)


def _revoke(request: AccessRequest, endpoint: Endpoint, values: Mapping[str, Any]) -> HttpResponse:
    operations.revoke(endpoint=endpoint, actor=request.user, now=timezone.now(), **values)
    return _back(request, endpoint, _("推送已撤销。"))


def _renew(request: AccessRequest, endpoint: Endpoint, _values: Mapping[str, Any]) -> HttpResponse:
    renewed = operations.renew_secret(endpoint=endpoint, actor=request.user, now=timezone.now())
    return _show_secret(request, renewed)


Confirmed = Callable[[AccessRequest, Endpoint, Mapping[str, Any]], HttpResponse]
_CONFIRMED: dict[str, tuple[str, str, type[PlainForm], Confirmed]] = {
    "revoke": (
        gettext_noop("撤销推送"),
        gettext_noop("撤销后不能恢复，等待推送的消息不再发出。"),
        ReasonForm,
        _revoke,
    ),
    "renew-secret": (
        gettext_noop("更换密钥"),
        gettext_noop("此后的消息只用新密钥签名，对方须同时更换，否则会拒收。"),
        PlainForm,
        _renew,
    ),
}
_ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "pause": (operations.pause, gettext_noop("推送已暂停；新的事件保留三天，恢复后补发。")),
    "resume": (operations.resume, gettext_noop("推送已恢复，正在补发。")),
    "ping": (operations.ping, gettext_noop("已发出测试消息，几秒后刷新本页查看结果。")),
}


def _show_secret(request: AccessRequest, endpoint: Endpoint) -> HttpResponse:
    return _page(request, "webhooks/secret.html", {"endpoint": endpoint, "secret": endpoint.secret})


def _back(request: AccessRequest, endpoint: Endpoint, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("webhooks:endpoint", endpoint_id=endpoint.pk)


def _page(
    request: AccessRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {"rail": rail(request), **context}, status=status)
