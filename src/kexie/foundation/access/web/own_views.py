"""One's own account: password, second factor, sessions, sign-in history."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access import operations, passwords, queries, rules, second_factor, sign_in
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES
from kexie.foundation.access.web.forms import CodeForm, PasswordForm, add_error, given
from kexie.foundation.access.web.guards import signed_in
from kexie.foundation.access.web.middleware import PRESENCE
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel.errors import UserError

_HISTORY = 20


@signed_in
@never_cache
@require_safe
def show_own(request: AccessRequest) -> HttpResponse:
    """Show the account, its roles, sessions and sign-in history."""
    account = request.user
    context = {
        "account": account,
        "roles": [(ROLES[grant.role].label, grant) for grant in queries.grants_of(account)],
        "presences": queries.presences_of(account),
        "attempts": queries.attempts_of(account)[:_HISTORY],
        "this_presence": request.session.get(PRESENCE),
        "recovery_left": account.recovery_codes.filter(used_at=None).count(),
    }
    return render(request, "access/own.html", context)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: AccessRequest) -> HttpResponse:
    """Change one's password; every other session ends."""
    account = request.user
    form = PasswordForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            changed = operations.change_password(
                account=account,
                old=form.cleaned_data["old_password"],
                new=form.cleaned_data["new_password"],
                keep=UUID(request.session[PRESENCE]),
                now=timezone.now(),
            )
        except UserError as error:
            add_error(form, error)
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
            return redirect("/work/" if account.must_change_password else "access:own")
    security = queries.rules_of(account.association_id)
    form.fields["new_password"].help_text = passwords.describe(security)
    context = {
        "form": form,
        "first": account.must_change_password,
        "too_old": passwords.is_too_old(account, security, timezone.now()),
    }
    return render(request, "access/password.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_second_factor(request: AccessRequest) -> HttpResponse:
    """Set up a second factor, or switch it off with a current code."""
    account = request.user
    form = CodeForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            if account.has_totp:
                return _disable(request, account, form)
            codes = second_factor.confirm(account=account, code=form.cleaned_data["code"], now=timezone.now())
        except UserError as error:
            add_error(form, error)
        else:
            return render(request, "access/recovery_codes.html", {"codes": codes})
    return _second_factor_page(request, account, form)


@signed_in
@require_POST
def end_session(request: AccessRequest, presence_id: UUID) -> HttpResponse:
    """End one of one's other sessions."""
    if sign_in.end(account=request.user, presence_id=presence_id, now=timezone.now()):
        messages.success(request, _("该设备已退出登录。"))
    return redirect("access:own")


def _disable(request: AccessRequest, account: Account, form: CodeForm) -> HttpResponse:
    second_factor.disable(account=account, code=form.cleaned_data["code"], now=timezone.now())
    messages.success(request, _("动态口令已停用。"))
    return redirect("access:second_factor" if rules.needs_second_factor(account) else "access:own")


def _second_factor_page(request: AccessRequest, account: Account, form: CodeForm) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "account": account,
        "required": queries.is_administrator(account),
    }
    if not account.has_totp:
        secret = second_factor.begin(account=account)
        account.refresh_from_db(fields=["totp_secret"])
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        context |= {"secret": " ".join(groups), "qr": second_factor.qr(account)}
        form.fields["code"].help_text = _("验证器应用中当前显示的6位数字。")
    return render(request, "access/second_factor.html", context, status=422 if form.errors else 200)
