"""Checking in, before the framework: when the doors open, every scanner asks at once."""

import re
from collections.abc import Callable
from typing import Any

from kexie.contexts.museums.operations import gate_notes
from kexie.kernel.errors import UserError
from kexie.kernel.plain import FastRoute, Later, PlainAnswer, PlainRequest


def take_notes(request: PlainRequest) -> PlainAnswer:
    """Take in what happened at a gate. The answers are those of `web.checkin.api.notes`."""
    authorization = request.headers.get("authorization", "")
    return _answered(lambda: gate_notes.take(authorization=authorization, body=request.body, now=request.now))


def begin_notes(request: PlainRequest) -> Later | None:
    """Begin the same without waiting, if it can be read."""
    authorization = request.headers.get("authorization", "")
    try:
        read, promise = gate_notes.begin(authorization=authorization, body=request.body, now=request.now)
    except gate_notes.Unreadable:
        return None
    return Later(promise, lambda found: _answered(lambda: gate_notes.answer(read, found, request.now)))


def _answered(does: Callable[[], dict[str, Any]]) -> PlainAnswer:
    try:
        return PlainAnswer(200, does())
    except gate_notes.NoDevice as error:
        return PlainAnswer(401, {"code": error.code, "message": str(error)})
    except gate_notes.Unreadable as error:
        return PlainAnswer(400, {"code": "unreadable", "message": str(error)})
    except UserError as error:
        return PlainAnswer(422, {"code": "refused", "message": str(error)})


FAST = (FastRoute("POST", re.compile("/checkin/api/notes"), take_notes, begin_notes),)
