"""The reasons of a verdict, in words that a person can check against the text and the records."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from kexie.kernel.quantities import Quantity, plain
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell, Measure
from kexie.reporting.claims.linking import Candidate, Found, Narrowing
from kexie.reporting.claims.times import Stated


def linked(candidate: Candidate, narrowed: Narrowing, stated: Stated, cell: Cell) -> str:
    """Return by which words, place and period the claim was linked to the figure."""
    parts = [
        _("按词%(words)s对应指标“%(label)s”")
        % {"words": _words(candidate.words), "label": candidate.measure.label}
    ]
    if narrowed.words:
        parts.append(_("范围：%(names)s") % {"names": _("、").join(narrowed.words)})
    parts.append(_period(cell, stated.words))
    return _("；").join(parts)


def compared(quantity: Quantity, measure: Measure, value: Number, rows: int, *, inside: bool) -> str:
    """Return how the records' value compares with what the text claims."""
    told = {"value": number(value), "unit": measure.unit, "rows": number(rows), "claim": claim(quantity)}
    if inside:
        return _("记录 %(rows)s 条，为 %(value)s %(unit)s，符合文中所说（%(claim)s）。") % told
    return _("记录 %(rows)s 条，为 %(value)s %(unit)s，与文中所说（%(claim)s）不符。") % told


def claim(quantity: Quantity) -> str:
    """Return the interval claimed, in words."""
    low, high = quantity.interval.low, quantity.interval.high
    if low is not None and low == high:
        return _("等于 %(value)s") % {"value": number(low)}
    if low is None:
        words = _("小于 %(high)s") if quantity.interval.below else _("不超过 %(high)s")
        return words % {"high": number(high)}
    if high is None:
        words = _("大于 %(low)s") if quantity.interval.above else _("不少于 %(low)s")
        return words % {"low": number(low)}
    return _("%(low)s 至 %(high)s") % {"low": number(quantity.low), "high": number(quantity.high)}


def number(value: Number | Decimal) -> str:
    """Return a number with separators."""
    if value is None:
        return "—"
    return f"{plain(Decimal(value)):,}"


def labels(measures: Iterable[Measure]) -> str:
    """Return the labels of measures in quotation marks."""
    return "".join(f"“{measure.label}”" for measure in measures)


def _words(found: tuple[Found, ...]) -> str:
    own = list(dict.fromkeys(one.word for one in found if not one.is_carried))
    carried = list(dict.fromkeys(one.word for one in found if one.is_carried and one.word not in own))
    text = "".join(f"“{word}”" for word in own)
    if carried:
        text += _("（承前%(words)s）") % {"words": "".join(f"“{word}”" for word in carried)}
    return text


def _period(cell: Cell, words: str) -> str:
    until = cell.period.last_day.isoformat()
    days = (
        _("%(since)s 至 %(until)s") % {"since": cell.period.start.isoformat(), "until": until}
        if cell.period.start
        else _("累计至 %(until)s") % {"until": until}
    )
    return (
        _("期间：%(days)s（文中“%(words)s”）") % {"days": days, "words": words}
        if words
        else _("期间：%(days)s") % {"days": days}
    )
