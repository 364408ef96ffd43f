"""The season board: vans and days of a week, with a map; stops are moved, locked, taken out, put in; plans published."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Plan, PlannedStop, PlannedTrip, SeasonVan, Site
from kexie.contexts.touring.operations import by_hand, planning
from kexie.contexts.touring.operations import hosts as links
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import season_figures as figures
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.placing import Effect
from kexie.contexts.touring.rules.solving import reason_in_words
from kexie.contexts.touring.web.season import telling
from kexie.contexts.touring.web.season.base import SPANS, PlanView, compute, seconds_of
from kexie.contexts.touring.web.season.planning import progress_of
from kexie.kernel.errors import UserError
from kexie.platform import maps
from kexie.ui.nav import Link

WEEK = 7
_BEDS = 8  # places to stay that are offered after a day
_WIDE, _HIGH, _EDGE = 600, 420, 20


@dataclass(frozen=True)
class Box:
    """One van's day on the board; `beds`: where it may stay afterwards, the nearest first."""

    day: dt.date
    trip: PlannedTrip | None
    stops: tuple[PlannedStop, ...]
    beds: tuple[Site, ...] = ()


@dataclass(frozen=True)
class Line:
    """A van with its days."""

    van: SeasonVan
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Dot:
    """A point of the map."""

    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Way:
    """One van's day as a line on the map."""

    points: str
    dots: tuple[Dot, ...]
    number: int


class BoardView(PlanView):
    """A week of the plan (`?week=` any day of it)."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        first = self.week()
        days = [first + dt.timedelta(days=n) for n in range(WEEK)]
        stops = list(queries.stops(self.plan))
        lines = self.lines(days, stops)
        shown = [one for one in stops if one.trip.day in days]
        context = {
            "season": self.season,
            "plan": self.plan,
            "days": days,
            "lines": lines,
            "ways": ways(lines),
            "week_map": week_map(lines),
            "earlier": self.address(first - dt.timedelta(days=WEEK)),
            "later": self.address(first + dt.timedelta(days=WEEK)),
            "total": len(stops),
            "week_total": len(shown),
            "declined": [one for one in stops if one.host_state == PlannedStop.Host.DECLINED],
            "missing": self.missing(stops),
            "broken": broken(self.plan) if self.may_plan and self.plan.state not in Plan.BUSY else [],
            "may_plan": self.may_plan,
            **progress_of(self.plan),
            "summary": figures.summary(self.plan),
            "mark": figures.mark(self.plan) if self.plan.state in Plan.BUSY else "",
            "others": self.season.plans.exclude(pk=self.plan.pk),
            "spans": SPANS,
            "is_published": self.season.published_id == self.plan.pk,
            **telling.context_of(self),
            "trail": [
                Link(self.season.name, reverse("touring_season:season", kwargs={"pk": self.season.pk})),
                Link(str(self.plan)),
            ],
        }
        return self.page("board", context)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Carry out what was asked, and show the same week again; a new plan shows itself."""
        if request.POST.get("act") == "replan":
            return self.replan()
        act = ACTS.get(request.POST.get("act", ""))
        try:
            if act is not None:
                messages.success(request, act(self))
                links.keep_links(plan=self.plan)
        except UserError as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(self.address(self.week()))

    def replan(self) -> HttpResponseBase:
        """Plan anew from today in a plan of its own."""
        seconds, start = seconds_of(self.request.POST), self.plan
        try:
            made = compute(
                planning.begin, season=self.season, seconds=seconds, start=start, actor=self.account
            )
        except UserError as refused:
            messages.error(self.request, str(refused))
            return HttpResponseRedirect(self.address(self.week()))
        return HttpResponseRedirect(reverse("touring_season:plan", kwargs={"pk": made.pk}))

    def week(self) -> dt.date:
        """Return the Monday of the week asked for, by default that of today or of the season's first day."""
        asked = self.request.POST.get("week") or self.request.GET.get("week") or ""
        try:
            day = dt.date.fromisoformat(asked)
        except ValueError:
            day = max(self.season.starts_on, min(timezone.localdate(), self.season.ends_on))
        day = max(self.season.starts_on, min(day, self.season.ends_on))
        return day - dt.timedelta(days=day.weekday())

    def address(self, day: dt.date) -> str:
        """Return the address of another week."""
        return f"{reverse('touring_season:plan', kwargs={'pk': self.plan.pk})}?week={day}"

    def lines(self, days: list[dt.date], stops: Iterable[PlannedStop]) -> list[Line]:
        """Return the week van by van."""
        found: dict[tuple[uuid.UUID, dt.date], list[PlannedStop]] = defaultdict(list)
        for one in stops:
            found[one.trip.van_id, one.trip.day].append(one)
        trips = {(one.van_id, one.day): one for one in queries.trips(self.plan).filter(day__in=days)}
        beds = list(queries.sites(self.season).filter(can_stay=True).exclude(longitude=None))
        return [
            Line(van, tuple(_box(van, day, trips, found.get((van.pk, day), []), beds) for day in days))
            for van in self.season.vans.select_related("caravan")
        ]

    def missing(self, stops: Iterable[PlannedStop]) -> list[dict[str, Any]]:
        """Return the sites that have no visit in the plan, with the reason where one is known."""
        planned = {one.site_id for one in stops}
        reasons = {one["site"]: str(one["reason"]) for one in self.plan.unserved}
        rows = queries.sites(self.season).exclude(pk__in=planned).order_by("-priority", "area_id", "name")
        return [{"site": one, "reason": _reason(one, reasons)} for one in rows]

    def stop(self) -> PlannedStop:
        """The stop that is spoken of."""
        return queries.stop(self.plan, _uuid(self.request.POST.get("stop") or self.request.GET.get("stop")))

    def target(self) -> tuple[uuid.UUID, dt.date]:
        """The van and the day that a stop goes to."""
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        try:
            return _uuid(asked.get("van")), dt.date.fromisoformat(asked.get("day", ""))
        except ValueError as error:
            raise PlanRefused(_("请选择车辆和日期。")) from error


