"""Facilities that one can go to, with where they are and whether they are open, for whoever asks what is near."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Avg, QuerySet
from django.utils import timezone

from kexie.contexts.facilities.models import Facility, OpenDay, OpenHours
from kexie.contexts.facilities.queries import in_use
from kexie.contexts.facilities.rules import opening
from kexie.foundation.areas.models import Area, Level
from kexie.foundation.places.models import Place
from kexie.kernel.scope import Scope
from kexie.platform.geo import Point, distance

_TOWN, _COUNTY = 9, 6


@dataclass(frozen=True, kw_only=True)
class Near:
    """A facility in use as it is at a moment; `metres` from the place asked for, None where either is not on the map."""

    id: UUID
    name: str
    kind_label: str
    area: str
    area_code: str
    address: str
    point: Point | None
    is_open: bool | None
    words: str
    metres: float | None = None


def facilities(scope: Scope, now: dt.datetime, *, kind: str = "") -> list[Near]:
    """Return every facility in use with how it is now: four statements, however many there are."""
    moment = timezone.localtime(now)
    found = list(in_use(moment.date(), scope, kind=kind))
    hours = _by_facility(OpenHours.objects.filter(association_id=scope.association_id))
    changed = _by_facility(OpenDay.objects.filter(association_id=scope.association_id, on__gte=moment.date()))
    return [_near(one, moment, hours[one.pk], changed[one.pk]) for one in found]


def townships(root: Area) -> QuerySet[Area]:
    """Return the townships of an association's area, county by county."""
    rows = Area.objects.filter(code__startswith=root.prefix, level=Level.TOWNSHIP, valid_to=None)
    return rows.select_related("parent").order_by("code")


def middle(area_code: str, scope: Scope, known: Sequence[Near]) -> Point | None:
    """Return about where a township is: the middle of the facilities and places known in it; None without any."""
    points = [one.point for one in known if one.point and one.area_code.startswith(area_code[:_TOWN])]
    if points:
        count = len(points)
        return Point(
            sum(one.longitude for one in points) / count, sum(one.latitude for one in points) / count
        )
    rows = Place.objects.filter(
        association_id=scope.association_id, area__code__startswith=area_code[:_TOWN], longitude__isnull=False
    )
    found = rows.aggregate(x=Avg("longitude"), y=Avg("latitude"))
    return Point(float(found["x"]), float(found["y"])) if found["x"] is not None else None


def from_township(known: Sequence[Near], area_code: str, middle_of_it: Point | None) -> list[Near]:
    """Return the facilities from near to far; those without a place follow their township, county and name."""

    def key(one: Near) -> tuple[Any, ...]:
        is_here = one.area_code.startswith(area_code[:_TOWN])
        is_in_county = one.area_code.startswith(area_code[:_COUNTY])
        far = one.metres if one.metres is not None else 0.0
        return (not is_here, not is_in_county and one.metres is None, one.metres is None, far, one.name)

    return sorted((_measured(one, middle_of_it) for one in known), key=key)


def _measured(one: Near, place: Point | None) -> Near:
    return replace(one, metres=distance(one.point, place)) if one.point and place else one


def _near(one: Facility, moment: dt.datetime, hours: Sequence[OpenHours], changed: Sequence[OpenDay]) -> Near:
    state = opening.at(moment, hours, changed, one.opening)
    has_place = one.longitude is not None and one.latitude is not None
    return Near(
        id=one.pk, name=one.name, kind_label=one.get_kind_display(), area=one.area.name if one.area else "",
        area_code=one.area_id or "", address=one.address,
        point=Point(float(one.longitude or 0), float(one.latitude or 0)) if has_place else None,
        is_open=state.is_open, words=state.words,
    )  # fmt: skip


def _by_facility(rows: QuerySet[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for one in rows:
        found[one.facility_id].append(one)
    return found
