"""Who speaks without signing in: a device with a cookie, and the network it is in; both as keyed digests."""

import secrets
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from kexie.foundation.access.web.address import client_address
from kexie.platform import crypto

COOKIE, _SALT = "kexie_device", "museums.device"
_DAYS = 180
_DIGITS = 32


@dataclass(frozen=True)
class Speaker:
    """A device: what its cookie says (or will say), and the digests that are kept with what it says."""

    cookie: str
    device: str
    address: str

    def remember(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Give the device its cookie, if it has none yet."""
        if request.get_signed_cookie(COOKIE, default="", salt=_SALT) != self.cookie:
            response.set_signed_cookie(
                COOKIE,
                self.cookie,
                salt=_SALT,
                max_age=_DAYS * 86_400,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )


def speaker(request: HttpRequest) -> Speaker:
    """Return the device that asks."""
    cookie = request.get_signed_cookie(COOKIE, default="", salt=_SALT) or secrets.token_hex(16)
    address = client_address(request)
    day = timezone.localdate().isoformat()
    return Speaker(
        cookie,
        _digest(f"device:{cookie}"),
        # With the day in it, so that nobody can be followed from one day to the next.
        _digest(f"address:{day}:{address}") if address else "",
    )


def _digest(text: str) -> str:
    return crypto.keyed_digest(text)[:_DIGITS]
