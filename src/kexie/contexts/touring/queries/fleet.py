"""Reads of the caravans and their crews; every one takes a scope."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    Caravan,
    CaravanDocument,
    CaravanExhibit,
    CaravanTrip,
    CrewLeave,
    CrewMember,
    DrivingSpell,
    OdometerReading,
)
from kexie.contexts.touring.rules import driving
from kexie.contexts.touring.rules import fleet as rules
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

SomeRow = TypeVar("SomeRow", bound=Model)


def vans(scope: Scope) -> QuerySet[Caravan]:
    """Return every vehicle with its papers, also the retired."""
    rows = Caravan.objects.filter(scope.q()).select_related("unit").prefetch_related("documents", "repairs")
    broken = Count("exhibits", filter=Q(exhibits__condition__in=("FAULTY", "MISSING")), distinct=True)
    return rows.annotate(broken=broken, next_end=Min("documents__valid_to")).order_by("name", "pk")


def van(scope: Scope, pk: UUID) -> Caravan:
    """Return a vehicle."""
    return _one(vans(scope), pk)


def odometers(scope: Scope) -> dict[UUID, int]:
    """Return the highest reading known of each vehicle that has one, from trips and from readings apart."""
    trips = CaravanTrip.objects.filter(scope.q(), odometer_in__isnull=False).exclude(state="REVERSED")
    found = dict(trips.order_by().values_list("caravan_id").annotate(Max("odometer_in")))
    readings = OdometerReading.objects.filter(scope.q("caravan__unit"), is_doubtful=False)
    for pk, km in readings.order_by().values_list("caravan_id").annotate(Max("km")):
        found[pk] = max(km, found.get(pk, 0))
    return found


def odometer_points(caravan: Caravan) -> list[tuple[dt.date, int]]:
    """Return every reading of a vehicle that is to be believed: of purchase, of trips, and read apart."""
    found = [(caravan.bought_on, caravan.initial_km)]
    rows = CaravanTrip.objects.filter(caravan=caravan).exclude(state="REVERSED")
    for day, out, back, returned in rows.values_list(
        "occurred_on", "odometer_out", "odometer_in", "returned_on"
    ):
        found += [(day, out)] if out is not None else []
        found += [(returned, back)] if back is not None else []
    found += caravan.readings.filter(is_doubtful=False).values_list("on", "km")
    return sorted(found)


def last_readings(caravans: Collection[Caravan]) -> dict[UUID, int]:
    """Return the latest reading of each vehicle that is to be believed; three queries, however many there are."""
    last = {one.pk: (one.bought_on, one.initial_km) for one in caravans}
    trips = CaravanTrip.objects.filter(caravan__in=last).exclude(state="REVERSED")
    readings = OdometerReading.objects.filter(caravan__in=last, is_doubtful=False)
    for rows, day, km in (
        (trips, "occurred_on", "odometer_out"), (trips, "returned_on", "odometer_in"), (readings, "on", "km"),
    ):  # fmt: skip
        found = rows.filter(**{f"{km}__isnull": False}).order_by("caravan_id", f"-{day}", f"-{km}")
        for pk, on, read in found.distinct("caravan_id").values_list("caravan_id", day, km):
            last[pk] = max(last[pk], (on, read))
    return {pk: read for pk, (_on, read) in last.items()}


def exhibits(caravan: Caravan) -> QuerySet[CaravanExhibit]:
    """Return what is on board, by number."""
    return CaravanExhibit.objects.filter(caravan=caravan).order_by("number")


def exhibit(scope: Scope, pk: UUID) -> CaravanExhibit:
    """Return an exhibit on board."""
    return _one(CaravanExhibit.objects.filter(scope.q()).select_related("caravan"), pk)


def documents(scope: Scope) -> QuerySet[CaravanDocument]:
    """Return the papers of vehicles in use, those that end first at the top."""
    rows = CaravanDocument.objects.filter(scope.q("caravan__unit"), caravan__retired_on=None)
    return rows.select_related("caravan__unit", "scan").order_by("valid_to", "pk")


def to_renew(scope: Scope, day: dt.date) -> list[CaravanDocument]:
    """Return the papers that have ended or end soon and were not renewed, those that end first at the top."""
    by_van: dict[UUID, list[CaravanDocument]] = defaultdict(list)
    for one in documents(scope):
        by_van[one.caravan_id].append(one)
    found = [
        one
        for papers in by_van.values()
        for one in rules.latest(papers)
        if rules.standing(one, day) != "GOOD"
    ]
    return sorted(found, key=lambda one: (one.valid_to or day, one.pk))


def members(scope: Scope) -> QuerySet[CrewMember]:
    """Return drivers and educators with their leave."""
    rows = CrewMember.objects.filter(scope.q()).select_related("unit", "caravan")
    return rows.prefetch_related("leaves").order_by("left_on", "name", "pk")


def drivers(scope: Scope) -> QuerySet[CrewMember]:
    """Return those who drive and have not left."""
    rows = CrewMember.objects.filter(scope.q(), job__in=CrewMember.DRIVES, left_on=None)
    return rows.select_related("unit").order_by("name", "pk")


def member(scope: Scope, pk: UUID) -> CrewMember:
    """Return a member."""
    return _one(members(scope), pk)


def licences_to_renew(scope: Scope, day: dt.date) -> int:
    """Return how many drivers' licences have ended or end soon."""
    rows = CrewMember.objects.filter(scope.q(), job__in=CrewMember.DRIVES, left_on=None)
    return rows.filter(licence_until__lte=day + rules.REMIND_DAYS * rules.ONE_DAY).count()


def spells(one: CrewMember) -> QuerySet[DrivingSpell]:
    """Return a driver's stretches at the wheel, latest first."""
    return DrivingSpell.objects.filter(member=one).select_related("caravan").order_by("-started_at")


def off_days(caravans: Iterable[Caravan], days: list[dt.date]) -> dict[UUID, dict[dt.date, str]]:
    """Return by vehicle the days on which it cannot go out, and why: repair, papers, nobody to drive it.

    A vehicle of which nobody entered papers, or to which no driver is assigned, is not held back by that.
    """
    rows = Caravan.objects.filter(pk__in=[one.pk for one in caravans])
    rows = rows.prefetch_related("documents", "repairs", "crew__leaves")
    return {one.pk: dict(_off(one, days)) for one in rows}


def _off(van: Caravan, days: list[dt.date]) -> Iterator[tuple[dt.date, str]]:
    """Yield the days on which a vehicle cannot go out, with the reason."""
    repairs, papers = list(van.repairs.all()), list(van.documents.all())
    drivers = [(one, list(one.leaves.all())) for one in van.crew.all() if one.job in CrewMember.DRIVES]
    for day in days:
        if van.retired_on is not None and day >= van.retired_on:
            yield day, _("已退役")
        elif rules.is_away(repairs, day):
            yield day, _("在维修")
        elif ended := rules.undocumented(papers, day):
            yield day, _("%(papers)s已过期") % {"papers": "、".join(ended)}
        elif drivers and not any(_drives(van, one, leaves, day) for one, leaves in drivers):
            yield day, _("驾驶员请假、离岗或驾驶证不符")


def _drives(van: Caravan, one: CrewMember, leaves: list[CrewLeave], day: dt.date) -> bool:
    return driving.is_here(one, leaves, day) and not driving.may_drive(one, van.licence_class, day)


def _one(rows: QuerySet[SomeRow], pk: UUID) -> SomeRow:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权查看。"))
    return found
