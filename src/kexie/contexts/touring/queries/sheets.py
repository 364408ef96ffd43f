"""Trip sheets: what a crew takes along for each day on the road."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from kexie.contexts.touring.models import CrewMember, Plan, PlannedStop, PlannedTrip
from kexie.contexts.touring.queries import seasons
from kexie.contexts.touring.rules import driving


@dataclass(frozen=True)
class Sheet:
    """One van's day: its stops in order, and who of its crew is there."""

    trip: PlannedTrip
    stops: tuple[PlannedStop, ...]
    crew: tuple[CrewMember, ...]


def sheets(plan: Plan, first: dt.date, last: dt.date, van: UUID | None = None) -> list[Sheet]:
    """Return the sheets of a plan from one day to another, of one van or of all, by van and day."""
    trips = seasons.trips(plan).filter(day__range=(first, last))
    rows = seasons.stops(plan).filter(trip__day__range=(first, last))
    if van is not None:
        trips, rows = trips.filter(van=van), rows.filter(trip__van=van)
    stops: dict[UUID, list[PlannedStop]] = defaultdict(list)
    for one in rows:
        stops[one.trip_id].append(one)
    found = {trip: stops[trip.pk] for trip in trips.order_by("van__caravan__name", "van_id", "day")}
    crews = _crews({trip.van.caravan_id for trip in found})
    return [
        Sheet(trip, tuple(stops), _here(crews.get(trip.van.caravan_id, []), trip.day))
        for trip, stops in found.items()
    ]


def _crews(caravans: set[UUID]) -> dict[UUID, list[CrewMember]]:
    crews: dict[UUID, list[CrewMember]] = defaultdict(list)
    rows = CrewMember.objects.filter(caravan__in=caravans).prefetch_related("leaves")
    for one in rows.order_by("-job", "name", "pk"):
        if one.caravan_id is not None:
            crews[one.caravan_id].append(one)
    return crews


def _here(crew: list[CrewMember], day: dt.date) -> tuple[CrewMember, ...]:
    return tuple(one for one in crew if driving.is_here(one, one.leaves.all(), day))
