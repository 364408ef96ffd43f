"""Firms, experts, problems and agreements of the demonstration city since 2021."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kexie.contexts.matching import (
    demo_cooperation,
    demo_experts,
    demo_finding,
    demo_meetings,
    demo_problems,
)
from kexie.contexts.matching.models import (
    Agreement,
    CarrierStage,
    EventIndustry,
    Expert,
    ExpertConsent,
    ExpertVisit,
    ExpertWork,
    Industry,
    MatchEvent,
    Problem,
    ProblemStage,
    ServiceCarrier,
)
from kexie.contexts.matching.states import ProblemState
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import AS_OF, DemoCity
from kexie.ledger.models import Method, Record, State

INDUSTRIES = (
    "生命健康", "新能源汽车", "装备制造", "绿色食品", "新材料", "电子信息", "节能环保", "纺织服装", "循环利用", "现代农业",
)  # fmt: skip
_TRADES = {
    "生物医药": "生命健康", "新能源汽车": "新能源汽车", "智能装备": "装备制造", "新材料": "新材料", "食品科技": "绿色食品",
    "电子科技": "电子信息", "农机装备": "装备制造", "纺织科技": "纺织服装", "环保工程": "节能环保", "循环再生": "循环利用",
}  # fmt: skip
# Which provincial society serves which industry.
_SERVED_BY = {
    "生命健康": "医学", "新能源汽车": "新能源", "装备制造": "机械工程", "绿色食品": "食品科学", "新材料": "化学化工",
    "电子信息": "计算机", "节能环保": "化学化工", "纺织服装": "自动化", "循环利用": "化学化工", "现代农业": "农学",
}  # fmt: skip
_NEEDS = {
    "生命健康": ("中药饮片炮制工艺稳定性", "注射剂微粒控制", "发酵提取收率偏低"),
    "新能源汽车": ("电池包热失控预警", "电机壳体压铸气孔", "线束接插件耐久性"),
    "装备制造": ("伺服压机定位精度", "齿轮热处理变形", "焊接机器人焊缝跟踪"),
    "绿色食品": ("面制品抗老化", "辣椒制品褪色", "冷鲜肉保质期延长"),
    "新材料": ("改性塑料低温韧性", "涂层附着力不足", "再生铝杂质元素控制"),
    "电子信息": ("高频板翘曲", "传感器零点漂移", "芯片封装散热"),
    "节能环保": ("高盐废水处理", "除尘滤袋寿命短", "余热回收效率"),
    "纺织服装": ("混纺面料色牢度", "柳编染料环保替代", "缝制自动上料"),
    "循环利用": ("废旧电池拆解自动化", "再生铅渣减量", "废塑料分选"),
}
_FIRST_HOME, _SECOND_HOME = "海智专家阜阳对接会", "第二届海智专家阜阳对接会"
_CANCELLED = "新材料产业专家对接活动"
# Day, title, industries, places by unit: what was organised; later events follow the day of the report.
_EVENTS = (
    ("2021-09-16", "科创安徽科技服务团阜阳行", "绿色食品 现代农业"),
    ("2021-12-09", "学会专家进企业供需对接会", "装备制造"),
    ("2022-05-27", "科技工作者日产学研供需对接会", "新材料 电子信息"),
    ("2022-10-20", "生物医药产业学会专家对接活动", "生命健康"),
    ("2022-12-15", _CANCELLED, ""),
    ("2023-03-23", "新能源汽车零部件学会专家对接会", "新能源汽车"),
    ("2023-06-15", "绿色食品产业技术难题问诊会", "绿色食品"),
    ("2023-09-21", "科创安徽科技服务团太和行", "生命健康 循环利用"),
    ("2023-12-07", "纺织服装产业学会专家对接活动", "纺织服装"),
    ("2024-04-18", "装备制造产业技术难题揭榜对接会", "装备制造 新材料"),
    ("2024-09-24", _FIRST_HOME, "生命健康 新能源汽车 装备制造"),
    ("2024-11-28", "节能环保产业学会专家对接会", "节能环保 循环利用"),
    ("2025-03-20", "科创安徽科技服务团界首行", "循环利用 新材料"),
    ("2025-05-29", "科技工作者日学会专家进企业活动", "电子信息"),
    ("2025-09-18", "绿色食品产业学会专家对接会", "绿色食品"),
    ("2025-10-23", _SECOND_HOME, "绿色食品 新材料"),
    ("2026-03-26", "科创安徽科技服务团颍上行", "装备制造"),
    ("2026-05-28", "科技工作者日产学研供需对接会", "电子信息 新能源汽车"),
    ("2026-09-17", "生命健康产业技术难题问诊会", "生命健康"),
    ("2026-11-05", "纺织服装产业学会专家对接活动", "纺织服装"),
)
_SOCIETY_SIGNINGS = (
    "2021-11-18", "2022-06-30", "2023-04-12", "2023-11-02", "2024-05-30", "2025-04-17", "2025-09-18", "2026-05-28",
)  # fmt: skip
_CARRIERS = (
    ("EXPERT_STATION", "PROVINCE", "2021-12-20", "绿色食品"),
    ("EXPERT_STATION", "PROVINCE", "2022-11-10", "生命健康"),
    ("HOME_STATION", "CITY", "2023-08-24", "新能源汽车"),
    ("EXPERT_STATION", "CITY", "2024-06-13", "装备制造"),
    ("ACADEMICIAN_STATION", "CITY", "2025-02-27", "新材料"),
    ("SOCIETY_STATION", "CITY", "2025-11-13", "循环利用"),
    ("EXPERT_STATION", "PROVINCE", "2026-06-18", "电子信息"),
)
_TITLES = ("教授", "研究员", "副教授", "高级工程师", "正高级工程师", "主任医师")
_SOCIETY_EXPERTS, _EARLY_EXPERTS, _HOME_EXPERTS, _OTHER_EXPERTS = 82, 64, 14, 12
_SOLVED_EARLY, _SOLVED_LATER, _UNDER_WAY = 34, 15, 38
BY = "WORKERS_DEPARTMENT"


@dataclass
class _World:
    """What the steps of loading share."""

    city: DemoCity
    unit: Unit
    industries: dict[str, Industry] = field(default_factory=dict)
    society_experts: list[Expert] = field(default_factory=list)
    home_experts: list[Expert] = field(default_factory=list)
    other_experts: list[Expert] = field(default_factory=list)
    events: dict[str, MatchEvent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def firms(self, industry: str) -> list[Unit]:
        """Return the firms of an industry (all of them if none is known)."""
        trades = [trade for trade, name in _TRADES.items() if name == industry]
        found = [firm for firm in self.city.firms if any(trade in firm.name for trade in trades)]
        return found or self.city.firms

    def society(self, industry: str) -> Unit:
        """Return the provincial society that serves an industry."""
        return next(one for one in self.city.provincial_societies if _SERVED_BY[industry] in one.name)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Load experts, events, visits, agreements, carriers and problems; yield each step and its rows."""
    world = _World(city, city.departments["innovation"])
    yield _("产业与专家"), _reference(world)
    yield _("对接活动"), _hold_events(world)
    yield _("合作协议"), _sign(world)
    yield _("服务载体"), _establish(world)
    yield _("技术难题"), _work_on_problems(world)
    yield _("专家服务记录"), _visit(world)
    yield _("专家邀请"), _invite(world)
    yield _("难题分类"), demo_problems.load(city)
    yield _("合作与载体"), _keep(world)
    yield _("待确认草稿"), _leave_drafts(world)
    yield pgettext("one", "对接会"), demo_meetings.hold(city)


