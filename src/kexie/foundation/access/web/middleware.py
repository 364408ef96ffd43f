"""What every request knows of its account, and what ends a session."""

import functools
from collections.abc import Callable
from uuid import UUID

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone

from kexie.foundation.access import passwords, queries, rules, sign_in
from kexie.foundation.access.models import Account, SecurityRules
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.address import client_address, where
from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.scope import Scope
from kexie.platform.audit.operations import origin

PRESENCE = "presence"
ENDED = "sign_in_ended"


class AccessMiddleware:
    """Adds `request.scope_for(action, context=None)`; ends idle sessions; asks for what an account owes.

    Stands after AuthenticationMiddleware. Views that raise NotFound or Forbidden answer 404 and 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request.scope_for = functools.partial(_scope_for, request)  # type: ignore[attr-defined]  documented above
        token = origin.set(client_address(request))
        try:
            if request.user.is_authenticated:
                _keep_session(request)
            return _owed(request) or self.get_response(request)
        finally:
            origin.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Turn what operations and queries raise into answers of the web."""
        if isinstance(exception, NotFound):
            raise Http404(str(exception)) from exception
        if isinstance(exception, Forbidden):
            raise PermissionDenied(str(exception)) from exception


def _scope_for(request: HttpRequest, action: Action | str, context: str | None = None) -> Scope:
    """As queries.scope_for for the request's account; its grants are read once per request."""
    grants = getattr(request, "_grants", None)
    if grants is None:
        grants = request._grants = queries.grants_of(request.user)  # type: ignore[attr-defined]  a cache on the request
    return queries.scope_from(grants, request.user, action, context)


def _rules(request: HttpRequest, account: Account) -> SecurityRules:
    """Return the security rules, read once per request."""
    if not hasattr(request, "_rules"):
        request._rules = queries.rules_of(account.association_id)  # type: ignore[attr-defined]  a cache on the request
    rules_of_association: SecurityRules = request._rules
    return rules_of_association


def _keep_session(request: HttpRequest) -> None:
    """Note the activity, or end a session that was idle too long or was ended elsewhere."""
    account, now = request.user, timezone.now()
    assert isinstance(account, Account)
    known = request.session.get(PRESENCE)
    if known is None:
        presence = sign_in.open_presence(account=account, where=where(request), now=now)
        request.session[PRESENCE] = str(presence.pk)
        return
    limits = _rules(request, account)
    ended = sign_in.keep_alive(presence_id=UUID(known), account=account, limits=limits, now=now)
    if ended or not account.is_active:
        logout(request)
        request.session[ENDED] = limits.idle_minutes if ended is sign_in.Ended.IDLE else 0


def _owed(request: HttpRequest) -> HttpResponse | None:
    """Send an account that must first change its password or set up a second factor to do that."""
    account = request.user
    if not isinstance(account, Account) or request.path.startswith(_free()):
        return None
    if account.must_change_password or passwords.is_too_old(
        account, _rules(request, account), timezone.now()
    ):
        return HttpResponseRedirect(resolve_url("access:password"))
    if not account.has_totp and rules.needs_second_factor(account):
        return HttpResponseRedirect(resolve_url("access:second_factor"))
    return None


@functools.cache
def _free() -> tuple[str, ...]:
    """What is reachable while something is owed: one's own account, signing out, and how the page looks."""
    return (resolve_url("access:own"), resolve_url("access:sign_out"), "/static/", "/appearance/", "/healthz")
