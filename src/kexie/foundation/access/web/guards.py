"""Guards of views: who is not signed in is sent to sign in and comes back; who may not, gets 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.request import AccessRequest

View = Callable[..., HttpResponseBase]


def requires(action: Action | str, context: str | None = None) -> Callable[[View], View]:
    """Let a view in only with this action (in this context), and give it the scope, `request.scope`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            known = cast("AccessRequest", request)
            known.scope = known.scope_for(action, context)
            return view(known, *args, **kwargs)

        return guarded

    return decorate


def signed_in(view: View) -> View:
    """Let a view in for any account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return guarded


class Requires:
    """Mixin of class-based views: set `action` and, where it applies, `context`; read `request.scope`."""

    action: Action | str
    context: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Guard the view's dispatch."""
        inner: View = super().dispatch  # type: ignore[misc]  # of the View this is mixed into
        return requires(self.action, self.context)(inner)(request, *args, **kwargs)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, to come back to this page (or, after a form, to the page it was on)."""
    address = f"{resolve_url('access:sign_in')}?{urlencode({'next': _page(request)})}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def safe_next(request: HttpRequest, address: str | None) -> str:
    """Return the address if it is one of ours, else the first page after signing in."""
    if address and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return resolve_url("/work/")


def _page(request: HttpRequest) -> str:
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return request.get_full_path()
    origin = urlsplit(request.headers.get("Referer", ""))
    if origin.netloc != request.get_host():
        return "/"
    return f"{origin.path}?{origin.query}" if origin.query else origin.path
