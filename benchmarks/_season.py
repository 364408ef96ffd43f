"""A season made by chance, through the operations that the board uses: 8 counties, 500 sites, 8 vans with nights away, 90 school days.

It is planned in the background as a worker would, looked at from outside while it grows, and single stops of it are cancelled and placed anew.
"""

import datetime as dt
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.table import Table

from kexie.contexts.touring.models import Caravan, Plan, PlannedStop, Season, SeasonVan, Site
from kexie.contexts.touring.operations import by_hand, planning
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import proof, tours
from kexie.foundation.access.models import Account
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Unit
from kexie.kernel.holidays import is_day_off
from kexie.platform.routing import engine

COUNTIES = ("341202", "341203", "341204", "341221", "341222", "341225", "341226", "341282")
SITES, SCHOOL_DAYS, CHANGED = 500, 90, 20
BEDS = 0.1  # share of sites where one can stay
FIRST = dt.date(2026, 3, 2)
TODAY, NOW = dt.date(2026, 2, 20), dt.datetime(2026, 2, 20, tzinfo=dt.UTC)
FIRST_PLAN, REPLANNED = "≤ 10 s", "≤ 2 s"
Took = tuple[float, float]  # seconds of the clock, of CPU


@dataclass(frozen=True)
class _Desk:
    """Whose season it is, and who plans it."""

    unit: Unit
    account: Account
    season: Season


def season(seconds: float) -> None:
    """Plan, cancel, place anew and put off; print what each took."""
    call_command("migrate", verbosity=0, interactive=False)
    desk = _prepare()
    engine.load()
    table = Table(
        "", "wall s, most", "wall s, half", "CPU s, most", "aim", title="season", title_justify="left"
    )
    plan, first, growth = _planned(desk, seconds)
    table.add_row("first whole plan on the board", f"{first[0]:.2f}", "", f"{first[1]:.2f}", FIRST_PLAN)
    for what, change in (("cancel a stop and place it anew", _replace), ("put a stop off", _put_off)):
        took = _changed(desk, plan, change)
        walls, cpu = [sorted(column) for column in zip(*took, strict=True)]
        table.add_row(what, f"{walls[-1]:.2f}", f"{walls[len(walls) // 2]:.2f}", f"{cpu[-1]:.2f}", REPLANNED)
    Console().print(growth)
    Console().print(table)
    Console().print(_told(plan))