def _reference(world: _World) -> int:
    made = [Industry(unit=world.unit, name=name) for name in INDUSTRIES]
    world.industries = {one.name: one for one in made}
    names = world.city.people("matching.experts", _SOCIETY_EXPERTS + _HOME_EXPERTS + _OTHER_EXPERTS)
    chance = world.city.rng("matching.experts")
    experts = [_expert(world, chance, name) for name in names]
    world.society_experts = experts[:_SOCIETY_EXPERTS]
    world.home_experts = experts[_SOCIETY_EXPERTS : _SOCIETY_EXPERTS + _HOME_EXPERTS]
    world.other_experts = experts[-_OTHER_EXPERTS:]
    of = {expert.pk: chance.choice(INDUSTRIES) for expert in experts}
    for expert in world.society_experts:
        expert.society = world.society(of[expert.pk])
    for expert in world.home_experts:
        expert.is_home, expert.employer = True, ""
    world.society_experts[0].account = world.city.accounts["EXPERT"]
    facts = [fact for expert in experts for fact in _facts(world, expert, of[expert.pk], chance)]
    world.city.reference([*made, *experts, *facts])
    return len(made) + len(experts) + len(facts)


def _expert(world: _World, chance: random.Random, name: str) -> Expert:
    employer = chance.choice(world.city.universities).name
    return Expert(unit=world.unit, name=name, employer=employer, title=chance.choice(_TITLES))


