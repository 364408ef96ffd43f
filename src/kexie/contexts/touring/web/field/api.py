"""What the crews' phones ask: JSON with a bearer token in the header, so neither cookies nor CSRF tokens take part.

    POST /field/api/pair    {"code"}                → token, key (AES, base64), name
    POST /field/api/notes   {"notes": […], "last"}  → kept ids, refused ids with the reason
    POST /field/api/unpair  {}                      → the token is let go
    GET  /field/api/pack                            → vehicles, drivers, places, the day's sheet

Answers of 401 carry `code`: "revoked" (empty yourself) or "unknown" (pair again).
"""

import base64
import json
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kexie.contexts.touring.models import FieldPhone
from kexie.contexts.touring.operations import field as operations
from kexie.contexts.touring.operations import phones
from kexie.contexts.touring.queries import field as queries
from kexie.foundation.access.queries import scope_for
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope

_KEY_BYTES, _MOST = 32, 500
UNAUTHORIZED, BAD_REQUEST, UNPROCESSABLE = 401, 400, 422
_View = Callable[..., HttpResponseBase]


class Unreadable(ValueError):
    """The body is not the JSON object that was expected."""


def _plain(view: _View) -> _View:
    """Answer what a person can put right with a message, and let nothing be kept on the way."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        try:
            response = view(request)
        except phones.NoPhone as error:
            response = _refusal(error.code, str(error), UNAUTHORIZED)
        except Forbidden as error:
            response = _refusal("revoked", str(error), UNAUTHORIZED)
        except Unreadable:
            response = _refusal("unreadable", _("传来的内容读不懂，请刷新页面后再试。"), BAD_REQUEST)
        except UserError as error:
            response = _refusal("refused", str(error), UNPROCESSABLE)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(answered)


@_plain
@require_POST
def pair(request: HttpRequest) -> JsonResponse:
    """Pair the phone on which a code was typed. Its key is made here, given once and kept by the phone alone."""
    paired = phones.pair(code=str(_body(request).get("code", "")), now=timezone.now())
    key = base64.b64encode(os.urandom(_KEY_BYTES)).decode()
    return JsonResponse({"token": paired.token, "key": key, "name": paired.phone.name})


@_plain
@require_POST
def notes(request: HttpRequest) -> JsonResponse:
    """Take in what the crew wrote down."""
    phone, scope = _phone(request)
    body = _body(request)
    sent = body.get("notes")
    if not isinstance(sent, list) or len(sent) > _MOST:
        raise Unreadable
    kept, refused = operations.receive(
        phone=phone, notes=sent, is_last=body.get("last") is True, now=timezone.now(), scope=scope
    )
    return JsonResponse({"kept": kept, "refused": refused})


@_plain
@require_POST
def unpair(request: HttpRequest) -> JsonResponse:
    """Let go of a phone that asks for it itself."""
    phone, _scope = _phone(request)
    phones.unpair(phone=phone, now=timezone.now())
    return JsonResponse({})


@_plain
@require_safe
def pack(request: HttpRequest) -> JsonResponse:
    """Give what the phone takes along."""
    phone, scope = _phone(request)
    told = {"phone": phone.name, "who": phone.account.display_name}
    return JsonResponse({**queries.pack(scope, timezone.localdate()), **told})


def _phone(request: HttpRequest) -> tuple[FieldPhone, Scope]:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    phone = phones.by_token(token)
    return phone, scope_for(phone.account, Action.DRAFT, "touring")


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except ValueError as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _refusal(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
