"""What a scanner sends, checked line by line: one bad line never holds up the others."""

import datetime as dt
import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.capacity.models import Device, Passage, Tally
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.capacity.operations.passages import MAX_NOTES, Batch, Note, Receipt

_MAX_COUNT = 500
_MAX_SEQUENCE = 2**53
_MAX_REASON = 200
_MAX_GATE = 40
_MAX_PENDING = 10**6
_SENT = (Passage.Verdict.COUNTED, Passage.Verdict.OVERRIDE, Passage.Verdict.REFUSED)


class Unreadable(UserError):
    """The body is no JSON object, or lacks what it needs."""


class NoDevice(UserError):
    """The token is of no device ("unknown"), or of one that was taken away ("revoked")."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Read:
    """A batch, and the ids of lines that made no sense with why."""

    batch: Batch
    rejected: dict[str, str] = field(default_factory=dict)


def device_of(authorization: str) -> Device:
    """Return the paired device whose bearer token this header holds. Raises NoDevice."""
    found = devices.by_token(_token(authorization))
    if found is None or found.revoked_at:
        raise _shut_out(found)
    return found


def _token(authorization: str) -> str:
    scheme, _space, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _shut_out(found: Device | None) -> NoDevice:
    if found is None:
        return NoDevice(_("这台设备没有配对，请重新配对。"), code="unknown")
    return NoDevice(_("这台设备已被停用，名单已清除。"), code="revoked")


def take(*, authorization: str, body: bytes, now: dt.datetime) -> dict[str, Any]:
    """Take in what happened at a gate, and return what the device is answered. Raises Unreadable, NoDevice."""
    try:
        read = batch_of(body_of(body))
    except Unreadable:
        device_of(authorization)  # a stranger learns nothing of what he sends
        raise
    return answer(read, passages.take_in(token=_token(authorization), batch=read.batch, now=now), now)


def begin(
    *, authorization: str, body: bytes, now: dt.datetime
) -> tuple[Read, Future[Receipt | Device | None]]:
    """As take, without waiting: what was read, and the promise of what `answer` makes the answer of.

    Raises Unreadable.
    """
    read = batch_of(body_of(body))
    return read, passages.handed_in(token=_token(authorization), batch=read.batch, now=now)


def answer(read: Read, found: Receipt | Device | None, now: dt.datetime) -> dict[str, Any]:
    """Return what a device is answered. Raises NoDevice."""
    if not isinstance(found, Receipt):
        raise _shut_out(found)
    return {
        "now": milliseconds(now),
        "skew": found.device.skew_ms,
        "accepted": [str(note.id) for note in read.batch.notes],
        "undone": [str(one) for one in read.batch.undone],
        "rejected": read.rejected,
        "tally": tally_out(found.tally),
        "doubles": [str(one.pk) for one in found.doubles],
    }


def tally_out(tally: Tally) -> dict[str, int]:
    """Return a count as devices know it."""
    return {"entered": tally.entered, "left": tally.left, "walkIns": tally.walk_ins}


def milliseconds(moment: dt.datetime) -> int:
    """Return a moment as devices count time."""
    return int(moment.timestamp() * 1000)


def body_of(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object that was sent. Raises Unreadable."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreadable(_("请求内容不是有效的 JSON 对象。"))
    return found


def batch_of(body: Mapping[str, Any]) -> Read:
    """Return what was sent as a batch. Raises Unreadable when the whole makes no sense."""
    lines = body.get("notes") or []
    if not isinstance(lines, list) or len(lines) > MAX_NOTES:
        raise Unreadable(_("notes 应为列表，一次最多%(limit)d条。") % {"limit": MAX_NOTES})
    notes, rejected = [], {}
    for line in lines:
        try:
            notes.append(_note(line))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            rejected[_name(line)] = str(error)
    return Read(_batch(body, notes), rejected)


def _batch(body: Mapping[str, Any], notes: list[Note]) -> Batch:
    try:
        return Batch(
            sent_at=_moment(body["sent_at"]),
            pending=max(0, min(int(body.get("pending", 0)), _MAX_PENDING)),
            gate=str(body.get("gate", "")).strip()[:_MAX_GATE],
            notes=notes,
            undone=[UUID(str(one)) for one in body.get("undone") or []],
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unreadable(_("缺少 sent_at（设备时钟的毫秒数），或 pending、undone 的格式不对。")) from None


def _note(line: Mapping[str, Any]) -> Note:
    kind, verdict = Passage.Kind(line["kind"]), Passage.Verdict(line.get("verdict", Passage.Verdict.COUNTED))
    count, reason = int(line["count"]), str(line.get("reason", "")).strip()[:_MAX_REASON]
    if not 1 <= count <= _MAX_COUNT:
        raise ValueError("count")
    if not 0 <= int(line["seq"]) <= _MAX_SEQUENCE:
        raise ValueError("seq")
    if verdict not in _SENT or (verdict == Passage.Verdict.OVERRIDE and not reason):
        raise ValueError("verdict")
    reservation = line.get("reservation")
    return Note(
        id=UUID(str(line["id"])),
        sequence=int(line["seq"]),
        at=_moment(line["at"]),
        direction=Passage.Direction(line["direction"]),
        kind=kind,
        count=count,
        verdict=verdict,
        reservation_id=UUID(str(reservation)) if reservation else None,
        reason=reason,
    )


def _moment(milliseconds: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(milliseconds) / 1000, tz=dt.UTC)


def _name(line: Any) -> str:
    return str(line.get("id", "")) if isinstance(line, dict) else ""
