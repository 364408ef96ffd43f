"""Trip sheets as PDF: a page of A4 for each van's day, with fields to be filled in and signed by hand.

The Chinese font (STSong-Light) is one that every reader brings along.
"""

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from kexie.contexts.touring.models import PlannedStop
from kexie.contexts.touring.queries.sheets import Sheet
from kexie.contexts.touring.rules.days import clock
from kexie.ui.templatetags.ui import weekday

# Name and telephone number in clear, by site.
Contacts = Mapping[UUID, tuple[str, str]]
_FONT = "STSong-Light"
_INK, _SOFT, _RULE = HexColor("#15202b"), HexColor("#414e5a"), HexColor("#8a949e")
_MARGIN = 15 * mm
_WIDTHS = tuple(width * mm for width in (9, 23, 57, 35, 18, 38))
_SIGN_HEIGHT = 16 * mm


def pdf(
    title: str, sheets: Sequence[Sheet], *, contacts: Contacts | None, made_at: dt.datetime, source: str = ""
) -> bytes:
    """Return the sheets; without `contacts` whom to ask for is masked. `source`: of the kilometres."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=title, lang="zh-CN", invariant=1,
    )  # fmt: skip
    foot = _foot(made_at, in_clear=contacts is not None)
    paper.build(list(_pages(title, sheets, contacts, source)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _pages(title: str, sheets: Sequence[Sheet], contacts: Contacts | None, source: str) -> Iterator[Flowable]:
    if not sheets:
        yield _say(_("这几天没有行程"), 14)
    for number, sheet in enumerate(sheets):
        if number:
            yield PageBreak()
        yield from _head(title, sheet, source)
        yield _stops(sheet, contacts)
        yield Spacer(1, 6 * mm)
        yield KeepTogether(_by_hand())


def _head(title: str, sheet: Sheet, source: str) -> Iterator[Flowable]:
    trip, van = sheet.trip, sheet.trip.van.caravan
    yield _say(f"{title}　{_('行程单')}", 10, _SOFT)
    yield _say(f"{trip.day:%Y-%m-%d} {weekday(trip.day)}　{van.name} {van.plate}", 16)
    yield Spacer(1, 2 * mm)
    crew = _("、").join(f"{one.name}（{one.get_job_display()}）" for one in sheet.crew) or _("未登记随车队员")
    values = {
        "leaves": f"{clock(trip.leaves):%H:%M}", "returns": f"{clock(trip.returns):%H:%M}",
        "km": round(trip.metres / 1000), "minutes": trip.driving,
    }  # fmt: skip
    yield _say(_("队员：%(crew)s") % {"crew": crew}, 11)
    yield _say(_("出车 %(leaves)s，返回 %(returns)s；约 %(km)s 公里，驾驶 %(minutes)s 分钟") % values, 11)
    if trip.night is not None:
        yield _say(_("当晚住：%(site)s附近") % {"site": trip.night.name}, 11)
    if source:
        yield _say(_("里程来源：%(source)s") % {"source": source}, 9, _SOFT)
    yield Spacer(1, 4 * mm)


def _stops(sheet: Sheet, contacts: Contacts | None) -> Table:
    heads = [_("序"), _("时间"), _("点位和地址"), _("联系人"), _("人数"), _("接待方签字")]
    rows = [[_say(text, 10, _SOFT) for text in heads]]
    rows += [_row(number, stop, contacts) for number, stop in enumerate(sheet.stops, 1)]
    return Table(rows, colWidths=_WIDTHS, style=_GRID, repeatRows=1)


def _row(number: int, stop: PlannedStop, contacts: Contacts | None) -> list[Any]:
    site = stop.site
    place = [_say(site.name, 11), _say(f"{site.area.name if site.area else ''} {site.address}", 9, _SOFT)]
    if stop.host_note:
        place.append(_say(_("留言：%(note)s") % {"note": stop.host_note}, 9, _SOFT))
    who = " ".join(contacts.get(site.pk, ())) if contacts is not None else site.masked_contact
    hours = f"{clock(stop.begins):%H:%M}–{clock(stop.ends):%H:%M}"
    asked = _say(stop.get_host_state_display(), 9, _SOFT)
    return [str(number), _say(hours, 11), place, [_say(who, 10), asked], "", Spacer(1, _SIGN_HEIGHT)]


def _by_hand() -> list[Flowable]:
    labels = (
        (_("出车里程表读数"), _("返回里程表读数")),
        (_("驾驶员签字"), _("带队人签字")),
        (_("途中情况"), ""),
    )
    rows = [[_say(left, 10, _SOFT), "", _say(right, 10, _SOFT), ""] for left, right in labels]
    return [
        Table(
            rows,
            colWidths=[32 * mm, 58 * mm, 32 * mm, 58 * mm],
            rowHeights=[12 * mm] * 3,
            style=[*_GRID, ("SPAN", (1, 2), (3, 2))],
        )
    ]


def _foot(made_at: dt.datetime, *, in_clear: bool) -> Any:
    made = _("生成于%(at)s") % {"at": f"{timezone.localtime(made_at):%Y-%m-%d %H:%M}"}
    warning = _("含个人信息，用后收回销毁。") if in_clear else ""

    def draw(canvas: Canvas, paper: Any) -> None:
        canvas.setFont(_FONT, 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(_MARGIN, 8 * mm, f"{made}　{warning}")
        canvas.drawRightString(A4[0] - _MARGIN, 8 * mm, str(canvas.getPageNumber()))

    return draw


def _say(text: object, size: float, colour: Any = _INK) -> Paragraph:
    style = ParagraphStyle(
        "say", fontName=_FONT, fontSize=size, leading=size * 1.4, textColor=colour, wordWrap="CJK"
    )
    return Paragraph(escape(str(text)), style)


_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, _RULE),
    ("FONT", (0, 0), (-1, -1), _FONT, 10),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]