class TryView(BoardView):
    """What moving a stop would break and cost, for the board's script."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Answer in words."""
        try:
            stop, (van, day) = self.stop(), self.target()
            effect = operations.try_move(
                plan=self.plan, stop=stop, van=van, day=day, today=timezone.localdate()
            )
        except UserError as refused:
            return JsonResponse({"allowed": False, "text": str(refused)})
        allowed = not effect.broken
        text = in_words(effect) if allowed else _("不能移动：%(why)s") % {"why": "; ".join(effect.broken)}
        return JsonResponse({"allowed": allowed, "text": text})

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Nothing is changed here."""
        return HttpResponse(status=405)


def broken(plan: Plan) -> list[str]:
    """Return what of a plan breaks a hard rule by now: the season, a van, a site or a term was changed after it was made."""
    world = queries.world_of(plan, queries.held(plan, timezone.localdate()))
    return list(dict.fromkeys(one.text for one in rules.check_plan(world, queries.routes(plan))))


def in_words(effect: Effect) -> str:
    """Return what a change costs."""
    values = {"km": f"{effect.metres / 1000:+.1f}", "minutes": f"{effect.overtime:+}"}
    return _("可以移动：里程 %(km)s 公里，加班 %(minutes)s 分钟。") % values


def ways(lines: list[Line]) -> list[Way]:
    """Return the week's trips as lines on a schematic map that fits them all."""
    places = {}
    for line in lines:
        places[line.van.pk] = (float(line.van.longitude), float(line.van.latitude))
        for box in line.boxes:
            places.update({one.site_id: _at(one.site) for one in box.stops if one.site.has_point})
    if not places:
        return []
    west, east = min(x for x, _y in places.values()), max(x for x, _y in places.values())
    south, north = min(y for _x, y in places.values()), max(y for _x, y in places.values())

    def dot(key: uuid.UUID, name: str) -> Dot:
        x, y = places[key]
        across, up = (x - west) / ((east - west) or 1), (y - south) / ((north - south) or 1)
        return Dot(
            round(_EDGE + across * (_WIDE - 2 * _EDGE), 1),
            round(_HIGH - _EDGE - up * (_HIGH - 2 * _EDGE), 1),
            name,
        )

    found = []
    for number, line in enumerate(lines):
        home = dot(line.van.pk, line.van.caravan.name)
        for box in line.boxes:
            dots = tuple(dot(one.site_id, one.site.name) for one in box.stops if one.site.has_point)
            if dots:
                found.append(
                    Way(" ".join(f"{one.x},{one.y}" for one in (home, *dots, home)), dots, number % 8)
                )
    return found


def week_map(lines: list[Line]) -> dict[str, Any]:
    """Return the week's trips for the map: vans' homes, stops, and a line for each day's trip."""
    homes: list[maps.Spot] = []
    spots: list[maps.Spot] = []
    tracks = []
    for number, line in enumerate(lines):
        tone, van = str(number % 8), line.van.caravan.name
        home = maps.Spot(float(line.van.longitude), float(line.van.latitude), van, tone="home")
        homes.append(home)
        for box in line.boxes:
            found = tuple(_spot(one, van, tone) for one in box.stops if one.site.has_point)
            spots += found
            if found:
                tracks.append(maps.Track((home, *found, home), f"{van} {box.day:%m-%d}", tone))
    return maps.picture(settings.MAP_TILES, [*homes, *spots], tracks=tracks)


