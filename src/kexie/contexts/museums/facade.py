"""What other parts may know of the museums: frozen facts, no rows."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kexie.contexts.museums import queries
from kexie.contexts.museums.models import Museum, MuseumStage, ShowTime
from kexie.contexts.museums.queries.opening import special_days
from kexie.contexts.museums.rules.opening import Opening, opening
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope

DAYS_AHEAD = 14


@dataclass(frozen=True, kw_only=True)
class MuseumOnDay:
    """A museum as it is on a day. `code` is its unit's public code; `opened_on` the first day with visitors."""

    code: str
    name: str
    level: str
    county: str
    stage: str
    stage_label: str
    is_open: bool
    why_closed: str
    opens_at: dt.time | None
    closes_at: dt.time | None
    last_entry_at: dt.time | None
    address: str
    phone: str
    ticket: str
    opened_on: dt.date | None
    floor_area: int | None
    exhibition_area: int | None
    instant_cap: int | None
    longitude: Decimal | None
    latitude: Decimal | None


@dataclass(frozen=True, kw_only=True)
class UpcomingShow:
    """A regular show on a day on which its museum is open."""

    title: str
    museum: str
    museum_code: str
    hall: str
    on: dt.date
    starts_at: dt.time
    minutes: int


def museums_on(day: dt.date, scope: Scope) -> tuple[MuseumOnDay, ...]:
    """Return the museums with their state on a day, the city's own first."""
    return _museums_over(Period.until(day, since=day), scope)(day)


def upcoming_shows(since: dt.date, scope: Scope, *, limit: int = 12) -> tuple[UpcomingShow, ...]:
    """Return the next regular shows from a day on, for at most fourteen days; the same few statements for all days."""
    period = Period.until(since + dt.timedelta(days=DAYS_AHEAD - 1), since=since)
    on_day, times = _museums_over(period, scope), queries.show_times(period, scope)
    found: list[UpcomingShow] = []
    for ahead in range(DAYS_AHEAD):
        if len(found) >= limit:
            break
        day = since + dt.timedelta(days=ahead)
        found.extend(_shows_of(day, on_day(day), times))
    return tuple(found[:limit])


def _museums_over(period: Period, scope: Scope) -> Callable[[dt.date], tuple[MuseumOnDay, ...]]:
    """Read once what says how the museums are on each day of a period."""
    museums, opened = list(queries.museums(scope)), queries.opened_on(scope)
    stages, closed = queries.stages_over(period, scope), queries.closed_days(period, scope)
    special = special_days(period, scope)

    def on_day(day: dt.date) -> tuple[MuseumOnDay, ...]:
        return tuple(one(museum, day) for museum in museums)

    def one(museum: Museum, day: dt.date) -> MuseumOnDay:
        entered = [stage for stage in stages.get(museum.pk, ()) if stage.occurred_on <= day]
        stage = entered[-1] if entered else None
        state = opening(
            museum,
            day,
            stage=stage,
            closed=closed.get((museum.unit_id, day)),
            special=special.get((museum.pk, day)),
        )
        return _on_day(museum, state, stage, opened.get(museum.pk))

    return on_day


def _shows_of(
    day: dt.date, museums: Iterable[MuseumOnDay], times: Iterable[ShowTime]
) -> Iterator[UpcomingShow]:
    open_codes = {museum.code for museum in museums if museum.is_open}
    for time in times:
        if time.is_on(day) and time.unit.code in open_codes:
            yield UpcomingShow(
                title=time.series.name,
                museum=time.unit.name,
                museum_code=time.unit.code,
                hall=time.hall.name,
                on=day,
                starts_at=time.starts_at,
                minutes=time.minutes,
            )


def _on_day(
    museum: Museum, state: Opening, stage: MuseumStage | None, opened_on: dt.date | None
) -> MuseumOnDay:
    place = museum.unit.place
    return MuseumOnDay(
        code=museum.unit.code,
        name=museum.name,
        level=museum.level,
        county=museum.area.name if museum.area else "",
        stage=stage.stage if stage else "",
        stage_label=stage.get_stage_display() if stage else "",
        is_open=state.is_open,
        why_closed="" if state.is_open else state.why,
        opens_at=museum.opens_at,
        closes_at=museum.closes_at,
        last_entry_at=museum.last_entry_at,
        address=museum.address,
        phone=museum.phone,
        ticket=museum.ticket,
        opened_on=opened_on,
        floor_area=museum.floor_area,
        exhibition_area=museum.exhibition_area,
        instant_cap=museum.instant_cap,
        longitude=place.longitude if place else None,
        latitude=place.latitude if place else None,
    )
