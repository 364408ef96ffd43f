"""Coordinates as offices hand them in: WGS-84 (CGCS2000), GCJ-02 (高德、腾讯) or BD-09 (百度)."""

import math

from kexie.platform import geo

SYSTEMS = ("WGS84", "GCJ02", "BD09")
_TURN = math.pi * 3000 / 180


def to_wgs84(longitude: float, latitude: float, system: str) -> tuple[float, float]:
    """Return a point of the named system in WGS-84 degrees."""
    if system == "BD09":
        longitude, latitude = _from_bd09(longitude, latitude)
    source = geo.System.WGS84 if system == "WGS84" else geo.System.GCJ02
    point = geo.Point(longitude, latitude, source).to(geo.System.WGS84)
    return point.longitude, point.latitude


def _from_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _TURN)
    return radius * math.cos(angle), radius * math.sin(angle)
