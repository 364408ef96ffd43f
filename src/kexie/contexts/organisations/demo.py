"""Fictional history of societies, associations and title lists, from 2017 to today."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from kexie.contexts.organisations import demo_academic
from kexie.contexts.organisations.demo_associations import associations_and_titles
from kexie.contexts.organisations.models import (
    AcademicEvent,
    CadreTraining,
    CountyAssociationStage,
    Inspection,
    JurisdictionListing,
    SocietyTerm,
)
from kexie.foundation.units.models import Unit
from kexie.kernel.holidays import is_day_off
from kexie.ledger.demo import DemoCity

BY = "OFFICE"
_THEMES = (
    "临床诊疗新进展",
    "小麦绿色高效栽培",
    "智能制造与工业互联",
    "新能源汽车零部件",
    "水环境治理",
    "食品安全检测",
    "乡村振兴中的农技服务",
    "人工智能与教育",
    "护理质量与安全",
    "装配式建筑",
)
_FORMS = ("学术年会", "学术研讨会", "青年学者论坛", "专题报告会", "学术沙龙")
# Academic events held: year, how many, last month of the year. They are 118 by the middle of 2025.
_EVENTS = ((2019, 14, 12), (2020, 8, 12), (2021, 16, 12), (2022, 17, 12), (2023, 24, 12), (2024, 26, 12))
_EVENTS_LATER = ((2025, 1, 6, 13), (2025, 7, 12, 16), (2026, 1, 11, 27))


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write the context's records step by step; yield a label and the number of rows."""
    yield "县级科协", _counties(city)
    yield from associations_and_titles(city)
    yield "学会换届与年检", _societies(city)
    yield "学术研讨论坛", _events(city)
    yield "学术活动筹备", demo_academic.prepare(city, BY)
    yield "科协干部培训", _trainings(city)


def _counties(city: DemoCity) -> int:
    office = city.departments["office"]
    rows: list[JurisdictionListing | CountyAssociationStage] = []
    for county in city.counties.values():
        rows += [
            JurisdictionListing(
                unit=office,
                area=county.area,
                occurred_on=dt.date(2018, 1, 1),
                document="阜阳市县级行政区名单",
            ),
            CountyAssociationStage(
                unit=county,
                area=county.area,
                occurred_on=dt.date(2018, 1, 2),
                stage="ESTABLISHED",
                note="建账前已建立，按建账日登记。",
            ),
        ]
    return city.record(rows, by=BY)


def _societies(city: DemoCity) -> int:
    chance = city.rng("organisations:societies")
    chairs = city.people("chairs", 2 * len(city.societies))
    terms = [
        term for index, one in enumerate(city.societies) for term in _terms(city, chance, one, index, chairs)
    ]
    inspections = [
        _inspection(chance, one, year) for year in range(2018, city.today.year) for one in city.societies
    ]
    city.record([*terms, *inspections], by=BY)
    city.reverse(inspections[30], "结论录错，按登记机关公告更正", after_days=25)
    city.record([_inspection(chance, city.societies[30], 2018, result="PASSED")], by=BY)
    return len(terms) + len(inspections) + 1


def _terms(
    city: DemoCity, chance: Random, society: Unit, index: int, chairs: list[str]
) -> Iterator[SocietyTerm]:
    """Yield a society's last two terms; every twelfth society is late with its next congress."""
    since = dt.date(2016, 1, 10) + dt.timedelta(days=(index * 41) % 1700)
    for turn in range(3):
        start = since + dt.timedelta(days=turn * (5 * 365 + chance.randint(0, 70)))
        if start > city.today or (turn and index % 12 == 5):
            return
        yield SocietyTerm(
            unit=society,
            area=society.area,
            occurred_on=start,
            number=3 + turn + index % 4,
            valid_to=start.replace(year=start.year + 5, day=min(start.day, 28)),
            chair=chairs[2 * index + turn % 2],
            council_size=chance.randint(15, 61),
            members=chance.randint(50, 900),
        )


def _inspection(chance: Random, society: Unit, year: int, *, result: str = "") -> Inspection:
    drawn = chance.choices(("PASSED", "BASICALLY_PASSED", "FAILED"), (0.9, 0.085, 0.015))[0]
    return Inspection(
        unit=society,
        area=society.area,
        year=year,
        occurred_on=dt.date(year + 1, 5, chance.randint(8, 28)),
        result=result or drawn,
        finding="" if (result or drawn) == "PASSED" else "换届不及时或材料不齐，限期改正",
    )


