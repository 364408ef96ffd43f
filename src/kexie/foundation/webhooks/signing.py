"""The signature of a message, as its receiver checks it.

Kexie-Signature: t=1764042000,v1=<hex of HMAC-SHA256 over "1764042000." and the body>
"""

import datetime as dt
import hashlib
import hmac
import secrets

HEADER = "Kexie-Signature"
PREFIX = "whsec_"


def new_secret() -> str:
    """Return 256 random bits, marked as what they are."""
    return PREFIX + secrets.token_urlsafe(32)


def signature(secret: str, body: bytes, *, now: dt.datetime) -> str:
    """Return the header's value."""
    at = int(now.timestamp())
    return f"t={at},v1={_mac(secret, at, body)}"


def is_good(header: str, secret: str, body: bytes, *, now: dt.datetime, tolerance: int = 300) -> bool:
    """Whether a message is ours and not older than `tolerance` seconds: what every receiver should ask."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdecimal() or abs(now.timestamp() - int(parts["t"])) > tolerance:
        return False
    return hmac.compare_digest(parts.get("v1", ""), _mac(secret, int(parts["t"]), body))


def _mac(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
