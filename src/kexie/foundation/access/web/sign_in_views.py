"""Signing in and out."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access import methods, queries, rules, second_factor, sign_in
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES
from kexie.foundation.access.web.address import where
from kexie.foundation.access.web.forms import CodeForm, SignInForm, add_error, given
from kexie.foundation.access.web.guards import safe_next
from kexie.foundation.access.web.middleware import ENDED, PRESENCE

_PENDING = "sign_in_pending"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def show_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return _sign_in_page(request, SignInForm(), onward)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, onward, status=422)
    try:
        account = sign_in.by_password(**form.cleaned_data, where=where(request), now=timezone.now())
    except sign_in.SignInRefused as refused:
        add_error(form, refused)
        return _sign_in_page(request, form, onward, status=422)
    return _proceed(request, account, "password", onward)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has just given the password."""
    pending = _pending(request)
    if pending is None:
        request.session.pop(_PENDING, None)
        return redirect("access:sign_in")
    account, onward = pending["account"], pending["next"]
    form = CodeForm(given(request))
    if request.method == "POST" and form.is_valid():
        place = where(request, pending["method"])
        try:
            account = sign_in.by_code(
                account=account, code=form.cleaned_data["code"], where=place, now=timezone.now()
            )
        except sign_in.SignInRefused as refused:
            add_error(form, sign_in.SignInRefused(fields={"code": refused.message}))
        else:
            return _enter(request, account, pending["method"], onward)
    demo_code = second_factor.current_code(account, timezone.now()) if _is_demo(account) else ""
    context = {"form": form, "demo_code": demo_code}
    return render(request, "access/code.html", context, status=422 if form.errors else 200)


@require_safe
def start_method(request: HttpRequest, key: str) -> HttpResponse:
    """Go to another provider of identities."""
    request.session["sign_in_next"] = safe_next(request, request.GET.get("next"))
    back = request.build_absolute_uri("back/")
    return _method(key).start(request, back)


@never_cache
@require_safe
def finish_method(request: HttpRequest, key: str) -> HttpResponse:
    """Come back from another provider of identities."""
    method, onward = _method(key), safe_next(request, request.session.get("sign_in_next"))
    try:
        identity = method.finish(request)
        account = sign_in.by_identity(
            provider=identity.provider,
            subject=identity.subject,
            where=where(request, key),
            now=timezone.now(),
        )
    except sign_in.SignInRefused as refused:
        return _sign_in_page(request, SignInForm(), onward, status=422, refused=str(refused))
    return _proceed(request, account, key, onward)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    presence = request.session.get(PRESENCE)
    if isinstance(request.user, Account) and presence:
        sign_in.end(account=request.user, presence_id=UUID(presence), now=timezone.now())
    logout(request)
    return redirect("access:sign_in")


def _proceed(request: HttpRequest, account: Account, method: str, onward: str) -> HttpResponse:
    """Ask for the second factor if there is one, else enter."""
    if not account.has_totp:
        return _enter(request, account, method, onward)
    request.session[_PENDING] = {
        "account": str(account.pk),
        "at": timezone.now().isoformat(),
        "method": method,
        "next": onward,
    }
    return redirect("access:code")


def _enter(request: HttpRequest, account: Account, method: str, onward: str) -> HttpResponse:
    login(request, account, backend=_BACKEND)
    presence = sign_in.begin(account=account, where=where(request, method), now=timezone.now())
    request.session[PRESENCE] = str(presence.pk)
    for key in (_PENDING, ENDED, "sign_in_next"):
        request.session.pop(key, None)
    return HttpResponseRedirect(onward)


def _pending(request: HttpRequest) -> dict[str, Any] | None:
    """Return who has given the password within the last minutes."""
    pending = request.session.get(_PENDING)
    if pending is None:
        return None
    age = timezone.now() - dt.datetime.fromisoformat(pending["at"])
    account = (
        Account.objects.filter(pk=pending["account"], is_active=True).select_related("association").first()
    )
    if account is None or not account.has_totp or age > dt.timedelta(minutes=rules.CODE_MINUTES):
        return None
    return {**pending, "account": account}


def _method(key: str) -> methods.SignInMethod:
    method = methods.methods().get(key)
    if method is None:
        raise Http404(_("没有这种登录方式。"))
    return method


def _is_demo(account: Account) -> bool:
    return bool(account.demo_password) and account.association.is_demo


def _sign_in_page(
    request: HttpRequest, form: SignInForm, onward: str, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "next": onward,
        "refused": refused,
        "methods": methods.methods().values(),
        "ended": request.session.get(ENDED),
        "demo_accounts": [
            {"account": account, "roles": [ROLES[grant.role].label for grant in account.grants.all()]}
            for account in queries.demo_accounts()
        ],
    }
    return render(request, "access/sign_in.html", context, status=status)
