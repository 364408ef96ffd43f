"""How the museums' public pages write times. Formatting only."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum
from kexie.ui.templatetags.ui import month_day, weekday

register = template.Library()
_WEEK, _RUN = 7, 3


@register.filter
def clock(value: dt.time | dt.datetime) -> str:
    """9:00, as people say it."""
    moment = timezone.localtime(value) if isinstance(value, dt.datetime) else value
    return f"{moment.hour}:{moment:%M}"


@register.filter
def clock_second(value: dt.datetime) -> str:
    """12:00:37, where seconds matter."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.filter
def milliseconds(value: dt.datetime) -> int:
    """The moment as scripts count it."""
    return round(value.timestamp() * 1000)


@register.filter
def hours(of: Any) -> str:
    """9:00–11:00, from anything with starts_at and ends_at."""
    return f"{clock(of.starts_at)}–{clock(of.ends_at)}"


@register.simple_tag
def slot_cell(cell: Any, code: str) -> SafeString:
    """A slot in the grid, a link where one can book it or wait for it. No template: a month has hundreds of them."""
    classes = f"slot slot--{cell.stand}{' slot--scarce' if cell.is_scarce else ''}"
    inside = format_html(
        '<span class="slot__time">{}</span> <span class="slot__left">{}</span>',
        hours(cell.place),
        _said(cell),
    )
    if not cell.is_link:
        return format_html('<span class="{}">{}</span>', classes, inside)
    address = _party_address(code).replace(_ANY_SLOT, str(cell.place.id))
    return format_html('<a class="{}" href="{}">{}</a>', classes, address, inside)


_ANY_SLOT = "00000000-0000-0000-0000-000000000000"


@lru_cache(maxsize=500)
def _party_address(code: str) -> str:
    """The address for booking any slot of a museum: looking up hundreds of addresses costs as much as all the rest."""
    return reverse("museum:party", kwargs={"code": code, "slot": _ANY_SLOT})


def _said(cell: Any) -> str:
    """What a visitor must know of a slot, in few words."""
    if cell.stand == "free":
        return _("余 %(left)s") % {"left": cell.place.left}
    if cell.is_soon and cell.stand == "not_yet":
        return _("%(when)s 放票，可先等候") % {"when": clock(cell.place.opens_at)}
    if cell.stand == "not_yet":
        return _("%(when)s 放票") % {"when": short_moment(cell.place.opens_at)}
    fixed = {"full": _("约满，可候补"), "paused": _("暂停预约"), "no_booking": _("无需预约")}
    return fixed.get(cell.stand) or _("已截止")


@register.filter
def opening_hours(museum: Museum) -> str:
    """9:00–16:30; either may be unknown."""
    return "–".join(clock(one) for one in (museum.opens_at, museum.closes_at) if one)


@register.filter
def open_weekdays(museum: Museum) -> str:
    """周三至周日, or the days one by one where they do not follow each other."""
    days = [int(one) for one in museum.open_weekdays]
    if len(days) == _WEEK:
        return _("每天")
    if len(days) >= _RUN and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s至%(last)s") % {"first": _name(days[0]), "last": _name(days[-1])}
    return _("、").join(_name(day) for day in days)


def _name(number: int) -> str:
    return weekday(dt.date(2024, 1, number))  # a Monday was the first


@register.filter
def short_moment(value: dt.datetime) -> str:
    """12:00 today, 11月28日 12:00 on another day."""
    local = timezone.localtime(value)
    if local.date() == timezone.localdate():
        return clock(local)
    return f"{month_day(local.date())} {clock(local)}"


@register.filter
def long_day(value: dt.date) -> str:
    """11月28日 周六."""
    return f"{month_day(value)} {weekday(value)}"


@register.filter
def of(words: Mapping[str, object], key: str) -> object:
    """The word for a key."""
    return words.get(key, "")
