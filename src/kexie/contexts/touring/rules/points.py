"""Coordinates as offices hand them in: WGS-84 (CGCS2000), GCJ-02 (高德、腾讯) or BD-09 (百度)."""

import math
import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.platform import geo

SYSTEMS = (
    ("WGS84", gettext_lazy("GPS、北斗、天地图（WGS-84、CGCS2000）")),
    ("GCJ02", gettext_lazy("高德、腾讯地图（GCJ-02）")),
    ("BD09", gettext_lazy("百度地图（BD-09）")),
)
_TURN = math.pi * 3000 / 180
# 115.8123, 115°48′44″, 115度48.7分, E115.8123, 东经115度48分
_DEGREES = re.compile(
    r"[东北]?[经纬]?[EN]?(\d{1,3}(?:\.\d+)?)(?:[°度º](?:(\d{1,2}(?:\.\d+)?)['′’分](?:(\d{1,2}(?:\.\d+)?)(?:[\"″”秒]|''|′′))?)?)?[EN]?",
    re.IGNORECASE,
)
_MINUTE, _PLACES = 60, Decimal("0.000001")


def degrees(value: str) -> Decimal:
    """Return a longitude or latitude as offices write it, in degrees with six places. Raises UserError."""
    found = _DEGREES.fullmatch(text.number(value))
    if found is None:
        raise UserError(
            _("“%(value)s”不是坐标，请填度数，例如 115.812345 或 115°48′44″；经度和纬度各填一格。")
            % {"value": value}
        )
    whole, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    if max(minutes, seconds) >= _MINUTE:
        raise UserError(_("“%(value)s”的分、秒要小于60，请核对。") % {"value": value})
    return (whole + minutes / _MINUTE + seconds / _MINUTE**2).quantize(_PLACES)


def to_wgs84(longitude: Decimal, latitude: Decimal, system: str) -> tuple[Decimal, Decimal]:
    """Return a point of the named system in WGS-84 degrees; what lies outside China is left for others to refuse."""
    if system == "WGS84" or not geo.is_in_china(float(longitude), float(latitude)):
        return longitude, latitude
    x, y = float(longitude), float(latitude)
    x, y = _from_bd09(x, y) if system == "BD09" else (x, y)
    point = geo.Point(x, y, geo.System.GCJ02).to(geo.System.WGS84)
    return Decimal(point.longitude).quantize(_PLACES), Decimal(point.latitude).quantize(_PLACES)


def _from_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _TURN)
    return radius * math.cos(angle), radius * math.sin(angle)
