"""A ticket to keep: a card of a wallet's size as PNG and as PDF, with the QR code and what it is for.

The PDF names a Chinese font that every reader brings along (STSong-Light), so it needs none of ours. The PNG is drawn
with a Chinese font of this machine; where there is none, it says the museum only in the code's numbers and dates.
"""

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from kexie.platform.tickets import qr

_INK, _SOFT, _ACCENT = "#15202b", "#414e5a", "#0b6b4c"
_FONT = "STSong-Light"
_WIDTH, _HEIGHT, _EDGE = 720, 1080, 56
_QR_SIDE = 583
_ASCII = 128


@dataclass(frozen=True, kw_only=True)
class Card:
    """What stands on the card: no names of visitors, so that it can be sent to whoever comes along."""

    heading: str
    title: str
    lines: Sequence[tuple[str, str]]
    code: str
    token: str
    foot: str = ""


def pdf(card: Card) -> bytes:
    """Return one page of A6; the text can be selected and read aloud."""
    out, (width, height) = io.BytesIO(), A6
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    canvas = Canvas(out, pagesize=A6, invariant=True, lang="zh-CN")
    canvas.setTitle(f"{card.heading} {card.title} {card.code}")
    canvas.setFillColor(HexColor(_ACCENT))
    canvas.rect(0, height - 16 * mm, width, 16 * mm, stroke=0, fill=1)
    _say(canvas, (8 * mm, height - 10.5 * mm), card.heading, 13, white)
    _say(
        canvas, (8 * mm, height - 25 * mm), card.title, _fitting(card.title, width - 16 * mm), HexColor(_INK)
    )
    _draw_code(canvas, card.token, left=(width - 62 * mm) / 2, bottom=height - 91 * mm, side=62 * mm)
    _say_lines(canvas, card, width=width, top=height - 99 * mm)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _say_lines(canvas: Canvas, card: Card, *, width: float, top: float) -> None:
    canvas.setFont("Courier-Bold", 13)
    canvas.setFillColor(HexColor(_INK))
    canvas.drawCentredString(width / 2, top + 3 * mm, card.code)
    for number, (label, value) in enumerate(card.lines):
        y = top - (4 + 7 * number) * mm
        _say(canvas, (8 * mm, y), label, 9, HexColor(_SOFT))
        _say(canvas, (26 * mm, y), value, min(11, _fitting(value, width - 34 * mm)), HexColor(_INK))
    _say(canvas, (8 * mm, 7 * mm), card.foot, min(8, _fitting(card.foot, width - 16 * mm)), HexColor(_SOFT))


def _say(canvas: Canvas, at: tuple[float, float], text: str, size: float, colour: Any) -> None:
    canvas.setFillColor(colour)
    canvas.setFont(_FONT, size)
    canvas.drawString(*at, text)


def _fitting(text: str, width: float) -> float:
    """Return the size (at most 16) at which a text fits into a width."""
    return min(16.0, width / max(1.0, float(pdfmetrics.stringWidth(text, _FONT, 1))))


def _draw_code(canvas: Canvas, token: str, *, left: float, bottom: float, side: float) -> None:
    modules = qr.rows(token)
    step = side / len(modules)
    canvas.setFillColor(HexColor("#000000"))
    for y, row in enumerate(modules):
        for start, length in _runs(row):
            x = left + start * step
            canvas.rect(x, bottom + side - (y + 1) * step, length * step, step, stroke=0, fill=1)


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield start and length of what is dark without a gap: seams between modules would show in print."""
    start = None
    for position, dark in enumerate([*row, False]):
        if dark and start is None:
            start = position
        elif not dark and start is not None:
            yield start, position - start
            start = None


def png(card: Card) -> bytes:
    """Return the card as a picture for a phone's album."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _WIDTH, 96), fill=_ACCENT)
    _write(draw, (_EDGE, 28), card.heading, 36, "white")
    _write(draw, (_EDGE, 116), card.title, 44, _INK)
    # Whole pixels to a module: a code that was scaled afterwards is hard to read.
    modules = len(qr.rows(card.token)) + 2 * qr.QUIET_ZONE
    with Image.open(io.BytesIO(qr.png(card.token, scale=_QR_SIDE // modules))) as code:
        image.paste(code, ((_WIDTH - code.width) // 2, 184))
    draw.text((_WIDTH // 2, 768), card.code, font=_font(40), fill=_INK, anchor="mm")
    for number, (label, value) in enumerate(card.lines):
        _write(draw, (_EDGE, 812 + 56 * number), label, 26, _SOFT)
        _write(draw, (_EDGE + 130, 808 + 56 * number), value, 32, _INK)
    _write(draw, (_EDGE, _HEIGHT - 48), card.foot, 22, _SOFT)
    out = io.BytesIO()
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: str) -> None:
    """Write one line, smaller if it would run off the card; only what the font can show."""
    shown = text if font_file() else "".join(letter for letter in text if ord(letter) < _ASCII)
    font = _font(size)
    room = _WIDTH - _EDGE - at[0]
    if (needed := draw.textlength(shown, font=font)) > room:
        font = _font(max(12, int(size * room / needed)))
    draw.text(at, shown, font=font, fill=colour)


@cache
def _font(size: int) -> Any:
    found = font_file()
    return ImageFont.truetype(str(found), size) if found else ImageFont.load_default(size)


@cache
def font_file() -> Path | None:
    """Return a file with Chinese letters, as fontconfig or the usual folders have it; None if there is none."""
    program = shutil.which("fc-match")
    if program:
        told = subprocess.run(
            [program, "-f", "%{lang}\t%{file}", "Noto Sans CJK SC:lang=zh-cn"],
            capture_output=True,
            text=True,
            check=False,
        )
        languages, _tab, file = told.stdout.partition("\t")
        if "zh-cn" in languages.split("|"):
            return Path(file)
    return next(Path("/usr/share/fonts").rglob("*CJK*.tt[cf]"), None)
