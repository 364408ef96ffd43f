"""Signing in as a visitor: a number, then the code sent to it; and signing out."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kexie.foundation.access.web.address import where
from kexie.foundation.access.web.forms import add_error, given
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.foundation.visitors import queries, sign_in
from kexie.foundation.visitors.models import OneTimeCode
from kexie.foundation.visitors.web import cookie
from kexie.foundation.visitors.web.forms import CodeForm, PhoneForm
from kexie.foundation.visitors.web.request import VisitorRequest, safe_next, visitor_of, visitor_required
from kexie.kernel.codes import CodeError
from kexie.platform.notify import gateways

_PENDING = "visitor_sign_in"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number; somebody signed in already is asked for a new code only where one is needed."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    visitor, again = visitor_of(request), "again" in request.GET or "again" in request.POST
    if visitor and not again:
        return HttpResponseRedirect(onward)
    form = PhoneForm(_typed(request, visitor.phone_number if visitor else ""))
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, _association(), form.cleaned_data["phone"], onward)
        except CodeError as error:
            form.add_error("phone", str(error))
        except sign_in.CodeRefused as error:
            add_error(form, error)
    values = {"form": form, "next": onward, "visitor": visitor, "can_send": _can_send()}
    return render(request, "visitors/sign_in.html", values, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    pending = _pending(request)
    if pending is None:
        return redirect("my:sign_in")
    sent, onward = pending
    form = CodeForm(given(request))
    if request.method == "POST" and form.is_valid():
        try:
            signed_in = sign_in.sign_in(
                challenge_id=sent.pk,
                code=form.cleaned_data["code"],
                where=where(request, "code"),
                now=timezone.now(),
            )
        except sign_in.SignInRefused as error:
            add_error(form, error)
        else:
            return _enter(request, signed_in, onward)
    return _code_page(request, sent, form)


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Send another code to the same number."""
    pending = _pending(request)
    if pending is None:
        return redirect("my:sign_in")
    sent, onward = pending
    try:
        return _send(request, sent.association, sent.phone_number, onward)
    except sign_in.CodeRefused as error:
        form = CodeForm({})
        form.errors.clear()
        add_error(form, error)
        return _code_page(request, sent, form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the visitor on this device."""
    messages.success(request, _("您已退出。"))
    response = HttpResponseRedirect("/")
    cookie.drop(response)
    return response


@visitor_required
@require_POST
def sign_out_everywhere(request: VisitorRequest) -> HttpResponse:
    """End the visitor's sign-ins on all devices."""
    sign_in.sign_out_everywhere(visitor=request.visitor, now=timezone.now())
    messages.success(request, _("您已在所有设备上退出。"))
    response = HttpResponseRedirect("/")
    cookie.drop(response)
    return response


def _typed(request: HttpRequest, own_number: str) -> dict[str, str] | None:
    """Return the number to send to: one's own when it is known, so that it need not be typed again."""
    if request.method != "POST":
        return None
    return {"phone": own_number or request.POST.get("phone", "")}


def _send(request: HttpRequest, association: Unit, phone: str, onward: str) -> HttpResponse:
    now = timezone.now()
    sent = sign_in.request_code(association=association, phone=phone, where=where(request, "code"), now=now)
    request.session[_PENDING] = {"challenge": str(sent.pk), "next": onward}
    return redirect("my:code")


def _enter(request: HttpRequest, signed_in: sign_in.SignedIn, onward: str) -> HttpResponse:
    request.session.pop(_PENDING, None)
    request.session.cycle_key()
    rotate_token(request)
    response = HttpResponseRedirect(onward)
    cookie.put(response, signed_in.token)
    return response


def _pending(request: HttpRequest) -> tuple[OneTimeCode, str] | None:
    """Return the code this browser asked for last, and where it is to go on to."""
    pending = request.session.get(_PENDING)
    sent = queries.challenge(UUID(pending["challenge"])) if pending else None
    return (sent, safe_next(request, pending["next"])) if pending and sent else None


def _code_page(request: HttpRequest, sent: OneTimeCode, form: CodeForm) -> HttpResponse:
    values = {
        "form": form,
        "phone": sent.masked_phone,
        "is_open": sent.is_open(timezone.now()),
        "shown": queries.shown_message(sent),
    }
    return render(request, "visitors/code.html", values, status=422 if form.errors else 200)


def _association() -> Unit:
    """The association this site speaks for."""
    unit = units.associations().first()
    if unit is None:
        raise Http404(_("这个网站还没有内容。"))
    return unit


def _can_send() -> bool:
    return gateways.gateway(_association().pk) is not None