def _events(city: DemoCity) -> int:
    chance = city.rng("organisations:events")
    held = [
        _event(city, chance, _workday(chance, year, first, last))
        for year, first, last, count in (*((y, 3, m, n) for y, n, m in _EVENTS), *_EVENTS_LATER)
        for _index in range(count)
    ]
    cancelled = [
        _event(city, chance, _workday(chance, year, 2, 10), held=False)
        for year in (2020, 2020, 2021, 2022, 2022, 2024, 2026)
    ]
    doubled = [_event(city, chance, dt.date(2023, 11, 17)), _event(city, chance, dt.date(2024, 6, 21))]
    drafts = [_event(city, chance, city.today - dt.timedelta(days=ago)) for ago in (4, 11)]
    city.record([*held, *cancelled, *doubled], by=BY)
    for record in doubled:
        city.reverse(record, "与承办学会重复登记", after_days=30)
    city.draft(drafts, by=BY)
    return len(held) + len(cancelled) + len(doubled) + len(drafts)


def _event(city: DemoCity, chance: Random, on: dt.date, *, held: bool = True) -> AcademicEvent:
    society, theme = chance.choice(city.societies), chance.choice(_THEMES)
    counted = held and chance.random() > 0.06
    field = society.name.removeprefix("阜阳市").removesuffix("学会")
    return AcademicEvent(
        unit=society,
        area=chance.choice([society.area, *(county.area for county in city.counties.values())]),
        occurred_on=on,
        title=f"{on.year}年{field}{chance.choice(_FORMS)}（{theme}）",
        subject=theme,
        starts_at=dt.time(chance.choice((8, 9, 14)), 30),
        partner=chance.choice(("", "", city.provincial_societies[0].name, city.universities[1].name)),
        mode="ONLINE" if chance.random() < (0.5 if on.year in {2020, 2022} else 0.08) else "ONSITE",
        audience="学会会员和相关科技工作者",
        held=held,
        headcount=chance.randint(40, 320) if counted else None,
        method=chance.choice(("ROSTER", "ROSTER", "BOOKING", "HOST")) if counted else "",
        note="" if held else "因疫情或天气取消",
    )


def _workday(chance: Random, year: int, first: int, last: int) -> dt.date:
    """Return a working day from the first of one month to the 20th of another."""
    while True:
        day = dt.date(year, chance.randint(first, last), chance.randint(1, 20))
        if not is_day_off(day):
            return day


def _trainings(city: DemoCity) -> int:
    """Three counties by the middle of 2025, five today; one class was cancelled and does not count."""
    office, counties = city.departments["office"], city.counties
    classes = (
        (counties["341225"], dt.date(2022, 7, 14), 86, True),
        (counties["341202"], dt.date(2022, 11, 10), 0, False),
        (counties["341203"], dt.date(2023, 6, 8), 74, True),
        (counties["341225"], dt.date(2023, 10, 19), 92, True),
        (office, dt.date(2023, 11, 23), 120, True),
        (counties["341282"], dt.date(2024, 5, 16), 65, True),
        (counties["341203"], dt.date(2024, 9, 26), 81, True),
        (office, dt.date(2024, 11, 14), 118, True),
        (counties["341282"], dt.date(2025, 4, 17), 70, True),
        (counties["341221"], dt.date(2025, 10, 23), 104, True),
        (office, dt.date(2025, 11, 20), 125, True),
        (counties["341222"], dt.date(2026, 5, 21), 88, True),
        (counties["341225"], dt.date(2026, 9, 10), 95, True),
    )
    return city.record([_training(*one) for one in classes], by=BY)


def _training(unit: Unit, on: dt.date, count: int, held: bool) -> CadreTraining:  # noqa: FBT001 - a row of a table
    return CadreTraining(
        unit=unit,
        area=unit.area,
        occurred_on=on,
        title=f"{on.year}年{unit.area.name}基层科协干部能力提升培训班",
        partner="" if unit.kind == Unit.Kind.DEPARTMENT else f"中共{unit.area.name}委组织部",
        audience="乡镇（街道）科协、企业科协干部",
        held=held,
        headcount=count or None,
        method="ROSTER" if count else "",
        note="" if held else "因疫情取消",
    )
