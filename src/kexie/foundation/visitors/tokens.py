"""Signed proof of who signed in: the cookie of the pages and the bearer token of the API are the same text.

It is checked without asking the database: base64url of version, visitor, association, epoch and expiry (in
seconds), then a keyed hash over them. Whether it was ended early only the visitor's row says
(`visitors.queries.by_token`); without that look-up a token counts until it expires.
"""

import base64
import binascii
import datetime as dt
import struct
from dataclasses import dataclass
from uuid import UUID

from kexie.foundation.visitors import rules
from kexie.foundation.visitors.models import Visitor
from kexie.platform import crypto

_VERSION = 1
_BODY = struct.Struct(">B16s16sIQ")
_MAC_BYTES = 32
# Keeps these hashes apart from digests of other texts under the same key.
_PURPOSE = "visitors.token:"


@dataclass(frozen=True)
class Token:
    """What a valid token says."""

    visitor_id: UUID
    association_id: UUID
    epoch: int
    expires_at: dt.datetime


def issue(visitor: Visitor, *, now: dt.datetime, lasts: dt.timedelta = rules.SIGN_IN_LASTS) -> str:
    """Return a token of the visitor, valid until `lasts` from now or until the visitor's epoch is raised."""
    expiry = int((now + lasts).timestamp())
    body = _BODY.pack(_VERSION, visitor.pk.bytes, visitor.association_id.bytes, visitor.epoch, expiry)
    return base64.urlsafe_b64encode(body + _mac(body)).rstrip(b"=").decode()


def verify(token: str, *, now: dt.datetime) -> Token | None:
    """Return what the token says if it is ours and has not expired, else None; asks no database."""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = data[: _BODY.size], data[_BODY.size :]
    if (
        len(body) != _BODY.size
        or len(mac) != _MAC_BYTES
        or not crypto.digests_equal(mac.hex(), _mac(body).hex())
    ):
        return None
    version, visitor, association, epoch, expiry = _BODY.unpack(body)
    if version != _VERSION or now.timestamp() >= expiry:
        return None
    return Token(
        UUID(bytes=visitor), UUID(bytes=association), epoch, dt.datetime.fromtimestamp(expiry, tz=dt.UTC)
    )


def _mac(body: bytes) -> bytes:
    return bytes.fromhex(crypto.keyed_digest(_PURPOSE + body.hex()))
