"""Facilities built since 2012, some suspended or withdrawn since, visits to them, and titles in their batches."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random

from kexie.contexts.facilities import demo_checks, demo_rounds
from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    FacilityKind,
    FacilityStage,
    FacilityVisits,
    Title,
    TitleEnd,
)
from kexie.contexts.facilities.rules import PROVINCIAL_DEMOS
from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import AS_OF, DemoCity
from kexie.ledger.models import Method

# Built by AS_OF, and since then; withdrawn and suspended ones among the former.
_NUMBERS = {
    FacilityKind.CAMPUS_MUSEUM: (61, 5, 3, 2),
    FacilityKind.RURAL_ROOM: (88, 7, 4, 6),
    FacilityKind.COMMUNITY_ROOM: (47, 4, 2, 3),
    FacilityKind.GALLERY: (127, 4, 23, 5),
    FacilityKind.E_STATION: (60, 0, 0, 0),
}
_SINCE = {
    FacilityKind.CAMPUS_MUSEUM: dt.date(2015, 9, 1),
    FacilityKind.RURAL_ROOM: dt.date(2012, 4, 1),
    FacilityKind.COMMUNITY_ROOM: dt.date(2013, 4, 1),
    FacilityKind.GALLERY: dt.date(2012, 3, 1),
    FacilityKind.E_STATION: dt.date(2016, 3, 1),
}
_E_STATION_CLEARING = dt.date(2023, 12, 12)
_E_STATIONS_KEPT = 13
_COMMUNITIES = "安康 和谐 颍淮 三里桥 向阳 文昌 清颍 双清湾 育新 幸福".split()
_THEMES = ("科学实验课", "科普影片放映", "科普讲座", "展品体验", "航模与编程", "健康科普")
_WHY_WITHDRAWN = ("设施老化，不再开放", "场地改建，摘牌撤销", "长期无人管理，摘牌撤销")
_WHY_SUSPENDED = ("开放不经常，限期整改", "展品损坏，停用维修")
_REVOKED_ON = dt.date(2026, 2, 27)
# Batches: first day, last valid day, holders by number.
_PROVINCIAL_BASES = (
    ("2016—2020", "2016-12-20", "2020-12-31", (0, 1, 2)),
    ("2021—2025", "2021-11-26", "2025-12-31", (0, 3, 4, 5, 6, 7)),
    ("2026—2030", "2026-04-15", "2030-12-31", (0, 3, 5, 8, 9)),
)
_DEMOS = (
    ("2014—2018", "2014-11-18", "2018-12-31", range(27)),
    ("2019—2023", "2019-12-10", "2023-12-31", range(22, 57)),
    ("2024—2028", "2024-11-22", "2028-12-31", range(48, 73)),
    ("2025—2029", "2025-12-05", "2029-12-31", range(73, 78)),
)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Fill facilities and stages, visits, and titles."""
    facilities = [one for kind in _NUMBERS for one in _facilities(city, kind)]
    city.reference([facility for facility, _built in facilities])
    stages = [stage for kind in _NUMBERS for stage in _stages(city, kind, facilities)]
    waiting = [
        _stage(
            facilities[-_NUMBERS[FacilityKind.E_STATION][0]][0],
            city.today - dt.timedelta(days=2),
            "SUSPENDED",
            "设备老化，拟停用",
        )
    ]
    yield "科普设施与阶段", len(facilities) + city.record(stages) + city.draft(waiting, by="COUNTY_OFFICER")
    yield "设施参观记录", _visit(city, facilities)
    yield "科普称号", _accredit(city)
    yield "称号申报", demo_rounds.load(city)
    yield "设施抽查", demo_checks.load(city)


# --- facilities -----------------------------------------------------------------------------------------------

Built = tuple[Facility, dt.date]
Site = tuple[str, Area, Unit | None]


def _facilities(city: DemoCity, kind: FacilityKind) -> list[Built]:
    chance = city.rng(f"facilities:{kind}")
    before, after, *_lost = _NUMBERS[kind]
    until = dt.date(2022, 12, 31) if kind == FacilityKind.E_STATION else AS_OF
    days = _days(chance, _SINCE[kind], until, before) + _days(chance, AS_OF, city.today, after)
    keepers = city.people(f"keepers:{kind}", 40)
    sites = _sites(city, kind, chance)[: len(days)]
    return [
        (_facility(city, kind, site, chance.choice(keepers), chance), day)
        for site, day in zip(sites, days, strict=True)
    ]


def _days(chance: Random, first: dt.date, last: dt.date, number: int) -> list[dt.date]:
    """Return days of acceptance after `first` up to `last`, more of them later on, in order."""
    span = (last - first).days - 60
    return sorted(first + dt.timedelta(days=30 + int(span * chance.random() ** 0.8)) for _ in range(number))


