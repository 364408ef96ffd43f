"""Identifiers: time-ordered primary keys and short public codes."""

import os
import secrets
import time
import uuid

_CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def uuid7(at_ms: int | None = None) -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def short_code(length: int = 8) -> str:
    """Return a random public code of `length` characters without look-alikes (no 0, 1, i, l, o)."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(length))