def _facts(
    world: _World, expert: Expert, industry: str, chance: random.Random
) -> Iterator[ExpertWork | ExpertConsent]:
    demo_experts.describe(expert, industry, chance)
    demo_experts.standing(world.city, expert, chance)
    yield from demo_experts.works(expert, industry, chance, world.city.today.year)
    yield from demo_experts.consents(world.city, expert, chance)


# --- events -----------------------------------------------------------------------------------------------------


def _hold_events(world: _World) -> int:
    chance = world.city.rng("matching.events")
    events = [_event(world, chance, day, title) for day, title, _names in _EVENTS]
    events[1].headcount, events[1].method = None, ""
    world.events = {f"{event.occurred_on} {event.title}": event for event in events}
    written = world.city.record(events, by=BY)
    about = [
        _about(event, world.industries[name])
        for event, (_day, _title, names) in zip(events, _EVENTS, strict=True)
        for name in names.split()
    ]
    return written + world.city.record(about, by=BY)


def _event(world: _World, chance: random.Random, day: str, title: str) -> MatchEvent:
    held = title != _CANCELLED
    return MatchEvent(
        unit=world.unit, area=world.city.association.area, occurred_on=dt.date.fromisoformat(day), title=title,
        subject="产业对接", starts_at=dt.time(9), ends_at=dt.time(17), partner="科学技术局、工业和信息化局",
        audience="企业、专家", held=held, headcount=chance.randint(45, 190) if held else None,
        method=chance.choice((Method.ROSTER, Method.ROSTER, Method.BOOKING, Method.HOST)) if held else "",
        note="" if held else "因疫情取消",
    )  # fmt: skip


def _about(event: MatchEvent, industry: Industry) -> EventIndustry:
    return EventIndustry(
        unit=event.unit, area=event.area, occurred_on=event.occurred_on, event=event, industry=industry
    )


def _event_titled(world: _World, title: str) -> MatchEvent:
    return next(event for event in world.events.values() if event.title == title)


# --- agreements ---------------------------------------------------------------------------------------------------


def _sign(world: _World) -> int:
    """Sign with societies, and at both HOME events; one agreement was typed in twice and taken back."""
    first, second = (_event_titled(world, title) for title in (_FIRST_HOME, _SECOND_HOME))
    early, late = world.home_experts[:10], world.home_experts[8:]
    first_firms, second_firms = _signing_firms(world, first, 8), _signing_firms(world, second, 6)
    rows = [
        *(_with_society(world, index, day) for index, day in enumerate(_SOCIETY_SIGNINGS)),
        *(_research(first, expert, first_firms[n % 8]) for n, expert in enumerate(early)),
        *(_research(second, expert, second_firms[n % 6]) for n, expert in enumerate(late)),
    ]
    written = world.city.record(rows, by=BY)
    double = _research(first, early[0], first_firms[0])
    written += world.city.record([double], by=BY)
    world.city.reverse(double, "同一份协议重复登记", by=BY)
    return written


def _signing_firms(world: _World, event: MatchEvent, count: int) -> list[Unit]:
    chance = world.city.rng(f"matching.firms:{event.title}")
    names = next(names for _day, title, names in _EVENTS if title == event.title).split()
    firms = [firm for name in names for firm in world.firms(name)]
    return chance.sample(firms, count)


