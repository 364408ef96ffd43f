"""What scanners ask: JSON with a bearer token in the header, so neither cookies nor CSRF tokens take part.

    POST /checkin/api/pair    {"code"}                       → token, key, device, venue, public keys
    POST /checkin/api/notes   {"sent_at", "pending", "gate", "notes": […], "undone": […]}
                                                             → server time, tally, accepted and rejected ids, doubles
    GET  /checkin/api/list    ?since=cursor                  → the day's list, sealed (octets)
    POST /checkin/api/find    {"number"}                     → sealed rows of whoever has this document number

Answers of 401 carry `code`: "revoked" (empty yourself) or "unknown" (pair again). All else that fails is 400 or 422 with
`message` in the reader's language.
"""

import base64
import datetime as dt
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.operations import gate_notes
from kexie.contexts.museums.queries import gate
from kexie.kernel.errors import UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Device, Passage
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.tickets import daylist
from kexie.platform.tickets.token import tag_of

BAD_REQUEST, UNAUTHORIZED, UNPROCESSABLE = 400, 401, 422
# Packing a very full day takes seconds: such a list is kept a while, and whoever gets it asks for the changes since.
_KEEP_FROM, _KEEP_SECONDS = 5000, 600
_SHOWN_DOUBLES = 20
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
    paired = devices.pair(code=code, now=timezone.now())
    museum = gate.museum_of(paired.device)
    keys = {number: base64.b64encode(key).decode() for number, key in sorted(crypto.public_keys().items())}
    return JsonResponse({
        "token": paired.token,
        "key": base64.b64encode(paired.key).decode(),
        "device": str(paired.device.pk),
        "name": paired.device.name,
        "gate": paired.device.gate,
        "museum": museum.name,
        "venue": tag_of(gate.venue_of(museum)).hex(),
        "keys": keys,
    })  # fmt: skip


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
    now, museum = timezone.now(), gate.museum_of(device)
    day = timezone.localdate(now)
    since = parse_datetime(request.GET.get("since", "").replace(" ", "+"))
    if since is None or timezone.is_naive(since) or timezone.localdate(since) != day:
        packed = _whole(museum, day, now)
    else:
        head, rows = gate.day_list(museum, day, now=now, since=since)
        packed = daylist.pack(_with_state(head, device, day), rows)
    sealed = daylist.seal(packed, key=devices.key_of(device))
    return HttpResponse(sealed, content_type="application/octet-stream")


def _whole(museum: Museum, day: dt.date, now: dt.datetime) -> bytes:
    place = f"gate-list:{museum.pk}:{day}"
    kept: bytes | None = cache.get(place)
    if kept is None:
        head, rows = gate.day_list(museum, day, now=now)
        kept = daylist.pack(head, rows)
        if len(rows) >= _KEEP_FROM:
            cache.set(place, kept, _KEEP_SECONDS)
    return kept


@_for_device
@require_POST
def find(request: HttpRequest, device: Device) -> HttpResponse:
    """Look up whoever has this document number; that it was looked up is written down, the number is not."""
    number = str(gate_notes.body_of(request.body).get("number", ""))
    now, museum = timezone.now(), gate.museum_of(device)
    day = timezone.localdate(now)
    ids = gate.by_number(museum, day, number)
    head, rows = gate.rows_of(museum, day, ids, now=now)
    audit.append(
        association_id=device.association_id, actor=None, action="museums.find_at_gate", subject=device,
        detail={"found": len(rows)}, now=now,
    )  # fmt: skip
    sealed = daylist.seal(daylist.pack(head, rows), key=devices.key_of(device))
    return HttpResponse(sealed, content_type="application/octet-stream")


def _with_state(head: daylist.Head, device: Device, day: dt.date) -> daylist.Head:
    """Return the head of a list of changes with what every device shows: the count, and double entries."""
    tally = passages.tally_of(device.association_id, device.venue_id, day)
    open_ = passages.doubles(device.association_id, device.venue_id, day)[:_SHOWN_DOUBLES]
    return head.saying(tally=gate_notes.tally_out(tally), doubles=_doubles(open_))


def _doubles(found: Iterable[Passage]) -> list[dict[str, Any]]:
    shown = list(found)
    firsts = passages.first_entries([one.reservation_id for one in shown if one.reservation_id])
    return [_double(one, firsts.get(one.reservation_id)) for one in shown if one.reservation_id]


def _double(one: Passage, first: Passage | None) -> dict[str, Any]:
    return {
        "code": one.reservation.code if one.reservation else "",
        "count": one.count,
        "at": gate_notes.milliseconds(one.at),
        "gate": _gate(one),
        "device": str(one.device_id),
        "first": {
            "at": gate_notes.milliseconds(first.at),
            "gate": _gate(first),
            "device": str(first.device_id),
        }
        if first
        else None,
    }


def _gate(passage: Passage) -> str:
    return (passage.device.gate or passage.device.name) if passage.device else ""


def _refusal(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
