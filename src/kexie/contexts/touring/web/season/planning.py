"""A plan under way as it grows, and two plans side by side."""

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.queries import season_figures as figures
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.queries.season_figures import Summary
from kexie.contexts.touring.web.season.base import PlanView
from kexie.kernel.errors import NotFound
from kexie.ui import lists
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_WIDE, _HIGH = 600.0, 120.0


@dataclass(frozen=True)
class Curve:
    """What is missing and what it costs over the time of the search, ready to be drawn."""

    points: str
    first: float
    best: float
    saved: float


def progress_of(plan: Plan) -> dict[str, Any]:
    """Return what the panel about a search shows."""
    seconds, missing, _cost = plan.history[-1] if plan.history else (0, None, None)
    return {
        "plan": plan,
        "is_busy": plan.state in Plan.BUSY,
        "elapsed": min(round(seconds), plan.seconds),
        "is_whole": missing == 0,
        "curve": curve(plan.history),
    }


def curve(history: list[list[float]]) -> Curve | None:
    """Return the cost over time of plans as complete as the last; None while there are fewer than two."""
    if not history:
        return None
    least = min(point[1] for point in history)
    known = [(seconds, cost) for seconds, missing, cost in history if missing == least]
    if not known[1:]:
        return None
    since, until = known[0][0], known[-1][0]
    most, best = max(cost for _seconds, cost in known), min(cost for _seconds, cost in known)

    def place(seconds: float, cost: float) -> str:
        across = (seconds - since) / ((until - since) or 1)
        down = (most - cost) / ((most - best) or 1)
        return f"{across * _WIDE:.1f},{down * _HIGH:.1f}"

    drawn = [place(*known[0])]
    for before, point in pairwise(known):
        drawn += [place(point[0], before[1]), place(*point)]
    return Curve(" ".join(drawn), known[0][1], best, 100 * (known[0][1] - best) / (known[0][1] or 1))


class ProgressView(PlanView):
    """The panel alone, for the board's script to renew."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show how the search stands."""
        response = render(request, "touring/season/_progress.html", progress_of(self.plan))
        response["X-State"], response["X-Kept"] = self.plan.state, figures.mark(self.plan)
        return response


class CompareView(PlanView):
    """Two plans of one season side by side: figures first, then each site whose days differ."""

    def check(self) -> None:
        """Find both plans."""
        super().check()
        self.other: Plan = queries.plan(self.scope, self.kwargs["other"])
        if self.other.season_id != self.season.pk:
            raise NotFound(_("只能比较同一巡展季的两个方案。"))

    def get(self, request: HttpRequest, pk: uuid.UUID, other: uuid.UUID) -> HttpResponse:
        """Show them."""
        rows = differences(list(queries.stops(self.plan)), list(queries.stops(self.other)))
        page = Paginator(rows, lists.PER_PAGE).get_page(request.GET.get("page"))
        left, right = figures.summary(self.plan), figures.summary(self.other)
        context = {
            "plan": self.plan,
            "other": self.other,
            "figures": Table(self._columns(_("指标"), number=True), _figures(left, right)),
            "page": page,
            "differences": Table(self._columns(_("点位")), list(page.object_list)),
            "trail": [
                Link(self.season.name, reverse("touring_season:season", kwargs={"pk": self.season.pk})),
                Link(_("两个方案比较")),
            ],
        }
        return self.page("compare", context)

    def _columns(self, first: str, *, number: bool = False) -> list[Column]:
        heads = [
            Column(first),
            Column(str(self.plan), numeric=number),
            Column(str(self.other), numeric=number),
        ]
        return [*heads, Column(_("相差"), numeric=True)] if number else heads


LABELS = (
    ("stops", gettext_lazy("站次")),
    ("reached", gettext_lazy("到达乡镇")),
    ("share", gettext_lazy("到达乡镇占比（%）")),
    ("missing", gettext_lazy("未排入的站次")),
    ("wishes_kept", gettext_lazy("按申请日期安排")),
    ("confirmed", gettext_lazy("接待方已确认")),
    ("days", gettext_lazy("出车（车·天）")),
    ("km", gettext_lazy("里程（公里）")),
    ("overtime", gettext_lazy("加班（分钟）")),
)


def _figures(left: Summary, right: Summary) -> list[Row]:
    rows = []
    for name, label in LABELS:
        a, b = getattr(left, name), getattr(right, name)
        rows.append(Row([Cell(label), Cell(a), Cell(b), Cell(f"{b - a:+g}" if b != a else "—")]))
    return rows


def differences(left: list[PlannedStop], right: list[PlannedStop]) -> list[Row]:
    """Return the sites that the two plans visit on other days or with another van."""
    names = {one.site_id: one.site for one in (*left, *right)}
    sides = [_visits(left), _visits(right)]
    rows = []
    for pk, site in sorted(names.items(), key=lambda item: (item[1].area_id or "", item[1].name)):
        mine, theirs = (side.get(pk, []) for side in sides)
        if mine != theirs:
            title = f"{site.area.name if site.area else ''} {site.name}"
            rows.append(Row([Cell(title), Cell(_in_words(mine)), Cell(_in_words(theirs))], name=site.name))
    return rows


def _visits(stops: list[PlannedStop]) -> dict[uuid.UUID, list[tuple[dt.date, str]]]:
    found: dict[uuid.UUID, list[tuple[dt.date, str]]] = {}
    for one in stops:
        found.setdefault(one.site_id, []).append((one.trip.day, one.trip.van.caravan.name))
    return found


def _in_words(visits: list[tuple[dt.date, str]]) -> str:
    return "、".join(f"{day.isoformat()} {van}" for day, van in visits) or _("未安排")
