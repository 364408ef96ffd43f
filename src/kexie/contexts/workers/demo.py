"""Fictional history of the work with science workers, from 2019 to today."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

from kexie.contexts.workers.models import (
    AwardResult,
    ContactVisit,
    Recommendation,
    Suggestion,
    SuggestionAdoption,
    SurveySite,
    SurveySiteStage,
)
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity, days

SINCE = dt.date(2019, 1, 1)
BY = "WORKERS_DEPARTMENT"
_Target = Recommendation.Target
_DISCIPLINES = ("农业", "医疗卫生", "装备制造", "新能源", "信息技术", "生态环境", "基础教育", "食品加工")
_TOPICS = (
    "关于加快小麦赤霉病监测预警的建议",
    "关于支持基层医院远程会诊的建议",
    "关于中小企业共享检测设备的建议",
    "关于乡镇卫生院引进青年医师的建议",
    "关于中药材标准化种植的建议",
    "关于科研人员下乡交通补助的建议",
    "关于县域科普设施延长开放的建议",
    "关于职业院校与企业共建实训室的建议",
    "关于秸秆综合利用技术推广的建议",
    "关于青年科技人才住房保障的建议",
    "关于淮河流域水质在线监测的建议",
    "关于科技成果转化中试平台建设的建议",
)
_DEMANDS = (
    "希望协调省级学会专家到企业诊断工艺",
    "学会活动场地不足，希望共享科技馆报告厅",
    "职称评审中科普工作业绩认定口径不清",
    "希望组织一次项目申报辅导",
    "青年教师参加科技竞赛指导缺少经费",
    "希望帮助联系农技专家现场指导",
)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write the context's records step by step; yield a label and the number of rows."""
    persons = _persons(city)
    yield "科技工作者", len(persons)
    yield "调查站点", _sites(city)
    yield "建议与采纳", _suggestions(city, persons)
    yield "联系走访", _visits(city, persons)
    yield "举荐推荐", _recommendations(city, persons)
    yield "评奖结果", _awards(city)


def _persons(city: DemoCity) -> list[Person]:
    """Create the persons that the records name: 160 science workers in firms, schools and societies."""
    chance = city.rng("workers:persons")
    homes = [*city.firms[:60], *city.schools[:40], *city.societies]
    titles = ("高级工程师", "主任医师", "高级农艺师", "教授", "高级教师", "研究员", "工程师", "副主任医师")
    persons = [
        Person(
            association=city.association,
            unit=chance.choice(homes),
            name=name,
            sex=chance.choice(("MALE", "FEMALE")),
            title=chance.choice(titles),
        )
        for name in city.people("workers", 160)
    ]
    city.reference(persons)
    return persons


def _sites(city: DemoCity) -> int:
    office, root = city.departments["office"], city.association
    wanted = (
        ("阜阳市科协调查站点", SurveySite.Level.NATIONAL, "ASSOCIATION", root),
        ("颍淮师范学院调查站点", SurveySite.Level.PROVINCE, "UNIVERSITY", root),
        ("界首市科协调查站点", SurveySite.Level.NATIONAL, "ASSOCIATION", city.counties["341282"]),
    )
    sites = [
        SurveySite(name=name, level=level, host_kind=kind, unit=unit, area=unit.area, contact=contact)
        for (name, level, kind, unit), contact in zip(wanted, city.people("sites", 3), strict=True)
    ]
    city.reference(sites)
    steps = (
        (0, "APPLIED", dt.date(2021, 9, 10)),
        (0, "APPROVED", dt.date(2021, 12, 20)),
        (1, "APPLIED", dt.date(2023, 3, 6)),
        (1, "APPROVED", dt.date(2023, 6, 15)),
        (2, "APPLIED", dt.date(2025, 10, 9)),
        (2, "DECLINED", dt.date(2025, 12, 18)),
        (2, "APPLIED", dt.date(2026, 9, 14)),
    )
    stages = [
        SurveySiteStage(unit=office, area=sites[index].area, site=sites[index], stage=stage, occurred_on=on)
        for index, stage, on in steps
    ]
    return len(sites) + city.record(stages, by=BY)


def _suggestions(city: DemoCity, persons: list[Person]) -> int:
    chance = city.rng("workers:suggestions")
    made = [
        _suggestion(city, chance, chance.choice(persons), on) for on in _some_days(city, chance, SINCE, 0.095)
    ]
    drafts, old = made[-3:], made[:-3]
    city.record(old, by=BY)
    adoptions = [
        adoption for one in old if chance.random() < 0.38 for adoption in _adoptions(city, chance, one)
    ]
    city.record(adoptions, by=BY)
    city.draft(drafts, by="SCIENCE_WORKER")
    city.reverse(old[40], "与调查站点信息重复登记", after_days=12)
    return len(made) + len(adoptions)


