"""Pictures for the demonstration's handover lists: drawn, so that they show nobody and nothing real."""

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

_SIZE = (640, 480)
_WALL, _TABLE, _PANEL, _EDGE = "#e8e4da", "#b9a98a", "#3f6f9f", "#1d3b57"
_GOOD, _BAD, _RING = "#3d9a57", "#7a7a7a", "#d4342b"


def exhibit(number: int, *, is_faulty: bool) -> "ContentFile[bytes]":  # subscriptable in stubs only
    """Return a drawing of an exhibit's panel: its buttons, the broken one of which is ringed."""
    image = Image.new("RGB", _SIZE, _WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill=_TABLE)
    draw.rounded_rectangle((110, 90, 530, 380), radius=22, fill=_PANEL, outline=_EDGE, width=8)
    draw.ellipse((190, 130, 330, 270), fill="#f2c14e", outline=_EDGE, width=6)
    draw.arc((160, 100, 360, 300), 200 + number * 7 % 90, 320 + number * 7 % 90, fill="#ffffff", width=8)
    for place in range(3):
        is_bad = is_faulty and place == number % 3
        x, y = 400, 150 + place * 70
        draw.ellipse((x, y, x + 44, y + 44), fill=_BAD if is_bad else _GOOD, outline=_EDGE, width=4)
        if is_bad:
            draw.ellipse((x - 18, y - 18, x + 62, y + 62), outline=_RING, width=7)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return ContentFile(buffer.getvalue(), name=f"exhibit-{number}.png")
