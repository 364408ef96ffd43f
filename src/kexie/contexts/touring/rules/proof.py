"""A second opinion on a whole plan with its nights away, worked out from days as crews read them.

Shares no rule with the planner, the board and `season`, only the facts: it takes days with their times, adds up ways and hours itself, and follows
each van from bed to bed. Of the calendar (`days`: when a site is open) there is one, as there is for people.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kexie.contexts.touring.rules import days as calendar
from kexie.contexts.touring.rules.season import VanFacts, World
from kexie.kernel.holidays import is_day_off

# The law's hours (rules.driving), in minutes, and the lesser ones of a day beside a night away (ADR 43).
_RUN, _PAUSE, _DAY_AND_NIGHT, _IN_DAY_AND_NIGHT, _BESIDE_NIGHT = 240, 20, 1440, 480, 240
_ONE = dt.timedelta(days=1)


class Rule(StrEnum):
    """What a plan may break."""

    WORKS = "WORKS"  # the van or its crew does not go out that day, or the day is outside the season
    TWO_DAYS = "TWO_DAYS"  # one van twice on a day
    POINT = "POINT"  # nobody knows where the site is
    TYPE = "TYPE"
    COUNTY = "COUNTY"
    OPEN = "OPEN"  # the visit is not within the hours of its day
    LENGTH = "LENGTH"  # shorter than the site wants
    TWICE = "TWICE"
    SPACING = "SPACING"
    TRAVEL = "TRAVEL"  # a stop, or the bed, is reached sooner than the way takes
    EARLY = "EARLY"  # before the earliest start
    SHIFT = "SHIFT"
    DRIVE = "DRIVE"
    RUN = "RUN"  # too long at the wheel without a pause
    DRIVE_24 = "DRIVE_24"  # too much within some 24 hours
    REST = "REST"  # too little until the next morning
    BED = "BED"  # nobody can stay there
    NIGHTS = "NIGHTS"  # too many in a row
    LEFT = "LEFT"  # the van stays away and does not go on the next day
    HELD = "HELD"  # a visit held fast was moved, left out or given another time


Stop = tuple[str, int, int]  # site, begins, ends


@dataclass(frozen=True)
class Sheet:
    """A van's day as its crew reads it. Minutes after midnight; `night`: near which site it stays."""

    van: str
    day: dt.date
    leaves: int
    returns: int
    stops: tuple[Stop, ...]
    night: str | None = None


@dataclass(frozen=True)
class Breach:
    """A broken rule: whose day, and which site where it is about one."""

    rule: Rule
    van: str
    day: dt.date
    site: str = ""


# (van, day, site) → begin and end, None where only the day is held.
Held = Mapping[tuple[str, dt.date, str], tuple[int, int] | None]


@dataclass(frozen=True)
class _Ride:
    """One van's day with the points between which it goes."""

    facts: World
    sheet: Sheet
    path: tuple[int, ...]
    is_away: bool  # begins or ends at a bed

    def legs(self) -> list[tuple[int, int]]:
        """Return when the van drives: from a departure as long as the way takes."""
        starts = [self.sheet.leaves, *(ends for _site, _begins, ends in self.sheet.stops)]
        minutes = self.facts.roads.minutes
        ways = zip(self.path[:-1], self.path[1:], strict=True)
        return [
            (start, start + int(minutes[one, other]))
            for start, (one, other) in zip(starts, ways, strict=True)
        ]


def breaches(facts: World, sheets: Iterable[Sheet], held: Held | None = None) -> list[Breach]:
    """Return every hard rule that a plan breaks. Of the world only facts are read, not its nights or windows."""
    held = held or {}
    found: list[Breach] = []
    by_van: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        by_van[sheet.van].append(sheet)
    for van, its in by_van.items():
        found += _van(facts, facts.vans[van], sorted(its, key=lambda sheet: sheet.day), held)
    every = [sheet for its in by_van.values() for sheet in its]
    return [*found, *_spacing(facts, every, held), *_moved(every, held)]


def _van(facts: World, van: VanFacts, sheets: Sequence[Sheet], held: Held) -> Iterator[Breach]:
    """Follow one van through the season: each day begins where the night before was."""
    rides: list[_Ride] = []
    slept: str | None = None
    last, row = None, 0
    for sheet in sheets:
        if last is not None and slept and sheet.day != last + _ONE:
            yield Breach(Rule.LEFT, van.id, last, slept)
            slept, row = None, 0
        if sheet.day == last:
            yield Breach(Rule.TWO_DAYS, van.id, sheet.day)
        row = row + 1 if sheet.night else 0
        yield from _night(facts, van, sheet, row)
        begin, end = _bed(facts, van, slept), _bed(facts, van, sheet.night)
        points = [at for site, _begins, _ends in sheet.stops if (at := facts.sites[site].at) is not None]
        if len(points) < len(sheet.stops):
            yield Breach(Rule.POINT, van.id, sheet.day)
        else:
            rides.append(_Ride(facts, sheet, (begin, *points, end), bool(slept or sheet.night)))
            yield from _day(facts, van, rides[-1], held)
        slept, last = sheet.night, sheet.day
    if slept and last:
        yield Breach(Rule.LEFT, van.id, last, slept)
    yield from _hours(van, rides)


