"""Reading places."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.places.models import AreaShape, Place
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

_WIDTH, _DIGITS = 1000, 1


@dataclass(frozen=True)
class Outline:
    """An area drawn: its code and the path of its boundary in the box of `Drawing`."""

    code: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """Outlines in a box `_WIDTH` wide; empty where no boundary is known."""

    outlines: tuple[Outline, ...]
    height: int

    @property
    def box(self) -> str:
        """The box, as SVG names it."""
        return f"0 0 {_WIDTH} {self.height}"


def places(scope: Scope, *, area: Area | None = None, text: str = "") -> QuerySet[Place]:
    """Return the places of units in scope: in an area's subtree, with the text in name or address."""
    found = Place.objects.filter(scope.q()).select_related("unit", "area")
    if area is not None:
        found = found.filter(area__code__startswith=area.prefix)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(address__icontains=text))
    return found


def get(scope: Scope, place_id: UUID) -> Place:
    """Return one place in scope or raise NotFound."""
    found = places(scope).filter(pk=place_id).first()
    if found is None:
        raise NotFound(_("没有找到这个地点。"))
    return found


def drawing(scope: Scope, codes: Iterable[str]) -> Drawing:
    """Return the boundaries of these areas, as far as known, as paths: north is up, a kilometre is as long both ways."""
    rows = AreaShape.objects.filter(association_id=scope.association_id, area__in=list(codes))
    shapes = dict(rows.order_by("area").values_list("area", "polygons"))
    points = [point for one in shapes.values() for polygon in one for ring in polygon for point in ring]
    if not points:
        return Drawing((), 0)
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = _WIDTH / max((east - west) * squeeze, (north - south) / 2, 1e-9)

    def at(point: Sequence[float]) -> str:
        x, y = (point[0] - west) * squeeze * scale, (north - point[1]) * scale
        return f"{x:.{_DIGITS}f} {y:.{_DIGITS}f}"

    outlines = tuple(
        Outline(code, "".join(f"M{'L'.join(map(at, ring))}Z" for polygon in one for ring in polygon))
        for code, one in shapes.items()
    )
    return Drawing(outlines, math.ceil((north - south) * scale))
