"""Grants and security rules, for the security administrator."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kexie.foundation.access import operations, queries
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ROLES, Action
from kexie.foundation.access.web.forms import GrantFilter, GrantForm, ReasonForm, RulesForm, add_error, given
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel.errors import UserError
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50


@requires(Action.MANAGE_GRANTS)
@require_safe
def list_grants(request: AccessRequest) -> HttpResponse:
    """List who holds which role where."""
    filters, text = GrantFilter(request.GET), request.GET.get("q", "").strip()
    filters.is_valid()
    found = queries.grants(
        request.scope,
        text=text,
        role=filters.cleaned_data.get("role", ""),
        current=not filters.cleaned_data.get("past"),
    )
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail": rail(request),
        "page": page,
        "table": _table(list(page)),
        "filters": filters,
        "q": text,
    }
    return render(request, "access/grants.html", context)


@requires(Action.MANAGE_GRANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def create_grant(request: AccessRequest) -> HttpResponse:
    """Give a role."""
    form = GrantForm(given(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            account = _named(request, form)
            values = {name: value for name, value in form.cleaned_data.items() if name != "account"}
            operations.grant(account=account, actor=request.user, now=timezone.now(), **values)
        except UserError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已授权。"))
            return redirect("access:grants")
    context = {"rail": rail(request), "form": form, "roles": ROLES.values()}
    return render(request, "access/grant_new.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_GRANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_grant(request: AccessRequest, grant_id: UUID) -> HttpResponse:
    """Take back a role."""
    grant = queries.grant(request.scope, grant_id)
    form = ReasonForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            operations.revoke(
                grant=grant, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now()
            )
        except UserError as error:
            add_error(form, error)
        else:
            messages.success(request, _("授权已撤销。"))
            return redirect("access:grants")
    context = {"rail": rail(request), "form": form, "grant": grant}
    return render(request, "access/grant_revoke.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_GRANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rules(request: AccessRequest) -> HttpResponse:
    """Set the security rules."""
    current = queries.rules_of(request.scope.association_id)
    form = RulesForm(given(request), instance=current)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_rules(
                association=request.user.association,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except UserError as error:
            add_error(form, error)
        else:
            messages.success(request, _("安全策略已保存，即时生效。"))
            return redirect("access:rules")
    context = {"rail": rail(request), "form": form}
    return render(request, "access/rules.html", context, status=422 if form.errors else 200)


def _named(request: AccessRequest, form: GrantForm) -> Account:
    """Return the account of this name."""
    name = form.cleaned_data["account"].strip().lower()
    account = queries.accounts(request.scope).filter(username=name).first()
    if account is None:
        raise UserError(fields={"account": _("没有这个账号，请先由系统管理员建立。")})
    return account


def _table(grants: list[Grant]) -> Table:
    columns = [
        Column(_("账号")),
        Column(_("角色")),
        Column(_("范围")),
        Column(_("生效"), nowrap=True),
        Column(_("失效"), nowrap=True),
        Column(_("授权人")),
        Column(_("状态")),
    ]
    return Table(columns, [_row(grant) for grant in grants])


def _row(grant: Grant) -> Row:
    revoked = grant.revoked_at is not None
    cells = [
        Cell(
            _("%(name)s（%(code)s）") % {"name": grant.account.display_name, "code": grant.account.username}
        ),
        Cell(grant.get_role_display()),
        Cell(str(grant.unit)),
        Cell(grant.valid_from),
        Cell(grant.valid_to or _("长期")),
        Cell(str(grant.granted_by or _("系统"))),
        Cell(_("已撤销"))
        if revoked
        else Cell(_("撤销"), href=resolve_url("access:revoke", grant_id=grant.pk)),
    ]
    return Row(cells, key=str(grant.pk), name=str(grant), reversed=revoked)
