"""The hard rules of a season: one van's day, and a whole plan. Board, search, publishing and checks share them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kexie.contexts.touring.rules import days
from kexie.contexts.touring.rules.days import Opening, Term, Window, clock
from kexie.contexts.touring.rules.roads import Roads
from kexie.kernel.holidays import is_day_off

MONTH = 30
DAY = 24 * 60
# Minutes at the wheel. On each of two days joined by a night away, so that no 24 hours hold more than eight hours; and
# without a rest of LEAST_REST (rules.driving).
TOUR_DRIVE = LONGEST_RUN = 240
LEAST_REST = 20


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
    can_stay: bool = False
    # Days between which whoever asked for the caravan would like it, both included.
    wish: tuple[dt.date, dt.date] | None = None


@dataclass(frozen=True)
class VanFacts:
    """A van, its depot, and the days on which it or its crew cannot, with the reason; None: limits as the season's.

    `nights`: how many it may stay away in a row.
    """

    id: str
    name: str
    type: str
    at: int
    off: Mapping[dt.date, str] = field(default_factory=dict)
    counties: tuple[str, ...] = ()
    shift: int | None = None
    overtime: int | None = None
    nights: int = 0


@dataclass(frozen=True)
class Limits:
    """Minutes: when the day starts, the shift, the overtime allowed on top, the most at the wheel, the least rest until the next day."""

    start: int = 450
    shift: int = 540
    overtime: int = 60
    drive: int = 300
    weekends: bool = False
    rest: int = 600
    off: frozenset[dt.date] = frozenset()

    def of(self, van: VanFacts) -> tuple[int, int]:
        """Return a van's shift, and the overtime it may add."""
        return (
            self.shift if van.shift is None else van.shift,
            self.overtime if van.overtime is None else van.overtime,
        )

    def latest(self) -> int:
        """Return when a van must be in, so that its crew rests enough before the earliest start of the next day."""
        return self.start + DAY - self.rest


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
# Where a van stays after a day, by van and day.
Nights = Mapping[Key, str]
NEXT = dt.timedelta(days=1)


@dataclass
class World:
    """All that a plan is made of. `fixed` holds begin and end of visits held fast, by site and day; `nights` where vans stay away."""

    first: dt.date
    last: dt.date
    sites: Mapping[str, SiteFacts]
    vans: Mapping[str, VanFacts]
    limits: Limits
    roads: Roads
    terms: Sequence[Term] = ()
    fixed: Mapping[tuple[str, dt.date], Window] = field(default_factory=dict)
    nights: Nights = field(default_factory=dict)
    _windows: dict[tuple[str, dt.date], tuple[Window, ...]] = field(default_factory=dict)

    def days(self) -> list[dt.date]:
        """Every day of the season."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def ends(self, van: VanFacts, day: dt.date) -> int:
        """Return the point at which a van ends a day."""
        at = self.sites[self.nights[van.id, day]].at if (van.id, day) in self.nights else None
        return van.at if at is None else at

    def begins(self, van: VanFacts, day: dt.date) -> int:
        """Return the point from which a van sets out on a day."""
        return self.ends(van, day - NEXT)

    def is_tour(self, key: Key) -> bool:
        """Whether a van's day begins or ends away from its depot."""
        return key in self.nights or (key[0], key[1] - NEXT) in self.nights

    def drive(self, key: Key) -> int:
        """Return the most minutes at the wheel on a van's day."""
        return min(self.limits.drive, TOUR_DRIVE) if self.is_tour(key) else self.limits.drive

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
    if day in world.limits.off:
        return Broken("OFF", _("这天是全队休息日，不安排出车"))
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
    at, now, metres, driving, begun = world.begins(van, day), limits.start, 0, 0, []
    legs: list[tuple[int, int]] = []
    for name in stops:
        site = world.sites[name]
        if site.at is None:
            return Broken("POINT", _("%(site)s 没有坐标，不能排入行程") % {"site": site.name})
        far, minutes = between(at, site.at)
        metres, driving, arrives = metres + far, driving + minutes, now + minutes
        legs.append((now, arrives))
        begin = _begin(world.windows(site, day), arrives, site.service)
        if begin is None:
            values = {"site": site.name, "time": f"{clock(arrives):%H:%M}", "minutes": site.service}
            return Broken(
                "WINDOW", _("%(site)s：%(time)s 到达后，开放时间内安排不下 %(minutes)s 分钟的活动") % values
            )
        begun.append((begin, begin + site.service))
        at, now = site.at, begin + site.service
    far, minutes = between(at, world.ends(van, day))
    legs.append((now, now + minutes))
    ran = _Ran(begun, metres + far, driving + minutes, now + minutes, _longest_run(legs))
    return _within_limits(world, (van, day), stops, ran)


