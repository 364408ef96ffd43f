"""A season made by chance: 8 counties, 500 sites, 8 vans, 90 days; a first plan, a better one, and a stop that is cancelled."""

import datetime as dt
import random
import time
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from kexie.contexts.touring.rules import placing, proof, solving, tours
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.days import Opening, Term
from kexie.contexts.touring.rules.roads import great_circle
from kexie.contexts.touring.rules.season import Limits, SiteFacts, VanFacts, World
from kexie.platform.routing import engine
from kexie.platform.routing.problem import Progress

COUNTIES, SITES, DAYS, CANCELLED = 8, 500, 90, 20
BEDS = 0.1  # share of sites where one can stay
FIRST = dt.date(2026, 3, 2)


def season(seconds: float) -> None:
    """Plan, and print how the best plan grew and what a cancelled stop takes."""
    world, told = made(), []
    engine.load()
    problem = solving.problem_of(world)
    began, cpu = time.monotonic(), time.process_time()
    found = engine.solve(problem, seconds=seconds, watch=lambda progress: told.append(progress) or True)
    table = Table("wall s", "missing", "cost")
    for moment in (0.0, 5.0, 10.0, 20.0, 30.0, 60.0, seconds):
        if moment <= seconds and (at := _at(found.history, moment)):
            table.add_row(f"{max(moment, at.seconds):.1f}", f"{at.best.missing:.2f}", f"{at.best.cost:,.0f}")
    Console().print(table)
    took = time.monotonic() - began
    Console().print(f"planned in {took:.1f} s ({time.process_time() - cpu:.1f} of CPU)")
    routes = solving.routes_of(world, found)
    stops = sum(map(len, routes.values()))
    broken = proof.breaches(world, tours.sheets(world, routes))
    Console().print(
        f"{len(problem.sites)} sites, {stops} stops, {len(found.unserved)} sites not fully served, {len(broken)} rules broken"
    )
    _cancel(world, routes)


def _at(history: tuple[Progress, ...], moment: float) -> Progress | None:
    """Return the best at a moment; at 0 the first plan."""
    return max(
        (one for one in history if one.seconds <= moment),
        key=lambda one: one.seconds,
        default=history[0] if history else None,
    )


def _cancel(world: World, routes: rules.Routes) -> None:
    """Cancel single stops and place each anew on the best day and van but its own."""
    chance, took, placed = random.Random(1), [], 0  # noqa: S311 -- the same each time, no secrets
    for key in chance.sample(sorted(routes), CANCELLED):
        name = chance.choice(routes[key])
        began = time.monotonic(), time.process_time()
        left = {**routes, key: tuple(one for one in routes[key] if one != name)}
        keys = [(van, day) for van in world.vans for day in world.days() if day > key[1]]
        effect = placing.insert(world, left, name, keys, before=left)
        placed += effect.routes is not None
        took.append((time.monotonic() - began[0], time.process_time() - began[1]))
    wall, cpu = zip(*took, strict=True)
    Console().print(
        f"{CANCELLED} single stops cancelled and placed anew: at most {max(wall):.2f} s each ({max(cpu):.2f} of CPU), "
        f"half below {sorted(wall)[len(wall) // 2]:.2f} s; for {CANCELLED - placed} no day had room"
    )


def made() -> World:
    """Return a season of counties in a ring round the city; schools and villages, far ones with beds near by."""
    chance = random.Random(7)  # noqa: S311 -- the same each time, no secrets
    centres = [(115.4 + 1.2 * (n % 4) / 3, 32.6 + 0.7 * (n // 4)) for n in range(COUNTIES)]
    points = list(centres)
    vans = {f"v{n}": VanFacts(f"v{n}", f"{n + 1}号车", "IV", n, nights=2) for n in range(COUNTIES)}
    sites = {}
    for n in range(SITES):
        east, north = centres[n % COUNTIES]
        points.append((chance.gauss(east, 0.22), chance.gauss(north, 0.18)))
        kind, area = chance.choice(["SCHOOL", "SCHOOL", "VILLAGE"]), f"3412{21 + n % COUNTIES}{100 + n // 25}"
        sites[f"s{n}"] = SiteFacts(
            f"s{n}",
            f"第{n}点",
            area,
            len(points) - 1,
            Opening(kind, area),
            90,
            priority=chance.choice([1, 1, 2]),
            every_days=chance.choice([45, 180, 180]),
            least_days=21,
            can_stay=chance.random() < BEDS,
        )
    terms = (Term("3412", FIRST, FIRST + dt.timedelta(days=120)),)
    roads = great_circle(points, factor=1.35, kmh=45, source="直线距离×1.35")
    return replace(
        World(FIRST, FIRST + dt.timedelta(days=DAYS - 1), sites, vans, Limits(), roads), terms=terms
    )