def _bed(facts: World, van: VanFacts, site: str | None) -> int:
    at = facts.sites[site].at if site and site in facts.sites else None
    return van.at if at is None else at


def _night(facts: World, van: VanFacts, sheet: Sheet, row: int) -> Iterator[Breach]:
    if not sheet.night:
        return
    site = facts.sites.get(sheet.night)
    if site is None or site.at is None or not site.can_stay:
        yield Breach(Rule.BED, van.id, sheet.day, sheet.night)
    if row > van.nights:
        yield Breach(Rule.NIGHTS, van.id, sheet.day, sheet.night)


def _day(facts: World, van: VanFacts, ride: _Ride, held: Held) -> Iterator[Breach]:
    sheet, limits = ride.sheet, facts.limits
    where = van.id, sheet.day
    if not _works(facts, van, sheet.day):
        yield Breach(Rule.WORKS, *where)
    shift = limits.shift if van.shift is None else van.shift
    overtime = limits.overtime if van.overtime is None else van.overtime
    legs = ride.legs()
    driven = sum(end - start for start, end in legs)
    most = min(limits.drive, _BESIDE_NIGHT) if ride.is_away else limits.drive
    limits_of_day = (
        (Rule.EARLY, sheet.leaves < limits.start),
        (Rule.SHIFT, sheet.returns - sheet.leaves > shift + overtime),
        (Rule.DRIVE, driven > most),
        (Rule.RUN, _longest_run(legs) > _RUN),
        (Rule.REST, limits.start + _DAY_AND_NIGHT - sheet.returns < limits.rest),
        (Rule.TRAVEL, sheet.returns < legs[-1][1]),
    )
    yield from (Breach(rule, *where) for rule, is_broken in limits_of_day if is_broken)
    for stop, (_left, arrives) in zip(sheet.stops, legs, strict=False):
        if stop[1] < arrives:
            yield Breach(Rule.TRAVEL, *where, stop[0])
        yield from _stop(facts, van, sheet.day, stop, held)


def _works(facts: World, van: VanFacts, day: dt.date) -> bool:
    if not facts.first <= day <= facts.last or day in van.off or day in facts.limits.off:
        return False
    return bool(facts.limits.weekends or not is_day_off(day))


def _stop(facts: World, van: VanFacts, day: dt.date, stop: Stop, held: Held) -> Iterator[Breach]:
    name, begins, ends = stop
    site, where = facts.sites[name], (van.id, day, name)
    if site.types and van.type not in site.types:
        yield Breach(Rule.TYPE, *where)
    if van.counties and not site.opening.area.startswith(tuple(van.counties)):
        yield Breach(Rule.COUNTY, *where)
    if ends - begins < site.service:
        yield Breach(Rule.LENGTH, *where)
    if where in held:
        return
    is_closed = calendar.closed_because(site.opening, day, facts.terms)
    windows = () if is_closed else calendar.hours(site.opening, day)
    if not any(opens <= begins and ends <= closes for opens, closes in windows):
        yield Breach(Rule.OPEN, *where)


def _longest_run(legs: Iterable[tuple[int, int]]) -> int:
    """Return the most minutes at the wheel between two pauses that are long enough."""
    longest = run = 0
    stood = None
    for start, end in legs:
        run = run + end - start if stood is not None and start - stood < _PAUSE else end - start
        longest, stood = max(longest, run), end
    return longest


def _hours(van: VanFacts, rides: Sequence[_Ride]) -> Iterator[Breach]:
    """Yield the days of tours by whose driving some 24 hours hold too much, looking back from the end of each way."""
    spells: list[tuple[int, int]] = []
    for ride in rides:
        midnight = (ride.sheet.day - rides[0].sheet.day).days * _DAY_AND_NIGHT
        legs = [(midnight + start, midnight + end) for start, end in ride.legs()]
        spells = [*spells, *legs] if ride.is_away else []
        if any(_driven(spells, end) > _IN_DAY_AND_NIGHT for _start, end in legs):
            yield Breach(Rule.DRIVE_24, van.id, ride.sheet.day)


def _driven(spells: Iterable[tuple[int, int]], until: int) -> int:
    since = until - _DAY_AND_NIGHT
    return sum(max(0, min(end, until) - max(start, since)) for start, end in spells)


def _spacing(facts: World, sheets: Iterable[Sheet], held: Held) -> Iterator[Breach]:
    visits: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    for sheet in sheets:
        for name, _begins, _ends in sheet.stops:
            visits[name].append((sheet.day, sheet.van))
    for name, its in visits.items():
        site = facts.sites[name]
        if site.last:
            its.append((site.last, ""))
        its.sort()
        for (day, van), (after, other) in itertools.pairwise(its):
            if day == after:
                yield Breach(Rule.TWICE, other, after, name)
            both_held = (other, after, name) in held and (not van or (van, day, name) in held)
            if (after - day).days < max(site.least_days, 1) and not both_held:
                yield Breach(Rule.SPACING, other, after, name)


def _moved(sheets: Iterable[Sheet], held: Held) -> Iterator[Breach]:
    there = {
        (sheet.van, sheet.day, name): (begins, ends) for sheet in sheets for name, begins, ends in sheet.stops
    }
    for where, hours in held.items():
        if where not in there or (hours and there[where] != hours):
            yield Breach(Rule.HELD, where[0], where[1], where[2])
