"""Which townships the caravans have reached, how long ago, and which never."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Avg, Case, Count, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Left

from kexie.contexts.touring.models import CaravanStop, Site
from kexie.contexts.touring.rules.coverage import HALF, YEAR, Reach
from kexie.foundation.areas.models import PREFIX_LENGTH, Area, Level
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known


def townships(scope: Scope, today: dt.date) -> QuerySet[Area]:
    """Return the townships of the scope's units, each with `last_on`, `stops` of the last year, `sites`, their middle, and `reach`.

    Stops count whoever's caravan made them: a county sees what the city's vans did in its townships.
    """
    stops = CaravanStop.objects.filter(known(None), association=scope.association_id, occurred_on__lte=today)
    sites = Site.objects.filter(association=scope.association_id)
    rows = Area.objects.filter(_below(scope), level=Level.TOWNSHIP, valid_to=None).select_related("parent")
    return rows.annotate(
        last_on=_of_town(stops, Max("occurred_on")),
        stops=Coalesce(_of_town(stops.filter(occurred_on__gt=today - YEAR), Count("pk")), 0),
        sites=Coalesce(_of_town(sites, Count("pk")), 0),
        longitude=_of_town(sites, Avg("longitude")),
        latitude=_of_town(sites, Avg("latitude")),
    ).annotate(reach=_reach(today))


def _below(scope: Scope) -> Q:
    """Return what lies in the areas of the scope's units."""
    areas = Area.objects.filter(pk__in=Unit.objects.filter(scope.q("")).values("area"))
    return reduce(or_, (Q(code__startswith=area.prefix) for area in areas), Q(pk__in=[]))


def _of_town(rows: QuerySet[Any], what: Avg | Max | Count) -> Subquery:
    town = Left("area_id", PREFIX_LENGTH[Level.TOWNSHIP])
    found = rows.annotate(town=town).filter(town=OuterRef("code")).order_by().values("town")
    return Subquery(found.annotate(found=what).values("found"))


def _reach(today: dt.date) -> Case:
    return Case(
        When(last_on=None, then=Value(Reach.NEVER)),
        When(last_on__gt=today - HALF, then=Value(Reach.HALF)),
        When(last_on__gt=today - YEAR, then=Value(Reach.YEAR)),
        default=Value(Reach.LATE),
    )
