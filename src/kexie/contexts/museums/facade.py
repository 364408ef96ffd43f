"""What other parts may know of the museums: frozen facts, no rows."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from kexie.contexts.museums import queries
from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage
from kexie.contexts.museums.rules import opening
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
    stages, opened = queries.stages_on(day, scope), queries.opened_on(scope)
    closed = queries.closed_days(Period.until(day, since=day), scope)
    return tuple(
        _on_day(museum, day, stages.get(museum.pk), closed.get((museum.unit_id, day)), opened.get(museum.pk))
        for museum in queries.museums(scope)
    )


def upcoming_shows(since: dt.date, scope: Scope, *, limit: int = 12) -> tuple[UpcomingShow, ...]:
    """Return the next regular shows from a day on, for at most fourteen days."""
    found: list[UpcomingShow] = []
    for ahead in range(DAYS_AHEAD):
        if len(found) >= limit:
            break
        found.extend(_shows_of(since + dt.timedelta(days=ahead), scope))
    return tuple(found[:limit])


def _shows_of(day: dt.date, scope: Scope) -> list[UpcomingShow]:
    open_codes = {museum.code for museum in museums_on(day, scope) if museum.is_open}
    return [
        UpcomingShow(
            title=time.series.name,
            museum=time.unit.name,
            museum_code=time.unit.code,
            hall=time.hall.name,
            on=day,
            starts_at=time.starts_at,
            minutes=time.minutes,
        )
        for time in queries.show_times(day, scope)
        if time.unit.code in open_codes
    ]


def _on_day(
    museum: Museum,
    day: dt.date,
    stage: MuseumStage | None,
    closed: ClosedDay | None,
    opened_on: dt.date | None,
) -> MuseumOnDay:
    state = opening(museum, day, stage=stage, closed=closed)
    place = museum.unit.place
    return MuseumOnDay(
        code=museum.unit.code,
        name=museum.name,
        level=museum.level,
        county=museum.area.name if museum.area else "",
        stage=stage.stage if stage else "",
        stage_label=stage.get_stage_display() if stage else "",
        is_open=state.is_open,
        why_closed=state.why,
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