def _suggestion(city: DemoCity, chance: Random, author: Person, on: dt.date) -> Suggestion:
    unit = chance.choice([*city.counties.values(), city.departments["office"]])
    return Suggestion(
        unit=unit,
        area=unit.area,
        occurred_on=on,
        title=f"{chance.choice(_TOPICS)}（{on.year}年）",
        author=author,
        author_name=author.name,
        channel=chance.choice(Suggestion.Channel.values),
        discipline=chance.choice(_DISCIPLINES),
        access=chance.choice(("PUBLIC", "INTERNAL", "INTERNAL")),
    )


def _adoptions(city: DemoCity, chance: Random, suggestion: Suggestion) -> Iterator[SuggestionAdoption]:
    on = suggestion.occurred_on
    for _time in range(chance.choice((1, 1, 1, 2))):
        on += dt.timedelta(days=chance.randint(20, 120))
        if on > city.today:
            return
        level = chance.choice(("CITY", "CITY", "COUNTY", "PROVINCE"))
        adopters = {
            "CITY": "中共阜阳市委办公室",
            "COUNTY": "县（市、区）党委办公室",
            "PROVINCE": "安徽省科协",
        }
        yield SuggestionAdoption(
            unit=city.departments["office"],
            area=suggestion.area,
            suggestion=suggestion,
            occurred_on=on,
            level=level,
            form=chance.choice(("REPORT", "NOTE", "REPLY", "PROPOSAL")),
            adopter=adopters[level],
        )


def _visits(city: DemoCity, persons: list[Person]) -> int:
    chance = city.rng("workers:visits")
    staff = city.people("visitors", 24)
    made = [
        _visit(city, chance, chance.choice(persons), chance.choice(staff), on)
        for on in _some_days(city, chance, SINCE, 0.42)
    ]
    city.record(made[:-4], by=BY)
    city.draft(made[-4:], by=BY)
    city.reverse(made[120], "联系对象登记错误，另行更正", after_days=6)
    return len(made)


def _visit(city: DemoCity, chance: Random, person: Person, visitor: str, on: dt.date) -> ContactVisit:
    relation = chance.choice(ContactVisit.Relation.values)
    county = relation == ContactVisit.Relation.COUNTY_WORKER
    unit = chance.choice(list(city.counties.values())) if county else city.departments["societies"]
    society = chance.choice(city.societies) if relation == ContactVisit.Relation.LEADER_SOCIETY else None
    demand = chance.choice(_DEMANDS) if chance.random() < 0.3 else ""
    return ContactVisit(
        unit=unit,
        area=unit.area,
        occurred_on=on,
        relation=relation,
        visitor=visitor,
        target=society.name if society else person.name,
        target_unit=society or person.unit,
        channel=chance.choice(("VISIT", "VISIT", "MEETING", "PHONE", "MESSAGE")),
        has_demand=bool(demand),
        demands=demand,
        response="已转相关部室办理" if demand and chance.random() < 0.7 else "",
    )


def _recommendations(city: DemoCity, persons: list[Person]) -> int:
    """46 different persons for the CPPCC by the as-of day; some for two levels, some in two terms."""
    made = [*_cppcc(city, persons), *_nominees(city, persons)]
    city.record(made, by=BY)
    wrong = _recommend(
        city, persons[90], dt.date(2024, 12, 2), _Target.CPPCC_MEMBER, level="COUNTY", call="增补"
    )
    city.record([wrong], by=BY)
    city.reverse(wrong, "被推荐人信息有误，推荐函已撤回", after_days=15)
    return len(made) + 1


def _cppcc(city: DemoCity, persons: list[Person]) -> list[Recommendation]:
    batches = (
        (dt.date(2021, 11, 8), "COUNTY", "县级政协换届", range(24)),
        (dt.date(2021, 12, 6), "CITY", "市政协换届", range(22, 38)),  # two persons were put forward twice
        (dt.date(2023, 1, 4), "COUNTY", "增补", range(38, 42)),
        (dt.date(2024, 12, 2), "CITY", "增补", range(41, 46)),
        (dt.date(2026, 10, 26), "COUNTY", "县级政协换届", range(40, 55)),
    )
    return [
        _recommend(city, persons[index], on, _Target.CPPCC_MEMBER, level=level, call=call)
        for on, level, call, which in batches
        for index in which
    ]


