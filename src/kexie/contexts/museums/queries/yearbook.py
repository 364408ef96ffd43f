"""A museum's year in figures: each is a measure asked for the museum's unit, and opens down to its rows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kexie.contexts.museums.models import DailyVisits, Museum
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.figures import Figure, Slice
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell
from kexie.platform.capacity.models import Channel

# What is shown first, in this order. Ratios and days are not compared by difference but shown side by side.
CARDS = (
    "museums.visits",
    "museums.open_days",
    "museums.no_show_rate",
    "museums.booked_people",
    "museums.exhibits_intact",
    "museums.shows",
    "museums.show_visits",
    "museums.satisfaction",
    "museums.places_offered",
    "museums.counted_days",
    "museums.crowded_days",
    "museums.closed_days",
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A figure, and the value of the same days a year earlier (None: not computable or no records then)."""

    figure: Figure
    before: Number

    @property
    def has_records(self) -> bool:
        """Whether any record stands behind it; without one there is nothing to say, not even nought."""
        return self.figure.rows > 0


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A figure cut by something: each part with its label, value and cell."""

    cell: Cell
    parts: Sequence[tuple[Text, Number, Cell]]


@dataclass(frozen=True, kw_only=True)
class Yearbook:
    """A museum's year until a day."""

    year: int
    until: dt.date
    cards: Sequence[Card]
    months: Cut
    months_before: Cut
    slots: Cut
    methods: Cut
    channels: Cut
    hours: Cut


def yearbook(museum: Museum, year: int, scope: Scope, *, today: dt.date, now: dt.datetime) -> Yearbook:
    """Return a year's figures, up to today in the present one."""
    until = min(today, dt.date(year, 12, 31))
    period = Period.until(until, since=dt.date(year, 1, 1))
    visits = Cell("museums.visits", period, unit=museum.unit_id)
    return Yearbook(
        year=year,
        until=until,
        cards=[card(key, museum, period, scope, now=now) for key in CARDS],
        months=_months(visits, scope),
        months_before=_months(replace(visits, period=before(period)), scope),
        slots=_cut(visits, scope, "slot", dict(DailyVisits.Slot.choices)),
        methods=_cut(visits, scope, "method", _methods()),
        channels=_cut(
            replace(visits, measure="museums.booked_people"), scope, "channel", dict(Channel.choices)
        ),
        hours=_hours(replace(visits, measure="museums.hour_entries"), scope),
    )


def card(key: str, museum: Museum, period: Period, scope: Scope, *, now: dt.datetime) -> Card:
    """Return one figure of a museum with the value of the same days a year earlier; stocks are asked at the end."""
    cell = cell_of(key, museum, period)
    earlier = replace(cell, period=before(cell.period))
    value, rows = figures.value_and_rows(earlier, scope)
    return Card(figure=figures.figure(cell, scope, now=now), before=value if rows else None)


def cell_of(key: str, museum: Museum, period: Period) -> Cell:
    """Return the cell of a measure for a museum: over the period, or as it stood on its last day."""
    measure = registry.measure(key)
    asked = Period.until(period.last_day) if measure.is_stock else period
    return Cell(key, asked, unit=museum.unit_id)


def before(period: Period) -> Period:
    """Return the same days a year earlier; 29 February gives 28 February."""
    start = _year_earlier(period.start) if period.start else None
    return Period.until(_year_earlier(period.last_day), since=start)


def _year_earlier(day: dt.date) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def first_year(museum: Museum, scope: Scope) -> int | None:
    """Return the first year with visits, None without any."""
    rows = figures.breakdown(
        Cell("museums.visits", Period.until(dt.date(9000, 1, 1)), unit=museum.unit_id), scope, by="year"
    )
    years = [one.group.year for one in rows if isinstance(one.group, dt.date)]
    return min(years, default=None)


def _months(cell: Cell, scope: Scope) -> Cut:
    found = {one.group: one for one in figures.breakdown(cell, scope, by="month")}
    parts = []
    year, last = cell.period.last_day.year, cell.period.last_day.month
    for month in range(1, last + 1):
        start = dt.date(year, month, 1)
        end = dt.date(year + month // 12, month % 12 + 1, 1)
        part = replace(cell, period=Period(start, min(end, cell.period.end)))
        value = found[start].value if start in found else None
        parts.append((str(month), value, part))
    return Cut(cell=cell, parts=parts)


def _cut(cell: Cell, scope: Scope, by: str, labels: dict[str, Text]) -> Cut:
    found = {str(one.group): one for one in figures.breakdown(cell, scope, by=by) if one.group}
    return Cut(
        cell=cell,
        parts=[
            (label, found[key].value, replace(cell, filters=((by, key),)))
            for key, label in labels.items()
            if key in found
        ],
    )


def _hours(cell: Cell, scope: Scope) -> Cut:
    found = [one for one in figures.breakdown(cell, scope, by="hour") if one.group is not None]
    return Cut(cell=cell, parts=[_hour(one, cell) for one in sorted(found, key=_hour_of)])


def _hour_of(one: Slice) -> int:
    return int(str(one.group))


def _hour(one: Slice, cell: Cell) -> tuple[Text, Number, Cell]:
    hour = _hour_of(one)
    return f"{hour}–{hour + 1}", one.value, replace(cell, filters=(("hour", str(hour)),))


def _methods() -> dict[str, Text]:
    return dict(DailyVisits._meta.get_field("method").choices or ())
