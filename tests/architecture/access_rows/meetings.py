"""Meetings: the desk's pages, and the page of an invitation for whoever has its link."""

import datetime as dt
from typing import Any

from kexie.contexts.matching.models import (
    Expert,
    Meeting,
    MeetingExpert,
    MeetingProblem,
    MeetingTalk,
    Problem,
)
from kexie.contexts.matching.operations.meeting_day import token_of
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public


def _talk(world: World) -> MeetingTalk:
    """A talk of a meeting, with everybody it needs."""
    own = {"association": world.association}
    found = MeetingTalk.objects.filter(**own).first()
    if found is not None:
        return found
    meeting = Meeting.objects.create(unit=world.yingzhou, name="对接会", on=dt.date(2026, 4, 1), **own)
    expert = Expert.objects.create(unit=world.yingzhou, name="王知远", **own)
    problem = Problem.objects.create(
        unit=world.yingzhou, number="2026-1", name="齿轮变形", firm=world.school, **own
    )
    guest = MeetingExpert.objects.create(meeting=meeting, expert=expert, code="ab23", **own)
    firm = MeetingProblem.objects.create(meeting=meeting, problem=problem, code="ab24", **own)
    return MeetingTalk.objects.create(meeting=meeting, problem=firm, expert=guest, slot=0, table=0, **own)


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"meetings:{name}", **{**defaults, **options})


def _one(name: str, **options: Any) -> Row:
    here = {"wrong_unit": HIDDEN, "kwargs": lambda world: {"pk": _talk(world).meeting_id}}
    return _page(name, **{**here, **options})


ROWS = (
    _page("meetings"),
    _page("new", other_role="LEADER"),
    _one("meeting"),
    _one("edit", other_role="LEADER"),
    _one("parts"),
    _one("part", kwargs=lambda world: {"pk": _talk(world).meeting_id, "part": _talk(world).expert_id}),
    _one("talk", kwargs=lambda world: {"pk": _talk(world).meeting_id, "talk": _talk(world).pk}),
    _one("sheets"),
    _one("door", other_role="LEADER"),
    _one("wall"),
    _one("minutes"),
    public("meeting_answer:answer", kwargs=lambda world: {"token": token_of(_talk(world).expert)}),
)
