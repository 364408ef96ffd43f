"""The ticket of a booking: a QR code on the page, a picture and a PDF to keep, an entry for the calendar."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kexie.contexts.museums.queries.booking import SlotFacts
from kexie.contexts.museums.rules.times import hours_in_words
from kexie.contexts.museums.web.public import ics
from kexie.kernel.errors import Text
from kexie.platform.capacity.models import Channel, Reservation
from kexie.platform.tickets import qr
from kexie.platform.tickets.card import Card
from kexie.platform.tickets.token import Flags, issue

_FLAGS = {Channel.GROUP: Flags.GROUP, Channel.PRIORITY: Flags.PRIORITY}


def token_of(reservation: Reservation, *, has_minors: bool = False) -> str:
    """Return the signed text of a reservation's QR code."""
    flags = _FLAGS.get(Channel(reservation.channel), Flags.NONE) | (
        Flags.MINORS if has_minors else Flags.NONE
    )
    return issue(
        reservation_id=reservation.pk, venue_id=reservation.venue_id, size=reservation.size, flags=flags,
        starts_at=reservation.offer.starts_at, ends_at=reservation.offer.ends_at,
    )  # fmt: skip


def svg_of(reservation: Reservation, *, has_minors: bool = False) -> str:
    """Return the QR code for a page."""
    return qr.svg(token_of(reservation, has_minors=has_minors))


def card_of(reservation: Reservation, slot: SlotFacts, *, address: str, has_minors: bool = False) -> Card:
    """Return the card to keep; it names nobody."""
    offer = reservation.offer
    lines: list[tuple[str, str]] = [
        (_("日期"), day_in_words(offer.day)),
        (_("时段"), hours_in_words(offer.starts_at, offer.ends_at)),
        (_("人数"), _("%(size)d人") % {"size": reservation.size}),
    ]
    if address:
        lines.append((_("地址"), address))
    return Card(
        heading=str(_("入馆预约") if slot.kind == "ENTRY" else _("活动预约")),
        title=f"{slot.museum} {slot.title}" if slot.kind == "SHOW" else slot.museum,
        lines=lines,
        code=reservation.code,
        token=token_of(reservation, has_minors=has_minors),
        foot=_("请在入口出示二维码，并带好预约时填写的证件。"),
    )


def day_in_words(day: dt.date) -> str:
    """2026-11-28 周六."""
    names = [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]
    return f"{date_format(day, 'Y-m-d')} {names[day.weekday()]}"


def event_of(reservation: Reservation, slot: SlotFacts, *, where: str, url: str) -> ics.Event:
    """Return the visit as an entry of a calendar."""
    about: Text = _("预约号 %(code)s，共%(size)d人。请带好证件，凭二维码入馆。")
    title = slot.title if slot.kind == "SHOW" else _("参观%(museum)s") % {"museum": slot.museum}
    return ics.Event(
        key=str(reservation.pk), title=title, starts=reservation.offer.starts_at, ends=reservation.offer.ends_at,
        where=where, url=url, about=about % {"code": reservation.code, "size": reservation.size},
    )  # fmt: skip
