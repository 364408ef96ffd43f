"""Which townships have been reached: a picture of all, and a list that says the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.queries import coverage
from kexie.contexts.touring.rules.coverage import Reach
from kexie.contexts.touring.web.fleet.base import ListPage
from kexie.foundation.places import queries as shapes
from kexie.platform import maps
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_IN_TIME = {Reach.HALF, Reach.YEAR}


@dataclass(frozen=True)
class County:
    """A county's townships, in order of code."""

    name: str
    towns: Sequence[Any]

    @property
    def reached(self) -> int:
        """How many of them were reached within a year."""
        return sum(one.reach in _IN_TIME for one in self.towns)


class CoverageList(ListPage):
    """The townships: when a caravan was last there, how often in a year, how many sites wait."""

    tab, title = "coverage", gettext_lazy("乡镇覆盖")
    sub = gettext_lazy("按已确认的活动场次计算，不论哪个单位的车去的。")
    search = ("name", "parent__name", "code")
    empty = (gettext_lazy("没有符合条件的乡镇"), gettext_lazy("换个条件再看；乡镇来自行政区划。"))
    usual_order = (F("last_on").asc(nulls_first=True), "code")
    columns = (
        Sortable("town", gettext_lazy("乡镇"), ("code",)),
        Sortable("county", gettext_lazy("县（市、区）"), ("parent__code", "code")),
        Sortable("reach", gettext_lazy("覆盖情况"), ("last_on",), nowrap=True),
        Sortable("last", gettext_lazy("最近一次"), ("last_on",), nowrap=True),
        Sortable("stops", gettext_lazy("一年内场次"), ("stops",), numeric=True, largest_first=True),
        Sortable("sites", gettext_lazy("巡展点位"), ("sites",), numeric=True, largest_first=True),
        Sortable("population", gettext_lazy("常住人口"), ("population",), numeric=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every township in sight, those waiting longest first."""
        return self._townships

    @cached_property
    def _townships(self) -> QuerySet[Any]:
        return coverage.townships(self.scope, timezone.localdate())

    @cached_property
    def _every(self) -> list[Any]:
        return list(self._townships.order_by("code"))

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By county and by how long ago."""
        counties = {one.parent_id: one.parent.name for one in self._every if one.parent}
        return {
            "parent": (_("县（市、区）"), list(counties.items())),
            "reach": (_("覆盖情况"), Reach.choices),
        }

    def row(self, one: Any) -> Row:
        """Show a township."""
        cells = (
            Cell(one.name), Cell(one.parent.name if one.parent else ""), Cell(Reach(one.reach).label),
            Cell(one.last_on or ""), Cell(one.stops), Cell(one.sites), Cell(one.population or ""),
        )  # fmt: skip
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """The city brings the boundaries in."""
        if not (self.decides and self.allowed.get("import")):
            return []
        return [Link(_("行政区边界"), self.url("boundaries"), "upload")]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Show the picture above the list."""
        return super().page("coverage", {**context, **self._picture()}, status=status)

    def _map(self, counties: dict[str, list[Any]]) -> dict[str, Any]:
        placed = {name: [_spot(one) for one in towns if one.longitude] for name, towns in counties.items()}
        names = [_middle(name, spots) for name, spots in placed.items() if spots]
        spots = [one for found in placed.values() for one in found]
        return maps.picture(settings.MAP_TILES, spots, names=names)

    def _picture(self) -> dict[str, Any]:
        towns = self._every
        counties: dict[str, list[Any]] = {}
        for one in towns:
            counties.setdefault(one.parent.name if one.parent else "", []).append(one)
        drawn = shapes.drawing(self.scope, [code for one in towns for code in (one.code, one.parent_id)])
        in_time = [one for one in towns if one.reach in _IN_TIME]
        return {
            "counties": [County(name, found) for name, found in counties.items()],
            "town_map": self._map(counties),
            "drawing": drawn,
            "outlines": list(_outlines(drawn, towns)),
            "legend": [(reach, sum(one.reach == reach for one in towns)) for reach in Reach],
            "all": len(towns),
            "in_time": len(in_time),
            "share": _share(len(in_time), len(towns)),
            "people": _share(
                sum(one.population or 0 for one in in_time), sum(one.population or 0 for one in towns)
            ),
        }


def _outlines(drawn: shapes.Drawing, towns: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield what is drawn: townships by their reach; counties by the share of their townships reached within a year."""
    by_code = {one.code: one for one in towns}
    for outline in sorted(drawn.outlines, key=lambda one: len(one.code)):
        town = by_code.get(outline.code)
        if town is not None:
            last = town.last_on.isoformat() if town.last_on else _("还没去过")
            yield {"path": outline.path, "tone": town.reach.lower(), "title": f"{town.name} {last}"}
            continue
        inside = [one for one in towns if one.parent_id == outline.code]
        share = _share(sum(one.reach in _IN_TIME for one in inside), len(inside)) or 0
        name = inside[0].parent.name if inside else ""
        title = _("%(name)s：一年内到过%(share)s%%的乡镇") % {"name": name, "share": share}
        yield {"path": outline.path, "tone": f"share-{min(int(share // 25), 3)}", "title": title}


def _spot(town: Any) -> maps.Spot:
    last = town.last_on.isoformat() if town.last_on else _("还没去过")
    values = {"last": last, "stops": town.stops, "sites": town.sites}
    note = _("最近一次：%(last)s；一年内%(stops)s场；巡展点位%(sites)s个") % values
    return maps.Spot(float(town.longitude), float(town.latitude), town.name, note, tone=town.reach.lower())


def _middle(name: str, spots: Sequence[maps.Spot]) -> maps.Spot:
    count = len(spots)
    return maps.Spot(
        sum(one.longitude for one in spots) / count, sum(one.latitude for one in spots) / count, name
    )


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
