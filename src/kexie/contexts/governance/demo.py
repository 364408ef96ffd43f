"""Fictional history of governance: programmes, targets, meetings, rectification and honours."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from kexie.contexts.governance import demo_targets
from kexie.contexts.governance.demo_activities import campaigns_and_activities
from kexie.contexts.governance.models import (
    LearningMeeting,
    RectificationItem,
    RectificationStage,
)
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Honour

BY = "OFFICE"
_TOPICS = (
    "学习贯彻党的二十大精神",
    "学习关于科技创新的重要论述",
    "学习新修订的科学技术普及法",
    "学习中央八项规定及其实施细则精神",
    "学习关于“三农”工作的重要论述",
    "学习关于群团工作的部署要求",
)
_PROBLEMS = (
    ("政治建设", "理论学习联系实际不够"),
    ("政治建设", "意识形态工作责任制落实不细"),
    ("服务大局", "学会服务企业的渠道不多"),
    ("服务大局", "科普资源县区之间不均衡"),
    ("队伍建设", "年轻干部实践锻炼不足"),
    ("队伍建设", "学会换届不够及时"),
    ("作风建设", "调研走访后续跟踪不够"),
    ("作风建设", "会议材料偏多偏长"),
    ("内控管理", "固定资产登记不及时"),
    ("内控管理", "项目经费绩效评价不完整"),
)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write the context's records step by step; yield a label and the number of rows."""
    yield "专项行动与目标", demo_targets.programmes(city)
    yield from campaigns_and_activities(city)
    yield "荣誉", _honours(city) + demo_targets.prove(city)
    yield "学习会议", _meetings(city)
    yield "整改事项", _rectification(city)


def _honours(city: DemoCity) -> int:
    rows = [*_campaign_honours(city), *_contest_honours(city), *_persons(city), *_party_models(city)]
    city.record(rows, by=BY)
    twice = _honour(
        city, city.counties["341225"], dt.date(2023, 12, 19), "全国科普日", "优秀组织单位", year=2023
    )
    city.record([twice], by=BY)
    city.reverse(twice, "与县科协登记重复", after_days=14)
    return len(rows) + 1


