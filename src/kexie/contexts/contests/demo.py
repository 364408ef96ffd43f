"""Youth contests and programmes of the demonstration city since 2018."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kexie.contexts.contests.models import Contest, ContestHolding, ContestResult, Level, ProgrammeEdition
from kexie.foundation.people.masking import mask_name
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Honour, Method, Record, Series

CITY = "341200"
FIRST_YEAR = 2018
PLAGUE_YEARS = (2020, 2022)
LINQUAN = "341221"
_Category, _Group, _Grade = ContestResult.Category, ContestResult.Group, ContestResult.Grade


@dataclass(frozen=True)
class Plan:
    """How one series runs: days as (month, day) of the final, sizes of a county's and the city's contest."""

    name: str
    county_day: tuple[int, int]
    city_day: tuple[int, int]
    counties: int
    county_entries: tuple[int, int]
    city_entries: tuple[int, int]
    heads_per_entry: float
    since: int
    first_edition: int
    categories: tuple[str, ...]
    county_prizes: int
    city_prizes: int
    audience: str


PLANS = (
    Plan("青少年科技创新大赛", (1, 13), (3, 9), 8, (140, 420), (310, 520), 1.2, FIRST_YEAR, 14,
         (_Category.INNOVATION, _Category.PAINTING, _Category.PRACTICE, _Category.TUTOR), 9, 44, "中小学生、科技辅导员"),
    Plan("中小学机器人竞赛", (4, 14), (5, 18), 4, (60, 150), (90, 190), 2.1, FIRST_YEAR, 8,
         (_Category.ROBOT,), 6, 26, "中小学生"),
    Plan("青年科普创新实验暨作品大赛", (4, 1), (4, 21), 0, (0, 0), (60, 120), 2.6, 2019, 1,
         (_Category.EXPERIMENT,), 0, 16, "高中生、大学生"),
    Plan("青少年航空航天模型竞赛", (5, 1), (5, 30), 0, (0, 0), (70, 110), 1.0, 2026, 1,
         (_Category.INNOVATION,), 0, 14, "中小学生"),
)  # fmt: skip
PROGRAMMES = ("青少年科学调查体验活动", "青少年科学营")
THEMES = (
    "节约用水",
    "垃圾分类",
    "身边的植物",
    "体验低碳生活",
    "物联网与生活",
    "健康饮食",
    "土壤与粮食",
    "认识天气",
    "人工智能",
)
_WORKS = (
    "可折叠节水花盆", "雨水自动收集灌溉装置", "校园垃圾分类提醒器", "盲道障碍检测手杖", "粮仓温湿度巡检小车", "防溺水报警手环",
    "教室光照自动调节系统", "泉河水质调查报告", "中药材枯枝再利用研究", "麦田蚜虫天敌观察", "未来的月球农场", "海底快递员",
    "会呼吸的城市", "老街声音地图", "柳编工艺中的几何", "智能书包减负架", "电动车充电安全监测", "池塘蓝藻治理小实验",
)  # fmt: skip
_MISSING_COUNTS, _BAD_COUNTS = 6, 2


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Load the contests, their results, the programmes and the honours; yield each step and its rows."""
    series = _series(city)
    contests = _contests(city, series)
    yield _("竞赛系列与竞赛"), len(series) + len(contests)
    yield _("竞赛举办记录"), _hold(city, contests)
    yield _("获奖结果"), _award(city, contests)
    yield _("青少年主题活动"), _run_programmes(city, series)
    yield _("组织荣誉"), city.record(list(_honours(city)), by="POPULARISATION_DEPARTMENT")
    yield _("待确认草稿"), _leave_drafts(city, contests, series)


def _series(city: DemoCity) -> dict[str, Series]:
    unit = city.departments["popularisation"]
    contests = [Series(unit=unit, name=plan.name, kind=Series.Kind.CONTEST) for plan in PLANS]
    programmes = [Series(unit=unit, name=name, kind=Series.Kind.PROGRAMME) for name in PROGRAMMES]
    city.reference([*contests, *programmes])
    return {one.name: one for one in (*contests, *programmes)}


def _contests(city: DemoCity, series: dict[str, Series]) -> list[Contest]:
    """Create every contest up to the next one, whose registration is open today."""
    made = [
        _contest(city, plan, series[plan.name], year, unit)
        for plan in PLANS
        for year in range(plan.since, city.today.year + 2)
        for unit in _organisers(city, plan, year)
    ]
    city.reference(made)
    return made


def _organisers(city: DemoCity, plan: Plan, year: int) -> list[Unit]:
    if plan.counties == 0 and year > city.today.year:
        return []
    if year in PLAGUE_YEARS and plan.name == PLANS[1].name:
        return []
    return [*list(city.counties.values())[: plan.counties], city.departments["popularisation"]]


