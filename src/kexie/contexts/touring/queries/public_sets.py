"""Where the touring sets can be visited, as everybody may know it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from kexie.contexts.touring.models import PlannedTourStop, TourStop
from kexie.contexts.touring.rules.calendar import open_days
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known


@dataclass(frozen=True, kw_only=True)
class Showing:
    """A set at a venue. `open_on`: its days open to everybody, None where no calendar was entered."""

    venue: str
    address: str
    county: str
    theme: str
    serial: str
    first_on: dt.date
    last_on: dt.date
    weekdays: tuple[int, ...] = ()
    open_on: frozenset[dt.date] | None = None
    changed: tuple[tuple[dt.date, bool, str], ...] = field(default=())

    def is_on(self, day: dt.date) -> bool:
        """Whether the set stands there on a day."""
        return self.first_on <= day <= self.last_on

    def next_open(self, day: dt.date) -> dt.date | None:
        """Return the first open day from a day on, if the calendar says."""
        return min((one for one in self.open_on or () if one >= day), default=None)


def showings(scope: Scope, day: dt.date) -> list[Showing]:
    """Return where sets are and will be from a day on: those on show first, then by their first day."""
    found = [*_arranged(scope, day), *_recorded(scope, day)]
    return sorted(found, key=lambda one: (not one.is_on(day), one.first_on, one.serial))


def _arranged(scope: Scope, day: dt.date) -> Iterator[Showing]:
    rows = PlannedTourStop.objects.filter(scope.q(), last_on__gte=day).exclude(state="CANCELLED")
    rows = rows.select_related("touring_set", "venue__area", "unit__area").prefetch_related("days")
    for one in rows.order_by("first_on", "pk"):
        changed = {each.on: each.is_open for each in one.days.all()}
        yield Showing(
            venue=one.venue.name, address=one.venue.address, county=one.unit.area.name,
            theme=one.touring_set.theme, serial=one.touring_set.serial, first_on=one.first_on,
            last_on=one.last_on, weekdays=tuple(sorted(one.open_weekdays)),
            open_on=frozenset(open_days(one, changed)),
            changed=tuple((each.on, each.is_open, each.reason) for each in one.days.all() if each.on >= day),
        )  # fmt: skip


def _recorded(scope: Scope, day: dt.date) -> Iterator[Showing]:
    """Yield confirmed stops that were not arranged here: their opening days nobody entered."""
    arranged = PlannedTourStop.objects.filter(scope.q(), record__isnull=False).values("record_id")
    rows = TourStop.objects.filter(scope.q(), known(None), ended_on__gte=day).exclude(pk__in=arranged)
    for one in rows.select_related("touring_set", "area").order_by("occurred_on", "pk"):
        yield Showing(
            venue=one.venue, address="", county=one.area.name, theme=one.touring_set.theme,
            serial=one.touring_set.serial, first_on=one.occurred_on, last_on=one.ended_on,
        )  # fmt: skip