def _campaign_honours(city: DemoCity) -> Iterator[Honour]:
    """Yield the units commended for each year's campaign: the association, and more and more counties."""
    chance = city.rng("governance:campaign-honours")
    for year in range(2018, city.today.year):
        award = "全国科普日" if year < 2025 else "全国科普月"
        holders = [
            city.association,
            *chance.sample(list(city.counties.values()), min(8, 3 + (year - 2018) // 2)),
        ]
        for holder in holders:
            yield _honour(city, holder, dt.date(year, 12, 19), award, "优秀组织单位", year=year)


def _contest_honours(city: DemoCity) -> Iterator[Honour]:
    """Yield the association's honours in the contest of methods: 2022 to 2025, after one in 2020."""
    for year in (2020, 2022, 2023, 2024, 2025):
        if dt.date(year, 11, 20) <= city.today:
            award, on = "安徽省创新方法大赛", dt.date(year, 11, 20)
            yield _honour(city, city.association, on, award, "优秀组织单位", year=year, awarder="安徽省科协")


def _persons(city: DemoCity) -> Iterator[Honour]:
    names = city.people("exemplars", 12)
    yield _honour(
        city, city.counties["341221"], dt.date(2020, 7, 1), "脱贫攻坚先进典型", "先进典型", year=2020,
        awarder="中共阜阳市委", kind="EXEMPLAR", name=names[0],
    )  # fmt: skip
    for index, name in enumerate(names[1:]):
        year = 2019 + index % 8
        if dt.date(year, 10, 12) <= city.today:
            county = [*city.counties.values()][index % 8]
            yield _honour(
                city, county, dt.date(year, 10, 12), "全省科协系统先进工作者", "先进工作者", year=year,
                awarder="安徽省科协", kind="PERSON", name=name,
            )  # fmt: skip


def _party_models(city: DemoCity) -> Iterator[Honour]:
    titles = ("党建强会示范学会", "先进基层党组织", "党建品牌")
    for index in range(12):
        on = dt.date(2021 + index // 2, 6, 28)
        if on <= city.today:
            yield _honour(
                city, city.societies[3 * index], on, "党建强会计划", titles[index % 3], year=on.year,
                awarder="阜阳市科协党组", kind="PARTY_MODEL",
            )  # fmt: skip


def _honour(
    city: DemoCity,
    holder: Unit,
    on: dt.date,
    award: str,
    title: str,
    *,
    year: int,
    awarder: str = "中国科协",
    kind: str = "UNIT",
    name: str = "",
) -> Honour:
    return Honour(
        unit=city.departments["office"] if holder == city.association else holder,
        area=holder.area,
        occurred_on=on,
        kind=kind,
        award=award,
        title=title,
        year=year,
        awarder=awarder,
        holder=holder,
        holder_name=name or holder.name,
    )


def _meetings(city: DemoCity) -> int:
    chance = city.rng("governance:meetings")
    made = [
        _meeting(city, chance, dt.date(year, month, day), kind)
        for year in range(2021, city.today.year + 1)
        for month in range(1, 13)
        for kind, day in _month(chance, month)
        if dt.date(year, month, day) <= city.today
    ]
    city.record(made[:-1], by=BY)
    city.draft(made[-1:], by=BY)
    return len(made)


def _month(chance: Random, month: int) -> Iterator[tuple[str, int]]:
    yield "PARTY_GROUP", chance.randint(2, 9)
    yield "THEME_DAY", chance.randint(10, 16)
    if month % 2:
        yield "CENTRE_GROUP", chance.randint(17, 21)
    if month % 3 == 0:
        yield chance.choice(("SEMINAR", "TALK", "BRANCH")), chance.randint(22, 27)


def _meeting(city: DemoCity, chance: Random, on: dt.date, kind: str) -> LearningMeeting:
    topic = chance.choice(_TOPICS) if kind in {"PARTY_GROUP", "CENTRE_GROUP"} else ""
    counted = chance.random() > 0.05
    label = LearningMeeting.Kind(kind).label
    return LearningMeeting(
        unit=city.departments["office"],
        area=city.association.area,
        occurred_on=on,
        meeting_kind=kind,
        title=f"{on.year}年{on.month}月{label}",
        has_first_topic=bool(topic),
        first_topic=topic,
        agenda="；".join(
            chance.sample(("传达上级文件", "研究年度重点工作", "讨论干部培训安排", "通报项目进展"), 2)
        ),
        headcount=chance.randint(7, 32) if counted else None,
        method="ROSTER" if counted else "",
        absent=chance.randint(0, 3),
    )


def _rectification(city: DemoCity) -> int:
    """Two inspections: the first one's items are all closed, the second one's are under way."""
    chance = city.rng("governance:rectification")
    office = city.departments["office"]
    staff = [
        Person(association=city.association, unit=office, name=name, title=title)
        for name, title in zip(
            city.people("staff", 5), ("主任", "副主任", "部长", "副部长", "机关纪委书记"), strict=True
        )
    ]
    city.reference(staff)
    first = _items(city, chance, "2022年市委巡察反馈", dt.date(2022, 12, 30), staff[:4])
    second = _items(city, chance, "2025年市委巡察反馈", dt.date(2026, 9, 30), staff[:4])
    city.reference([*first, *second])
    stages = [
        stage
        for item in first
        for stage in _steps(chance, item, dt.date(2022, 7, 1), 4, staff[4], returned=item is first[5])
    ]
    for index, item in enumerate(second):
        stages += _steps(chance, item, dt.date(2026, 1, 12), min(4, 1 + index // 2), staff[4])
    return len(staff) + len(first) + len(second) + city.record(stages, by=BY)


def _items(
    city: DemoCity, chance: Random, source: str, deadline: dt.date, staff: list[Person]
) -> list[RectificationItem]:
    return [
        RectificationItem(
            unit=chance.choice(list(city.departments.values())),
            area=city.association.area,
            name=f"{source}（{index}）",
            source=source,
            aspect=aspect,
            problem=problem,
            measure="制定措施、明确责任、按期完成并建立长效机制",
            measure_kind=chance.choice(RectificationItem.MeasureKind.values),
            responsible=chance.choice(staff),
            deadline=deadline - dt.timedelta(days=30 * (index % 3)),
        )
        for index, (aspect, problem) in enumerate(_PROBLEMS, 1)
    ]


def _steps(
    chance: Random,
    item: RectificationItem,
    start: dt.date,
    count: int,
    other: Person,
    *,
    returned: bool = False,
) -> Iterator[RectificationStage]:
    """Yield the first `count` stages of an item; `returned` puts a failed verification between them."""
    names = ["OPENED", "SELF_CHECKED", "VERIFIED", "CLOSED"][:count]
    if returned:
        names[2:2] = ["RETURNED", "SELF_CHECKED"]
    on = start
    for name in names:
        yield RectificationStage(
            unit=item.unit,
            area=item.area,
            item=item,
            stage=name,
            occurred_on=on,
            responsible=item.responsible,
            checker=item.responsible if name in {"OPENED", "SELF_CHECKED"} else other,
            finding="材料不全，退回补充" if name == "RETURNED" else "",
        )
        on += dt.timedelta(days=chance.randint(18, 34))
