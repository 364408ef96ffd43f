"""Ways between the places of a season: what is known of them, and what its places are called."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import RoadTable, Season
from kexie.contexts.touring.queries import seasons
from kexie.contexts.touring.rules import roads
from kexie.contexts.touring.rules.roads import Roads
from kexie.kernel import text
from kexie.kernel.errors import NotFound


@dataclass(frozen=True)
class Places:
    """The depots and sites of a season that have a point: how they may be called, how a list calls them (with their county)."""

    points: list[tuple[float, float]]
    labels: list[str]
    names: dict[str, list[int]]


def tables(season: Season) -> QuerySet[RoadTable]:
    """Return the tables of the office that plans, the latest first; how many seasons use each."""
    rows = RoadTable.objects.filter(association=season.association_id, unit=season.unit_id)
    return rows.defer("ways", "points").annotate(uses=Count("used_by")).order_by("-made_at", "pk")


def table(season: Season, pk: UUID) -> RoadTable:
    """Return one of them."""
    found = tables(season).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这张里程表，可能已经删除。"))
    return found


def places(season: Season) -> Places:
    """Return the places of a season."""
    found = Places([], [], defaultdict(list))
    for van in season.vans.select_related("caravan").order_by("caravan__name", "pk"):
        _add(found, (float(van.longitude), float(van.latitude)), (van.caravan.name, van.caravan.plate))
    rows = seasons.sites(season).exclude(longitude=None)
    columns = ("name", "area__name", "area__parent__name", "longitude", "latitude")
    for name, area, county, east, north in rows.values_list(*columns):
        full = name if name.startswith(area or "") else f"{area}{name}"
        _add(found, (float(east or 0), float(north or 0)), (f"{county or ''}{full}", full, name))
    return found


def straight(season: Season, points: list[tuple[float, float]]) -> Roads:
    """Return the ways as the crow flies."""
    return roads.great_circle(points, factor=1.0, kmh=season.kmh, source="")


def _add(found: Places, point: tuple[float, float], names: tuple[str, ...]) -> None:
    number = len(found.points)
    found.points.append(point)
    found.labels.append(names[0])
    for name in {text.key(name) for name in names if name}:
        found.names[name].append(number)
