"""Pages for what went wrong. They need no database, and say what became of the answers."""

import sys
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kexie.portal import context
from kexie.ui import appearance
from kexie.ui.site import site


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not for this reader."""
    return _answer(request, 403, signed_in=_is_signed_in(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not in this reader's sight."""
    return _answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached just now."""
    lost = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return _answer(request, 503 if lost else 500)


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        return bool(request.user.is_authenticated)
    except (AttributeError, DatabaseError, InterfaceError):
        return False


def _answer(request: HttpRequest, code: int, **more: object) -> HttpResponse:
    # Not rendered with the request's context processors: they read the session, which needs the database.
    values = {
        "request": request,
        "site": site(),
        "appearance": appearance.read(request),
        "portal_nav": context.links(request.path),
        "sent": request.method == "POST",
        **more,
    }
    response = HttpResponse(render_to_string(f"{code}.html", values), status=code)
    if code == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "300"
    return response
