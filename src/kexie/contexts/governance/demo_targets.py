"""The five action programmes of the demonstration, with two years' targets, shares of counties and milestones."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kexie.contexts.governance.models import ActionProgramme, Milestone, Target
from kexie.foundation.units.models import Unit
from kexie.ledger import registry
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import Honour

_PROGRAMMES = (
    ("凝心铸魂聚力行动", "全面汇聚科技工作者与党同心同行的向心力"),
    ("科技英才汇智行动", "全面提升服务区域性人才高地建设的支撑力"),
    ("创新资源汇聚行动", "全面提升赋能国家创新型城市创建的服务力"),
    ("科学素质提升行动", "全面提升科学普及的供给力"),
    ("改革赋能发展行动", "全面提升履行“四服务”职能的战斗力"),
)
# Programme, name, measure, basis, and the goals of 2025 and 2026.
_TARGETS = (
    (0, "党组会“第一议题”学习", "governance.first_topics", "YEAR", (12, 14)),
    (0, "选树党建先进典型", "governance.party_models", "TOTAL", (10, 12)),
    (1, "报送科技工作者建议", "workers.suggestions", "YEAR", (22, 26)),
    (1, "举荐各类人才", "workers.nominees", "YEAR", (12, 14)),
    (2, "市级学会学术活动", "organisations.academic_events", "YEAR", (28, 32)),
    (2, "解决企业技术难题", "matching.problems_solved", "TOTAL", (36, 44)),
    (3, "科技馆接待观众", "museums.visits", "YEAR", (350_000, 380_000)),
    (3, "开展科普活动", "governance.popular_activities", "YEAR", (300, 320)),
    (3, "科普讲座听众", "governance.lecture_visits", "YEAR", (15_000, 16_000)),
    (4, "累计成立企业科协", "organisations.enterprise_associations_ever", "TOTAL", (105, 122)),
    (4, "“小巨人”企业科协覆盖率", "organisations.little_giant_coverage", "LEVEL", (100, 100)),
    (4, "高新技术企业科协覆盖率", "organisations.high_tech_coverage", "LEVEL", (64, 70)),
)
_YEARS = (2025, 2026)
# What is parted among the counties in the latest year, by how much of the goal.
_PARTED = {"governance.popular_activities": Decimal("0.8")}
# Target's measure, name, month and day, per cent of the goal.
_STEPS = (
    ("workers.suggestions", "上半年过四成", (6, 30), 40),
    ("workers.suggestions", "三季度过七成半", (9, 30), 75),
    ("governance.popular_activities", "上半年完成四成", (6, 30), 40),
    ("governance.popular_activities", "全国科普月后完成八成", (9, 30), 80),
)
# Target's measure, name, month and day, type of the record that proves it.
_ACTS = (
    ("governance.party_models", "公布年度党建先进典型", (7, 31), "governance.honours"),
    ("governance.first_topics", "党组专题研究思想政治引领", (10, 31), "governance.learning_meetings"),
    ("organisations.high_tech_coverage", "专题研究企业科协组建", (12, 20), "governance.learning_meetings"),
)


def programmes(city: DemoCity) -> int:
    """Write the programmes and their targets; return how many rows there are."""
    made = [
        ActionProgramme(
            unit=city.departments["office"], name=name, aim=aim, position=index, starts_on=dt.date(2025, 1, 1),
            ends_on=dt.date(2027, 12, 31),
        )
        for index, (name, aim) in enumerate(_PROGRAMMES, 1)
    ]  # fmt: skip
    targets = list(_targets(city, made))
    parts = [one for target in targets for one in _parts(city, target)]
    steps = [one for target in targets if target.year == _YEARS[-1] for one in _steps(target)]
    city.reference([*made, *targets])
    city.reference(parts)
    city.reference(steps)
    return len(made) + len(targets) + len(parts) + len(steps)


def prove(city: DemoCity) -> int:
    """Link this year's commendation to the act it proves, once it is there."""
    honours = Honour.objects.filter(
        association=city.association, kind="PARTY_MODEL", occurred_on__year=_YEARS[-1]
    )
    found = honours.order_by("occurred_on", "pk").first()
    acts = Milestone.objects.filter(association=city.association, record_type="governance.honours")
    return acts.update(record_id=found.pk) if found else 0


def _targets(city: DemoCity, made: list[ActionProgramme]) -> Iterator[Target]:
    for index, name, measure, basis, goals in _TARGETS:
        for year, goal in zip(_YEARS, goals, strict=True):
            if measure in registry.measures():
                yield Target(
                    unit=_responsible(city, measure), programme=made[index], name=name, measure=measure,
                    basis=basis, year=year, goal=Decimal(goal),
                )  # fmt: skip


def _responsible(city: DemoCity, measure: str) -> Unit:
    departments = {"museums": "popularisation", "matching": "innovation", "organisations": "societies"}
    popular = "popularisation" if "popular" in measure or "lecture" in measure else "office"
    return city.departments[departments.get(measure.partition(".")[0], popular)]


def _parts(city: DemoCity, target: Target) -> Iterator[Target]:
    """Yield each county's equal share; what is left over stays with the city."""
    share = _PARTED.get(target.measure)
    if share is None or target.year != _YEARS[-1]:
        return
    goal = (target.goal * share / len(city.counties)).quantize(Decimal(1))
    for county in city.counties.values():
        yield Target(
            unit=county, area=county.area, programme=target.programme, parent=target, name=target.name,
            measure=target.measure, basis=target.basis, year=target.year, goal=goal,
        )  # fmt: skip


def _steps(target: Target) -> Iterator[Milestone]:
    for measure, name, (month, day), share in _STEPS:
        if measure == target.measure:
            yield _milestone(target, name, dt.date(target.year, month, day), share=Decimal(share))
    for measure, name, (month, day), record_type in _ACTS:
        if measure == target.measure:
            yield _milestone(target, name, dt.date(target.year, month, day), record_type=record_type)


def _milestone(target: Target, name: str, due_on: dt.date, **options: Any) -> Milestone:
    return Milestone(target=target, name=name, due_on=due_on, unit=target.unit, **options)
