"""What the figure pages show, as plain values."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.figures import Figure, Slice
from kexie.ledger.groups import GROUPS
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell, Dim, Measure
from kexie.ledger.models import Method
from kexie.ui.charts import Point
from kexie.ui.figures import FigureView, Share
from kexie.ui.nav import Link

STOCK_YEARS = 6
MANY_ROWS = 20_000
MANY_UNITS = 24
LONG_PERIOD = dt.timedelta(days=800)


@dataclass(frozen=True)
class GroupOfFigures:
    """The figures of one area of work."""

    key: str
    label: str
    figures: Sequence[FigureView]


@dataclass(frozen=True)
class FigurePage:
    """One figure with everything the page shows of it."""

    figure: Figure
    view: FigureView
    series: Sequence[Point]
    series_title: str
    by_county: Sequence[Point]
    by_unit: Sequence[Point]
    more_units: int
    cuts: Sequence[tuple[str, Sequence[Point]]]
    cut_links: Sequence[Link]
    rows_url: str


def index(scope: Scope, until: dt.date, *, now: dt.datetime, public_only: bool) -> list[GroupOfFigures]:
    """Return every measure's cumulative (or, for stocks, present) figure by area of work."""
    groups: dict[str, list[FigureView]] = {key: [] for key in GROUPS}
    shown = [one for one in registry.measures().values() if one.public or not public_only]
    found = figures.values(shown, Period.until(until), scope)
    for measure in shown:
        if measure.key in found:
            groups.setdefault(measure.group, []).append(_plain(measure, found[measure.key], until))
    return [GroupOfFigures(key, str(GROUPS.get(key, key)), of) for key, of in groups.items() if of]


def page(cell: Cell, scope: Scope, *, now: dt.datetime, by: str = "") -> FigurePage:
    """Return one figure's page; `by` asks for one thing at full length: "unit" or a dimension.

    Cuts by a dimension come from rows: over many rows they are offered as links, and computed when asked for.
    """
    found = figures.figure(cell, scope, now=now)
    series_title, series = _series(found.measure, cell, scope)
    units = _units(cell, scope)
    few = found.rows <= MANY_ROWS
    dims = [dim for dim in found.measure.dims if few or dim.name == by]
    return FigurePage(
        figure=found,
        view=view_of(found),
        series=series,
        series_title=series_title,
        by_county=_counties(cell, scope),
        by_unit=units if by == "unit" else units[:MANY_UNITS],
        more_units=0 if by == "unit" else max(len(units) - MANY_UNITS, 0),
        cuts=[(str(dim.label), _cut(cell, scope, dim.name)) for dim in dims],
        cut_links=[_cut_link(cell, dim) for dim in found.measure.dims if dim not in dims],
        rows_url=figure_url(cell, page="figures:rows"),
    )


def view_of(found: Figure, *, label: str = "") -> FigureView:
    """Return a figure as the component shows it."""
    return FigureView(
        label=label or str(found.measure.label),
        value=found.value,
        unit=found.measure.unit,
        as_of=found.cell.period.last_day,
        href=figure_url(found.cell),
        note=note_of(found),
        mix=[Share(str(Method(method).label), total) for method, total in found.methods],
    )


def note_of(found: Figure) -> str:
    """Say in words what a reader must know: the parts of a ratio, or counts that are missing."""
    if found.parts:
        return _("%(part)d / %(whole)d") % {"part": found.parts[0], "whole": found.parts[1]}
    if found.uncounted:
        return _("另有 %(n)d 条记录没有计数") % {"n": found.uncounted}
    return ""


def _plain(measure: Measure, found: Number, until: dt.date) -> FigureView:
    cell = Cell(measure.key, Period.until(until))
    return FigureView(
        label=str(measure.label),
        value=found,
        unit=measure.unit,
        as_of=until,
        href=figure_url(cell),
    )


