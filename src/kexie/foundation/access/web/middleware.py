"""What every request knows of its account, and what ends a session."""

import functools
from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone

from kexie.foundation.access import passwords, rules, sign_in
from kexie.foundation.access.models import Account
from kexie.foundation.access.web.address import client_address, where
from kexie.foundation.access.web.request import Access, AccessRequest
from kexie.kernel.errors import Forbidden, NotFound
from kexie.platform.audit.operations import origin

PRESENCE = "presence"
ENDED = "sign_in_ended"


class AccessMiddleware:
    """Adds `request.scope_for(action, context=None)`; ends idle sessions; asks for what an account owes.

    Stands after AuthenticationMiddleware. Views that raise NotFound or Forbidden answer 404 and 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, plain: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request = cast("AccessRequest", plain)
        token = origin.set(client_address(request))
        try:
            _know(request)
            account = request.access.account
            if isinstance(account, Account) and not _goes_on(request, account):
                _know(request)
            return _owed(request) or self.get_response(request)
        finally:
            origin.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Turn what operations and queries raise into answers of the web."""
        if isinstance(exception, NotFound):
            raise Http404(str(exception)) from exception
        if isinstance(exception, Forbidden):
            raise PermissionDenied(str(exception)) from exception


def _know(request: AccessRequest) -> None:
    """Set what views ask of the request."""
    request.access = Access(request.user)
    request.scope_for = request.access.scope_for


def _goes_on(request: AccessRequest, account: Account) -> bool:
    """Note the activity, or end a session that was idle too long or was ended elsewhere."""
    now, known = timezone.now(), request.session.get(PRESENCE)
    if known is None:
        presence = sign_in.open_presence(account=account, where=where(request), now=now)
        request.session[PRESENCE] = str(presence.pk)
        return True
    limits = request.access.rules
    ended = sign_in.keep_alive(presence_id=UUID(known), account=account, limits=limits, now=now)
    if ended is None and account.is_active:
        return True
    logout(request)
    request.session[ENDED] = limits.idle_minutes if ended is sign_in.Ended.IDLE else 0
    return False


def _owed(request: AccessRequest) -> HttpResponse | None:
    """Send an account that must first change its password or set up a second factor to do that."""
    account = request.access.account
    if not isinstance(account, Account) or request.path.startswith(_free()):
        return None
    if account.must_change_password or passwords.is_too_old(account, request.access.rules, timezone.now()):
        return HttpResponseRedirect(resolve_url("access:password"))
    if not account.has_totp and rules.needs_second_factor(account):
        return HttpResponseRedirect(resolve_url("access:second_factor"))
    return None


@functools.cache
def _free() -> tuple[str, ...]:
    """What is reachable while something is owed: one's own account, signing out, and how the page looks."""
    return (resolve_url("access:own"), resolve_url("access:sign_out"), "/static/", "/appearance/", "/healthz")
