"""Figures of one museum, as its desk's pages show them: each opens down to its rows."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import addresses, figures, registry
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell
from kexie.ui.figures import FigureView


def of_repairs(museum: Museum, scope: Scope, today: dt.date) -> list[FigureView]:
    """Return the intact rate of today, and this year's repairs with their mean days."""
    year = Period.until(today, since=dt.date(today.year, 1, 1))
    intact = _view("museums.exhibits_intact", Period.until(today), museum, scope, today)
    repairs = _view("museums.repairs", year, museum, scope, today)
    days = _view("museums.repair_days", year, museum, scope, today)
    in_time = _view("museums.repairs_in_time", year, museum, scope, today)
    return [intact, repairs, _mean(days, repairs), in_time]


def of_volunteers(museum: Museum, scope: Scope, today: dt.date) -> list[FigureView]:
    """Return this year's hours and volunteers."""
    year = Period.until(today, since=dt.date(today.year, 1, 1))
    return [
        _view("museums.volunteer_hours", year, museum, scope, today),
        _view("museums.volunteers", year, museum, scope, today),
    ]


def of_feedback(museum: Museum, scope: Scope, today: dt.date) -> list[FigureView]:
    """Return this year's satisfaction and the number of ratings behind it."""
    year = Period.until(today, since=dt.date(today.year, 1, 1))
    return [
        _view("museums.satisfaction", year, museum, scope, today),
        _view("museums.ratings", year, museum, scope, today),
    ]


def _view(key: str, period: Period, museum: Museum, scope: Scope, today: dt.date) -> FigureView:
    cell, measure = Cell(key, period, unit=museum.unit_id), registry.measure(key)
    return FigureView(
        str(measure.label), figures.value(cell, scope), measure.unit, today, _address(cell, museum)
    )


def _mean(days: FigureView, repairs: FigureView) -> FigureView:
    """Return days by repairs: the mean opens at the days, whose rows are the same repairs."""
    mean: Number = None
    if repairs.value:
        mean = (Decimal(days.value or 0) / Decimal(repairs.value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    values = {"days": days.value or 0, "repairs": repairs.value or 0}
    note = _("%(days)s天 ÷ %(repairs)s次") % values
    return FigureView(_("平均维修天数"), mean, "天", days.as_of, days.href, note)


def _address(cell: Cell, museum: Museum) -> str:
    try:
        return addresses.figure_url(cell, unit=museum.unit)
    except NoReverseMatch:
        return ""
