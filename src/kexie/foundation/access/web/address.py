"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from kexie.foundation.access.sign_in import Where


def client_address(request: HttpRequest) -> str | None:
    """Return the browser's IP address.

    Behind TRUSTED_PROXIES proxies of ours, each of which appends to X-Forwarded-For, it is that many entries
    from the right; what stands further left anyone may have written.
    """
    return address_from(request.headers.get("X-Forwarded-For", ""), request.META.get("REMOTE_ADDR", ""))


def address_from(forwarded_for: str, remote: str) -> str | None:
    """As client_address, from the two values alone."""
    proxies = getattr(settings, "TRUSTED_PROXIES", 0)
    forwarded = [item.strip() for item in forwarded_for.split(",")]
    address = forwarded[-proxies] if 0 < proxies <= len(forwarded) else remote
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def where(request: HttpRequest, method: str = "password") -> Where:
    """Return where an attempt to sign in comes from."""
    return Where(ip=client_address(request), agent=request.headers.get("User-Agent", ""), method=method)