def _contest(city: DemoCity, plan: Plan, series: Series, year: int, unit: Unit) -> Contest:
    is_city = unit == city.departments["popularisation"]
    final = _final(city, plan, year, unit)
    edition = f"第{year - plan.since + plan.first_edition}届"
    place = "阜阳市" if is_city else unit.area.name
    return Contest(
        unit=unit, area=unit.area, name=f"{year}年{place}{plan.name}", series=series, year=year, edition=edition,
        level=Level.CITY if is_city else Level.COUNTY, audience=plan.audience,
        registration_opens_on=final - dt.timedelta(days=75 if not is_city else 40),
        registration_closes_on=final - dt.timedelta(days=18 if not is_city else 10), final_on=final,
    )  # fmt: skip


def _final(city: DemoCity, plan: Plan, year: int, unit: Unit) -> dt.date:
    is_city = unit == city.departments["popularisation"]
    chance = city.rng(f"contests.final:{plan.name}:{year}:{unit.code}")
    base = dt.date(year, *(plan.city_day if is_city else plan.county_day))
    day = base + dt.timedelta(days=chance.randint(0, 9))
    return day + dt.timedelta(days=(5 - day.weekday()) % 7)  # finals are on Saturdays


def _plan_of(contest: Contest) -> Plan:
    return next(plan for plan in PLANS if plan.name == contest.series.name)


def _past(city: DemoCity, contests: list[Contest]) -> list[Contest]:
    return [one for one in contests if one.final_on and one.final_on < city.today]


def _hold(city: DemoCity, contests: list[Contest]) -> int:
    """Record the contests held: a few without a count, two typed wrongly, taken back and corrected."""
    chance = city.rng("contests.holdings")
    holdings = [_holding(chance, contest) for contest in _past(city, contests)]
    for holding in chance.sample(holdings, _MISSING_COUNTS):
        holding.headcount, holding.method = None, ""
    written = city.record(holdings, by="POPULARISATION_DEPARTMENT")
    counted = [one for one in holdings if one.headcount]
    for wrong in chance.sample(counted, _BAD_COUNTS):
        city.reverse(wrong, "参赛人次多录一位数，另行更正", by="POPULARISATION_DEPARTMENT")
        right = _holding(chance, wrong.contest)
        right.corrects = wrong.pk
        written += city.record([right], by="POPULARISATION_DEPARTMENT")
    return written


def _holding(chance: random.Random, contest: Contest) -> ContestHolding:
    plan = _plan_of(contest)
    low, high = plan.city_entries if contest.level == Level.CITY else plan.county_entries
    entries = chance.randint(low, high)
    day = contest.final_on or dt.date(contest.year, 5, 1)
    return ContestHolding(
        unit=contest.unit, area=contest.unit.area, occurred_on=day, contest=contest, entries=entries,
        schools=chance.randint(12, 45), headcount=round(entries * plan.heads_per_entry * chance.uniform(0.9, 1.1)),
        method=chance.choice((Method.ROSTER, Method.ROSTER, Method.ROSTER, Method.BOOKING, Method.HOST)),
        partner="教育局、科学技术局", published_on=day + dt.timedelta(days=chance.randint(5, 20)),
    )  # fmt: skip


def _award(city: DemoCity, contests: list[Contest]) -> int:
    chance = city.rng("contests.results")
    names = city.people("contests.pupils", 400)
    rows = [
        _result(city, chance, contest, names, number)
        for contest in _past(city, contests)
        for number in range(_prizes(contest))
    ]
    return city.record([row for row in rows if row.occurred_on <= city.today], by="POPULARISATION_DEPARTMENT")


def _prizes(contest: Contest) -> int:
    plan = _plan_of(contest)
    return plan.city_prizes if contest.level == Level.CITY else plan.county_prizes


def _result(
    city: DemoCity, chance: random.Random, contest: Contest, names: list[str], number: int
) -> ContestResult:
    category = chance.choice(_plan_of(contest).categories)
    group = _group(chance, category)
    day = (contest.final_on or dt.date(contest.year, 5, 1)) + dt.timedelta(days=12)
    pupil = "" if category == _Category.TUTOR else mask_name(chance.choice(names))
    return ContestResult(
        unit=contest.unit, area=contest.unit.area, occurred_on=day, contest=contest,
        title=f"{chance.choice(_WORKS)}" if category != _Category.ROBOT else f"机器人竞赛第{number + 1}号作品",
        category=category, group=group, grade=_grade(number, _prizes(contest)), school=_school(city, chance, contest),
        pupil=pupil, tutor=chance.choice(names) if pupil else "",
        certificate_no=f"{contest.year}-{contest.level[:2]}-{number + 1:03}",
    )  # fmt: skip


