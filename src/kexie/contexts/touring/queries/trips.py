"""Reads of trips with their stops, costs and incidents."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CaravanStop, CaravanTrip, StopSignOff, TripCost, TripIncident
from kexie.contexts.touring.queries import fleet
from kexie.contexts.touring.rules import fleet as rules
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def trips(scope: Scope) -> QuerySet[CaravanTrip]:
    """Return the trips that stand, with stops, visits, costs and open incidents, the latest first."""
    mine = CaravanStop.objects.filter(trip=OuterRef("pk")).exclude(state=State.REVERSED).order_by()
    stops = mine.values("trip")
    signed = StopSignOff.objects.filter(stop__trip=OuterRef("pk")).exclude(stop__state=State.REVERSED)
    costs = TripCost.objects.filter(trip=OuterRef("pk"), is_void=False).order_by().values("trip")
    open_ones = TripIncident.objects.filter(trip=OuterRef("pk"), closed_on=None).order_by().values("trip")
    rows = CaravanTrip.objects.filter(scope.q()).exclude(state=State.REVERSED)
    return (
        rows.select_related("caravan", "unit")
        .annotate(
            stops=Subquery(stops.annotate(n=Count("pk")).values("n")),
            visits=Subquery(stops.annotate(n=Sum("headcount")).values("n")),
            signed=Subquery(signed.order_by().values("stop__trip").annotate(n=Count("pk")).values("n")),
            yuan=Subquery(costs.annotate(n=Sum("yuan")).values("n")),
            open_incidents=Subquery(open_ones.annotate(n=Count("pk")).values("n")),
        )
        .order_by("-occurred_on", "-departs_at", "-pk")
    )


def trip(scope: Scope, pk: UUID) -> CaravanTrip:
    """Return a trip that stands."""
    found = trips(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次出车，记录可能已冲销，或您无权查看。"))
    return found


def stops(one: CaravanTrip) -> QuerySet[CaravanStop]:
    """Return a trip's stops that stand, with their sign-off."""
    rows = CaravanStop.objects.filter(trip=one).exclude(state=State.REVERSED)
    return rows.select_related("area").prefetch_related("sign_offs").order_by("occurred_on", "pk")


def costs_by_kind(one: CaravanTrip) -> list[tuple[str, Decimal]]:
    """Return what a trip cost, by kind, struck-out entries left out."""
    rows = one.costs.filter(is_void=False).order_by().values_list("kind").annotate(total=Sum("yuan"))
    found = dict(rows)
    return [(str(kind.label), found[kind]) for kind in TripCost.Kind if kind in found]


def odometer_doubts(one: CaravanTrip) -> list[str]:
    """Return what does not fit about a trip's odometer among the vehicle's other readings, in words."""
    if one.odometer_out is None:
        return []
    own = {(one.occurred_on, one.odometer_out), (one.returned_on, one.odometer_in)}
    others = [point for point in fleet.odometer_points(one.caravan) if point not in own]
    return rules.doubts(others, one.occurred_on, one.odometer_out)
