"""Fictional popular activities of the counties, denser in September, and the campaigns that look at them."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from kexie.contexts.governance.models import PopularActivity
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Campaign

SINCE = 2018
# Windows and themes as announced for each year; the theme of the last one is not known here.
_CAMPAIGNS = (
    (dt.date(2018, 9, 15), dt.date(2018, 9, 21), "创新引领时代，智慧点亮生活"),
    (dt.date(2019, 9, 14), dt.date(2019, 9, 20), "礼赞共和国，智慧新生活"),
    (dt.date(2020, 9, 19), dt.date(2020, 9, 25), "决胜全面小康，践行科技为民"),
    (dt.date(2021, 9, 11), dt.date(2021, 9, 17), "百年再出发，迈向高水平科技自立自强"),
    (dt.date(2022, 9, 15), dt.date(2022, 9, 21), "喜迎二十大，科普向未来"),
    (dt.date(2023, 9, 17), dt.date(2023, 9, 23), "提升全民科学素质，助力科技自立自强"),
    (dt.date(2024, 9, 15), dt.date(2024, 9, 25), "提升全民科学素质，协力建设科技强国"),
    (dt.date(2025, 9, 1), dt.date(2025, 9, 30), "科技改变生活，创新赢得未来"),
    (dt.date(2026, 9, 1), dt.date(2026, 9, 30), ""),
)
_SUBJECTS = (
    "食品安全",
    "防灾减灾",
    "近视防控",
    "人工智能",
    "航天科技",
    "健康生活",
    "反对邪教",
    "应急避险",
    "绿色低碳",
    "农业科技",
)
_PLACES = ("广场", "社区服务中心", "文化礼堂", "中心学校", "集贸市场", "职教中心")
_TITLES = {
    "LECTURE": "“{subject}”科普讲座",
    "EXHIBITION": "“{subject}”主题科普展",
    "CONSULTING": "“{subject}”科技咨询义诊",
    "POPULAR": "“{subject}”科普惠民活动",
    "SCHOOL_VISIT": "“{subject}”科学家精神进校园",
}
# Usual size of an audience by kind.
_SIZES = {
    "LECTURE": (45, 260),
    "EXHIBITION": (120, 1400),
    "CONSULTING": (60, 420),
    "POPULAR": (150, 1800),
    "SCHOOL_VISIT": (180, 900),
}
_METHODS = {
    "LECTURE": ("ROSTER", "ROSTER", "BOOKING", "HOST"),
    "EXHIBITION": ("COUNTER", "SAMPLE", "HOST"),
    "CONSULTING": ("ROSTER", "HOST"),
    "POPULAR": ("SAMPLE", "HOST", "HOST"),
    "SCHOOL_VISIT": ("ROSTER", "ROSTER", "HOST"),
}
_BY = "COORDINATOR"


def campaigns_and_activities(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write campaigns and popular activities; yield a label and the number of rows of each step."""
    yield "全国科普日和科普月", _campaigns(city)
    yield "科普活动", _activities(city)


def _campaigns(city: DemoCity) -> int:
    rows = [
        Campaign(
            unit=city.departments["popularisation"],
            area=city.association.area,
            name=f"{starts.year}年{_brand(starts)}",
            series_name=_brand(starts),
            starts_on=starts,
            ends_on=ends,
            theme=theme,
        )
        for starts, ends, theme in _CAMPAIGNS
    ]
    city.reference(rows)
    return len(rows)


def _brand(starts: dt.date) -> str:
    return "全国科普日" if starts.year < 2025 else "全国科普月"


def _activities(city: DemoCity) -> int:
    chance = city.rng("governance:activities")
    speakers = city.people("speakers", 40)
    rows = [
        _activity(city, chance, unit, on, chance.choice(speakers))
        for unit in (*city.counties.values(), city.departments["popularisation"])
        for year in range(SINCE, city.today.year + 1)
        for on in sorted(_days_of_year(chance, year))
        if on <= city.today
    ]
    recent = [row for row in rows if row.occurred_on > city.today - dt.timedelta(days=9)][:9]
    settled = [row for row in rows if row not in recent]
    city.record(settled, by=_BY)
    for row, reason in zip(
        settled[200:1000:200],
        ("人次录错，另行更正", "与镇科协重复登记", "日期错误", "与学校重复登记"),
        strict=True,
    ):
        city.reverse(row, reason, after_days=chance.randint(5, 40))
    officers = city.accounts["COUNTY_OFFICER"].unit_id
    city.draft([row for row in recent if row.unit_id == officers], by="COUNTY_OFFICER")
    city.draft([row for row in recent if row.unit_id != officers], by=_BY)
    return len(rows)


def _days_of_year(chance: Random, year: int) -> Iterator[dt.date]:
    """Yield some 26 days: most in the campaign's window and in May, few in winter and in the epidemic's years."""
    starts, ends, _theme = next(one for one in _CAMPAIGNS if one[0].year == year)
    busy = 0.6 if year in {2020, 2022} else 0.8 + 0.05 * (year - SINCE)
    for _index in range(round(8 * busy)):
        yield starts + dt.timedelta(days=chance.randint(0, (ends - starts).days))
    for _index in range(round(20 * busy)):
        month = chance.choice((1, 3, 4, 5, 5, 5, 6, 7, 8, 10, 11, 12))
        yield dt.date(year, month, chance.randint(1, 28))


def _activity(city: DemoCity, chance: Random, unit: Unit, on: dt.date, speaker: str) -> PopularActivity:
    kind = chance.choices(list(_TITLES), (0.42, 0.14, 0.16, 0.2, 0.08))[0]
    subject = chance.choice(_SUBJECTS)
    held = chance.random() > (0.12 if on.year in {2020, 2022} else 0.03)
    counted = held and chance.random() > 0.05
    area = chance.choice(city.townships(unit.area_id)) if unit.area_id in city.counties else unit.area
    return PopularActivity(
        kind=kind,
        unit=unit,
        area=area,
        occurred_on=on,
        title=f"{area.name}{chance.choice(_PLACES)}{_TITLES[kind].format(subject=subject)}",
        subject=subject,
        speaker=speaker if kind in {"LECTURE", "SCHOOL_VISIT"} else "",
        starts_at=dt.time(chance.choice((9, 9, 10, 14, 15)), chance.choice((0, 30))),
        mode="ONLINE" if kind == "LECTURE" and chance.random() < 0.1 else "ONSITE",
        audience="学生" if kind == "SCHOOL_VISIT" else "公众",
        held=held,
        headcount=chance.randint(*_SIZES[kind]) if counted else None,
        method=chance.choice(_METHODS[kind]) if counted else "",
        note="" if held else "因疫情或天气取消",
    )
