"""What a template asks for, resolved to cells and computed: the answers that a document keeps."""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.addresses import parameters
from kexie.ledger.measures import Cell, Measure, known
from kexie.ledger.models import Honour
from kexie.reporting.writing import language
from kexie.reporting.writing.language import Ask

Answer = Any  # plain JSON: kept with the document
_YEAR = re.compile(r"^((?:19|20)\d{2})年?$")
_FEBRUARY, _LEAP_DAY = 2, 29
_MOST_ROWS = 200


class Unknown(UserError):
    """A template asks for something there is not."""


@dataclass(frozen=True)
class Frame:
    """For whom and when a document speaks. Without `known_at`, as known now."""

    scope: Scope
    unit: Unit
    period: Period
    now: dt.datetime
    known_at: dt.datetime | None = None


def answer(ask: Ask, frame: Frame) -> Answer:
    """Return the answer to what a template asks for; raises Unknown."""
    return _ANSWERS[ask.what](ask, frame)


def see(ask: Ask, frame: Frame) -> None:
    """Raise Unknown if it cannot be answered, without computing it."""
    if ask.what in (language.FIGURE, language.TABLE):
        cell_of(ask, frame)
        _cut(ask)
    elif ask.what == language.HONOURS:
        _period(ask, frame.period)
    elif not ask.measure:
        raise Unknown(_("“填”的括号里要写填什么。"))


# --- cells -----------------------------------------------------------------------------------------------


def cell_of(ask: Ask, frame: Frame) -> Cell:
    """Return the cell that an ask names."""
    measure = measure_of(ask.measure)
    unit = _unit(ask.unit, frame) if ask.unit else _own(frame)
    return Cell(
        measure.key,
        _period(ask, frame.period),
        area=_area(ask.area, frame) if ask.area else None,
        unit=unit,
        filters=tuple(sorted(_filter(measure, name, value) for name, value in ask.filters)),
        known_at=frame.known_at,
    )


def _own(frame: Frame) -> UUID | None:
    return frame.unit.pk if frame.unit.parent_id else None


def measure_of(words: str) -> Measure:
    """Return the measure with this key or label; raise Unknown with the likest."""
    known_ones = registry.measures()
    if words in known_ones:
        return known_ones[words]
    plain = language.normal(words)
    for one in known_ones.values():
        if language.normal(str(one.label)) == plain:
            return one
    raise Unknown(_("没有指标“%(words)s”%(like)s。") % {"words": words, "like": _like(words)})


def _like(words: str) -> str:
    names = {
        **{key: key for key in registry.measures()},
        **{str(one.label): str(one.label) for one in registry.measures().values()},
    }
    found = difflib.get_close_matches(words, names, n=2, cutoff=0.6)
    return _("，是不是“%(known)s”") % {"known": _("”或“").join(found)} if found else ""


def _filter(measure: Measure, name: str, value: str) -> tuple[str, str]:
    dim = next((one for one in measure.dims if name in (one.name, str(one.label))), None)
    if dim is None:
        labels = _("、").join(str(one.label) for one in measure.dims) or _("没有分类")
        raise Unknown(
            _("指标“%(label)s”没有分类“%(name)s”，它的分类：%(known)s。")
            % {"label": measure.label, "name": name, "known": labels}
        )
    stored = {str(label): str(code) for code, label in measure.labels(dim.name).items()}
    return dim.name, stored.get(value, value)


def _period(ask: Ask, period: Period) -> Period:
    words, back = (ask.span[:-2], True) if ask.span.endswith("-1") else (ask.span, False)
    found = _named(words, period)
    if ask.since:
        found = Period(_day(ask.since), max(found.end, _day(ask.since)))
    return before(found) if back else found


def _named(words: str, period: Period) -> Period:
    if words in ("", "本期"):
        return period
    if words == "上期":
        return before(period)
    if words == "累计":
        return Period(None, period.end)
    if words == "本年":
        return Period(period.last_day.replace(month=1, day=1), period.end)
    if match := _YEAR.match(words):
        return Period.year(int(match[1]))
    raise Unknown(_("期“%(words)s”看不懂，可写：本期、上期、本年、累计、2024年。") % {"words": words})