def _with_society(world: _World, index: int, day: str) -> Agreement:
    society = world.city.provincial_societies[index]
    signed = dt.date.fromisoformat(day)
    until = None if index % 3 == 2 else signed + dt.timedelta(days=3 * 365)
    return Agreement(
        unit=world.unit, area=world.city.association.area, occurred_on=signed, kind=Agreement.Kind.SOCIETY,
        title=f"阜阳市科协与{society.name}合作协议", number=f"合作〔{signed.year}〕{index + 1}号",
        partner_unit=society, valid_to=until,
    )  # fmt: skip


def _research(event: MatchEvent, expert: Expert, firm: Unit) -> Agreement:
    return Agreement(
        unit=event.unit, area=firm.area, occurred_on=event.occurred_on, kind=Agreement.Kind.RESEARCH,
        title=f"{firm.name}产学研合作协议", firm=firm, expert=expert, event=event,
        valid_to=event.occurred_on + dt.timedelta(days=2 * 365),
    )  # fmt: skip


# --- carriers -----------------------------------------------------------------------------------------------------


def _establish(world: _World) -> int:
    """Establish carriers; the first was renewed after three years, the third closed when its agreement ended."""
    chance = world.city.rng("matching.carriers")
    carriers = [_carrier(world, chance, *one) for one in _CARRIERS]
    world.city.reference(carriers)
    stages = [
        _carrier_stage(one, "ESTABLISHED", day)
        for one, (_kind, _level, day, _field) in zip(carriers, _CARRIERS, strict=True)
    ]
    stages.append(_carrier_stage(carriers[0], "RENEWED", "2024-12-19"))
    stages.append(_carrier_stage(carriers[2], "CLOSED", "2026-08-27", reason="协议期满，企业搬迁"))
    return len(carriers) + world.city.record(stages, by=BY)


def _carrier(
    world: _World, chance: random.Random, kind: str, level: str, _day: str, industry: str
) -> ServiceCarrier:
    host = chance.choice(world.firms(industry))
    return ServiceCarrier(
        unit=world.unit, area=host.area, kind=kind, level=level, host=host, field=industry,
        name=f"{host.name}{ServiceCarrier.Kind(kind).label}",
        society=world.society(industry) if kind != "HOME_STATION" else None,
    )  # fmt: skip


def _carrier_stage(carrier: ServiceCarrier, stage: str, day: str, *, reason: str = "") -> CarrierStage:
    return CarrierStage(
        unit=carrier.unit, area=carrier.host.area, occurred_on=dt.date.fromisoformat(day), carrier=carrier, stage=stage,
        document_no=f"阜科协〔{day[:4]}〕{int(day[5:7]) * 3}号", reason=reason,
    )  # fmt: skip


# --- problems -----------------------------------------------------------------------------------------------------

# Days that usually pass before each stage is reached, counted from the one before.
_GAPS = {
    ProblemState.CHECKED: (2, 9),
    ProblemState.PUBLISHED: (1, 7),
    ProblemState.MATCHED: (6, 45),
    ProblemState.VISITED: (5, 30),
    ProblemState.SIGNED: (10, 45),
    ProblemState.WORKING: (3, 15),
    ProblemState.SOLVED: (40, 160),
}
_WAY = (ProblemState.COLLECTED, *_GAPS)
_Step = tuple[ProblemState, dt.date]


def _work_on_problems(world: _World) -> int:
    """Take problems as far as they came: solved before the day of the report, after it, or still under way."""
    chance = world.city.rng("matching.problems")
    persons = world.city.people("matching.firm_persons", 40)
    solved = [
        *_days_between(chance, dt.date(2022, 3, 1), AS_OF - dt.timedelta(days=6), _SOLVED_EARLY + 1),
        *_days_between(
            chance, AS_OF + dt.timedelta(days=10), world.city.today - dt.timedelta(days=9), _SOLVED_LATER
        ),
    ]
    ways = [_way_to(chance, day) for day in solved]
    ways += [_way_so_far(world, chance) for _n in range(_UNDER_WAY)]
    ways.sort(key=lambda way: way[0][1])
    world.problems = [_problem(world, chance, number, way[0][1]) for number, way in enumerate(ways, 1)]
    world.city.reference(world.problems)
    stages = [
        _stage(world, chance, problem, step, persons)
        for problem, way in zip(world.problems, ways, strict=True)
        for step in way
    ]
    written = world.city.record(stages, by=BY) + _contract(world, stages)
    _take_back(world, stages)
    return len(world.problems) + written


