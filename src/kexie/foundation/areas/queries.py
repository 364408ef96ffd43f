"""Reading areas. They are public reference data of no association, so nothing here takes a scope."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import PREFIX_LENGTH, Area, Level
from kexie.kernel.errors import NotFound

_CODE_LENGTHS = (2, 4, 6, 9, 12)


def get(code: str) -> Area:
    """Return the area of this code or raise NotFound."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise NotFound(_("没有代码为%(code)s的行政区划。") % {"code": code})
    return area


def subtree(area: Area) -> QuerySet[Area]:
    """Return the area itself and everything below it, in order of code."""
    return Area.objects.filter(code__startswith=area.prefix)


def children(area: Area, *, level: Level | None = None) -> QuerySet[Area]:
    """Return the areas directly below, of one level if given."""
    found = Area.objects.filter(parent=area)
    return found.filter(level=level) if level else found


def counties(area: Area) -> QuerySet[Area]:
    """Return the county-level areas within a province or city. Functional zones are not among them."""
    return subtree(area).filter(level=Level.COUNTY)


def ancestors(area: Area) -> list[Area]:
    """Return the areas above, from the province down; for a zone, its city, not the county it counts in."""
    heads = [area.code[:length] for length in _CODE_LENGTHS if length < PREFIX_LENGTH[Level(area.level)]]
    codes = [head.ljust(6, "0") for head in heads]
    return list(Area.objects.filter(code__in=codes).exclude(code=area.code))


def in_statistics(area: Area, field: str = "area") -> Q:
    """Return the filter for rows that statistics attribute to the area.

    That is its own subtree and those of the zones that count in it or below it.
    """
    zones = Area.objects.filter(level=Level.ZONE, counts_in__code__startswith=area.prefix)
    condition = Q(**{f"{field}__code__startswith": area.prefix})
    for zone in zones:
        condition |= Q(**{f"{field}__code__startswith": zone.prefix})
    return condition
