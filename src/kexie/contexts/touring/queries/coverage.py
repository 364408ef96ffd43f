"""Which townships the caravans have reached, how long ago, and which never."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DateField,
    F,
    Field,
    FloatField,
    Func,
    IntegerField,
    JSONField,
    Max,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Left

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
    recent = Count("pk", filter=Q(occurred_on__gt=today - YEAR))
    seen = _by_town(stops, last_on=Max("occurred_on"), stops=recent)
    sites = Site.objects.filter(association=scope.association_id)
    where = _by_town(sites, sites=Count("pk"), longitude=Avg("longitude"), latitude=Avg("latitude"))
    rows = Area.objects.filter(_below(scope), level=Level.TOWNSHIP, valid_to=None).select_related("parent")
    return rows.annotate(
        last_on=_told(seen, "last_on", DateField()),
        stops=Coalesce(_told(seen, "stops", IntegerField()), 0),
        sites=Coalesce(_told(where, "sites", IntegerField()), 0),
        longitude=_told(where, "longitude", FloatField()),
        latitude=_told(where, "latitude", FloatField()),
    ).annotate(reach=_reach(today))


def _below(scope: Scope) -> Q:
    """Return what lies in the areas of the scope's units."""
    areas = Area.objects.filter(pk__in=Unit.objects.filter(scope.q("")).values("area"))
    return reduce(or_, (Q(code__startswith=area.prefix) for area in areas), Q(pk__in=[]))


def _by_town(rows: QuerySet[Any], **found: Avg | Max | Count) -> dict[str, dict[str, Any]]:
    """Return what was found, by township: all in one scan, where a subquery by township would scan for each of them."""
    town = Left("area_id", PREFIX_LENGTH[Level.TOWNSHIP])
    grouped = rows.annotate(town=town).order_by().values("town").annotate(**found)
    return {one.pop("town"): one for one in grouped}


def _told(by_town: dict[str, dict[str, Any]], name: str, field: "Field[Any, Any]") -> Cast:
    """Return, in the database, what is known by a row's code, so that lists filter and sort by it."""
    table = {code: str(one[name]) for code, one in by_town.items() if one[name] is not None}
    return Cast(_ByCode(Value(table, JSONField()), F("code")), field)


class _ByCode(Func):
    """What a mapping says of a code; NULL if it knows none."""

    template, arg_joiner = "(%(expressions)s)", " ->> "
    output_field = TextField()


def _reach(today: dt.date) -> Case:
    return Case(
        When(last_on=None, then=Value(Reach.NEVER)),
        When(last_on__gt=today - HALF, then=Value(Reach.HALF)),
        When(last_on__gt=today - YEAR, then=Value(Reach.YEAR)),
        default=Value(Reach.LATE),
    )