def _spot(one: PlannedStop, van: str, tone: str) -> maps.Spot:
    return maps.Spot(*_at(one.site), one.site.name, note=f"{one.trip.day:%m-%d} {van}", tone=tone)


def _move(view: BoardView) -> str:
    van, day = view.target()
    effect = operations.move(
        plan=view.plan, stop=view.stop(), van=van, day=day, today=timezone.localdate(), **_by(view)
    )
    return _("已移动。里程 %(km)s 公里。") % {"km": f"{effect.metres / 1000:+.1f}"}


def _drop(view: BoardView) -> str:
    stop = view.stop()
    operations.drop(plan=view.plan, stop=stop, today=timezone.localdate(), **_by(view))
    return _("已取消“%(site)s”这一站，可在未安排的点位里重新安排。") % {"site": stop.site.name}


def _place(view: BoardView) -> str:
    site = view.request.POST.get("site", "")
    operations.place(plan=view.plan, site=site, today=timezone.localdate(), **_by(view))
    found = queries.stops(view.plan).filter(site=_uuid(site)).latest("trip__day")
    return _("已安排到%(day)s，%(van)s。") % {"day": found.trip.day, "van": found.trip.van}


def _postpone(view: BoardView) -> str:
    stop = view.stop()
    day = by_hand.postpone(plan=view.plan, stop=stop, today=timezone.localdate(), **_by(view))
    return _("“%(site)s”已顺延到%(day)s。") % {"site": stop.site.name, "day": day}


def _stay(view: BoardView) -> str:
    van, day = view.target()
    asked = view.request.POST.get("bed", "")
    bed = _uuid(asked) if asked else None
    by_hand.stay(plan=view.plan, van=van, day=day, site=bed, today=timezone.localdate(), **_by(view))
    if bed is None:
        return _("%(day)s 改为回驻地。") % {"day": day}
    return _("%(day)s 改为外宿，第二天从那里出发。") % {"day": day}


def _undo(view: BoardView) -> str:
    return _("已撤销：%(words)s") % {
        "words": by_hand.undo(plan=view.plan, today=timezone.localdate(), **_by(view))
    }


def _lock(view: BoardView) -> str:
    stop = view.stop()
    operations.lock(plan=view.plan, stop=stop, locked=not stop.is_locked, **_by(view))
    return _("已解锁。") if stop.is_locked else _("已锁定，重新计算时不会移动。")


def _publish(view: BoardView) -> str:
    with transaction.atomic():
        asked = operations.publish(plan=view.plan, **_by(view))
        told = telling.tell(view)
    return _("已发布，%(n)s 站待接待方确认。") % {"n": asked} + telling.in_words(told)


def _tell(view: BoardView) -> str:
    return telling.in_words(telling.tell(view))


def _resume(view: BoardView) -> str:
    compute(planning.resume, plan=view.plan, seconds=seconds_of(view.request.POST), actor=view.account)
    return _("接着算，从现在的方案开始。")


def _stop(view: BoardView) -> str:
    operations.stop_planning(plan=view.plan, **_by(view))
    return _("正在停止，已找到的最好方案会保留。")


ACTS: dict[str, Callable[[BoardView], str]] = {
    "move": _move,
    "drop": _drop,
    "place": _place,
    "postpone": _postpone,
    "stay": _stay,
    "undo": _undo,
    "lock": _lock,
    "publish": _publish,
    "tell": _tell,
    "stop_telling": telling.stop_telling,
    "stop": _stop,
    "resume": _resume,
}


def _by(view: BoardView) -> dict[str, Any]:
    return {"actor": view.account, "now": timezone.now()}


def _box(
    van: SeasonVan,
    day: dt.date,
    trips: Mapping[tuple[uuid.UUID, dt.date], PlannedTrip],
    stops: list[PlannedStop],
    beds: list[Site],
) -> Box:
    trip = trips.get((van.pk, day))
    if trip is None or not van.most_nights:
        return Box(day, trip, tuple(stops))
    east, north = _at(stops[-1].site) if stops else (float(van.longitude), float(van.latitude))

    def apart(bed: Site) -> float:
        x, y = _at(bed)
        return (x - east) ** 2 + (y - north) ** 2

    return Box(day, trip, tuple(stops), tuple(sorted(beds, key=apart)[:_BEDS]))


def _at(site: Site) -> tuple[float, float]:
    return float(site.longitude or 0), float(site.latitude or 0)


def _reason(site: Site, reasons: dict[str, str]) -> str:
    code = reasons.get(str(site.pk), "" if site.has_point else "POINT")
    return str(_CANCELLED) if code == "CANCELLED" else str(reason_in_words(code))


def _uuid(value: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(value or "")
    except ValueError as error:
        raise PlanRefused(_("没有这一站，方案可能已经改过，请刷新后再看。")) from error


_CANCELLED = gettext_lazy("已取消，等待重新安排")
