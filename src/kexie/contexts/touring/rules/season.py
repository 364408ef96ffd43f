"""The hard rules of a season: one van's day, and a whole plan. Board, search, publishing and checks share them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kexie.contexts.touring.rules import days
from kexie.contexts.touring.rules.days import Opening, Term, Window, clock
from kexie.contexts.touring.rules.roads import Roads
from kexie.kernel.holidays import is_day_off

MONTH = 30


@dataclass(frozen=True)
class SiteFacts:
    """What the planner knows of a site. `at` is its number among the roads' points, None without coordinates."""

    id: str
    name: str
    township: str
    at: int | None
    opening: Opening
    service: int
    types: frozenset[str] = frozenset()
    priority: int = 1
    every_days: int = 180
    least_days: int = 30
    last: dt.date | None = None
    # Days between which whoever asked for the caravan would like it, both included.
    wish: tuple[dt.date, dt.date] | None = None


@dataclass(frozen=True)
class VanFacts:
    """A van, where it starts and ends each day, and the days on which it or its crew cannot, with the reason."""

    id: str
    name: str
    type: str
    at: int
    off: Mapping[dt.date, str] = field(default_factory=dict)
    counties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Minutes: when the day starts, the shift, the overtime allowed on top, the most at the wheel."""

    start: int = 450
    shift: int = 540
    overtime: int = 60
    drive: int = 300
    weekends: bool = False


@dataclass(frozen=True)
class Broken:
    """A hard rule that a day would break, in plain words."""

    rule: str
    text: str


@dataclass(frozen=True)
class Timing:
    """One van's day as it would run: times in minutes after midnight, for each stop begin and end."""

    leaves: int
    returns: int
    stops: tuple[Window, ...]
    metres: int
    driving: int
    overtime: int


Key = tuple[str, dt.date]
Routes = dict[Key, tuple[str, ...]]


@dataclass
class World:
    """All that a plan is made of. `fixed` holds begin and end of visits held fast, by site and day."""

    first: dt.date
    last: dt.date
    sites: Mapping[str, SiteFacts]
    vans: Mapping[str, VanFacts]
    limits: Limits
    roads: Roads
    terms: Sequence[Term] = ()
    fixed: Mapping[tuple[str, dt.date], Window] = field(default_factory=dict)
    _windows: dict[tuple[str, dt.date], tuple[Window, ...]] = field(default_factory=dict)

    def days(self) -> list[dt.date]:
        """Every day of the season."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def windows(self, site: SiteFacts, day: dt.date) -> tuple[Window, ...]:
        """Return when a site may be visited on a day; a visit held fast only at its time."""
        key = site.id, day
        if key in self.fixed:
            return (self.fixed[key],)
        found = self._windows.get(key)
        if found is None:
            closed = days.closed_because(site.opening, day, self.terms)
            found = self._windows[key] = () if closed else days.hours(site.opening, day)
        return found


def van_cannot(world: World, van: VanFacts, day: dt.date) -> Broken | None:
    """Return why a van does not go out on a day."""
    if not world.first <= day <= world.last:
        return Broken("SEASON", _("这天不在本巡展季的起止日期内"))
    if day in van.off:
        why = van.off[day] or _("停驶或人员请假")
        return Broken("OFF", _("%(van)s 这天不能出车：%(why)s") % {"van": van.name, "why": why})
    if not world.limits.weekends and is_day_off(day):
        return Broken("WEEKEND", _("这天是周末或节假日，本季不安排出车"))
    return None


def fits(van: VanFacts, site: SiteFacts) -> bool:
    """Whether a van is of a type that will do, and serves the site's county."""
    return (not site.types or van.type in site.types) and (
        not van.counties or site.opening.area.startswith(van.counties)
    )


def site_cannot(world: World, van: VanFacts, day: dt.date, site: SiteFacts) -> Broken | None:
    """Return why a van cannot visit a site on a day at all."""
    if site.at is None:
        return Broken("POINT", _("%(site)s 没有坐标，不能排入行程") % {"site": site.name})
    if site.types and van.type not in site.types:
        return Broken("TYPE", _("%(site)s 需要的车型与 %(van)s 不符") % {"site": site.name, "van": van.name})
    if van.counties and not site.opening.area.startswith(van.counties):
        return Broken(
            "COUNTY", _("%(site)s 不在 %(van)s 的服务县区内") % {"site": site.name, "van": van.name}
        )
    if not world.windows(site, day):
        reason = days.closed_because(site.opening, day, world.terms)
        return Broken("CLOSED", _("%(site)s：%(reason)s") % {"site": site.name, "reason": reason})
    return None


def too_near(site: SiteFacts, day: dt.date, others: Iterable[dt.date]) -> Broken | None:
    """Return the rule on spacing if a visit would come too soon after or before another of the site."""
    for other in [*others, *([site.last] if site.last else [])]:
        gap = abs((day - other).days)
        if gap < max(site.least_days, 1):
            values = {"site": site.name, "day": other.isoformat(), "gap": gap, "least": site.least_days}
            return Broken(
                "SPACING", _("%(site)s 与 %(day)s 的到访只隔 %(gap)s 天，至少要隔 %(least)s 天") % values
            )
    return None


