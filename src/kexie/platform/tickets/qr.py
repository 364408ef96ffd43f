"""The QR code of a text, as a drawing for pages and as pixels."""

import io
from functools import lru_cache

import segno

QUIET_ZONE = 4


def svg(text: str) -> str:
    """Return an <svg> for a page: dark on white whatever the page's colours, as wide as its frame, and named nothing."""
    return _make(text).svg_inline(
        border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass="qr__dark"
    )


def png(text: str, *, scale: int = 8) -> bytes:
    """Return a black and white PNG, `scale` pixels to a module."""
    out = io.BytesIO()
    _make(text).save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return out.getvalue()


def rows(text: str) -> list[list[bool]]:
    """Return the modules, without the quiet zone: True is dark."""
    return [[bool(module) for module in row] for row in _make(text).matrix]


@lru_cache(maxsize=256)
def _make(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False, boost_error=False)