def _sites(city: DemoCity, kind: FacilityKind, chance: Random) -> list[Site]:
    """Return name, area and host of more places than needed, shuffled over the counties."""
    towns = [town for county in city.counties for town in city.townships(county)]
    sites: list[Site]
    if kind == FacilityKind.CAMPUS_MUSEUM:
        sites = [(f"{school.name}科技馆", school.area, school) for school in city.schools]
    elif kind == FacilityKind.RURAL_ROOM:
        sites = [(f"{village.name}科普活动室", village.area, village) for village in city.villages]
        sites += [(f"{town.name}文化站科普活动室", town, None) for town in towns[:: len(towns) // 40]]
    elif kind == FacilityKind.COMMUNITY_ROOM:
        counties = [county.area for county in city.counties.values()]
        sites = [
            (f"{area.name}{name}社区科普活动室", area, None) for area in counties for name in _COMMUNITIES
        ]
    else:
        what = "科普画廊" if kind == FacilityKind.GALLERY else "科普中国e站"
        sites = [(f"{town.name}{what}", town, None) for town in towns]
    chance.shuffle(sites)
    return sites


def _facility(city: DemoCity, kind: FacilityKind, site: Site, keeper: str, chance: Random) -> Facility:
    name, area, host = site
    point = demo_checks.place(city, area)
    is_gallery, is_campus = kind == FacilityKind.GALLERY, kind == FacilityKind.CAMPUS_MUSEUM
    return Facility(
        unit=city.counties[area.code[:6]], area=area, name=name, kind=kind, host=host, keeper=keeper,
        opening="全天" if is_gallery else "周三、周五下午" if is_campus else "工作日",
        length_m=chance.choice((8, 10, 12, 16, 20, 30)) if is_gallery else None,
        area_m2=None if is_gallery else chance.choice((40, 60, 80, 100, 150, 200, 300)),
        exhibits=chance.randint(18, 60) if is_campus else None,
        funding=chance.choice(("县级财政", "市科协以奖代补", "学校自筹")) if is_campus else "县级财政",
        longitude=point and point[0], latitude=point and point[1],
    )  # fmt: skip


def _stages(city: DemoCity, kind: FacilityKind, facilities: Sequence[Built]) -> Iterator[FacilityStage]:
    chance = city.rng(f"stages:{kind}")
    mine = [(facility, built) for facility, built in facilities if facility.kind == kind]
    for facility, built in mine:
        yield from _building(facility, built, chance)
    if kind == FacilityKind.E_STATION:
        yield from _clearing(mine[_E_STATIONS_KEPT:], chance)
        return
    before, _after, withdrawn, suspended = _NUMBERS[kind]
    old = [(facility, built) for facility, built in mine[:before] if built < dt.date(2021, 1, 1)]
    unlucky = chance.sample(old, withdrawn + suspended)
    for facility, _built in unlucky[:withdrawn]:
        day = dt.date(2021, 6, 1) + dt.timedelta(days=chance.randint(0, 1400))
        yield _stage(facility, day, "WITHDRAWN", chance.choice(_WHY_WITHDRAWN))
    for facility, _built in unlucky[withdrawn:]:
        yield from _suspended(city, facility, chance)


def _building(facility: Facility, built: dt.date, chance: Random) -> Iterator[FacilityStage]:
    if facility.kind == FacilityKind.CAMPUS_MUSEUM:
        yield _stage(facility, built - dt.timedelta(days=chance.randint(90, 200)), "BUILDING")
    yield _stage(facility, built, "ACCEPTED")
    yield _stage(facility, built + dt.timedelta(days=chance.randint(1, 20)), "OPERATING")


def _suspended(city: DemoCity, facility: Facility, chance: Random) -> Iterator[FacilityStage]:
    day = dt.date(2022, 3, 1) + dt.timedelta(days=chance.randint(0, 1600))
    yield _stage(facility, day, "SUSPENDED", chance.choice(_WHY_SUSPENDED))
    again = day + dt.timedelta(days=chance.randint(40, 160))
    if again < city.today and chance.random() < 0.6:
        yield _stage(facility, again, "OPERATING", "整改完成，恢复开放")


def _clearing(stations: Sequence[Built], chance: Random) -> Iterator[FacilityStage]:
    """Yield the e-stations taken down in the winter of 2023, their equipment handed on for some."""
    for facility, _built in stations:
        day = _E_STATION_CLEARING + dt.timedelta(days=chance.randint(0, 30))
        yield _stage(facility, day, "WITHDRAWN", "按清理整顿要求摘牌")
        if chance.random() < 0.4:
            yield _stage(facility, day + dt.timedelta(days=45), "TRANSFERRED", "设备移交社区继续使用")


def _stage(facility: Facility, day: dt.date, stage: str, reason: str = "") -> FacilityStage:
    return FacilityStage(
        unit=facility.unit, area=facility.area, facility=facility, facility_kind=facility.kind, occurred_on=day,
        stage=stage, reason=reason,
    )  # fmt: skip


def _visit(city: DemoCity, facilities: Sequence[Built]) -> int:
    """Write monthly sessions of some campus museums and rooms since autumn 2023."""
    chance = city.rng("facility visits")
    visited = [one for one in facilities if one[0].kind in {"CAMPUS_MUSEUM", "RURAL_ROOM", "COMMUNITY_ROOM"}]
    chosen = chance.sample([one for one in visited if one[1] < dt.date(2023, 6, 1)], 48)
    rows = list(chain.from_iterable(_sessions(city, facility, chance) for facility, _built in chosen))
    doubled = chance.sample(rows, 3)
    recent = city.today - dt.timedelta(days=5)
    done = [row for row in rows if row.occurred_on < recent]
    written = city.record(done) + city.draft(
        [r for r in rows if r.occurred_on >= recent], by="FACILITY_KEEPER"
    )
    for row in doubled:
        if row in done:
            city.reverse(row, "参观日期录错，重新登记。", after_days=chance.randint(2, 10))
    return written


def _sessions(city: DemoCity, facility: Facility, chance: Random) -> Iterator[FacilityVisits]:
    day = dt.date(2023, 9, chance.randint(4, 28))
    while day < city.today:
        if day.month not in {1, 2, 7, 8}:
            counted = chance.random() > 0.04
            yield FacilityVisits(
                unit=facility.unit, area=facility.area, facility=facility, facility_kind=facility.kind, occurred_on=day,
                headcount=chance.randint(25, 260) if counted else None, theme=chance.choice(_THEMES),
                method=chance.choice((Method.ROSTER, Method.HOST)) if counted else "",
            )  # fmt: skip
        day += dt.timedelta(days=chance.randint(21, 42))


# --- titles ---------------------------------------------------------------------------------------------------


def _accredit(city: DemoCity) -> int:
    firms, schools, villages = city.firms, city.schools, city.villages
    bases = [city.museums["city"], firms[3], schools[20], firms[12], villages[9], firms[31], schools[64], firms[47],
             city.museums["linquan"], firms[60]]  # fmt: skip
    rows = [
        _title(Title.PROVINCIAL_BASE, bases[number], batch)
        for *batch, numbers in _PROVINCIAL_BASES
        for number in numbers
    ]
    holders = _demo_holders(city)
    rows += [_title(*holders[number], batch) for *batch, numbers in _DEMOS for number in numbers]
    rows += _others(city, bases)
    late = _title(
        Title.CITY_BASE,
        firms[80],
        ["2026—2030", (city.today - dt.timedelta(days=6)).isoformat(), "2030-12-31"],
    )
    return city.record(rows) + city.record([_revoked(rows)]) + city.draft([late], by="COUNTY_OFFICER")


def _revoked(rows: Sequence[Accreditation]) -> TitleEnd:
    """Return the end of one demonstration title, two years before its term."""
    given = next(one for one in rows if one.title in PROVINCIAL_DEMOS and one.batch == "2024—2028")
    return TitleEnd(
        unit=given.unit, area=given.area, accreditation=given, occurred_on=_REVOKED_ON, kind=TitleEnd.Kind.REVOKED,
        document="皖科协普〔2026〕9号", reason="连续两年未开展科普活动，整改后仍不合格",
    )  # fmt: skip


def _demo_holders(city: DemoCity) -> list[tuple[Title, Unit]]:
    """Return 78 holders of the three demonstration titles, mixed."""
    holders = [(Title.DEMO_COMMUNITY, village) for village in city.villages[10:46]]
    holders += [(Title.DEMO_SCHOOL, school) for school in city.schools[5:116:5]]
    holders += [(Title.DEMO_BASE, firm) for firm in city.firms[10:170:8]]
    city.rng("demo titles").shuffle(holders)
    return holders


def _others(city: DemoCity, bases: list[Unit]) -> Iterator[Accreditation]:
    term = ["2021—2025", "2021-06-30", "2025-12-31"]
    yield _title(Title.NATIONAL_BASE, bases[0], ["2021—2025", "2022-03-28", "2025-12-31"])
    yield _title(Title.DEMO_COUNTY, city.counties["341225"], ["2021—2025", "2021-09-08", "2025-12-31"])
    for holder in (city.museums["city"], city.universities[0], city.firms[24], city.firms[52]):
        yield _title(Title.PROVINCIAL_ST_BASE, holder, ["2021—2026", "2021-10-15", "2026-10-14"])
    soon = (city.today + dt.timedelta(days=60), city.today.replace(day=1) - dt.timedelta(days=1700))
    for holder in city.schools[8:36:7]:
        yield _title(Title.CITY_SCHOOL, holder, ["第三批", soon[1].isoformat(), soon[0].isoformat()])
    for holder in [*bases[:8], *city.schools[8:64:7], *city.firms[5:40:6]]:
        yield _title(Title.CITY_BASE, holder, term)


def _title(title: Title, holder: Unit, batch: Sequence[str]) -> Accreditation:
    name, first, last = batch
    return Accreditation(
        unit=holder, area=holder.area, title=title, holder=holder, batch=name,
        occurred_on=dt.date.fromisoformat(first), valid_to=dt.date.fromisoformat(last),
    )  # fmt: skip
