"""What a page's map shows. Places are kept in WGS-84 and leave in the system of the tiles that the site has set."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kexie.platform import geo

_DIGITS = 6  # a tenth of a metre


@dataclass(frozen=True)
class Tiles:
    """Layers of tiles by URL with {z}, {x} and {y}, lowest first; none: places stand on plain paper."""

    layers: tuple[str, ...] = ()
    system: geo.System = geo.System.WGS84
    credit: str = ""

    @property
    def origins(self) -> list[str]:
        """The servers a browser fetches tiles from, for the policy of what pages may load."""
        found = (urlsplit(layer) for layer in self.layers)
        return sorted({f"{one.scheme}://{one.netloc}" for one in found})


@dataclass(frozen=True)
class Spot:
    """A place in WGS-84 degrees. `tone` is a class of the page's own style sheet; `href` opens from the label."""

    longitude: float
    latitude: float
    label: str
    note: str = ""
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Track:
    """A line through places, in order."""

    spots: tuple[Spot, ...]
    label: str
    tone: str = ""


def picture(
    tiles: Tiles, spots: Iterable[Spot], *, tracks: Iterable[Track] = (), names: Iterable[Spot] = ()
) -> dict[str, Any]:
    """Return what ui/js/map.js draws; `names` are written on the map without a mark."""
    return {
        "tiles": list(tiles.layers),
        "credit": tiles.credit,
        "spots": [_told(one, tiles.system) for one in spots],
        "tracks": [
            {"at": [_at(one, tiles.system) for one in track.spots], "label": track.label, "tone": track.tone}
            for track in tracks
        ],
        "names": [_told(one, tiles.system) for one in names],
    }


def _told(one: Spot, system: geo.System) -> dict[str, Any]:
    return {
        "at": _at(one, system),
        "label": one.label,
        "note": one.note,
        "href": one.href,
        "tone": one.tone,
    }


def _at(one: Spot, system: geo.System) -> tuple[float, float]:
    """Return latitude and longitude: the order in which map scripts take them."""
    point = geo.Point(one.longitude, one.latitude).to(system)
    return round(point.latitude, _DIGITS), round(point.longitude, _DIGITS)
