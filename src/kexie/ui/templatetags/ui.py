"""Formatting for templates: numbers, dates and the coordinates of charts. No decisions are made here."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kexie.ui import charts
from kexie.ui.units import unit_word

register = template.Library()
register.filter(unit_word)

THOUSAND, WAN, MILLION, YI = (Decimal(10) ** power for power in (3, 4, 6, 8))
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def _decimal(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _groups(digits: str) -> list[str]:
    head = len(digits) % 3 or 3
    return [digits[:head]] + [digits[i : i + 3] for i in range(head, len(digits), 3)]


@register.filter
def num(value: object) -> SafeString | str:
    """A number with thin groups of three, e.g. 1 330 245: the gaps are drawn, so a copied number has none."""
    number = _decimal(value)
    if number is None:
        return "" if value is None else str(value)
    text = _plain(abs(number))
    whole, _, fraction = text.partition(".")
    groups = format_html_join("", '<span class="num__g">{}</span>', ((group,) for group in _groups(whole)))
    sign, tail = ("−" if number < 0 else ""), (f".{fraction}" if fraction else "")
    return format_html('<span class="num">{}{}{}</span>', sign, groups, tail)


@register.filter
def wan(value: object) -> SafeString | str:
    """A number of ten thousand or more in 万 (亿) with at most two decimals, e.g. 133.02万; smaller ones as `num`.

    Other languages do not count in 万 and get the whole number.
    """
    number = _decimal(value)
    if number is None or abs(number) < WAN or not _counts_in_wan():
        return num(value)
    size, name = (YI, "亿") if abs(number) >= YI else (WAN, "万")
    short = (number / size).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return format_html('<span class="num">{}</span>{}', _plain(short), name)


def _counts_in_wan() -> bool:
    return (get_language() or "").startswith("zh")


@register.filter
def after_number(unit: object) -> str:
    """The unit as it follows a number: at once in Chinese, after a space in other languages."""
    word = unit_word(unit)
    return word if _counts_in_wan() or word in {"", "%"} else f" {word}"


@register.filter
def bracketed_unit(unit: object) -> str:
    """The unit in brackets after the title of a chart; nothing where there is no word for it."""
    word = unit_word(unit)
    if not word:
        return ""
    return gettext("（") + word + gettext("）")


@register.filter
def plain(value: object) -> str:
    """A number for machines: no groups, a point as the decimal mark whatever the language; "" for none."""
    number = _decimal(value)
    return "" if number is None else _plain(number)


@register.filter
def magnitude(value: object) -> Decimal | None:
    """The number without its sign."""
    number = _decimal(value)
    return None if number is None else abs(number)


@register.filter
def axis(value: object) -> str:
    """A number on an axis: 12万, 2.5万, 800; in other languages 120k."""
    number = _decimal(value)
    if number is None:
        return ""
    sizes = ((YI, "亿"), (WAN, "万")) if _counts_in_wan() else ((MILLION, "M"), (THOUSAND, "k"))
    size, name = next((one for one in sizes if abs(number) >= one[0]), (Decimal(1), ""))
    return f"{_plain(number / size)}{name}"


@register.filter
def nth(items: Sequence[Any], index: int) -> Any:
    """The item at `index`, or None past the end."""
    return items[index] if 0 <= index < len(items) else None


@register.filter
def largest(points: Sequence[charts.Point]) -> float:
    """The largest value of the points; 0 when there is none."""
    return max((point.value or 0 for point in points), default=0)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The numbers a pager names: the ends, the neighbours and an ellipsis between."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.filter
def is_number(value: object) -> bool:
    """Whether a table should set the value as a number."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@register.filter
def is_date(value: object) -> bool:
    """Whether the value is a date or a moment."""
    return isinstance(value, dt.date)


def _local(value: dt.date) -> dt.date:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.filter
def cn_date(value: object) -> str:
    """2026年6月30日, in local time."""
    if not isinstance(value, dt.date):
        return ""
    day = _local(value)
    return dateformat.format(day, gettext("Y年n月j日"))


@register.filter
def iso_date(value: object) -> str:
    """2026-06-30, in local time."""
    return _local(value).strftime("%Y-%m-%d") if isinstance(value, dt.date) else ""


@register.filter
def iso_time(value: object) -> str:
    """2026-06-30 09:00, in local time; a date has no time."""
    if not isinstance(value, dt.date):
        return ""
    return _local(value).strftime("%Y-%m-%d %H:%M" if isinstance(value, dt.datetime) else "%Y-%m-%d")


@register.filter
def weekday(value: object) -> str:
    """周一 … 周日."""
    return str(WEEKDAYS[_local(value).weekday()]) if isinstance(value, dt.date) else ""


@register.filter
def day(value: object) -> str:
    """The day of the month."""
    return str(_local(value).day) if isinstance(value, dt.date) else ""


@register.filter
def year_month(value: object) -> str:
    """2026年11月."""
    if not isinstance(value, dt.date):
        return ""
    return dateformat.format(_local(value), gettext("Y年n月"))


@register.filter
def month_day(value: object) -> str:
    """11月23日."""
    if not isinstance(value, dt.date):
        return ""
    return dateformat.format(_local(value), gettext("n月j日"))


@register.filter
def month_weekday(value: object) -> str:
    """11月 周一: what stands beside a calendar leaf."""
    if not isinstance(value, dt.date):
        return ""
    return f"{dateformat.format(_local(value), gettext('n月'))} {weekday(value)}"


@register.filter
def spark(values: Sequence[float]) -> str:
    """The points of a sparkline in a 100 × 28 box, ready for <polyline points>."""
    return " ".join(f"{x},{y}" for x, y in charts.spark_points(list(values or ())))


@register.filter
def slices(shares: Sequence[object]) -> tuple[charts.Slice, ...]:
    """The parts of a mix bar, in a 100-unit box."""
    return charts.slices(list(shares or ()))


@register.filter
def bars(points: Sequence[charts.Point], target: float | None = None) -> charts.BarChart:
    """The drawn form of a series of points."""
    return charts.bar_chart(list(points or ()), target)


@register.filter
def share_of(value: object, top: object) -> float:
    """`value` as a length of at most 100 beside the longest bar `top`."""
    number, whole = _decimal(value), _decimal(top)
    return round(float(number / whole * 100), 2) if number is not None and whole else 0.0


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The address's query with `changes` made (None or "" removes a key), beginning with "?"."""
    return _query(context, changes)


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, param: str, number: int) -> str:
    """The same list at page `number`."""
    return _query(context, {param: number})


def _query(context: template.Context, changes: dict[str, Any]) -> str:
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = value
    return f"?{query.urlencode()}"
