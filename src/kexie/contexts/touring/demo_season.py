"""A term of caravans for the demonstration: fictional sites in every township, eight vans, a published plan and a draft."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from kexie.contexts.touring.models import Caravan, Plan, PlannedStop, Season, SeasonVan, Site
from kexie.contexts.touring.operations import hosts, planning
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries import seasons as queries
from kexie.foundation.areas.models import Area
from kexie.ledger.demo import DemoCity

SITES, VANS = 500, 8
SCHOOL_DAYS = 90
SECONDS = 5
ONE_DAY = dt.timedelta(days=1)
# Roughly the middle of each county; the sites around it stand where nothing is.
CENTRES = {
    "341202": (115.80, 32.90), "341203": (115.87, 32.86), "341204": (115.77, 32.96), "341221": (115.26, 33.06),
    "341222": (115.62, 33.16), "341225": (115.59, 32.64), "341226": (116.26, 32.64), "341282": (115.37, 33.26),
}  # fmt: skip
_SPREAD = 0.16  # degrees
_NAMES = (("演示小学", "SCHOOL"), ("演示初中", "SCHOOL"), ("演示村", "VILLAGE"), ("演示文化广场", "SQUARE"))


def load(city: DemoCity) -> int:
    """Fill sites, a season with its vans, a published plan with some hosts' answers, and a draft of another."""
    sites = list(_sites(city))
    city.reference(sites)
    season = _season(city)
    vans = _vans(city, season)
    published = _planned(city, season)
    operations.publish(plan=published, actor=city.accounts["COORDINATOR"], now=city.now)
    season.refresh_from_db()
    hosts.tell(season=season, link=_link, actor=city.accounts["COORDINATOR"], now=city.now)
    _answers(city, published)
    draft = operations.add_plan(
        season=season, actor=city.accounts["COORDINATOR"], now=city.now, start=published, by_hand=True
    )
    return len(sites) + vans + queries.stops(published).count() + queries.stops(draft).count()


def _sites(city: DemoCity) -> Iterator[Site]:
    chance = city.rng("season:sites")
    towns = [(county, town) for county in sorted(CENTRES) for town in city.townships(county)]
    for number in range(SITES):
        county, town = towns[number % len(towns)]
        name, kind = _NAMES[number // len(towns) % len(_NAMES)]
        x, y = _point(city, county, town)
        site = Site(
            unit=city.counties[county], area=town, name=f"{town.name}{name}", kind=kind,
            longitude=f"{x + chance.uniform(-0.02, 0.02):.5f}", latitude=f"{y + chance.uniform(-0.02, 0.02):.5f}",
            pupils=chance.randint(120, 1800), every_months=chance.choice((3, 6, 6, 6)), priority=chance.choice((1, 1, 1, 2, 3)),
        )  # fmt: skip
        _contact(city, site, number)
        yield site


def _contact(city: DemoCity, site: Site, number: int) -> None:
    """Give most sites somebody with a mobile number, some a landline only, some nobody: all of them invented."""
    chance = city.rng(f"season:contact:{number}")
    phone = chance.choice((f"1400003{number:04}",) * 8 + (f"0558-1{number:06}", ""))
    site.seal_contact(name="演示联系人" if phone else "", phone=phone)


def _link(code: str) -> str:
    return f"http://localhost/caravans/confirm/{code}/"


def _point(city: DemoCity, county: str, town: Area) -> tuple[float, float]:
    chance, (x, y) = city.rng(f"season:{town.code}"), CENTRES[county]
    return x + chance.uniform(-_SPREAD, _SPREAD), y + chance.uniform(-_SPREAD, _SPREAD)


def _season(city: DemoCity) -> Season:
    first = city.today + (7 - city.today.weekday()) * ONE_DAY
    school_days = list(city.workdays(first, first + 2 * SCHOOL_DAYS * ONE_DAY))[:SCHOOL_DAYS]
    season = Season(
        association=city.association, unit=city.association, name="演示巡展季（学校和村均为虚构）",
        starts_on=school_days[0], ends_on=school_days[-1],
    )  # fmt: skip
    return operations.add_season(season=season, actor=city.accounts["COORDINATOR"], now=city.now)


def _vans(city: DemoCity, season: Season) -> int:
    """Let the caravans in use take part, with lent ones up to eight, each from a county of its own; return how many."""
    caravans = list(Caravan.objects.filter(association=city.association, retired_on=None).order_by("plate"))
    lent = [_lent(city, number) for number in range(len(caravans), VANS)]
    city.reference(lent)
    for number, caravan in enumerate((*caravans, *lent)[:VANS]):
        x, y = CENTRES[sorted(CENTRES)[number % len(CENTRES)]]
        van = SeasonVan(
            association=city.association, season=season, caravan=caravan, longitude=str(x), latitude=str(y)
        )
        operations.add_van(van=van, actor=city.accounts["COORDINATOR"], now=city.now)
    return VANS


def _lent(city: DemoCity, number: int) -> Caravan:
    return Caravan(
        unit=city.association, area=city.association.area, name=f"巡展{number + 1}号车", vehicle_type="IV",
        plate=f"皖K演{number + 1:02}号", initial_km=0, bought_on=city.today - 200 * ONE_DAY, licence_class="C1",
        funding="演示：为本季借用",
    )  # fmt: skip


def _planned(city: DemoCity, season: Season) -> Plan:
    plan = planning.begin(
        season=season,
        seconds=SECONDS,
        actor=city.accounts["COORDINATOR"],
        now=city.now,
        seed=city.seed % 1000,
    )
    planning.compute(plan_id=plan.pk, today=timezone.localdate(city.now))
    plan.refresh_from_db()
    if plan.state != Plan.State.DONE:
        raise RuntimeError(f"the demonstration's season was not planned: {plan.message}")
    return plan


def _answers(city: DemoCity, plan: Plan) -> None:
    """Let most hosts of the first weeks confirm, and some ask for another day."""
    chance = city.rng("season:answers")
    soon = queries.stops(plan).filter(
        trip__day__lt=plan.season.starts_on + 21 * ONE_DAY, host_state=PlannedStop.Host.ASKED
    )
    for stop in soon:
        drawn = chance.random()
        if drawn < 0.7:
            hosts.answer(stop=stop, confirms=True, note="", now=city.now)
        elif drawn < 0.73:
            hosts.answer(stop=stop, confirms=False, note="当天有考试，下一周都方便。", now=city.now)
