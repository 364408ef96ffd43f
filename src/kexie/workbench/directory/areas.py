"""Areas: the tree of administrative divisions, to be read."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.areas import queries
from kexie.foundation.areas.models import Area, Level
from kexie.foundation.units import queries as units
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table
from kexie.workbench.directory import inputs
from kexie.workbench.directory.base import DirectoryView, home
from kexie.workbench.directory.units import suggestions

# Deeper levels are opened from their county: a city has thousands of villages.
_OVERVIEW = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.ZONE)
_INDENT = "　"
_DEPTH = {
    Level.PROVINCE: 0,
    Level.CITY: 1,
    Level.COUNTY: 2,
    Level.ZONE: 2,
    Level.TOWNSHIP: 3,
    Level.VILLAGE: 4,
}


@dataclass(frozen=True)
class Counts:
    """How many areas stand directly below each, and how many units are in each or below."""

    below: Counter[str]
    units: Counter[str]

    def units_in(self, area: Area) -> int:
        """Return how many units are in the area's subtree."""
        return sum(count for code, count in self.units.items() if code.startswith(area.prefix))


class ListView(DirectoryView):
    """The tree: down to the counties, or one county with everything below it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the areas that the address asks for."""
        top = queries.get(request.GET["under"]) if request.GET.get("under") else None
        words = text.clean(request.GET.get("q", ""))
        areas = self._asked(top, words)
        counts = counted(self.readable)
        context = {
            "table": Table(_columns(), [_row(area, counts) for area in areas]),
            "top": top,
            "words": words,
            "count": len(areas),
            "trail": _trail(top),
        }
        return self.page("directory/areas", context)

    def _asked(self, top: Area | None, words: str) -> list[Area]:
        every = inputs.areas_of(self.readable)
        if words:
            return list(every.filter(name__icontains=words) | every.filter(code__startswith=words))
        if top is not None:
            return list(queries.subtree(top).select_related("counts_in"))
        root = self.account.association.area
        shown = every.filter(level__in=_OVERVIEW).select_related("counts_in")
        return [*queries.ancestors(root), *shown]


def counted(scope: Scope) -> Counts:
    """Return the counts of the scope's association, in two statements."""
    today = timezone.localdate()
    here = units.units(scope).filter(units.existing(today)).order_by()
    by_area = here.values("area_id").annotate(n=Count("pk"))
    below = inputs.areas_of(scope).order_by().values("parent_id").annotate(n=Count("pk"))
    return Counts(
        below=Counter({one["parent_id"]: one["n"] for one in below}),
        units=Counter({one["area_id"]: one["n"] for one in by_area}),
    )


def _columns() -> list[Column]:
    return [
        Column(_("名称")),
        Column(_("区划代码"), nowrap=True),
        Column(_("级别")),
        Column(_("常住人口"), numeric=True),
        Column(_("下级区划"), numeric=True),
        Column(_("现有单位"), numeric=True),
        Column(_("说明")),
    ]


def _row(area: Area, counts: Counts) -> Row:
    level, below, units_here = Level(area.level), counts.below[area.code], counts.units_in(area)
    opens = below and level in {Level.COUNTY, Level.ZONE, Level.TOWNSHIP}
    filtered = f"{reverse('units:list')}?area={area.code}" if level in {Level.COUNTY, Level.ZONE} else ""
    cells = [
        Cell(_INDENT * _DEPTH[level] + area.name),
        Cell(area.code),
        Cell(area.get_level_display()),
        Cell(area.population),
        Cell(below or None, href=f"?under={area.code}" if opens else ""),
        Cell(units_here, href=filtered if units_here else ""),
        Cell(_remark(area)),
    ]
    return Row(cells, name=area.name)


def _remark(area: Area) -> str:
    told = []
    if area.counts_in is not None:
        told.append(_("统计归入%(area)s") % {"area": area.counts_in})
    if area.valid_to is not None:
        told.append(_("%(day)s停用") % {"day": area.valid_to})
    return "；".join(told)


def _trail(top: Area | None) -> list[Link]:
    here = _("行政区划")
    if top is None:
        return [home(), Link(here)]
    return [home(), Link(here, reverse("areas:list")), Link(top.name)]


class ChoicesView(DirectoryView):
    """Answers what somebody types into a search box for an area."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return some areas as [{id, label, hint}]."""
        return suggestions(inputs.areas_of(self.scope), request.GET.get("q", ""))