def before(period: Period) -> Period:
    """Return the same days a year earlier."""
    start = _year_before(period.start) if period.start else None
    return Period(start, _year_before(period.end))


def _year_before(day: dt.date) -> dt.date:
    if (day.month, day.day) == (_FEBRUARY, _LEAP_DAY):
        return dt.date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


def _day(words: str) -> dt.date:
    try:
        return text.date(
            words if words.count("-") > 1 or "日" in words else f"{words.rstrip('月').replace('年', '-')}-01"
        )
    except ValueError:
        raise Unknown(_("起“%(words)s”不是日期，请写成 2021-06-18 或 2021-06。") % {"words": words}) from None


def _area(words: str, frame: Frame) -> str:
    areas = Area.objects.filter(code__startswith=frame.unit.association.area.prefix).exclude(level="VILLAGE")
    found = areas.filter(code=words) if words.isdigit() else areas.filter(name=words)
    if len(found) != 1:
        raise Unknown(_("没有地区“%(words)s”，请写全称，例如 临泉县。") % {"words": words})
    prefix: str = found[0].prefix
    return prefix


def _unit(words: str, frame: Frame) -> UUID:
    units = Unit.objects.filter(association_id=frame.scope.association_id)
    found = units.filter(name=words).first() or units.filter(short_name=words).first()
    if found is None:
        raise Unknown(_("没有单位“%(words)s”，请写单位的全称。") % {"words": words})
    return found.pk


def _cut(ask: Ask) -> str:
    if ask.what != language.TABLE:
        return ""
    if ask.by in language.CUTS:
        return language.CUTS[ask.by]
    dims = measure_of(ask.measure).dims
    for one in dims:
        if ask.by in (one.name, str(one.label)):
            return one.name
    allowed = _("、").join([*language.CUTS, *(str(one.label) for one in dims)])
    raise Unknown(_("不能按“%(by)s”分，可按：%(known)s。") % {"by": ask.by, "known": allowed})


# --- answers ---------------------------------------------------------------------------------------------


def _figure(ask: Ask, frame: Frame) -> Answer:
    found = figures.figure(cell_of(ask, frame), frame.scope, now=frame.now)
    return _kept(found.cell, found.value, found.rows, place=_place(found.cell), digest=found.digest)


def _kept(
    cell: Cell, value: Any, rows: int, *, place: str, name: str = "", digest: str = ""
) -> dict[str, Any]:
    measure = registry.measure(cell.measure)
    return {
        "measure": measure.key, "unit": str(measure.unit), "value": None if value is None else str(value),
        "rows": rows, "cell": parameters(cell), "name": name, "place": place, "digest": digest,
    }  # fmt: skip


def _place(cell: Cell) -> str:
    """Return the names of area, unit and values that a figure is narrowed to."""
    names: list[str] = []
    if cell.area:
        names += (
            Area.objects.filter(code__startswith=cell.area)
            .order_by("code")
            .values_list("name", flat=True)[:1]
        )
    if cell.unit:
        names += Unit.objects.filter(pk=cell.unit).values_list("name", flat=True)
    measure = registry.measure(cell.measure)
    return _("、").join([*names, *(_label(measure, name, value) for name, value in cell.filters)])


def _label(measure: Measure, dim: str, value: str) -> str:
    """Return how a stored value of a dimension is written."""
    labels = {str(code): str(label) for code, label in measure.labels(dim).items()}
    return labels.get(value, value)


