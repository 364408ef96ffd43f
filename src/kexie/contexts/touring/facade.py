"""What other parts may know of what tours: frozen facts, no rows."""

import datetime as dt
from dataclasses import dataclass

from kexie.contexts.touring import queries
from kexie.contexts.touring.models import Caravan
from kexie.contexts.touring.queries import fleet
from kexie.contexts.touring.rules import should_replace
from kexie.kernel.scope import Scope


@dataclass(frozen=True, kw_only=True)
class RunningStop:
    """A touring set that can be visited now."""

    venue: str
    county: str
    theme: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class RecentCaravanStop:
    """Where a caravan was lately."""

    spot: str
    area: str
    caravan: str
    on: dt.date
    audience: str


@dataclass(frozen=True, kw_only=True)
class CaravanState:
    """A caravan in use: its odometer as last read, and whether the programme's rules advise replacing it."""

    name: str
    plate: str
    vehicle_type: str
    unit: str
    bought_on: dt.date
    odometer: int
    should_replace: bool


def running_stops(day: dt.date, scope: Scope) -> tuple[RunningStop, ...]:
    """Return the touring stops open on a day."""
    return tuple(
        RunningStop(
            venue=stop.venue,
            county=stop.area.name,
            theme=stop.touring_set.theme,
            since=stop.occurred_on,
            until=stop.ended_on,
        )
        for stop in queries.stops_running(day, scope)
    )


def recent_caravan_stops(since: dt.date, scope: Scope, *, limit: int = 6) -> tuple[RecentCaravanStop, ...]:
    """Return the latest caravan stops since a day."""
    return tuple(
        RecentCaravanStop(
            spot=stop.spot,
            area=stop.area.name,
            caravan=stop.trip.caravan.name,
            on=stop.occurred_on,
            audience=stop.get_audience_display(),
        )
        for stop in queries.caravan_stops_since(since, scope)[:limit]
    )


def caravans_on(day: dt.date, scope: Scope) -> tuple[CaravanState, ...]:
    """Return the caravans in use with their odometers."""
    read = fleet.odometers(scope)
    return tuple(_state(one, read.get(one.pk, one.initial_km), day) for one in queries.caravans(scope))


def _state(caravan: Caravan, odometer: int, day: dt.date) -> CaravanState:
    return CaravanState(
        name=caravan.name,
        plate=caravan.plate,
        vehicle_type=caravan.get_vehicle_type_display(),
        unit=caravan.unit.name,
        bought_on=caravan.bought_on,
        odometer=odometer,
        should_replace=should_replace(bought_on=caravan.bought_on, odometer=odometer, on=day),
    )
