"""Entering and changing places."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.places import geojson
from kexie.foundation.places.models import AreaShape, Place
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.platform import geo
from kexie.platform.audit import operations as audit


class PlaceRefused(UserError):
    """A place that cannot be entered so; the message stands beside the field."""


class Changes(TypedDict, total=False):
    """What may be changed of a place."""

    unit: Unit
    area: Area
    name: str
    address: str
    point: geo.Point | None
    floor_area: int | None
    note: str


@transaction.atomic
def create_place(
    *,
    unit: Unit,
    area: Area,
    name: str,
    actor: audit.Actor | None,
    now: dt.datetime,
    address: str = "",
    point: geo.Point | None = None,
    floor_area: int | None = None,
    note: str = "",
) -> Place:
    """Enter a place that `unit` keeps. `point` says its own coordinate system; WGS-84 is stored."""
    place = Place(
        association_id=unit.association_id,
        unit=unit,
        area=area,
        name=name,
        address=address.strip(),
        floor_area=floor_area,
        note=note,
    )
    _check(place)
    _locate(place, point)
    place.save(force_insert=True)
    _log(place, "places.create", actor=actor, now=now)
    return place


@transaction.atomic
def edit_place(
    *,
    place: Place,
    actor: audit.Actor | None,
    now: dt.datetime,
    **changes: Unpack[Changes],
) -> Place:
    """Change a place in the fields given; a point of None takes its coordinates away."""
    place = Place.objects.select_for_update(of=("self",)).select_related("unit", "area").get(pk=place.pk)
    old = _shown(place, changes)
    for field, value in changes.items():
        if field != "point":
            setattr(place, field, value)
    if "point" in changes:
        _locate(place, changes["point"])
    _check(place)
    place.save()
    _log(place, "places.edit", actor=actor, now=now, old=old, new=_shown(place, changes))
    return place


def _check(place: Place) -> None:
    place.name = place.name.strip()
    if not place.name:
        raise PlaceRefused(fields={"name": _("请填写地点名称。")})
    if place.unit.association_id != place.association_id:
        raise PlaceRefused(fields={"unit": _("管理单位属于另一个科协。")})


def _shown(place: Place, fields: Iterable[str]) -> dict[str, str]:
    """Return what the log says of some fields."""
    names = [
        name for field in fields for name in (("longitude", "latitude") if field == "point" else (field,))
    ]
    values = {name: getattr(place, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _locate(place: Place, point: geo.Point | None) -> None:
    if point is None:
        place.longitude = place.latitude = None
        return
    if not geo.is_in_china(point.longitude, point.latitude):
        raise PlaceRefused(fields={"longitude": _("这个坐标不在中国境内，请检查经度和纬度是否颠倒。")})
    stored = point.to(geo.System.WGS84)
    place.longitude, place.latitude = _degrees(stored.longitude), _degrees(stored.latitude)


def _degrees(value: float) -> Decimal:
    """Six decimals are about ten centimetres."""
    return Decimal(f"{value:.6f}")


def _log(place: Place, action: str, *, actor: audit.Actor | None, now: dt.datetime, **detail: object) -> None:
    audit.append(
        association_id=place.association_id, actor=actor, action=action, subject=place, detail=detail, now=now
    )


@transaction.atomic
def take_in_shapes(
    *, association: Unit, content: bytes, actor: audit.Actor, now: dt.datetime, scope: Scope
) -> int:
    """Keep the boundaries of a GeoJSON file; what was kept of the same areas is replaced. All of it or nothing.

    Raises geojson.ShapesRefused that names every feature that is wrong.
    """
    if not scope.covers(association.path):
        raise Forbidden(_("边界由市科协导入。"))
    known = {one.code: one for one in Area.objects.filter(code__startswith=association.area.prefix)}
    by_name: dict[str, list[Area]] = {}
    for one in known.values():
        by_name.setdefault(one.name, []).append(one)
    found: dict[str, geojson.Polygons] = {}
    wrong: list[str] = []
    for number, feature in enumerate(geojson.features(content), 1):
        try:
            area = geojson.area_of(feature, known, by_name)
            found.setdefault(area.code, []).extend(geojson.polygons_of(feature))
        except ValueError as error:
            wrong.append(_("第%(n)d个要素：%(why)s") % {"n": number, "why": error})
    if wrong:
        raise geojson.ShapesRefused(fields={"file": _("；").join(wrong[:20])})
    for code, polygons in found.items():
        AreaShape.objects.update_or_create(
            association=association, area=known[code], defaults={"polygons": polygons}
        )
    audit.append(
        association_id=association.pk, actor=actor, action="places.take_in_shapes", subject=association,
        detail={"areas": sorted(found)}, now=now,
    )  # fmt: skip
    return len(found)


@transaction.atomic
def remove_shapes(*, association: Unit, actor: audit.Actor, now: dt.datetime, scope: Scope) -> int:
    """Take all boundaries away; squares are drawn again."""
    if not scope.covers(association.path):
        raise Forbidden(_("边界由市科协导入。"))
    gone, _by_model = AreaShape.objects.filter(association=association).delete()
    audit.append(
        association_id=association.pk, actor=actor, action="places.remove_shapes", subject=association,
        detail={"areas": gone}, now=now,
    )  # fmt: skip
    return gone
