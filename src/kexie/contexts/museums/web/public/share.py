"""A picture to pass on: the museum's name, hours and address, and a QR code that leads to its page."""

import hashlib
import io
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.templatetags.museum_public import open_weekdays, opening_hours
from kexie.contexts.museums.web.public.base import MuseumPage
from kexie.platform.tickets import qr
from kexie.platform.tickets.card import font_file

_SIZE, _EDGE, _CODE = (900, 1200), 72, 520
_INK, _SOFT, _ACCENT, _PAPER = "#15202b", "#414e5a", "#0b6b4c", "#f8faf6"


class ShareImage(MuseumPage):
    """The picture."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer with the PNG, or 304."""
        museum = self.museum
        content = draw(museum.name, _lines(museum), request.build_absolute_uri(self.url("museum")))
        etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
        if request.headers.get("If-None-Match") == etag:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = HttpResponse(content, content_type="image/png")
        response["ETag"], response["Cache-Control"] = etag, "public, max-age=3600"
        return response


def _lines(museum: Museum) -> tuple[str, ...]:
    open_at = f"{open_weekdays(museum)} {opening_hours(museum)}".strip()
    return tuple(line for line in (open_at, museum.ticket, museum.address) if line)


@lru_cache(maxsize=64)
def draw(title: str, lines: tuple[str, ...], address: str) -> bytes:
    """Return the picture as PNG. Where this machine has no Chinese font, the QR code says it all."""
    image = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _SIZE[0], 18), fill=_ACCENT)
    if font_file():
        _write(pen, 84, title, 64, _INK)
        for number, line in enumerate(lines):
            _write(pen, 190 + 58 * number, line, 36, _SOFT)
        _write(pen, 1080, _("扫一扫，看今日开放与余票，在线预约"), 36, _ACCENT)
    with Image.open(io.BytesIO(qr.png(address, scale=12))) as code:
        sized = code.convert("RGB").resize((_CODE, _CODE), Image.Resampling.NEAREST)
        image.paste(sized, ((_SIZE[0] - _CODE) // 2, 470))
    out = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(pen: ImageDraw.ImageDraw, top: int, text: str, size: int, colour: str) -> None:
    """Write a line in the middle, smaller if it would not fit."""
    room = _SIZE[0] - 2 * _EDGE
    font = ImageFont.truetype(str(font_file()), size)
    if (needed := pen.textlength(text, font=font)) > room:
        font = ImageFont.truetype(str(font_file()), max(16, int(size * room / needed)))
    pen.text((_SIZE[0] // 2, top), text, font=font, fill=colour, anchor="mt")