def _days_between(chance: random.Random, start: dt.date, end: dt.date, count: int) -> list[dt.date]:
    span = (end - start).days
    return sorted(start + dt.timedelta(days=n) for n in chance.sample(range(span), count))


def _way_to(chance: random.Random, solved: dt.date) -> list[_Step]:
    """Return stages and days backwards from the day of the firm's confirmation; some had no contract."""
    skipped = {ProblemState.SIGNED} if chance.random() < 0.3 else set()
    way, day = [], solved
    for state in reversed(_WAY):
        if state not in skipped:
            way.append((state, day))
            day -= dt.timedelta(days=chance.randint(*_GAPS.get(state, (0, 0))))
    return way[::-1]


def _way_so_far(world: _World, chance: random.Random) -> list[_Step]:
    """Return the stages of a problem that is not solved: some are fresh, some were closed."""
    day = world.city.today - dt.timedelta(days=chance.choice((8, 25, 60, 90, 150, 260, 420, 700, 1000)))
    way = [(ProblemState.COLLECTED, day)]
    for state in _WAY[1:-1]:
        day += dt.timedelta(days=chance.randint(*_GAPS[state]))
        if day >= world.city.today or chance.random() < 0.12:
            break
        way.append((state, day))
    stale = way[-1][1] < world.city.today - dt.timedelta(days=330)
    return [*way, (ProblemState.CLOSED, way[-1][1] + dt.timedelta(days=200))] if stale else way


def _problem(world: _World, chance: random.Random, number: int, collected: dt.date) -> Problem:
    industry = chance.choice([name for name in INDUSTRIES if name in _NEEDS])
    firm, own = chance.choice(world.firms(industry)), world.city.firms[0]
    firm = own if collected > AS_OF and own in world.firms(industry) else firm  # has an account of late
    return Problem(
        unit=firm if firm == own else world.city.counties[firm.area_id[:6]], area=firm.area, number=f"{collected.year}-{number:03}",
        name=f"{chance.choice(_NEEDS[industry])}问题", firm=firm, industry=world.industries[industry],
        summary="现有工艺达不到指标，希望专家到现场诊断并提出改进方案。",
        confidentiality=chance.choice(("PUBLIC", "PUBLIC", "VERIFIED", "AGREEMENT")),
    )  # fmt: skip


def _stage(
    world: _World, chance: random.Random, problem: Problem, step: _Step, persons: Sequence[str]
) -> ProblemStage:
    state, day = step
    with_expert = state in (ProblemState.MATCHED, ProblemState.VISITED, ProblemState.SIGNED)
    is_solved = state == ProblemState.SOLVED
    return ProblemStage(
        unit=problem.unit, area=problem.area, occurred_on=day, problem=problem, stage=state,
        expert=demo_finding.solver(problem, _known_by(world, day), chance) if with_expert else None,
        firm_person=chance.choice(persons) if is_solved else "", firm_confirmed_on=day if is_solved else None,
        reason="企业调整产品方向，需求撤回" if state == ProblemState.CLOSED else "",
    )  # fmt: skip


def _known_by(world: _World, day: dt.date) -> list[Expert]:
    experts = world.society_experts[:_EARLY_EXPERTS] if day <= AS_OF else world.society_experts
    return [*experts, *world.other_experts]


def _contract(world: _World, stages: Sequence[ProblemStage]) -> int:
    """Record the technology contract behind each stage "signed"."""
    contracts = [
        Agreement(
            unit=row.unit, area=row.area, occurred_on=row.occurred_on, kind=Agreement.Kind.TECHNOLOGY,
            title=f"{row.problem.name}技术服务合同", firm=row.problem.firm, expert=row.expert, problem=row.problem,
            partner=row.expert.employer if row.expert else "",
        )
        for row in stages
        if row.stage == ProblemState.SIGNED
    ]  # fmt: skip
    return world.city.record(contracts, by=BY)