def _planned(desk: _Desk, seconds: float) -> tuple[Plan, Took, Table]:
    """Let a thread plan as a worker does, and look from here when the first stops stand in the database."""
    plan = planning.begin(season=desk.season, seconds=round(seconds), actor=desk.account, now=NOW)
    began, worker = (time.monotonic(), time.process_time()), Thread(target=_work, args=(plan,))
    worker.start()
    first: Took | None = None
    while worker.is_alive():
        if first is None and PlannedStop.objects.filter(trip__plan=plan).exists():
            first = time.monotonic() - began[0], time.process_time() - began[1]
        time.sleep(0.1)
    worker.join()
    plan.refresh_from_db()
    if plan.state != Plan.State.DONE or first is None:
        raise RuntimeError(f"not planned: {plan.state} {plan.message}")
    growth = Table("after s", "missing", "cost", title="growing best plan", title_justify="left")
    for second, missing, cost in plan.history[:: max(1, len(plan.history) // 12)]:
        growth.add_row(f"{second:.1f}", f"{missing:.1f}", f"{cost:,.0f}")
    return plan, first, growth


def _work(plan: Plan) -> None:
    try:
        planning.compute(plan_id=plan.pk, today=TODAY)
    finally:
        connection.close()


def _changed(desk: _Desk, plan: Plan, change: Callable[[_Desk, Plan, PlannedStop], None]) -> list[Took]:
    """Change single stops, drawn by chance; each change is one or two requests of the board."""
    chance, took = random.Random(1), []  # noqa: S311 -- the same each time, no secrets
    for _ in range(CHANGED):
        stop = chance.choice(list(queries.stops(plan)))
        began = time.monotonic(), time.process_time()
        change(desk, plan, stop)
        took.append((time.monotonic() - began[0], time.process_time() - began[1]))
    return took


def _replace(desk: _Desk, plan: Plan, stop: PlannedStop) -> None:
    operations.drop(plan=plan, stop=stop, actor=desk.account, now=NOW, today=TODAY)
    operations.place(plan=plan, site=str(stop.site_id), actor=desk.account, now=NOW, today=TODAY)


def _put_off(desk: _Desk, plan: Plan, stop: PlannedStop) -> None:
    try:
        by_hand.postpone(plan=plan, stop=stop, actor=desk.account, now=NOW, today=TODAY)
    except operations.PlanRefused:
        return  # on none of the days that are left: looked through as well


def _told(plan: Plan) -> str:
    """Have the plan as it stands now judged by code of its own."""
    world, routes = queries.world_of(plan, []), queries.routes(plan)
    broken = proof.breaches(world, tours.sheets(world, routes))
    stops, nights = queries.stops(plan).count(), len(world.nights)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{SITES} sites, {stops} stops, {nights} nights away, {len(plan.unserved)} sites not fully served, "
        f"{len(broken)} rules broken after {2 * CHANGED} changes by hand; load of this machine {load} on {os.cpu_count()} cores"
    )


def _prepare() -> _Desk:
    """Make counties in a ring round the city, a van in each; schools and villages, a tenth of them with beds near by."""
    areas.load_bundled(actor=None, now=NOW)
    area = Area.objects.in_bulk(("341200", *COUNTIES))
    root = units.create_association(name="Bench", area=area["341200"], actor=None, now=NOW)
    account = Account.objects.create(
        association=root, username="planner", display_name="Planner", unit=root, created_at=NOW
    )
    chance = random.Random(7)  # noqa: S311 -- the same each time, no secrets
    centres = [(115.4 + 1.2 * (n % 4) / 3, 32.6 + 0.7 * (n // 4)) for n in range(len(COUNTIES))]
    Site.objects.bulk_create(
        _site(root, area[COUNTIES[n % 8]], n, centres[n % 8], chance) for n in range(SITES)
    )
    made = _season(root, account)
    for number, (east, north) in enumerate(centres):
        caravan = Caravan.objects.create(
            association=root, unit=root, area=root.area, name=f"{number + 1}号车", plate=f"演{number}", vehicle_type="IV",
            bought_on=TODAY,
        )  # fmt: skip
        van = SeasonVan(
            association=root, season=made, caravan=caravan, longitude=f"{east:.5f}", latitude=f"{north:.5f}", most_nights=2
        )  # fmt: skip
        operations.add_van(van=van, actor=account, now=NOW)
    return _Desk(root, account, made)


def _season(root: Unit, account: Account) -> Season:
    days = (FIRST + dt.timedelta(days=n) for n in range(2 * SCHOOL_DAYS))
    school = [day for day in days if not is_day_off(day)][:SCHOOL_DAYS]
    made = Season(association=root, unit=root, name="Bench", starts_on=school[0], ends_on=school[-1])
    return operations.add_season(season=made, actor=account, now=NOW)


def _site(root: Unit, area: Area, number: int, centre: tuple[float, float], chance: random.Random) -> Site:
    return Site(
        association=root, unit=root, area=area, name=f"第{number}点", kind=chance.choice(["SCHOOL", "SCHOOL", "VILLAGE"]),
        longitude=f"{chance.gauss(centre[0], 0.22):.5f}", latitude=f"{chance.gauss(centre[1], 0.18):.5f}",
        every_months=chance.choice([3, 6, 6]), priority=chance.choice([1, 1, 2]), can_stay=chance.random() < BEDS,
    )  # fmt: skip