def _table(ask: Ask, frame: Frame) -> Answer:
    cell, by = cell_of(ask, frame), _cut(ask)
    earlier = replace(cell, period=before(cell.period))
    past = (
        {}
        if by in ("month", "year")
        else {one.group: one for one in figures.breakdown(earlier, frame.scope, by=by)}
    )
    found = figures.breakdown(cell, frame.scope, by=by)[:_MOST_ROWS]
    names = _names(registry.measure(cell.measure), by, [one.group for one in found])
    rows = []
    for one in found:
        name, old = names.get(one.group, "") or _("未注明"), past.get(one.group)
        row = _kept(_part(cell, by, one.group), one.value, one.rows, place=name, name=name)
        was = (old.value, old.rows) if old else (None, 0)
        rows.append({**row, "then": _kept(_part(earlier, by, one.group), *was, place=name)})
    return rows


def _part(cell: Cell, by: str, group: Any) -> Cell:
    """Return the cell of one line of a table, as far as a cell can name it."""
    if group is None:
        return cell
    if by == "county":
        return replace(cell, area=str(group))
    if by == "unit":
        return replace(cell, unit=group)
    if by == "month":
        return replace(cell, period=Period.month(group.year, group.month))
    if by == "year":
        return replace(cell, period=Period.year(group.year))
    return replace(cell, filters=tuple(sorted({**dict(cell.filters), by: str(group)}.items())))


def _names(measure: Measure, by: str, groups: list[Any]) -> dict[Any, str]:
    given = [one for one in groups if one is not None]
    if by == "county":
        found = Area.objects.filter(code__in=[f"{one:0<12}"[:12] for one in given] + list(given))
        named = {one.prefix: one.name for one in found}
        return {one: named.get(str(one), str(one)) for one in given}
    if by == "unit":
        return {one.pk: one.name for one in Unit.objects.filter(pk__in=given)}
    if by == "month":
        return {one: _("%(month)d月") % {"month": one.month} for one in given}
    if by == "year":
        return {one: _("%(year)d年") % {"year": one.year} for one in given}
    return {one: _label(measure, by, str(one)) for one in given}


def _honours(ask: Ask, frame: Frame) -> Answer:
    period = _period(ask, frame.period)
    rows = Honour.objects.filter(frame.scope.q(), known(frame.known_at), occurred_on__lt=period.end)
    if period.start:
        rows = rows.filter(occurred_on__gte=period.start)
    return [
        {
            "award": one.award,
            "title": one.title,
            "awarder": one.awarder,
            "year": one.year,
            "holder": one.holder_name,
        }
        for one in rows.order_by("occurred_on", "pk")[:_MOST_ROWS]
    ]


def _word(ask: Ask, frame: Frame) -> Answer:
    return ""


_ANSWERS: Mapping[str, Callable[[Ask, Frame], Answer]] = {
    language.FIGURE: _figure,
    language.TABLE: _table,
    language.HONOURS: _honours,
    language.WORD: _word,
}


# --- comparisons -----------------------------------------------------------------------------------------


def change(now: Answer, then: Answer, *, whole_year: bool) -> str:
    """Return how a value compares with that of a year earlier, in words that are true of both."""
    base = _("上年") if whole_year else _("上年同期")
    if now["value"] is None or then["value"] is None or not then["rows"]:
        return _("%(base)s没有可比的数") % {"base": base}
    new, old = Decimal(now["value"]), Decimal(then["value"])
    if new == old:
        return _("与%(base)s持平") % {"base": base}
    word = _("增长") if new > old else _("下降")
    return _("比%(base)s%(word)s%(by)s") % {"base": base, "word": word, "by": _share(new, old, now["unit"])}


def _share(new: Decimal, old: Decimal, unit: str) -> str:
    if unit == "%":
        return _("%(points)s个百分点") % {
            "points": _plain(abs(new - old).quantize(Decimal("0.1"), ROUND_HALF_UP))
        }
    if not old:
        return f"{_plain(abs(new))}{unit}"
    share = (abs(new - old) / old * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{_plain(share)}%" if share else _("不到0.1%")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@cache
def is_public(measure: str) -> bool:
    """Whether everybody may open the figure's page."""
    try:
        return registry.measure(measure).public
    except NotFound:
        return False
