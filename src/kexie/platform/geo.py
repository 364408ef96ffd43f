"""Points on the ground. Kexie stores WGS-84 (CGCS2000 within a metre); Chinese map services speak GCJ-02."""

import math
from dataclasses import dataclass
from enum import StrEnum

# The ellipsoid that GCJ-02 uses (Krasovsky 1940), in metres and squared eccentricity.
_SEMI_MAJOR = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943
# The shift is undone by iteration; 1e-9 degrees is a tenth of a millimetre.
_PRECISION = 1e-9
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_EARTH_RADIUS = 6_371_008.8


class System(StrEnum):
    """A coordinate system. Points of different systems lie 300 to 500 metres apart."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"


@dataclass(frozen=True)
class Point:
    """Degrees east and north, in a system that the point itself names."""

    longitude: float
    latitude: float
    system: System = System.WGS84

    def to(self, system: System) -> "Point":
        """Return the same spot in another system."""
        if system is self.system or not is_in_china(self.longitude, self.latitude):
            return Point(self.longitude, self.latitude, system)
        convert = _to_gcj02 if system is System.GCJ02 else _to_wgs84
        return Point(*convert(self.longitude, self.latitude), system)


def is_in_china(longitude: float, latitude: float) -> bool:
    """Whether a point lies in the rectangle around China; outside it GCJ-02 is WGS-84."""
    return _WEST <= longitude <= _EAST and _SOUTH <= latitude <= _NORTH


def distance(one: Point, other: Point) -> float:
    """Return metres between two points along a sphere (within 0.5 percent)."""
    other = other.to(one.system)
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    chord = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(1.0, chord)))


def _to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    east, north = _shift(longitude - 105.0, latitude - 35.0)
    radians = math.radians(latitude)
    magic = 1 - _ECCENTRICITY * math.sin(radians) ** 2
    meridian = _SEMI_MAJOR * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic))
    parallel = _SEMI_MAJOR / math.sqrt(magic) * math.cos(radians)
    return longitude + math.degrees(east / parallel), latitude + math.degrees(north / meridian)


def _to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude, latitude
    for _attempt in range(30):
        there = _to_gcj02(x, y)
        error = longitude - there[0], latitude - there[1]
        x, y = x + error[0], y + error[1]
        if max(map(abs, error)) < _PRECISION:
            break
    return x, y


def _shift(x: float, y: float) -> tuple[float, float]:
    """Return the published shift in metres east and north; x and y are degrees from 105 E, 35 N."""
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    root = math.sqrt(abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    return east, north
