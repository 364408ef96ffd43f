"""What a request knows of its visitor, and the guard of pages that need one."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from kexie.foundation.visitors import queries, rules, tokens
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import cookie, kept

View = Callable[..., HttpResponseBase]
# What shows or destroys everything asks for a code that is not older than this.
FRESH = dt.timedelta(minutes=15)
_UNKNOWN = object()


class VisitorRequest(HttpRequest):
    """A request behind `visitor_required`."""

    visitor: Visitor


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Return who is signed in as a visitor, with their association: one query, at most once for a request."""
    known = getattr(request, "_visitor", _UNKNOWN)
    if known is _UNKNOWN:
        token = request.COOKIES.get(cookie.NAME, "")
        known = queries.by_token(token, now=timezone.now()) if token else None
        request._visitor = known  # type: ignore[attr-defined]  # noqa: SLF001  kept with the request it is of
    return cast("Visitor | None", known)


def visitor_required(view: View) -> View:
    """Let a view in for a visitor, as `request.visitor`; send others to sign in and then back."""
    return _guard(view, fresh=False)


def just_signed_in(view: View) -> View:
    """Let a view in for a visitor whose code was given within the last minutes; send others to give one."""
    return _guard(view, fresh=True)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the code was given within the last minutes."""
    now = timezone.now()
    said = tokens.verify(request.COOKIES.get(cookie.NAME, ""), now=now)
    return said is not None and now - (said.expires_at - rules.SIGN_IN_LASTS) <= FRESH


def to_sign_in(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    """Send to the sign-in page, to come back to this page or to the one a form was on, with the form as it was."""
    page = _page(request)
    if request.method == "POST":
        kept.keep(request, page)
    query = {"next": page, **({"again": "1"} if again else {})}
    address = f"{resolve_url('my:sign_in')}?{urlencode(query)}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def safe_next(request: HttpRequest, address: str | None) -> str:
    """Return the address if it is one of ours, else the visitor's first page."""
    if address and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return resolve_url("my:home")


def _guard(view: View, *, fresh: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        if fresh and not is_fresh(request):
            return to_sign_in(request, again=True)
        known = cast("VisitorRequest", request)
        known.visitor = visitor
        response = view(known, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def _page(request: HttpRequest) -> str:
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return request.get_full_path()
    origin = urlsplit(request.headers.get("Referer", ""))
    if origin.netloc != request.get_host():
        return resolve_url("my:home")
    return f"{origin.path}?{origin.query}" if origin.query else origin.path
