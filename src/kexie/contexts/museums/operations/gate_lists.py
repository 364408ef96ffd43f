"""What a scanner asks for: its keys when it is paired, the day's list, and a look-up; lists are sealed for it alone."""

import base64
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.operations import gate_notes
from kexie.contexts.museums.queries import gate
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Device, Passage
from kexie.platform.capacity.operations import devices, passages
from kexie.platform.capacity.operations.devices import Paired
from kexie.platform.tickets import daylist
from kexie.platform.tickets.token import tag_of

# Packing a very full day takes seconds: such a list is kept a while, and whoever gets it asks for the changes since.
_KEEP_FROM, _KEEP_SECONDS = 5000, 600
_SHOWN_DOUBLES = 20


def paired_out(paired: Paired) -> dict[str, Any]:
    """Return what a device is told once, when it is paired."""
    museum = gate.museum_of(paired.device)
    return {
        "token": paired.token,
        "key": base64.b64encode(paired.key).decode(),
        "device": str(paired.device.pk),
        "name": paired.device.name,
        "gate": paired.device.gate,
        "museum": museum.name,
        "venue": tag_of(gate.venue_of(museum)).hex(),
        "keys": {
            number: base64.b64encode(key).decode() for number, key in sorted(crypto.public_keys().items())
        },
    }


def day_list(*, device: Device, since: str, now: dt.datetime) -> bytes:
    """Return the day's list for a device, or what changed in it since the cursor of an earlier one of the day."""
    museum, day = gate.museum_of(device), timezone.localdate(now)
    from_ = _moment(since)
    if from_ is None or timezone.is_naive(from_) or timezone.localdate(from_) != day:
        packed = _whole(museum, day, now)
    else:
        head, rows = gate.day_list(museum, day, now=now, since=from_)
        packed = daylist.pack(_with_state(head, device, day), rows)
    return daylist.seal(packed, key=devices.key_of(device))


def find(*, device: Device, number: str, now: dt.datetime) -> bytes:
    """Return the rows of whoever has this document number; that it was looked up is written down, the number is not."""
    museum, day = gate.museum_of(device), timezone.localdate(now)
    head, rows = gate.rows_of(museum, day, gate.by_number(museum, day, number), now=now)
    audit.append(
        association_id=device.association_id, actor=None, action="museums.find_at_gate", subject=device,
        detail={"found": len(rows)}, now=now,
    )  # fmt: skip
    return daylist.seal(daylist.pack(head, rows), key=devices.key_of(device))


def _moment(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None


def _whole(museum: Museum, day: dt.date, now: dt.datetime) -> bytes:
    place = f"gate-list:{museum.pk}:{day}"
    kept: bytes | None = cache.get(place)
    if kept is None:
        head, rows = gate.day_list(museum, day, now=now)
        kept = daylist.pack(head, rows)
        if len(rows) >= _KEEP_FROM:
            cache.set(place, kept, _KEEP_SECONDS)
    return kept


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
