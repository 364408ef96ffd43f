"""Boundaries out of a GeoJSON file, with what is wrong named."""

import json
from typing import Any

from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.kernel.errors import UserError
from kexie.platform import geo

# Names of the code and the name of an area in the files of the usual sources.
_CODES, _NAMES = ("code", "adcode", "gb", "id"), ("name", "NAME", "名称")
_RING = 4  # points: a triangle that is closed
MOST_BYTES = 20 * 1024 * 1024
Polygons = list[list[list[list[float]]]]


class ShapesRefused(UserError):
    """A file that holds no usable boundaries."""


def features(content: bytes) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file in degrees."""
    if len(content) > MOST_BYTES:
        raise ShapesRefused(fields={"file": _("文件超过20MB，请先简化边界。")})
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise ShapesRefused(fields={"file": _("这不是 GeoJSON 文件：%(why)s。") % {"why": error}}) from None
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not features:
        raise ShapesRefused(fields={"file": _("文件里没有要素：应是一个 FeatureCollection。")})
    system = json.dumps(told.get("crs") or {})
    if told.get("crs") and not any(name in system for name in ("CRS84", "4326", "4490")):
        raise ShapesRefused(fields={"file": _("坐标系应是 WGS-84 或 CGCS2000 的经纬度，请转换后再导入。")})
    return features


def area_of(feature: Any, known: dict[str, Area], by_name: dict[str, list[Area]]) -> Area:
    """Return the area of a feature, by its code or its name; ValueError says why there is none."""
    told = feature.get("properties") if isinstance(feature, dict) else None
    told = told if isinstance(told, dict) else {}
    code = next((str(told[name]).removeprefix("156") for name in _CODES if told.get(name)), "")
    name = next((str(told[name]) for name in _NAMES if told.get(name)), "")
    if code in known:
        return known[code]
    same = by_name.get(name, [])
    if len(same) == 1:
        return same[0]
    if len(same) > 1:
        raise ValueError(_("“%(name)s”不止一个，请在 code 里写区划代码") % {"name": name})
    raise ValueError(_("没有代码为“%(code)s”、名称为“%(name)s”的行政区划") % {"code": code, "name": name})


def polygons_of(feature: dict[str, Any]) -> Polygons:
    """Return a feature's polygons, each ring closed and in China; ValueError says what is wrong."""
    shape = feature.get("geometry") or {}
    kind, told = shape.get("type"), shape.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(told, list):
        raise ValueError(_("应是 Polygon 或 MultiPolygon"))
    found = [told] if kind == "Polygon" else told
    return [[_ring(ring) for ring in polygon] for polygon in found]


def _ring(told: Any) -> list[list[float]]:
    try:
        ring = [[float(point[0]), float(point[1])] for point in told]
    except (TypeError, ValueError, IndexError):
        raise ValueError(_("坐标应是[经度, 纬度]的数字")) from None
    if len(ring) < _RING or ring[0] != ring[-1]:
        raise ValueError(_("边界线没有闭合"))
    if not all(geo.is_in_china(x, y) for x, y in ring):
        raise ValueError(_("坐标不在中国境内，可能经纬度颠倒，或者不是经纬度"))
    return ring
