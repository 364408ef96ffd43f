"""Accounts, for the system administrator: made, stopped, unlocked, reset; never given a role here."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kexie.foundation.access import operations, queries
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import AccountForm, ReasonForm, add_error, given
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel.errors import UserError
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50


@requires(Action.MANAGE_ACCOUNTS)
@require_safe
def list_accounts(request: AccessRequest) -> HttpResponse:
    """List the accounts of the association."""
    text = request.GET.get("q", "").strip()
    found = queries.accounts(request.scope, text=text)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {"rail": rail(request), "page": page, "table": _table(list(page)), "q": text}
    return render(request, "access/accounts.html", context)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_account(request: AccessRequest) -> HttpResponse:
    """Make an account and show its first password, once."""
    form = AccountForm(given(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            account, first_password = operations.create_account(
                association=request.user.association,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except UserError as error:
            add_error(form, error)
        else:
            return _first_password(request, account, first_password)
    context = {"rail": rail(request), "form": form}
    return render(request, "access/account_new.html", context, status=422 if form.errors else 200)


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def show_account(request: AccessRequest, account_id: UUID) -> HttpResponse:
    """Show an account and what can be done with it."""
    return _account_page(request, queries.account(request.scope, account_id))


@requires(Action.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_account(request: AccessRequest, account_id: UUID, verb: str) -> HttpResponse:
    """Ask why, then do it."""
    account = queries.account(request.scope, account_id)
    change = _CHANGES.get(verb)
    if change is None:
        raise Http404(_("没有这项操作。"))
    title, do = change
    form = ReasonForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            response = do(request, account, form.cleaned_data["reason"])
        except UserError as error:
            add_error(form, error)
        else:
            return response
    context = {"rail": rail(request), "form": form, "account": account, "title": _(title)}
    return render(request, "access/account_change.html", context, status=422 if form.errors else 200)


def _disable(request: AccessRequest, account: Account, reason: str) -> HttpResponse:
    operations.set_active(
        account=account, active=False, reason=reason, actor=request.user, now=timezone.now()
    )
    return _back(request, account, _("账号已停用，其登录已退出。"))


def _enable(request: AccessRequest, account: Account, reason: str) -> HttpResponse:
    operations.set_active(account=account, active=True, reason=reason, actor=request.user, now=timezone.now())
    return _back(request, account, _("账号已启用。"))


def _unlock(request: AccessRequest, account: Account, reason: str) -> HttpResponse:
    operations.unlock(account=account, reason=reason, actor=request.user, now=timezone.now())
    return _back(request, account, _("账号已解除锁定。"))


def _reset_password(request: AccessRequest, account: Account, reason: str) -> HttpResponse:
    first_password = operations.reset_password(
        account=account, reason=reason, actor=request.user, now=timezone.now()
    )
    return _first_password(request, account, first_password)


def _reset_second_factor(request: AccessRequest, account: Account, reason: str) -> HttpResponse:
    operations.reset_second_factor(account=account, reason=reason, actor=request.user, now=timezone.now())
    return _back(request, account, _("动态口令已重置。"))


_CHANGES: dict[str, tuple[str, Callable[[AccessRequest, Account, str], HttpResponse]]] = {
    "disable": (gettext_noop("停用账号"), _disable),
    "enable": (gettext_noop("启用账号"), _enable),
    "unlock": (gettext_noop("解除锁定"), _unlock),
    "reset-password": (gettext_noop("重置密码"), _reset_password),
    "reset-second-factor": (gettext_noop("重置动态口令"), _reset_second_factor),
}


def _back(request: AccessRequest, account: Account, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("access:account", account_id=account.pk)


def _first_password(request: AccessRequest, account: Account, first_password: str) -> HttpResponse:
    context = {"rail": rail(request), "account": account, "first_password": first_password}
    return render(request, "access/first_password.html", context)


def _account_page(request: AccessRequest, account: Account) -> HttpResponse:
    context = {
        "rail": rail(request),
        "account": account,
        "state": _state(account),
        "locked": _is_locked(account),
        "is_self": account.pk == request.user.pk,
    }
    return render(request, "access/account.html", context)


def _is_locked(account: Account) -> bool:
    return account.locked_until is not None and account.locked_until > timezone.now()


def _state(account: Account) -> str:
    if not account.is_active:
        return _("已停用")
    return _("已锁定") if _is_locked(account) else _("正常")


def _table(accounts: list[Account]) -> Table:
    columns = [
        Column(_("账号")),
        Column(_("姓名")),
        Column(_("单位")),
        Column(_("状态")),
        Column(_("动态口令")),
        Column(_("最近登录"), nowrap=True),
    ]
    return Table(columns, [_row(account) for account in accounts])


def _row(account: Account) -> Row:
    cells = [
        Cell(account.username, href=resolve_url("access:account", account_id=account.pk)),
        Cell(account.display_name),
        Cell(str(account.unit or "")),
        Cell(_state(account)),
        Cell(_("已启用") if account.has_totp else ""),
        Cell(account.last_login or ""),
    ]
    return Row(cells, key=str(account.pk), name=account.username)