def _take_back(world: _World, stages: Sequence[ProblemStage]) -> None:
    """One early solution was withdrawn by the firm: the record is reversed and counts no more."""
    early = [row for row in stages if row.stage == ProblemState.SOLVED and row.occurred_on <= AS_OF]
    world.city.reverse(early[len(early) // 2], "企业复测指标未达标，撤回确认", after_days=40, by=BY)


# --- visits -------------------------------------------------------------------------------------------------------


def _visit(world: _World) -> int:
    """Every expert known by a day has come at least once by then; most come again."""
    chance = world.city.rng("matching.visits")
    early = [event for event in world.events.values() if event.held and event.occurred_on <= AS_OF]
    later = [event for event in world.events.values() if event.held and event.occurred_on > AS_OF]
    rows = [*_at_events(world, chance, world.society_experts[:_EARLY_EXPERTS], early)]
    rows += _at_events(world, chance, world.society_experts[20:], later)
    signed = Agreement.objects.filter(event__isnull=False, state=State.CONFIRMED).order_by(
        "occurred_on", "expert__name"
    )
    rows += [
        _visit_of(chance, [row.firm], row.expert, row.occurred_on, event=row.event)
        for row in signed.select_related("expert", "firm", "event")
        if row.expert and row.firm and row.event
    ]
    rows += _on_site(world)
    return world.city.record(rows, by=BY)


def _at_events(
    world: _World, chance: random.Random, experts: Sequence[Expert], events: Sequence[MatchEvent]
) -> Iterator[ExpertVisit]:
    ordinary = [event for event in events if "海智" not in event.title]
    for number, expert in enumerate(experts):
        again = chance.sample(ordinary, chance.randint(0, 2))
        for event in dict.fromkeys((ordinary[number % len(ordinary)], *again)):
            yield _visit_of(chance, world.city.firms, expert, event.occurred_on, event=event)


def _visit_of(
    chance: random.Random, firms: Sequence[Unit], expert: Expert, day: dt.date, *, event: MatchEvent
) -> ExpertVisit:
    met = chance.choice(firms)
    return ExpertVisit(
        unit=event.unit, area=met.area, occurred_on=day, expert=expert, firm=met, event=event, topic="供需对接",
        outcome=chance.choice(("达成合作意向", "提出改进建议", "约定再次到厂", "")),
    )  # fmt: skip


def _on_site(world: _World) -> list[ExpertVisit]:
    """Return a visit to the firm for each problem's stage "visited"."""
    visited = ProblemStage.objects.filter(
        stage=ProblemState.VISITED, state=State.CONFIRMED, expert__isnull=False
    )
    rows = visited.select_related("unit", "area", "expert", "problem", "problem__firm")
    return [
        ExpertVisit(
            unit=row.unit, area=row.area, occurred_on=row.occurred_on, expert=row.expert, firm=row.problem.firm,
            problem=row.problem, topic=row.problem.name, outcome="到厂诊断",
        )
        for row in rows.order_by("occurred_on", "problem__number")
    ]  # fmt: skip


def _invite(world: _World) -> int:
    return demo_finding.load(world.city, [*world.society_experts, *world.other_experts])


def _keep(world: _World) -> int:
    return demo_cooperation.keep(
        world.city, world.unit, [*world.society_experts, *world.other_experts], world.industries, BY
    )


def _leave_drafts(world: _World) -> int:
    """Leave a firm's confirmation and two visits for the department to confirm."""
    chance = world.city.rng("matching.drafts")
    last = list(world.events.values())[-1]
    day = world.city.today - dt.timedelta(days=3)
    drafts: list[Record] = [
        _visit_of(chance, world.city.firms, expert, day, event=last) for expert in world.society_experts[:2]
    ]
    working = ProblemStage.objects.filter(stage=ProblemState.WORKING, state=State.CONFIRMED)
    finished = ProblemStage.objects.filter(stage__in=["SOLVED", "CLOSED"]).values("problem")
    waiting = (
        working.exclude(problem__in=finished).select_related("problem").order_by("problem__number").first()
    )
    if waiting:
        drafts.append(_stage(world, chance, waiting.problem, (ProblemState.SOLVED, day), ["待核实"]))
    return world.city.draft(drafts, by="FIRM_CONTACT")
