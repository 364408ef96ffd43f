"""Labels: an exhibit's public address as a QR code."""

from dataclasses import dataclass

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from kexie.contexts.museums.models import Exhibit


@dataclass(frozen=True)
class Label:
    """What stands on one label."""

    exhibit: Exhibit
    address: str
    short: str
    qr: SafeString


def label(request: HttpRequest, exhibit: Exhibit, *, scale: int = 3) -> Label:
    """Return the label of an exhibit."""
    path = reverse("exhibit:label", args=[exhibit.token])
    address = request.build_absolute_uri(path)
    return Label(exhibit, address, f"{request.get_host()}{path}", qr(address, scale=scale))


def qr(address: str, *, scale: int = 3) -> SafeString:
    """Return an address as an inline SVG; a fifth of it may be scratched away."""
    code = segno.make(address, error="q", micro=False)
    # Trusted: segno draws it, and the address is our own.
    return mark_safe(code.svg_inline(scale=scale, border=2, svgclass="qr", lineclass=None))  # noqa: S308
