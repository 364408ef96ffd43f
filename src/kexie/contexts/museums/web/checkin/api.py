"""What scanners ask: JSON with a bearer token in the header, so neither cookies nor CSRF tokens take part.

    POST /checkin/api/pair    {"code"}                       → token, key, device, venue, public keys
    POST /checkin/api/notes   {"sent_at", "pending", "gate", "notes": […], "undone": […]}
                                                             → server time, tally, accepted and rejected ids, doubles
    GET  /checkin/api/list    ?since=cursor                  → the day's list, sealed (octets)
    POST /checkin/api/find    {"number"}                     → sealed rows of whoever has this document number

Answers of 401 carry `code`: "revoked" (empty yourself) or "unknown" (pair again). All else that fails is 400 or 422 with
`message` in the reader's language.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kexie.contexts.museums.operations import gate_lists, gate_notes
from kexie.kernel.errors import UserError
from kexie.platform.capacity.models import Device
from kexie.platform.capacity.operations import devices

BAD_REQUEST, UNAUTHORIZED, UNPROCESSABLE = 400, 401, 422
DeviceView = Callable[..., HttpResponseBase]


def _plain(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer what a person can put right with a message, and let nothing be kept on the way."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except gate_notes.Unreadable as error:
            response = _refusal("unreadable", str(error), BAD_REQUEST)
        except gate_notes.NoDevice as error:
            response = _refusal(error.code, str(error), UNAUTHORIZED)
        except UserError as error:
            response = _refusal("refused", str(error), UNPROCESSABLE)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(answered)


def _for_device(view: DeviceView) -> Callable[..., HttpResponseBase]:
    """Let a paired device in, and tell one that was taken away to empty itself."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        return view(request, gate_notes.device_of(request.headers.get("Authorization", "")))

    return _plain(guarded)


@_plain
@require_POST
def pair(request: HttpRequest) -> HttpResponse:
    """Pair the phone on which a code was typed."""
    code = str(gate_notes.body_of(request.body).get("code", ""))
    return JsonResponse(gate_lists.paired_out(devices.pair(code=code, now=timezone.now())))


@_plain
@require_POST
def notes(request: HttpRequest) -> HttpResponse:
    """Take in what happened at the gate; the same as `rest.gate` does before the framework."""
    authorization = request.headers.get("Authorization", "")
    return JsonResponse(gate_notes.take(authorization=authorization, body=request.body, now=timezone.now()))


@_for_device
@require_safe
def day_list(request: HttpRequest, device: Device) -> HttpResponse:
    """Give the day's list, or what changed in it, encrypted for this device alone."""
    sealed = gate_lists.day_list(device=device, since=request.GET.get("since", ""), now=timezone.now())
    return HttpResponse(sealed, content_type="application/octet-stream")


@_for_device
@require_POST
def find(request: HttpRequest, device: Device) -> HttpResponse:
    """Look up whoever has this document number; that it was looked up is written down, the number is not."""
    number = str(gate_notes.body_of(request.body).get("number", ""))
    sealed = gate_lists.find(device=device, number=number, now=timezone.now())
    return HttpResponse(sealed, content_type="application/octet-stream")


def _refusal(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