def _series(measure: Measure, cell: Cell, scope: Scope) -> tuple[str, list[Point]]:
    if measure.is_stock:
        return _("各年末"), [
            _stock_point(cell, one) for one in figures.stock_series(cell, scope, _year_ends(cell))
        ]
    long = cell.period.start is None or cell.period.end - cell.period.start > LONG_PERIOD
    by = "year" if long else "month"
    slices = figures.breakdown(cell, scope, by=by)
    return (_("各年") if long else _("各月")), [_period_point(cell, one, by) for one in slices]


def _year_ends(cell: Cell) -> list[dt.date]:
    last = cell.period.last_day
    ends = [dt.date(year, 12, 31) for year in range(last.year - STOCK_YEARS, last.year)]
    return [*ends, last]


def _stock_point(cell: Cell, one: Slice) -> Point:
    day = _day(one)
    at = replace(cell, period=Period.until(day, since=cell.period.start))
    whole_year = (day.month, day.day) == (12, 31)
    return Point(
        str(day.year) if whole_year else day.isoformat(), _number(one), figure_url(at), not whole_year
    )


def _period_point(cell: Cell, one: Slice, by: str) -> Point:
    start = _day(one)
    end = Period.year(start.year).end if by == "year" else Period.month(start.year, start.month).end
    inside = Period(max(start, cell.period.start or start), min(end, cell.period.end))
    label = str(start.year) if by == "year" else f"{start:%Y-%m}"
    return Point(label, _number(one), figure_url(replace(cell, period=inside)), end > cell.period.end)


def _counties(cell: Cell, scope: Scope) -> list[Point]:
    slices = figures.breakdown(cell, scope, by="county")
    names = Area.objects.in_bulk([str(one.group) for one in slices])
    return [
        Point(
            _area_name(names.get(str(one.group)), str(one.group)),
            _number(one),
            figure_url(replace(cell, area=str(one.group))),
        )
        for one in slices
    ]


def narrowed_to(cell: Cell) -> list[tuple[str, str]]:
    """Return in words what a cell is narrowed to: area, unit, and its filters."""
    measure = registry.measure(cell.measure)
    found = [(_("地区"), area_label(cell.area))] if cell.area else []
    if cell.unit:
        found.append((_("单位"), str(Unit.objects.get(pk=cell.unit))))
    for name, value in cell.filters:
        labels = {str(code): str(label) for code, label in measure.labels(name).items()}
        found.append((str(measure.dim(name).label), labels.get(value, value)))
    return found


def area_label(prefix: str) -> str:
    """Return the name of the area whose subtree a code prefix names."""
    area = Area.objects.filter(code__startswith=prefix).order_by("code").first()
    return area.name if area else prefix


def _area_name(area: Area | None, code: str) -> str:
    if area is None:
        return code
    return _("市本级") if area.level == Area.Level.CITY else area.name


def _units(cell: Cell, scope: Scope) -> list[Point]:
    slices = figures.breakdown(cell, scope, by="unit")
    by_unit = {one.group: one for one in slices}
    units = sorted(figures.units_of(slices, scope).values(), key=str)
    return [
        Point(str(unit), _number(by_unit[unit.pk]), figure_url(replace(cell, unit=unit.pk), unit=unit))
        for unit in units
    ]


def _cut(cell: Cell, scope: Scope, dim: str) -> list[Point]:
    measure = registry.measure(cell.measure)
    slices = figures.breakdown(cell, scope, by=dim)
    labels = measure.labels(dim)
    return [
        Point(
            str(labels.get(one.group, one.group)),
            _number(one),
            figure_url(_narrowed(cell, dim, str(one.group))),
        )
        for one in slices
        if one.group not in {None, ""}
    ]


def _cut_link(cell: Cell, dim: Dim) -> Link:
    return Link(str(dim.label), f"{figure_url(cell)}&by={dim.name}#cut-1")


def _narrowed(cell: Cell, dim: str, value: str) -> Cell:
    kept = tuple(pair for pair in cell.filters if pair[0] != dim)
    return replace(cell, filters=(*kept, (dim, value)))


def _day(one: Slice) -> dt.date:
    if not isinstance(one.group, dt.date):
        raise TypeError(one.group)
    return one.group


def _number(one: Slice) -> float | None:
    return None if one.value is None else float(one.value)
