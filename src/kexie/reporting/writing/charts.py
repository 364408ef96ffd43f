"""Charts as pictures: bars with their values, for documents."""

import io
from collections.abc import Sequence
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont

from kexie.platform.tickets.card import font_file

_SIZE, _EDGE, _FOOT, _HEAD = (1600, 760), 60, 110, 110
_INK, _SOFT, _BAR, _RULE = "#15202b", "#414e5a", "#0b6b4c", "#c9d1d6"
_FULL = 0.62
_LETTERS = 5


def bars(title: str, points: Sequence[tuple[str, Decimal]], *, unit: str) -> bytes:
    """Return a PNG; without a Chinese font on this machine only bars and numbers are drawn."""
    image = Image.new("RGB", _SIZE, "white")
    pen = ImageDraw.Draw(image)
    _write(pen, (_SIZE[0] / 2, 48), f"{title}（{unit}）" if unit else title, 40, _INK)
    floor, width = _SIZE[1] - _FOOT, (_SIZE[0] - 2 * _EDGE) / max(len(points), 1)
    pen.line((_EDGE, floor, _SIZE[0] - _EDGE, floor), fill=_RULE, width=3)
    top = max((value for _label, value in points), default=Decimal(1)) or Decimal(1)
    for number, (label, value) in enumerate(points):
        middle, height = _EDGE + (number + 0.5) * width, float(value / top) * (floor - _HEAD - 60)
        half = width * _FULL / 2
        pen.rectangle((middle - half, floor - height, middle + half, floor), fill=_BAR)
        size = 30 if len(points) <= 12 else 22  # noqa: PLR2004 - months of a year still fit
        _write(pen, (middle, floor - height - 24), f"{value.normalize():f}", size, _INK)
        _write(pen, (middle, floor + 40), label[:_LETTERS], size, _SOFT)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: int, colour: str) -> None:
    file = font_file()
    font = ImageFont.truetype(str(file), size) if file else ImageFont.load_default(size)
    pen.text(at, words if file or words.isascii() else "", font=font, fill=colour, anchor="mm")
