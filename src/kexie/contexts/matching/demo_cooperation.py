"""What the demonstration keeps beside agreements and carriers: promises, renewals, conditions, years, teams; by the real operations."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from kexie.contexts.matching.models import Agreement, Expert, Industry, ServiceCarrier
from kexie.contexts.matching.operations import agreements, carrier_work, carriers, teams
from kexie.contexts.matching.operations.agreements import Promise, Terms
from kexie.contexts.matching.operations.carriers import Application
from kexie.contexts.matching.operations.teams import Visit
from kexie.contexts.matching.queries import carriers as queries
from kexie.contexts.matching.rules.carriers import conditions
from kexie.contexts.matching.states import CarrierState
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity
from kexie.ledger.models import State

_PROMISES = (
    ("每年派学会专家到企业服务不少于4次", "PARTNER", -200, "DONE"),
    ("提供企业技术需求清单", "OURS", -60, "DONE"),
    ("联合举办一场供需对接会", "OURS", 9, "OPEN"),
    ("交年度合作总结", "PARTNER", -12, "OPEN"),
    ("组织企业技术人员培训", "PARTNER", 75, "OPEN"),
)
_YEARS = ((2024, (17, 21, 25, 13, 8)), (2025, (18, 23, 27, 14, 9)))
_LATER = (-2, 3, -6, 1, -3, 2)
_NEEDS = ("调整热处理工艺", "降低检测误差", "延长保质期", "减少废品", "改进包装密封")
_OUTPUTS = (
    ("SOLVED", "解决产品批次不稳定"),
    ("PATENT", "一种连续化生产装置"),
    ("TRAINING", "质量工程师培训班"),
)
_TEAMS = (
    ("“科创安徽”绿色食品产业科技服务团", "PROVINCE", "绿色食品", "2025-07-10"),
    ("“科创安徽”装备制造产业科技服务团", "PROVINCE", "装备制造", "2025-07-10"),
    ("阜阳市科协医药健康科技服务团", "CITY", "生命健康", "2026-03-05"),
)
_TOPICS = (
    ("查看生产线，找出废品原因", "ADVICE", "建议调整温度曲线，两周后复测"),
    ("现场调试检测设备", "SOLVED", "当天恢复正常"),
    ("商谈联合研发", "INTENT", "约定互派技术人员"),
    ("介绍省级学会专家服务站", "NOTHING", "企业暂无需求"),
)
_DAY = dt.timedelta(days=1)


def keep(
    city: DemoCity, unit: Unit, experts: Sequence[Expert], industries: dict[str, Industry], by: str
) -> int:
    """Fill the cooperation desk; return how many things were entered."""
    acting = {"actor": city.accounts[by], "now": city.now, "scope": city.scope}
    return (
        _agreements(city, unit, acting)
        + _running(city, experts, acting)
        + _preparing(city, unit, acting)
        + _teams(city, unit, experts, industries, acting)
    )


# --- agreements --------------------------------------------------------------------------------------------------


def _agreements(city: DemoCity, unit: Unit, acting: dict[str, Any]) -> int:
    """Promises of the last society agreements; strategic ones that were renewed, ended early, and run out soon."""
    signed = Agreement.objects.filter(kind="SOCIETY", state=State.CONFIRMED).order_by("-occurred_on")
    written = sum(_promise(city, one, acting) for one in signed[:3])
    first = _strategic(city, unit, acting, 0, term=(dt.date(2023, 5, 18), dt.date(2026, 5, 17)))
    agreements.renew(
        agreement_id=first.pk,
        on=dt.date(2026, 5, 12),
        valid_to=dt.date(2029, 5, 11),
        number="战略〔2026〕1号",
        **acting,
    )
    ended = _strategic(city, unit, acting, 1, term=(dt.date(2024, 3, 14), dt.date(2027, 3, 13)))
    agreements.end(
        agreement_id=ended.pk, on=dt.date(2026, 4, 20), reason="合作方机构调整，双方商定终止", **acting
    )
    _strategic(city, unit, acting, 2, term=(city.today - 690 * _DAY, city.today + 40 * _DAY))
    return written + 5


def _strategic(
    city: DemoCity, unit: Unit, acting: dict[str, Any], index: int, *, term: tuple[dt.date, dt.date]
) -> Agreement:
    on, until = term
    partner = city.universities[index % len(city.universities)]
    terms = Terms(
        kind="STRATEGIC", title=f"阜阳市科协与{partner.name}战略合作协议", number=f"战略〔{on.year}〕{index + 1}号",
        partner_unit=partner, valid_to=until,
    )  # fmt: skip
    return agreements.sign(terms=terms, on=on, unit=unit, **acting)


def _promise(city: DemoCity, one: Agreement, acting: dict[str, Any]) -> int:
    written = 0
    for text, side, days, state in _PROMISES:
        due_on = city.today + days * _DAY
        if due_on < one.occurred_on:
            continue
        promised = Promise(text=text, side=side, due_on=due_on, owner=acting["actor"])
        made = agreements.promise(agreement_id=one.pk, promised=promised, **acting)
        written += 1
        if state == "DONE":
            agreements.settle(
                obligation_id=made.pk, state="DONE", on=due_on - 5 * _DAY, outcome="已按约完成", **acting
            )
    return written


# --- carriers ----------------------------------------------------------------------------------------------------


def _running(city: DemoCity, experts: Sequence[Expert], acting: dict[str, Any]) -> int:
    """Give carriers that run their experts, needs, outputs and years."""
    written = 0
    for number, one in enumerate(ServiceCarrier.objects.order_by("name")):
        if carriers.stage_of(one, city.now) in {CarrierState.ESTABLISHED, CarrierState.RENEWED}:
            written += _at_work(city, one, number, experts, acting)
    return written


def _at_work(
    city: DemoCity, one: ServiceCarrier, number: int, experts: Sequence[Expert], acting: dict[str, Any]
) -> int:
    own = {"carrier_id": one.pk, **acting}
    known = [expert for expert in experts if not expert.is_home and expert.withdrawn_on is None]
    here = known[number * 3 : number * 3 + 3]
    for index, expert in enumerate(here):
        until = city.today + (20 + 160 * index) * _DAY
        carrier_work.join(
            expert=expert, since=dt.date(2026, 1, 5), until=until, task="到企业诊断和培训", **own
        )
    for index in range(2):
        raised_on = city.today - (150 - 90 * index) * _DAY
        need = carrier_work.need(text=_NEEDS[(number + index) % len(_NEEDS)], raised_on=raised_on, **own)
        if index == 0:
            carrier_work.meet(
                row_id=need.pk, on=raised_on + 45 * _DAY, outcome="专家到厂三次，指标达到要求", **acting
            )
    kind, title = _OUTPUTS[number % len(_OUTPUTS)]
    carrier_work.output(kind=kind, title=title, on=city.today - 60 * _DAY, expert=here[0], **own)
    return len(here) + 3 + _years(one, number, own)


def _years(one: ServiceCarrier, number: int, own: dict[str, Any]) -> int:
    written, keys = 0, ("needs", "experts", "outputs", "care", "reach")
    opened = min(row.occurred_on for row in queries.stages(one))
    for year, scores in _YEARS:
        # One of them still waits for its evaluation.
        if opened.year <= year and not (year == _YEARS[-1][0] and number == 1):
            shift = _LATER[number % len(_LATER)]
            given = {
                key: max(score + (shift if key == "outputs" else 0), 0)
                for key, score in zip(keys, scores, strict=True)
            }
            carriers.evaluate(
                year=year, on=dt.date(year + 1, 3, 20), scores=given, words="记录完整，服务有成效。", **own
            )
            written += 1
    return written


def _preparing(city: DemoCity, unit: Unit, acting: dict[str, Any]) -> int:
    """Two applications under way: a station whose conditions were all met, and a HOME base still being checked."""
    host, other = city.firms[3], city.firms[8]
    station = Application(
        name=f"{host.name}市级学会专家服务站", kind="EXPERT_STATION", level="CITY", host=host,
        society=city.provincial_societies[1], field="装备制造",
    )  # fmt: skip
    base = Application(
        name=f"{other.name}海智工作基地", kind="HOME_BASE", level="PROVINCE", host=other, field="新材料"
    )
    on = city.today - 25 * _DAY
    made = [carriers.apply(application=one, on=on, unit=unit, **acting) for one in (station, base)]
    for one, checked in zip(made, (99, 3), strict=True):
        _show(one, checked, acting)
    carriers.move(carrier_id=made[0].pk, stage=CarrierState.CHECKED, on=on + 9 * _DAY, **acting)
    return len(made)


def _show(one: ServiceCarrier, checked: int, acting: dict[str, Any]) -> None:
    """Show all conditions but the last one, and check the first of them."""
    wanted = conditions(one.kind, one.level)
    for number, condition in enumerate(wanted):
        if number >= checked + 2:
            continue
        value = None if condition.least is None else condition.least + 2
        own = {"carrier_id": one.pk, "key": condition.key, **acting}
        carriers.show(evidence="见申报书及附件", value=value, **own)
        if number < checked:
            carriers.check(is_met=True, remark="已与原件核对", **own)


# --- teams -------------------------------------------------------------------------------------------------------


def _teams(
    city: DemoCity,
    unit: Unit,
    experts: Sequence[Expert],
    industries: dict[str, Industry],
    acting: dict[str, Any],
) -> int:
    written = 0
    for number, (name, kind, industry, started) in enumerate(_TEAMS):
        on = dt.date.fromisoformat(started)
        team = teams.found(
            name=name, kind=kind, started_on=on, industry=industries[industry], unit=unit, **acting
        )
        members = [one for one in experts[30 + number * 5 :] if one.withdrawn_on is None][:5]
        for index, expert in enumerate(members):
            role = "LEADER" if index == 0 else "MEMBER"
            teams.join(team_id=team.pk, expert=expert, role=role, since=on, **acting)
        written += 1 + len(members) + _visits(city, team.pk, number, members, acting)
    return written


def _visits(
    city: DemoCity, team_id: Any, number: int, members: Sequence[Expert], acting: dict[str, Any]
) -> int:
    for index, (topic, result, outcome) in enumerate(_TOPICS):
        day = city.today - (30 + 40 * index + 7 * number) * _DAY
        came = members[: 2 + index % 2]
        firm = city.firms[(number * 11 + index * 5) % len(city.firms)]
        visit = Visit(firm=firm, experts=came, topic=topic, result=result, outcome=outcome)
        teams.visit(team_id=team_id, on=day, visit=visit, **acting)
    return len(_TOPICS)
