"""Where a further visit costs least, in the planner's own measure: kilometres, overtime and days on which a van goes out.

Every van, day and position is ranked at once by what it costs at least, without overtime; rules and overtime are asked in that order.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from kexie.contexts.touring.rules import season
from kexie.contexts.touring.rules.roads import Numbers
from kexie.contexts.touring.rules.season import Broken, Key, Routes, SiteFacts, Timing, World
from kexie.contexts.touring.rules.solving import DAY_COST, OVERTIME_COST


@dataclass(frozen=True)
class Effect:
    """What a change by hand does: rules it breaks, metres and minutes of overtime it adds."""

    broken: tuple[str, ...]
    metres: int = 0
    overtime: int = 0
    routes: Routes | None = None
    key: Key | None = None


def insert(world: World, routes: Routes, name: str, keys: Sequence[Key], *, before: Routes) -> Effect:
    """Return what it does to visit a site on that of the vans' days, at that position, which costs least.

    `before` is what the cost is compared with. Where nothing will do, the rules are those that the cheapest way breaks.
    """
    site = world.sites[name]
    others = season.visits_of(routes).get(name, [])
    refused = {key: _refused(world, site, key, others) for key in keys}
    open_keys = [key for key in keys if not refused[key]]
    if site.at is None or not open_keys:
        return Effect(tuple(one.text for one in refused[keys[0]]) if keys else ())
    best: tuple[float, Key, tuple[str, ...]] | None = None
    blocked: Broken | None = None
    for least, number, position in _ranked(world, routes, site.at, open_keys):
        if best and least >= best[0]:
            break
        key = open_keys[number]
        stops = routes.get(key, ())
        order = (*stops[:position], name, *stops[position:])
        timing = season.drive_day(world, world.vans[key[0]], key[1], order)
        broken = timing if isinstance(timing, Broken) else _first_broken(world, routes, key, order)
        blocked = blocked or broken
        if broken is None and isinstance(timing, Timing):
            price = least + OVERTIME_COST * (timing.overtime - _overtime(world, routes, key))
            best = min(best or (price, key, order), (price, key, order), key=lambda one: one[0])
    if best is None:
        return Effect((blocked.text,) if blocked else ())
    changed = {**routes, best[1]: best[2]}
    return Effect((), *more(world, changed, before), changed, best[1])


def more(world: World, routes: Routes, before: Routes) -> tuple[int, int]:
    """Return metres and overtime that the days that differ cost more than before."""
    metres = overtime = 0
    for key in season.differing(before, routes):
        for sign, stops in ((1, routes.get(key, ())), (-1, before.get(key, ()))):
            goes = stops or world.is_tour(key)
            timing = season.drive_day(world, world.vans[key[0]], key[1], stops) if goes else None
            if isinstance(timing, Timing):
                metres += sign * timing.metres
                overtime += sign * timing.overtime
    return metres, overtime


def _refused(world: World, site: SiteFacts, key: Key, others: Sequence[dt.date]) -> list[Broken]:
    """Return the rules that a visit would break whatever its position."""
    van, day = world.vans[key[0]], key[1]
    found = [season.van_cannot(world, van, day), season.site_cannot(world, van, day, site)]
    if day in others:
        found.append(
            Broken("TWICE", _("%(site)s 这天已经有一站，同一点位一天只去一次") % {"site": site.name})
        )
    else:
        found.append(season.too_near(site, day, others))
    return [one for one in found if one]


def _overtime(world: World, routes: Routes, key: Key) -> int:
    """Return the overtime of a van's day as it stands."""
    stops = routes.get(key, ())
    if not stops and not world.is_tour(key):
        return 0
    timing = season.drive_day(world, world.vans[key[0]], key[1], stops)
    return timing.overtime if isinstance(timing, Timing) else 0


def _first_broken(world: World, routes: Routes, key: Key, order: Sequence[str]) -> Broken | None:
    visits = season.visits_of({**routes, key: tuple(order)})
    return next(iter(season.check_day(world, world.vans[key[0]], key[1], order, visits)), None)


def _ranked(world: World, routes: Routes, at: int, keys: Sequence[Key]) -> list[tuple[float, int, int]]:
    """Return (least price, number of the key, position), the lowest price first: the detour, and a day if the van would else stay at home."""
    paths = [_path(world, key, routes.get(key, ())) for key in keys]
    opening = [0.0 if routes.get(key) or world.is_tour(key) else DAY_COST for key in keys]
    number = np.repeat(np.arange(len(paths)), [len(path) - 1 for path in paths])
    position = np.concatenate([np.arange(len(path) - 1) for path in paths])
    before = np.concatenate([path[:-1] for path in paths])
    after = np.concatenate([path[1:] for path in paths])
    metres: Numbers = world.roads.metres
    price = (metres[before, at] + metres[at, after] - metres[before, after]) / 1000 + np.array(opening)[
        number
    ]
    order = np.argsort(price, kind="stable")
    return list(zip(price[order].tolist(), number[order].tolist(), position[order].tolist(), strict=True))


def _path(world: World, key: Key, stops: Sequence[str]) -> Numbers:
    van, day = world.vans[key[0]], key[1]
    path = [world.begins(van, day), *(world.sites[name].at or 0 for name in stops), world.ends(van, day)]
    return np.array(path, dtype=np.int64)
