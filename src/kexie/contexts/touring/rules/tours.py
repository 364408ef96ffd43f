"""Where a night away would serve: proposals for the planner, which keeps what makes the plan better."""

import datetime as dt
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from kexie.contexts.touring.rules import season
from kexie.contexts.touring.rules.proof import Sheet
from kexie.contexts.touring.rules.season import NEXT, Key, Routes, SiteFacts, Timing, VanFacts, World

NIGHT_COST = 60.0  # kilometres that beds and allowances of a night weigh
MOST_AT_ONCE = 6
_TRIED = 200  # pairs of days that are looked at for what is left out


@dataclass(frozen=True)
class _Tour:
    """A night of one van between two days, and the kilometres it may save."""

    key: Key
    site: str
    saves: float


def proposed(
    world: World,
    routes: Routes,
    missing: Sequence[str],
    *,
    since: dt.date,
    held: Container[Key],
    chance: Random,
) -> World:
    """Return the world with some further nights: for sites that are too far for a day, and where two days end and begin far out.

    Days before `since` and those in `held` are left alone. Without anything to propose, the same world.
    """
    pairs = [
        (van, day)
        for van in world.vans.values()
        if van.nights
        for day in world.days()
        if day >= since and _is_free(world, van, day, held)
    ]
    beds = [site for site in world.sites.values() if site.can_stay and site.at is not None]
    if not pairs or not beds:
        return world
    tried = chance.sample(pairs, min(_TRIED, len(pairs)))
    found = [*_for_missing(world, routes, missing, tried, beds), *_savings(world, routes, pairs, beds)]
    found.sort(key=lambda tour: -tour.saves * chance.uniform(0.5, 1.0))
    nights = dict(world.nights)
    for tour in found[:MOST_AT_ONCE]:
        trial = replace(world, nights={**nights, tour.key: tour.site})
        if not season.check_nights(trial) and _runs_empty(trial, tour.key):
            nights = dict(trial.nights)
    return replace(world, nights=nights)


def tidy(world: World, routes: Routes, held: Container[Key]) -> World:
    """Return the world without the nights that a plan does as well without."""
    for key in sorted(world.nights, key=lambda key: (key[1], key[0])):
        days = (key, (key[0], key[1] + NEXT))
        if any(day in held for day in days):
            continue
        without = replace(world, nights={k: site for k, site in world.nights.items() if k != key})
        before, after = (_metres(one, routes, days) for one in (world, without))
        if after is not None and (before is None or after <= before + NIGHT_COST * 1000):
            world = without
    return world


def sheets(world: World, routes: Routes) -> list[Sheet]:
    """Return a plan that keeps the rules as crews read it: days with their times, nights and empty ways included."""
    found = []
    for key in {**routes, **dict.fromkeys(season.tour_days(world.nights))}:
        names, timing = (
            routes.get(key, ()),
            season.drive_day(world, world.vans[key[0]], key[1], routes.get(key, ())),
        )
        if isinstance(timing, Timing):
            stops = tuple((name, *hours) for name, hours in zip(names, timing.stops, strict=True))
            found.append(Sheet(*key, timing.leaves, timing.returns, stops, world.nights.get(key)))
    return found


def price(nights: Mapping[Key, str]) -> float:
    """Return what nights away weigh beside the cost of a plan."""
    return NIGHT_COST * len(nights)


def _is_free(world: World, van: VanFacts, day: dt.date, held: Container[Key]) -> bool:
    days = (day, day + NEXT)
    return (
        (van.id, day) not in world.nights
        and not any((van.id, one) in held for one in days)
        and not any(season.van_cannot(world, van, one) for one in days)
    )


def _runs_empty(world: World, key: Key) -> bool:
    """Whether a van may drive to its bed, and on from there, with nothing else to do."""
    van, day = world.vans[key[0]], key[1]
    return all(isinstance(season.drive_day(world, van, one, ()), Timing) for one in (day, day + NEXT))


def _savings(
    world: World, routes: Routes, pairs: Sequence[tuple[VanFacts, dt.date]], beds: Sequence[SiteFacts]
) -> Iterator[_Tour]:
    metres, places = world.roads.metres, np.array([bed.at for bed in beds])
    for van, day in pairs:
        today, morrow = routes.get((van.id, day)), routes.get((van.id, day + NEXT))
        if not today or not morrow:
            continue
        last, first = world.sites[today[-1]].at or 0, world.sites[morrow[0]].at or 0
        ways = metres[last, places] + metres[places, first]
        best = int(np.argmin(ways))
        home = metres[last, world.ends(van, day)] + metres[world.begins(van, day + NEXT), first]
        saves = float(home - ways[best]) / 1000 - NIGHT_COST
        if saves > 0:
            yield _Tour((van.id, day), beds[best].id, saves)


def _for_missing(
    world: World,
    routes: Routes,
    missing: Sequence[str],
    pairs: Sequence[tuple[VanFacts, dt.date]],
    beds: Sequence[SiteFacts],
) -> Iterator[_Tour]:
    """Yield for sites that are left out the emptiest two days with a bed near by."""
    metres, places = world.roads.metres, np.array([bed.at for bed in beds])
    for name in missing:
        site = world.sites[name]
        if site.at is None:
            continue
        bed = beds[int(np.argmin(metres[site.at, places]))]
        busy = {
            (van.id, day): len(routes.get((van.id, day), ())) + len(routes.get((van.id, day + NEXT), ()))
            for van, day in pairs
            if season.fits(van, site) and any(world.windows(site, one) for one in (day, day + NEXT))
        }
        if busy:
            yield _Tour(min(busy, key=lambda key: (busy[key], key[1])), bed.id, 1e6)


def _metres(world: World, routes: Routes, days: Sequence[Key]) -> int | None:
    """Return how far a van drives on these days; None where it may not."""
    total = 0
    for van, day in days:
        stops = routes.get((van, day), ())
        if not stops and not world.is_tour((van, day)):
            continue
        timing = season.drive_day(world, world.vans[van], day, stops)
        if not isinstance(timing, Timing):
            return None
        total += timing.metres
    return total