def _nominees(city: DemoCity, persons: list[Person]) -> list[Recommendation]:
    chance = city.rng("workers:nominees")
    calls: tuple[tuple[str, Any, int, int], ...] = (
        ("最美科技工作者", "PROVINCE", 5, 4),
        ("青年科技奖", "PROVINCE", 9, 3),
        ("创新争先奖", "NATIONAL", 3, 2),
        ("市级智库专家", "CITY", 7, 5),
    )
    made: list[Recommendation] = []
    for year in range(2019, city.today.year + 1):
        for call, level, month, count in calls:
            target = _Target.EXPERT_POOL if "专家" in call else _Target.HONOUR
            on = dt.date(year, month, chance.randint(8, 25))
            made += [
                _recommend(city, person, on, target, level=level, call=f"{year}年{call}")
                for person in chance.sample(persons[46:], count)
            ]
    autumn = dt.date(2021, 11, 15)
    made += [
        _recommend(city, person, autumn, _Target.DEPUTY, level="COUNTY", call="县级人大换届")
        for person in persons[60:66]
    ]
    return made


def _recommend(
    city: DemoCity, person: Person, on: dt.date, target: str, *, level: str, call: str
) -> Recommendation:
    is_recent = on > city.today - dt.timedelta(days=120)
    return Recommendation(
        unit=city.departments["office"],
        area=city.association.area,
        occurred_on=on,
        target=target,
        level=level,
        person=person,
        call=call,
        outcome="PENDING" if is_recent else "ACCEPTED" if person.name[-1] < "致" else "NOT_ACCEPTED",
        document=f"阜科协〔{on.year}〕{on.month * 3 + on.day % 5}号",
    )


# Award, edition, day of the decision, prizes and how many of each.
_AWARDS: tuple[tuple[str, str, dt.date, tuple[tuple[str, int], ...]], ...] = (
    ("淮海科技奖", "第八届", dt.date(2019, 12, 12), (("创新奖", 1),)),
    ("淮海科技奖", "第九届", dt.date(2021, 12, 16), (("创新奖", 2), ("科普典范奖", 1))),
    ("淮海科技奖", "第十届", dt.date(2023, 12, 15), (("创新奖", 3), ("科普典范奖", 1), ("人才奖", 1))),
    ("淮海科技奖", "第十一届", dt.date(2025, 12, 11), (("创新奖", 2), ("科普典范奖", 1))),
    ("安徽省创新方法大赛", "2022年", dt.date(2022, 10, 28), (("三等奖", 2), ("优秀奖", 2))),
    ("安徽省创新方法大赛", "2023年", dt.date(2023, 10, 26), (("二等奖", 1), ("三等奖", 2))),
    ("安徽省创新方法大赛", "2024年", dt.date(2024, 10, 24), (("二等奖", 1), ("三等奖", 3), ("优秀奖", 1))),
    ("安徽省创新方法大赛", "2025年", dt.date(2025, 10, 30), (("二等奖", 1), ("三等奖", 2))),
    ("安徽省创新方法大赛", "2026年", dt.date(2026, 10, 29), (("一等奖", 1), ("三等奖", 2))),
)


def _awards(city: DemoCity) -> int:
    firms = iter(city.firms)
    made = [
        _award(city, award, edition, on, prize=prize, firm=next(firms))
        for award, edition, on, prizes in _AWARDS
        for prize, count in prizes
        for _index in range(count)
    ]
    city.record(made, by=BY)
    autumn = dt.date(2023, 10, 26)
    twice = _award(city, "安徽省创新方法大赛", "2023年", autumn, prize="三等奖", firm=city.firms[90])
    city.record([twice], by=BY)
    city.reverse(twice, "公布文件中无此项目，误录", after_days=20)
    return len(made) + 1


def _award(city: DemoCity, award: str, edition: str, on: dt.date, *, prize: str, firm: Unit) -> AwardResult:
    works = ("包装线节拍优化", "电池壳体焊接缺陷消除", "辣椒色素提取工艺改进", "检测装置降噪", "面粉除杂提效")
    popular = ("乡村科普广播站", "流动实验课堂", "科学家精神巡讲")
    topics = popular if prize == "科普典范奖" else works
    return AwardResult(
        unit=city.departments["innovation"],
        area=firm.area,
        occurred_on=on,
        award=award,
        edition=edition,
        prize=prize,
        project=f"{firm.name.removesuffix('有限公司')}：{topics[len(firm.name) % len(topics)]}",
        holder=firm,
        holder_name=firm.name,
    )


def _some_days(city: DemoCity, chance: Random, start: dt.date, share: float) -> list[dt.date]:
    """Return some of the weekdays since `start`, rarer in February and August."""
    return [
        day
        for day in days(start, city.today + dt.timedelta(days=1))
        if day.weekday() < 5 and chance.random() < share * (0.5 if day.month in {2, 8} else 1)
    ]