def drive_day(world: World, van: VanFacts, day: dt.date, stops: Sequence[str]) -> Timing | Broken:
    """Return how a day runs with these stops in this order, or the first rule it breaks."""
    between, limits = world.roads.between, world.limits
    at, now, metres, driving, begun = van.at, limits.start, 0, 0, []
    for name in stops:
        site = world.sites[name]
        if site.at is None:
            return Broken("POINT", _("%(site)s 没有坐标，不能排入行程") % {"site": site.name})
        far, minutes = between(at, site.at)
        metres, driving, arrives = metres + far, driving + minutes, now + minutes
        begin = _begin(world.windows(site, day), arrives, site.service)
        if begin is None:
            values = {"site": site.name, "time": f"{clock(arrives):%H:%M}", "minutes": site.service}
            return Broken(
                "WINDOW", _("%(site)s：%(time)s 到达后，开放时间内安排不下 %(minutes)s 分钟的活动") % values
            )
        begun.append((begin, begin + site.service))
        at, now = site.at, begin + site.service
    far, minutes = between(at, van.at)
    ran = _Ran(begun, metres + far, driving + minutes, now + minutes)
    return _within_limits(world, van, stops, ran)


@dataclass(frozen=True)
class _Ran:
    """A day as driven, before the limits are looked at."""

    begun: list[Window]
    metres: int
    driving: int
    back: int


def check_day(
    world: World, van: VanFacts, day: dt.date, stops: Sequence[str], visits: Mapping[str, Sequence[dt.date]]
) -> list[Broken]:
    """Return every hard rule that a van's day breaks. `visits`: the days of each site's visits in the plan."""
    found = [van_cannot(world, van, day)] if stops else []
    for name in stops:
        site = world.sites[name]
        others = [other for other in visits.get(name, ()) if other != day]
        held = (name, day) in world.fixed
        found += [site_cannot(world, van, day, site), None if held else too_near(site, day, others)]
    broken = [one for one in found if one]
    if len(set(stops)) < len(stops):
        broken.append(Broken("TWICE", _("同一点位一天只去一次")))
    timing = drive_day(world, van, day, stops) if not broken else None
    return [*broken, timing] if isinstance(timing, Broken) else broken


def check_plan(world: World, routes: Routes) -> list[Broken]:
    """Return every hard rule that a whole plan breaks."""
    visits = visits_of(routes)
    broken = [
        one
        for (van, day), stops in routes.items()
        for one in check_day(world, world.vans[van], day, stops, visits)
    ]
    for name, when in visits.items():
        if len(when) != len(set(when)):
            broken.append(Broken("TWICE", _("%(site)s 同一天排了两次") % {"site": world.sites[name].name}))
    return broken


def check_changes(world: World, before: Routes, after: Routes) -> list[Broken]:
    """Return the hard rules that the days break which a change gives a stop; taking stops out is always possible."""
    visits = visits_of(after)
    return [
        one
        for key in differing(before, after)
        if not set(after.get(key, ())) <= set(before.get(key, ()))
        for one in check_day(world, world.vans[key[0]], key[1], after[key], visits)
    ]


def differing(before: Routes, after: Routes) -> list[Key]:
    """Return the vans' days that differ, by day."""
    keys = {key for key in (*before, *after) if before.get(key, ()) != after.get(key, ())}
    return sorted(keys, key=lambda key: (key[1], key[0]))


def visits_of(routes: Routes) -> dict[str, list[dt.date]]:
    """Return the days on which each site is visited."""
    found: dict[str, list[dt.date]] = defaultdict(list)
    for (_van, day), stops in routes.items():
        for name in stops:
            found[name].append(day)
    return found


def wanted(world: World, site: SiteFacts) -> int:
    """Return how many visits of a site fall due in the season; at least one where somebody asked for it."""
    asked = 1 if site.wish else 0
    due = world.first if site.last is None else site.last + dt.timedelta(days=site.every_days)
    start = max(world.first, due)
    return asked if start > world.last else 1 + (world.last - start).days // max(site.every_days, 1)


def _begin(windows: Sequence[Window], arrives: int, service: int) -> int | None:
    for opens, closes in windows:
        begin = max(arrives, opens)
        if begin + service <= closes:
            return begin
    return None


def _within_limits(world: World, van: VanFacts, stops: Sequence[str], ran: _Ran) -> Timing | Broken:
    limits = world.limits
    if ran.driving > limits.drive:
        values = {"van": van.name, "minutes": ran.driving, "most": limits.drive}
        return Broken("DRIVE", _("%(van)s 这天驾驶 %(minutes)s 分钟，超过上限 %(most)s 分钟") % values)
    leaves = _leaves(world, van, stops, ran)
    length = ran.back - leaves
    if length > limits.shift + limits.overtime:
        values = {"van": van.name, "hours": f"{length / 60:.1f}", "time": f"{clock(ran.back):%H:%M}"}
        return Broken(
            "SHIFT", _("%(van)s 要到 %(time)s 才能返回，全天 %(hours)s 小时，超过班时和加班上限") % values
        )
    overtime = max(0, length - limits.shift)
    return Timing(leaves, ran.back, tuple(ran.begun), ran.metres, ran.driving, overtime)


def _leaves(world: World, van: VanFacts, stops: Sequence[str], ran: _Ran) -> int:
    """Return when a van leaves: no earlier than it must."""
    if not stops or (first := world.sites[stops[0]].at) is None:
        return world.limits.start
    return max(world.limits.start, ran.begun[0][0] - world.roads.between(van.at, first)[1])
