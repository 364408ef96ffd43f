"""Entering and changing places."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.platform import geo
from kexie.platform.audit import operations as audit


class PlaceRefused(UserError):
    """A place that cannot be entered so; the message stands beside the field."""


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
    if not name.strip():
        raise PlaceRefused(fields={"name": _("请填写地点名称。")})
    place = Place(
        association_id=unit.association_id,
        unit=unit,
        area=area,
        name=name.strip(),
        address=address.strip(),
        floor_area=floor_area,
        note=note,
    )
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
    name: str | None = None,
    address: str | None = None,
    point: geo.Point | None = None,
    floor_area: int | None = None,
) -> Place:
    """Change a place; what is None stays."""
    given = {"name": name, "address": address, "floor_area": floor_area}
    changed = {field: value for field, value in given.items() if value is not None}
    old = {field: getattr(place, field) for field in changed}
    for field, value in changed.items():
        setattr(place, field, value)
    if point is not None:
        _locate(place, point)
    place.save()
    _log(place, "places.edit", actor=actor, now=now, old=old, new=changed)
    return place


def _locate(place: Place, point: geo.Point | None) -> None:
    if point is None:
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
