"""The ways of a season: those of its road table, the rest estimated; and what they are called on every plan."""

from django.utils.translation import gettext as _

from kexie.contexts.touring.models import RoadTable, Season
from kexie.contexts.touring.rules import roads
from kexie.contexts.touring.rules.roads import Roads, Table


def kept(one: RoadTable) -> Table:
    """Return the ways that a table holds."""
    points = [(float(east), float(north)) for east, north in one.points]
    return roads.unpacked(points, bytes(one.ways))


def of(season: Season, points: list[tuple[float, float]]) -> tuple[Roads, int]:
    """Return the ways among points, and how many of them the season's table lacks."""
    crow = _("直线距离×%(factor)s") % {"factor": season.factor}
    estimate = roads.great_circle(points, factor=float(season.factor), kmh=season.kmh, source=crow)
    one = season.roads
    if one is None:
        return estimate, 0
    made, lacking = roads.with_table(estimate, kept(one))
    values = {"kind": one.get_kind_display(), "name": one.name, "n": lacking, "crow": crow}
    told = _("%(kind)s“%(name)s”") % values
    if lacking:
        told = _("%(kind)s“%(name)s”，缺的 %(n)s 条按%(crow)s估算") % values
    return Roads(made.points, made.metres, made.minutes, told), lacking
