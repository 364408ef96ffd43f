"""Academic events in the making at the demonstration's societies, by the real operations."""

import datetime as dt
from decimal import Decimal
from typing import Any

from kexie.contexts.organisations.models import Conference
from kexie.contexts.organisations.operations import academic, papers
from kexie.contexts.organisations.operations.academic import Plan, Slot
from kexie.contexts.organisations.states import ConferenceState as State
from kexie.ledger.demo import DemoCity

_CALL = "征集本学科新进展、新技术、新案例方面的论文，每篇不超过5000字；会员和相关科技工作者均可报名参会。"
_PAPERS = ("基层推广的三种做法", "近五年数据的回顾分析", "一种改进方法及其验证", "两例典型案例讨论")
_SLOTS = (
    (9, 10, "开幕与特邀报告", "一号厅"), (10, 12, "青年学者报告", "一号厅"), (10, 12, "案例讨论", "二号厅"),
    (14, 16, "圆桌：成果怎样用起来", "一号厅"),
)  # fmt: skip
_COSTS = (("场地和设备", "3200"), ("专家劳务费", "6000"), ("资料印刷", "850.5"))
_GUESTS, _CAME = 36, 31


def prepare(city: DemoCity, by: str) -> int:
    """Prepare four events: one held, one called with a clash in its programme, one just begun, one cancelled."""
    acting: dict[str, Any] = {"actor": city.accounts[by], "now": city.now, "scope": city.scope}
    held = _plan(city, acting, 3, city.today - dt.timedelta(days=16))
    _fill(city, held, acting)
    _hold(held, acting)
    called = _plan(city, acting, 8, city.today + dt.timedelta(days=19))
    _fill(city, called, acting, speaker="")
    academic.move(conference_id=called.pk, state=State.CALLING, **acting)
    _plan(city, acting, 14, city.today + dt.timedelta(days=52))
    gone = _plan(city, acting, 21, city.today + dt.timedelta(days=9))
    academic.cancel(conference_id=gone.pk, reason="与省级学会年会日期冲突，并入省级年会", **acting)
    return 4


def _plan(city: DemoCity, acting: dict[str, Any], index: int, on: dt.date) -> Conference:
    society = city.societies[index % len(city.societies)]
    field = society.name.removeprefix("阜阳市").removesuffix("学会")
    plan = Plan(
        name=f"{on.year}年{field}学术年会", starts_on=on, ends_on=on, theme=f"{field}新进展与应用", call=_CALL,
        papers_until=on, register_until=on, venue="阜阳市科技馆报告厅", capacity=200, budget=Decimal(15000),
    )  # fmt: skip
    return academic.plan(plan=plan, society=society, **acting)


def _fill(city: DemoCity, one: Conference, acting: dict[str, Any], speaker: str | None = None) -> None:
    """Give it a programme, people and papers; with `speaker` "" one person speaks in two rooms at once."""
    own = {"conference_id": one.pk, **acting}
    names = city.people(f"academic:{one.name}", _GUESTS)
    for number, (start, end, title, room) in enumerate(_SLOTS):
        said = names[number] if speaker is None else names[0]
        slot = Slot(
            on=one.starts_on,
            starts_at=dt.time(start),
            ends_at=dt.time(end),
            title=title,
            room=room,
            speaker=said,
        )
        academic.schedule(slot=slot, **own)
    academic.register(lines="\n".join(f"{name} {one.unit.name}" for name in names), **own)
    handed_in = min(one.starts_on, city.today) - dt.timedelta(days=20)
    for number, title in enumerate(_PAPERS):
        papers.submit(title=title, authors=names[10 + number], employer=one.unit.name, on=handed_in, **own)


def _hold(one: Conference, acting: dict[str, Any]) -> None:
    own = {"conference_id": one.pk, **acting}
    session = one.sessions.order_by("starts_at", "pk")[1]
    for number, paper in enumerate(one.papers.order_by("pk")):
        opinion = "ACCEPTED" if number else "REJECTED"
        on = paper.submitted_on + dt.timedelta(days=6)
        papers.review(paper_id=paper.pk, reviewer="评审专家甲", opinion=opinion, on=on, **acting)
        given: dict[str, Any] = (
            {"session": session, "award": "FIRST" if number == 1 else "MERIT"} if number else {}
        )
        papers.decide(paper_id=paper.pk, decision=opinion, **given, **acting)
    for item, amount in _COSTS:
        academic.spend(item=item, amount=Decimal(amount), on=one.starts_on, **own)
    came = list(one.guests.order_by("pk").values_list("pk", flat=True)[:_CAME])
    academic.attend(guest_ids=came, **own)
    academic.move(state=State.READY, **own)
    academic.conclude(method="ROSTER", outcome="形成推广建议一份，两家单位约定联合攻关", **own)
