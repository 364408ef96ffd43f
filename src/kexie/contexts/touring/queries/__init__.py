"""Reads of the touring data; every one takes a scope."""

import datetime as dt

from django.db.models import QuerySet

from kexie.contexts.touring.models import Caravan, CaravanStop, TourStop
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known


def stops_running(day: dt.date, scope: Scope) -> QuerySet[TourStop]:
    """Return the stops where a touring set stands on a day, those that end first at the top."""
    rows = TourStop.objects.filter(scope.q(), known(None), occurred_on__lte=day, ended_on__gte=day)
    return rows.select_related("touring_set", "area", "unit").order_by("ended_on", "venue")


def caravan_stops_since(day: dt.date, scope: Scope) -> QuerySet[CaravanStop]:
    """Return the caravan stops since a day, latest first."""
    rows = CaravanStop.objects.filter(scope.q(), known(None), occurred_on__gte=day)
    return rows.select_related("area", "trip__caravan").order_by("-occurred_on", "-id")


def caravans(scope: Scope) -> QuerySet[Caravan]:
    """Return the caravans in use."""
    return Caravan.objects.filter(scope.q(), retired_on=None).select_related("unit").order_by("name")
