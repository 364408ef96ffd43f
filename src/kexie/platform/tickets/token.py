"""The text in a ticket's QR code: which reservation, where, when and for how many, under our signature.

It names no person. Bytes, big-endian: version (1), reservation (16), venue tag (4), start in minutes since 2020-01-01 UTC
(4), length in minutes (2), people (1), flags (1), then our Ed25519 signature with its key number (65). Written as "KX1."
and base32 without padding, it uses only characters of a QR code's alphanumeric mode.
"""

import base64
import datetime as dt
import hashlib
import re
import struct
import unicodedata
from dataclasses import dataclass
from enum import IntFlag
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform import crypto

PREFIX = "KX1."
_VERSION = 1
_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)
_BODY = struct.Struct(">B16s4sIHBB")
_SIGNATURE_BYTES = 65
_MAX_SIZE = 255
# What is signed starts with this, so that no signature of another kind can ever stand for a ticket.
DOMAIN = b"kexie ticket\0"


class NotATicket(UserError):
    """The text is no ticket of ours: another code, a part of one, or a newer version."""


class Forged(NotATicket):
    """The text has the form of a ticket, but the signature is not ours."""


class Flags(IntFlag):
    """What the gate should know besides number and time."""

    NONE = 0
    GROUP = 1
    PRIORITY = 2
    MINORS = 4


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a ticket says."""

    reservation_id: UUID
    venue_tag: bytes
    starts_at: dt.datetime
    ends_at: dt.datetime
    size: int
    flags: Flags = Flags.NONE

    def is_for(self, venue_id: UUID) -> bool:
        """Whether the ticket is for this venue."""
        return self.venue_tag == tag_of(venue_id)


def tag_of(venue_id: UUID) -> bytes:
    """Return the four bytes by which tickets name a venue."""
    return hashlib.sha256(b"kexie venue\0" + venue_id.bytes).digest()[:4]


def issue(
    *,
    reservation_id: UUID,
    venue_id: UUID,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    size: int,
    flags: Flags = Flags.NONE,
) -> str:
    """Return the signed text of a ticket; issuing it again gives the same text."""
    ticket = Ticket(
        reservation_id=reservation_id,
        venue_tag=tag_of(venue_id),
        starts_at=starts_at,
        ends_at=ends_at,
        size=size,
        flags=flags,
    )
    return encode(ticket)


def encode(ticket: Ticket) -> str:
    """Return the signed text of a ticket. Raises ValueError when it cannot be written (no people, no time)."""
    minutes = (ticket.ends_at - ticket.starts_at) // _MINUTE
    if not 1 <= ticket.size <= _MAX_SIZE or minutes <= 0:
        raise ValueError("a ticket is for 1 to 255 people and ends after it starts")
    body = _BODY.pack(
        _VERSION,
        ticket.reservation_id.bytes,
        ticket.venue_tag,
        (ticket.starts_at - _EPOCH) // _MINUTE,
        minutes,
        ticket.size,
        ticket.flags,
    )
    return PREFIX + base64.b32encode(body + crypto.sign(DOMAIN + body)).decode().rstrip("=")


def decode(text: str) -> Ticket:
    """Return what a text says without looking at its signature. Raises NotATicket."""
    return _read(_take_apart(text)[0])


def verify(text: str) -> Ticket:
    """Return what a ticket of ours says. Raises NotATicket, or Forged when the signature is not ours."""
    body, signature = _take_apart(text)
    ticket = _read(body)
    if not crypto.verify(DOMAIN + body, signature):
        raise Forged(_("这张票的签名不对，不是本平台签发的。"))
    return ticket


def _take_apart(text: str) -> tuple[bytes, bytes]:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    letters = plain.removeprefix(PREFIX)
    try:
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:  # no base32, or letters that are not ASCII
        data = b""
    if letters == plain or len(data) != _BODY.size + _SIGNATURE_BYTES:
        raise NotATicket(_("这不是入馆票的二维码，请出示预约成功页面上的二维码。"))
    return data[: _BODY.size], data[_BODY.size :]


def _read(body: bytes) -> Ticket:
    version, reservation, venue, start, minutes, size, flags = _BODY.unpack(body)
    if version != _VERSION:
        raise NotATicket(_("这张票的版本较新，请更新核验设备后再试。"))
    starts_at = _EPOCH + start * _MINUTE
    return Ticket(
        reservation_id=UUID(bytes=reservation),
        venue_tag=venue,
        starts_at=starts_at,
        ends_at=starts_at + minutes * _MINUTE,
        size=size,
        flags=Flags(flags),
    )