def _group(chance: random.Random, category: str) -> str:
    match category:
        case _Category.TUTOR:
            return _Group.TEACHER
        case _Category.EXPERIMENT:
            return chance.choice((_Group.SENIOR, _Group.UNIVERSITY))
        case _Category.PAINTING:
            return chance.choice((_Group.PRIMARY, _Group.PRIMARY, _Group.JUNIOR))
        case _:
            return chance.choice((_Group.PRIMARY, _Group.JUNIOR, _Group.SENIOR))


def _grade(number: int, prizes: int) -> str:
    share = number / prizes
    return _Grade.FIRST if share < 0.15 else _Grade.SECOND if share < 0.45 else _Grade.THIRD


def _school(city: DemoCity, chance: random.Random, contest: Contest) -> Unit:
    area = contest.unit.area_id
    near = [school for school in city.schools if area == CITY or school.area_id.startswith(area)]
    return chance.choice(near)


def _run_programmes(city: DemoCity, series: dict[str, Series]) -> int:
    chance = city.rng("contests.programmes")
    years = range(FIRST_YEAR, city.today.year + 1)
    survey, camp = (series[name] for name in PROGRAMMES)
    rows = [_survey(chance, survey, year, unit) for year in years for unit in city.counties.values()]
    rows += [_camp(city, chance, camp, year) for year in years if year not in PLAGUE_YEARS]
    for row in chance.sample(rows, 4):
        row.headcount, row.method = None, ""
    return city.record(rows, by="POPULARISATION_DEPARTMENT")


def _survey(chance: random.Random, series: Series, year: int, unit: Unit) -> ProgrammeEdition:
    start = dt.date(year, chance.choice((5, 6, 9, 10)), chance.randint(1, 25))
    return ProgrammeEdition(
        unit=unit, area=unit.area, series=series, year=year, occurred_on=start,
        ended_on=start + dt.timedelta(days=chance.randint(10, 30)), theme=THEMES[year - FIRST_YEAR],
        schools=chance.randint(6, 24), headcount=chance.randint(480, 2300),
        method=chance.choice((Method.ROSTER, Method.ROSTER, Method.HOST, Method.SAMPLE)), partner="教育局",
    )  # fmt: skip


def _camp(city: DemoCity, chance: random.Random, series: Series, year: int) -> ProgrammeEdition:
    unit = city.departments["popularisation"]
    start = dt.date(year, 7, chance.randint(10, 20))
    return ProgrammeEdition(
        unit=unit, area=unit.area, series=series, year=year, occurred_on=start,
        ended_on=start + dt.timedelta(days=6), theme=f"走进{chance.choice(city.universities).name}",
        schools=chance.randint(10, 20), headcount=chance.randint(40, 90), method=Method.ROSTER, partner="安徽省科协",
    )  # fmt: skip


def _honours(city: DemoCity) -> Iterator[Honour]:
    """Yield the honours for organising, decided in the November after the year's event."""
    innovation = ("全国青少年科技创新大赛", "基层赛事优秀组织单位", (2018, 2019, 2021, 2022, 2023))
    survey = ("全国青少年科学调查体验活动", "优秀组织单位", (2019, 2020, 2021, 2022, 2023, 2025))
    for award, title, years in (innovation, survey):
        for year in years:
            yield Honour(
                unit=city.departments["popularisation"], area=city.association.area,
                occurred_on=dt.date(year, 11, 20), kind=Honour.Kind.UNIT, award=award, title=title, year=year,
                awarder=f"{award}组委会", holder=city.association, holder_name=city.association.name,
            )  # fmt: skip


def _leave_drafts(city: DemoCity, contests: list[Contest], series: dict[str, Series]) -> int:
    """Leave a county officer's latest survey and two late results for somebody to confirm."""
    chance = city.rng("contests.drafts")
    linquan = city.counties[LINQUAN]
    survey = _survey(chance, series[PROGRAMMES[0]], city.today.year, linquan)
    survey.occurred_on, survey.ended_on = (
        city.today - dt.timedelta(days=12),
        city.today - dt.timedelta(days=2),
    )
    names = city.people("contests.pupils", 400)
    last = [one for one in _past(city, contests) if one.unit == linquan][-1]
    results: list[Record] = [_result(city, chance, last, names, 90 + number) for number in range(2)]
    for row in results:
        row.occurred_on = city.today - dt.timedelta(days=4)
    return city.draft([survey, *results], by="COUNTY_OFFICER")
