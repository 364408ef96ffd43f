"""The list of one venue's day, packed for the scanners: small enough for a phone, readable without a database.

A list is `compressed` (a header in JSON, then one column after the other, deflated), signed by us and encrypted for one
device. Sent are 12 bytes of nonce and AES-256-GCM of: signature (65 bytes), deflated list. The same form carries the
changes since an earlier list: a row replaces the one of the same reservation.

Columns, each over all rows in order of reservation ids: id (16 bytes), code (WIDTH letters), slot (u16), size, state, entered,
left, gate of the first entry (1 byte each; gate 255 is none), its minute of the day (u16), flags (1), people named (1).
Then over all people in the same order: digest of the last letters of their document (3 bytes), and their masked
names, in UTF-8, each ended by a line feed. Numbers are little-endian.
"""

import datetime as dt
import hmac
import json
import secrets
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kexie.platform import crypto

VERSION = 1
CODE_WIDTH = 8
TAIL_LETTERS = 6
TAIL_BYTES = 3
NO_GATE = 255
KEY_BYTES = 32
_NONCE_BYTES = 12
_SIGNATURE_BYTES = 65
_LEVEL = 6
_MAX_COUNT = 255
DOMAIN = b"kexie day list\0"


class State(IntEnum):
    """Whether a row opens the gate."""

    CONFIRMED = 0
    CANCELLED = 1
    HELD = 2
    EXPIRED = 3
    NO_SHOW = 4
    BLOCKED = 5


class Person(NamedTuple):
    """One visitor of a reservation as the gate may see them: a masked name and a digest of the document's end."""

    name: str
    tail: bytes


class Row(NamedTuple):
    """One reservation of the day, a plain tuple because a day may have a quarter of a million.

    `slot` is its place in the header's list of slots.
    """

    id: UUID
    code: str
    slot: int
    size: int
    state: State
    entered: int = 0
    left: int = 0
    gate: int = NO_GATE
    minute: int = 0
    flags: int = 0
    people: Sequence[Person] = ()


@dataclass(frozen=True, kw_only=True)
class Head:
    """What goes for the whole list; `settings` are the venue's rules for the gate.

    A slot is when it begins, until when people may come in, and when it ends, in minutes of the day.
    """

    venue_tag: bytes
    day: dt.date
    cursor: str
    is_full: bool
    slots: Sequence[tuple[int, int, int]]
    gates: Sequence[str]
    tail_key: bytes
    settings: Mapping[str, Any] = field(default_factory=dict)

    def saying(self, **more: Any) -> "Head":
        """Return the header with further settings."""
        return replace(self, settings={**self.settings, **more})

    def as_json(self, rows: int) -> bytes:
        """Return the header's bytes for a list of so many rows."""
        said = {
            "v": VERSION,
            "venue": self.venue_tag.hex(),
            "day": self.day.isoformat(),
            "cursor": self.cursor,
            "full": self.is_full,
            "slots": [list(slot) for slot in self.slots],
            "gates": list(self.gates),
            "tailKey": self.tail_key.hex(),
            "width": CODE_WIDTH,
            "rows": rows,
            **self.settings,
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def tail_of(number: str, key: bytes) -> bytes:
    """Return the digest by which the end of a document's number is looked up: a hint for the eye, no proof."""
    return hmac.digest(key, number[-TAIL_LETTERS:].upper().encode(), "sha256")[:TAIL_BYTES]


def pack(head: Head, rows: Iterable[Row]) -> bytes:
    """Return the list, deflated."""
    ordered = sorted(rows, key=lambda row: row.id.bytes)
    header = head.as_json(len(ordered))
    plain = b"".join((struct.pack("<I", len(header)), header, *_columns(ordered)))
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(plain) + deflate.flush()


def _columns(rows: Sequence[Row]) -> Iterable[bytes]:
    yield b"".join([row.id.bytes for row in rows])
    yield "".join([row.code.ljust(CODE_WIDTH)[:CODE_WIDTH] for row in rows]).encode("ascii", "replace")
    yield _shorts([row.slot for row in rows])
    for column in ("size", "state", "entered", "left", "gate"):
        yield bytes([min(getattr(row, column), _MAX_COUNT) for row in rows])
    yield _shorts([row.minute for row in rows])
    yield bytes([row.flags for row in rows])
    yield bytes([min(len(row.people), _MAX_COUNT) for row in rows])
    people = [person for row in rows for person in row.people[:_MAX_COUNT]]
    yield b"".join([person.tail for person in people])
    yield "".join([f"{person.name}\n" for person in people]).encode()


def _shorts(values: Sequence[int]) -> bytes:
    packed = array("H", values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def seal(packed: bytes, *, key: bytes) -> bytes:
    """Return a packed list signed by us and encrypted for the device that holds the key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, crypto.sign(DOMAIN + packed) + packed, None)


def open_sealed(sealed: bytes, *, key: bytes) -> bytes:
    """Return the packed list, as a device does. Raises crypto.Unreadable when it is not for it or not from us."""
    from cryptography.exceptions import InvalidTag

    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except InvalidTag:
        raise crypto.Unreadable("not for this key, or altered") from None
    signature, packed = plain[:_SIGNATURE_BYTES], plain[_SIGNATURE_BYTES:]
    if not crypto.verify(DOMAIN + packed, signature):
        raise crypto.Unreadable("not signed by us")
    return packed


def unpack(packed: bytes) -> tuple[dict[str, Any], list[Row]]:
    """Return header and rows of a packed list."""
    plain = zlib.decompress(packed, -zlib.MAX_WBITS)
    (length,) = struct.unpack_from("<I", plain)
    header = json.loads(plain[4 : 4 + length])
    return header, _Reader(plain, 4 + length, header["rows"]).rows()


class _Reader:
    """Reads the columns in their order."""

    def __init__(self, data: bytes, offset: int, count: int) -> None:
        self.data, self.offset, self.count = data, offset, count

    def take(self, size: int) -> bytes:
        self.offset += size
        return self.data[self.offset - size : self.offset]

    def shorts(self) -> tuple[int, ...]:
        return struct.unpack(f"<{self.count}H", self.take(2 * self.count))

    def rows(self) -> list[Row]:
        ids, codes, slots = self.take(16 * self.count), self.take(CODE_WIDTH * self.count), self.shorts()
        sizes, states, entered, left, gates = (self.take(self.count) for _column in range(5))
        minutes, flags, named = self.shorts(), self.take(self.count), self.take(self.count)
        people = iter(self._people(sum(named)))
        return [
            Row(
                UUID(bytes=ids[16 * n : 16 * n + 16]),
                codes[CODE_WIDTH * n : CODE_WIDTH * (n + 1)].decode().strip(),
                slots[n], sizes[n], State(states[n]), entered[n], left[n], gates[n], minutes[n], flags[n],
                tuple(next(people) for _person in range(named[n])),
            )
            for n in range(self.count)
        ]  # fmt: skip

    def _people(self, count: int) -> list[Person]:
        tails = self.take(TAIL_BYTES * count)
        names = self.data[self.offset :].decode().split("\n")[:count]
        return [Person(name, tails[TAIL_BYTES * n : TAIL_BYTES * (n + 1)]) for n, name in enumerate(names)]