@dataclass(frozen=True)
class _Ran:
    """A day as driven, before the limits are looked at."""

    begun: list[Window]
    metres: int
    driving: int
    back: int
    run: int


def _longest_run(legs: Iterable[tuple[int, int]]) -> int:
    """Return the longest time at the wheel without a rest."""
    longest = run = 0
    last = -DAY
    for start, end in legs:
        run = end - start + (run if start - last < LEAST_REST else 0)
        longest, last = max(longest, run), end
    return longest


def check_day(
    world: World, van: VanFacts, day: dt.date, stops: Sequence[str], visits: Mapping[str, Sequence[dt.date]]
) -> list[Broken]:
    """Return every hard rule that a van's day breaks. `visits`: the days of each site's visits in the plan."""
    found = [van_cannot(world, van, day)] if stops or world.is_tour((van.id, day)) else []
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
    broken = check_nights(world)
    broken += [
        one
        for van, day in {**routes, **dict.fromkeys(tour_days(world.nights))}
        for one in check_day(world, world.vans[van], day, routes.get((van, day), ()), visits)
    ]
    for name, when in visits.items():
        if len(when) != len(set(when)):
            broken.append(Broken("TWICE", _("%(site)s 同一天排了两次") % {"site": world.sites[name].name}))
    return broken


def check_nights(world: World) -> list[Broken]:
    """Return the hard rules that nights away break: where one can stay, how many in a row, and that the van goes on the next day."""
    return [
        broken
        for key in sorted(world.nights, key=lambda key: (key[1], key[0]))
        for broken in _night(world, key)
    ]


def _night(world: World, key: Key) -> Iterator[Broken]:
    van, day, site = world.vans[key[0]], key[1], world.sites.get(world.nights[key])
    if site is None or site.at is None or not site.can_stay:
        values = {"site": site.name if site else world.nights[key]}
        yield Broken("NIGHT", _("%(site)s 附近没有登记可以住宿，不能外宿") % values)
    row = 1
    while (van.id, day - row * NEXT) in world.nights:
        row += 1
    if row > van.nights:
        text = _("%(van)s 连续外宿 %(n)s 晚，最多 %(most)s 晚")
        yield Broken("NIGHTS", text % {"van": van.name, "n": row, "most": van.nights})
    if cannot := van_cannot(world, van, day + NEXT):
        yield Broken("NIGHT", _("外宿的第二天要出车：%(why)s") % {"why": cannot.text})


def tour_days(nights: Nights) -> set[Key]:
    """Return the vans' days that begin or end away from the depot."""
    return {(van, day + n * NEXT) for van, day in nights for n in (0, 1)}


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


def _within_limits(
    world: World, key: tuple[VanFacts, dt.date], stops: Sequence[str], ran: _Ran
) -> Timing | Broken:
    (van, day), limits = key, world.limits
    shift, overtime = limits.of(van)
    most = world.drive((van.id, day))
    if ran.driving > most:
        values = {"van": van.name, "minutes": ran.driving, "most": most}
        return Broken("DRIVE", _("%(van)s 这天驾驶 %(minutes)s 分钟，超过上限 %(most)s 分钟") % values)
    if ran.run > LONGEST_RUN:
        values = {"van": van.name, "minutes": ran.run}
        return Broken(
            "REST", _("%(van)s 要连续驾驶 %(minutes)s 分钟，中间不足20分钟休息，超过4小时上限") % values
        )
    leaves = _leaves(world, van, day, stops, ran)
    length = ran.back - leaves
    if length > shift + overtime:
        values = {"van": van.name, "hours": f"{length / 60:.1f}", "time": f"{clock(ran.back):%H:%M}"}
        return Broken(
            "SHIFT", _("%(van)s 要到 %(time)s 才能返回，全天 %(hours)s 小时，超过班时和加班上限") % values
        )
    if ran.back > limits.latest():
        values = {"van": van.name, "time": f"{clock(ran.back):%H:%M}", "hours": f"{limits.rest / 60:g}"}
        return Broken("REST", _("%(van)s 到 %(time)s 才收车，第二天出车前休息不足 %(hours)s 小时") % values)
    return Timing(leaves, ran.back, tuple(ran.begun), ran.metres, ran.driving, max(0, length - shift))


def _leaves(world: World, van: VanFacts, day: dt.date, stops: Sequence[str], ran: _Ran) -> int:
    """Return when a van leaves: no earlier than it must."""
    if not stops or (first := world.sites[stops[0]].at) is None:
        return world.limits.start
    return max(world.limits.start, ran.begun[0][0] - world.roads.between(world.begins(van, day), first)[1])
