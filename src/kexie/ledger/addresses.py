"""Cells as addresses: how a figure is named in a URL, so that every figure anywhere can be opened.

Parameters: since, until (the last day that counts), area (code), unit (public code), known_at, and `f.<dimension>`.
"""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.ledger import registry
from kexie.ledger.measures import Cell
from kexie.ledger.models import Record

FILTER = "f."


def figure_url(cell: Cell, *, page: str = "figures:detail", unit: Unit | None = None) -> str:
    """Return the address of the page that shows a cell (or, with another `page`, its rows).

    `unit` is the cell's unit where the caller has it at hand, to save looking up its code.
    """
    query = urlencode(parameters(cell, unit=unit))
    return f"{reverse(page, args=[cell.measure])}?{query}"


def record_url(record: Record) -> str:
    """Return the address of a record's page at the desk, or "" if its type is not shown there."""
    declared = registry.type_of_record(record)
    return reverse("workbench:record", args=[declared.key, record.pk]) if declared else ""


def parameters(cell: Cell, *, unit: Unit | None = None) -> dict[str, str]:
    """Return the query parameters that name a cell."""
    if cell.unit and unit is None:
        unit = Unit.objects.get(pk=cell.unit)
    known_at = cell.known_at.isoformat(timespec="seconds") if cell.known_at else ""
    named = {
        "since": str(cell.period.start or ""),
        "until": str(cell.period.last_day),
        "area": cell.area or "",
        "unit": unit.code if cell.unit and unit else "",
        "known_at": known_at,
        **{f"{FILTER}{name}": value for name, value in cell.filters},
    }
    return {name: value for name, value in named.items() if value}


def cell_from(measure: str, given: Mapping[str, str], *, today: dt.date) -> Cell:
    """Return the cell that an address names. Raises UserError with messages by parameter, NotFound."""
    declared = registry.measure(measure)
    errors: dict[str, str] = {}
    given = {name: value.replace("\0", "") for name, value in given.items()}
    since, until = (_day(given, name, errors) for name in ("since", "until"))
    known_at, unit = _moment(given, errors), _unit(given, errors)
    area = _area(given, errors)
    if since and until and since > until:
        errors["until"] = _("截止日期早于起始日期，请对调或改正。")
    if errors:
        raise UserError(fields=errors)
    names = [name.removeprefix(FILTER) for name in given if name.startswith(FILTER)]
    filters = tuple((declared.dim(name).name, given[f"{FILTER}{name}"]) for name in sorted(names))
    return Cell(measure, Period.until(until or today, since=since), area, unit, filters, known_at)


def _day(given: Mapping[str, str], name: str, errors: dict[str, str]) -> dt.date | None:
    try:
        return text.date(given[name]) if given.get(name) else None
    except ValueError:
        errors[name] = _("请写成 2025-06-30 这样的日期。")
        return None


def _moment(given: Mapping[str, str], errors: dict[str, str]) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(given["known_at"]) if given.get("known_at") else None
    except ValueError:
        errors["known_at"] = _("请写成 2025-06-30T18:00 这样的时刻。")
        return None
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def _unit(given: Mapping[str, str], errors: dict[str, str]) -> UUID | None:
    code = given.get("unit")
    found = Unit.objects.filter(code=code).first() if code else None
    if code and found is None:
        errors["unit"] = _("没有这个单位，请重新选择。")
    return found.pk if found else None


def _area(given: Mapping[str, str], errors: dict[str, str]) -> str | None:
    code = given.get("area")
    if not code:
        return None
    area = Area.objects.filter(code__startswith=code).order_by("code").first()
    if area is None:
        errors["area"] = _("没有这个地区，请重新选择。")
        return None
    return area.prefix if area.code == code else code
