"""Meetings: set up, who takes part and whom they wish to meet, the timetable computed and changed by hand."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Expert,
    Meeting,
    MeetingExpert,
    MeetingProblem,
    MeetingTalk,
    MeetingWish,
    Problem,
)
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.rules import timetable as rules
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Conflict, NotFound, UserError
from kexie.kernel.ids import short_code
from kexie.kernel.scope import Scope
from kexie.platform.assignment.sessions import Stopped, Timetable, solve
from kexie.platform.ties import operations as ties
from kexie.platform.ties.wording import explain_all

Plan = Meeting.Plan
_CODE = 4
_SHOWN = 6


class MeetingRefused(UserError):
    """The meeting cannot be like this."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the timetable after the page was opened."""


@transaction.atomic
def add(*, actor: Account, now: dt.datetime, scope: Scope, **values: Any) -> Meeting:
    """Set a meeting up, kept by the actor's unit."""
    if actor.unit is None or not scope.covers(actor.unit.path):
        raise MeetingRefused(_("您的账号没有可以办对接会的单位。"))
    made = Meeting(
        association_id=scope.association_id, unit=actor.unit, area=actor.unit.area, **_checked(values)
    )
    made.full_clean()
    made.save(force_insert=True)
    note(made, "add_meeting", actor=actor, now=now)
    return made


@transaction.atomic
def change(*, meeting_id: UUID, actor: Account, now: dt.datetime, scope: Scope, **values: Any) -> Meeting:
    """Change the frame. Slots and tables that hold talks stay."""
    meeting = locked(Meeting, meeting_id, scope)
    _require_idle(meeting)
    for name, value in _checked(values).items():
        setattr(meeting, name, value)
    meeting.full_clean()
    if meeting.talks.filter(slot__gte=meeting.slots).exists():
        raise MeetingRefused(fields={"slots": _("后面的场次已排有洽谈，请先撤下或重排。")})
    if meeting.talks.filter(table__gte=meeting.tables).exists():
        raise MeetingRefused(fields={"tables": _("后面的桌已排有洽谈，请先撤下或重排。")})
    meeting.edition += 1
    meeting.save()
    note(meeting, "change_meeting", actor=actor, now=now)
    return meeting


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    minutes = values["slots"] * (values["minutes"] + values["gap"]) + values["pause_minutes"]
    begins = values["starts_at"].hour * 60 + values["starts_at"].minute
    if begins + minutes > 24 * 60:
        raise MeetingRefused(fields={"slots": _("这样排要过半夜：请减少场次或缩短时间。")})
    return values


@transaction.atomic
def add_problems(
    *, meeting_id: UUID, problems: Sequence[UUID], actor: Account, now: dt.datetime, scope: Scope
) -> int:
    """Put problems on the list; who is on it already stays as they are. Return how many are new."""
    meeting = locked(Meeting, meeting_id, scope)
    rows = Problem.objects.filter(scope.q(), pk__in=problems).exclude(
        pk__in=meeting.problems.values("problem")
    )
    made = [
        MeetingProblem(
            association_id=meeting.association_id, meeting=meeting, problem=one, last_slot=meeting.slots, code=code
        )
        for one, code in zip(rows, _codes(meeting, len(rows)), strict=True)
    ]  # fmt: skip
    MeetingProblem.objects.bulk_create(made)
    note(meeting, "meeting_problems", actor=actor, now=now, added=len(made))
    return len(made)


@transaction.atomic
def add_experts(
    *, meeting_id: UUID, experts: Sequence[UUID], actor: Account, now: dt.datetime, scope: Scope
) -> int:
    """Put experts on the list who may be proposed today; return how many are new."""
    meeting = locked(Meeting, meeting_id, scope)
    allowed = queries.experts_to_add(scope, meeting, today=timezone.localdate(now))
    rows = list(Expert.objects.filter(pk__in=allowed.filter(pk__in=list(experts)).values("pk")))
    made = [
        MeetingExpert(
            association_id=meeting.association_id, meeting=meeting, expert=one, last_slot=meeting.slots, code=code
        )
        for one, code in zip(rows, _codes(meeting, len(rows)), strict=True)
    ]  # fmt: skip
    MeetingExpert.objects.bulk_create(made)
    note(meeting, "meeting_experts", actor=actor, now=now, added=len(made))
    return len(made)


def _codes(meeting: Meeting, number: int) -> list[str]:
    """Return codes for the door that nobody at the meeting has."""
    taken = {
        *meeting.problems.values_list("code", flat=True),
        *meeting.experts.values_list("code", flat=True),
    }
    found: list[str] = []
    while len(found) < number:
        code = short_code(_CODE)
        if code not in taken:
            taken.add(code)
            found.append(code)
    return found


def part(meeting: Meeting, pk: UUID) -> MeetingProblem | MeetingExpert:
    """Return a problem or an expert of a meeting, locked; NotFound where there is none."""
    for model in (MeetingProblem, MeetingExpert):
        found = model.objects.select_for_update().filter(meeting=meeting, pk=pk).first()
        if isinstance(found, MeetingProblem | MeetingExpert):
            return found
    raise NotFound(_("这场对接会里没有这一位。"))


@transaction.atomic
def set_part(
    *,
    meeting_id: UUID,
    part_id: UUID,
    least: int,
    most: int,
    first_slot: int,
    last_slot: int,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> None:
    """Say how many talks somebody has, and when they come and leave."""
    meeting = locked(Meeting, meeting_id, scope)
    found = part(meeting, part_id)
    if last_slot > meeting.slots:
        raise MeetingRefused(fields={"last_slot": _("只有%(slots)d场。") % {"slots": meeting.slots}})
    found.least, found.most, found.first_slot, found.last_slot = least, most, first_slot, last_slot
    found.full_clean()
    found.save()
    note(meeting, "meeting_part", actor=actor, now=now, part=str(part_id))


@transaction.atomic
def wish(
    *, meeting_id: UUID, part_id: UUID, wanted: Sequence[UUID], actor: Account | None, now: dt.datetime, scope: Scope
) -> None:  # fmt: skip
    """Set whom somebody wishes to meet, most wanted first, instead of what was wished before."""
    meeting = locked(Meeting, meeting_id, scope)
    found = part(meeting, part_id)
    is_firm = isinstance(found, MeetingProblem)
    side, own, other = ("FIRM", "problem", "expert") if is_firm else ("EXPERT", "expert", "problem")
    rows = {row.pk: row for row in (meeting.experts if is_firm else meeting.problems).filter(pk__in=wanted)}
    MeetingWish.objects.filter(side=side, **{own: found}).delete()
    kept = [pk for pk in dict.fromkeys(wanted) if pk in rows]
    MeetingWish.objects.bulk_create(
        MeetingWish(
            association_id=meeting.association_id, side=side, rank=rank, **{own: found, other: rows[pk]}
        )
        for rank, pk in enumerate(kept, 1)
    )
    note(meeting, "meeting_wish", actor=actor, now=now, part=str(part_id), wishes=len(kept))


@transaction.atomic
def call_off(
    *, meeting_id: UUID, part_id: UUID, reason: str, actor: Account | None, now: dt.datetime, scope: Scope
) -> None:
    """Write down that somebody does not come or leaves; talks that have not begun wait for the next timetable."""
    meeting = locked(Meeting, meeting_id, scope)
    found = part(meeting, part_id)
    if found.out_at is None:
        found.out_at, found.out_why = now, reason[:200]
        found.save(update_fields=["out_at", "out_why"])
        note(meeting, "meeting_out", actor=actor, now=now, reason=reason, part=str(part_id))


@transaction.atomic
def bring_back(*, meeting_id: UUID, part_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take back that somebody left."""
    meeting = locked(Meeting, meeting_id, scope)
    found = part(meeting, part_id)
    found.out_at, found.out_why = None, ""
    found.save(update_fields=["out_at", "out_why"])
    note(meeting, "meeting_back", actor=actor, now=now, part=str(part_id))


def _require_idle(meeting: Meeting) -> None:
    if meeting.plan in Meeting.BUSY:
        raise MeetingRefused(_("正在计算时间表，请等它完成，或先取消计算。"))


@transaction.atomic
def begin(*, meeting_id: UUID, anew: bool = False, actor: Account, now: dt.datetime, scope: Scope) -> Meeting:
    """Have the timetable computed; whoever calls defers the task. `anew`: what is not fixed need not be kept."""
    meeting = locked(Meeting, meeting_id, scope)
    _require_idle(meeting)
    here = {"out_at": None}
    if not (meeting.problems.filter(**here).exists() and meeting.experts.filter(**here).exists()):
        raise MeetingRefused(_("请先加入参会的难题和专家。"))
    if anew:
        gone = [talk.pk for talk in queries.talks(meeting) if _may_go(meeting, talk, now)]
        MeetingTalk.objects.filter(pk__in=gone).delete()
    meeting.plan, meeting.progress, meeting.message = Plan.WAITING, 0, ""
    meeting.score = meeting.bound = meeting.value = meeting.moved = None
    meeting.is_proven = False
    meeting.edition += 1
    meeting.save()
    note(meeting, "plan_meeting", actor=actor, now=now, anew=anew)
    return meeting


def _may_go(meeting: Meeting, talk: MeetingTalk, now: dt.datetime) -> bool:
    return not (talk.is_locked or talk.outcome or queries.is_over(meeting, talk.slot, now))


@transaction.atomic
def cancel(*, meeting_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Stop the computation; the timetable stays as it was."""
    meeting = locked(Meeting, meeting_id, scope)
    if meeting.plan not in Meeting.BUSY:
        raise MeetingRefused(_("已经算完或取消，请刷新后再看。"))
    meeting.plan = Plan.CANCELLED
    meeting.save(update_fields=["plan"])
    note(meeting, "cancel_plan_meeting", actor=actor, now=now)


def compute(*, meeting_id: UUID, now: dt.datetime) -> None:
    """Search until it is proven, the time is up or somebody cancelled. Not one transaction: progress is seen meanwhile."""
    if not Meeting.objects.filter(pk=meeting_id, plan=Plan.WAITING).update(plan=Plan.RUNNING):
        return
    meeting = Meeting.objects.get(pk=meeting_id)
    try:
        asked = queries.asked(meeting, now=now)
        ties.keep_exclusions(
            association_id=meeting.association_id, purpose=queries.purpose(meeting), pairs=asked.ties, actor=None,
            now=now,
        )  # fmt: skip
        found = solve(asked.task, seconds=meeting.seconds, told=_Told(meeting_id))
    except Stopped:
        return
    except Exception:
        Meeting.objects.filter(pk=meeting_id, plan=Plan.RUNNING).update(
            plan=Plan.FAILED, message=_("计算意外中断，时间表没有变；可以再算一次。")
        )
        raise
    _keep(meeting_id, asked, found)


class _Told:
    """Writes progress down and says whether to go on."""

    def __init__(self, meeting_id: UUID) -> None:
        self.meeting_id, self.steps = meeting_id, 0

    def __call__(self, best: Timetable | None, bound: float) -> bool:
        self.steps += 1
        values: dict[str, Any] = {"progress": min(95, 30 * self.steps), "bound": bound}
        if best is not None:
            values |= {"score": best.total, "value": best.value}
        return bool(Meeting.objects.filter(pk=self.meeting_id, plan=Plan.RUNNING).update(**values))


@transaction.atomic
def _keep(meeting_id: UUID, asked: queries.Asked, found: Timetable) -> None:
    meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
    if meeting.plan != Plan.RUNNING:
        return
    where = rules.tables(found.places, number=meeting.tables, held=asked.held)
    standing = {(talk.problem_id, talk.expert_id): talk for talk in meeting.talks.all()}
    for place, table in where.items():
        problem, expert = asked.problems[place[0]], asked.experts[place[1]]
        talk = standing.pop((problem.pk, expert.pk), None) or MeetingTalk(
            association_id=meeting.association_id, meeting=meeting, problem=problem, expert=expert
        )
        talk.slot, talk.table = place[2], table
        talk.save()
    MeetingTalk.objects.filter(pk__in=[talk.pk for talk in standing.values()]).delete()
    meeting.plan, meeting.progress = Plan.READY, 100
    meeting.score, meeting.bound, meeting.value = found.total, found.bound, found.value
    meeting.is_proven, meeting.moved = found.is_proven, len(asked.held) - found.kept
    meeting.edition += 1
    meeting.save()


@transaction.atomic
def put(
    *,
    meeting_id: UUID,
    problem_id: UUID,
    expert_id: UUID,
    slot: int,
    table: int,
    seen: str,
    anyway: bool = False,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> MeetingTalk:
    """Seat two by hand; slot and table count from 1. `seen`: the edition that was looked at; `anyway`: though it breaks a rule."""
    meeting = _opened(meeting_id, seen, scope)
    problem, expert = part(meeting, problem_id), part(meeting, expert_id)
    if not (isinstance(problem, MeetingProblem) and isinstance(expert, MeetingExpert)):
        raise NotFound(_("这场对接会里没有这一位。"))
    made = MeetingTalk(
        association_id=meeting.association_id, meeting=meeting, problem=problem, expert=expert, slot=slot - 1,
        table=table - 1,
    )  # fmt: skip
    before = queries.talks(meeting)
    if any((talk.problem_id, talk.expert_id) == (problem_id, expert_id) for talk in before):
        raise MeetingRefused(_("他们已经排了一场洽谈。"))
    _require_fit(meeting, before, [*before, made], [made], now=now, anyway=anyway)
    made.save(force_insert=True)
    _changed(meeting, "seat", made, actor, now)
    return made


@transaction.atomic
def move(
    *,
    meeting_id: UUID,
    talk_id: UUID,
    slot: int,
    table: int,
    seen: str,
    anyway: bool = False,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> MeetingTalk:
    """Move a talk; where another talk is at that place, the two change places."""
    meeting = _opened(meeting_id, seen, scope)
    before = queries.talks(meeting)
    after = queries.talks(meeting)
    talk = _talk(after, talk_id)
    _require_movable(meeting, talk, now)
    other = next((one for one in after if (one.slot, one.table) == (slot - 1, table - 1)), None)
    if other is not None and other is not talk:
        _require_movable(meeting, other, now)
        other.slot, other.table = talk.slot, talk.table
    talk.slot, talk.table = slot - 1, table - 1
    touched = [one for one in (talk, other) if one is not None]
    _require_fit(meeting, before, after, touched, now=now, anyway=anyway)
    for one in touched:
        one.save(update_fields=["slot", "table"])
    _changed(meeting, "move", talk, actor, now)
    return talk


@transaction.atomic
def drop(
    *, meeting_id: UUID, talk_id: UUID, seen: str, actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Take a talk that has not begun off the timetable."""
    meeting = _opened(meeting_id, seen, scope)
    talk = _talk(queries.talks(meeting), talk_id)
    _require_movable(meeting, talk, now)
    _changed(meeting, "unseat", talk, actor, now)
    talk.delete()


@transaction.atomic
def lock(
    *, meeting_id: UUID, talk_id: UUID, seen: str, actor: Account, now: dt.datetime, scope: Scope
) -> MeetingTalk:
    """Lock a talk so that it stays where it is, or unlock it."""
    meeting = _opened(meeting_id, seen, scope)
    talk = _talk(queries.talks(meeting), talk_id)
    talk.is_locked = not talk.is_locked
    talk.save(update_fields=["is_locked"])
    _changed(meeting, "lock" if talk.is_locked else "unlock", talk, actor, now)
    return talk


def _opened(meeting_id: UUID, seen: str, scope: Scope) -> Meeting:
    meeting = locked(Meeting, meeting_id, scope)
    _require_idle(meeting)
    if seen != str(meeting.edition):
        raise ChangedMeanwhile(_("在您看这张表期间，别人改了它。请看过最新的表再改，您的改动没有保存。"))
    return meeting


def _talk(found: Sequence[MeetingTalk], talk_id: UUID) -> MeetingTalk:
    talk = next((one for one in found if one.pk == talk_id), None)
    if talk is None:
        raise NotFound(_("没有找到这场洽谈。"))
    return talk


def _require_movable(meeting: Meeting, talk: MeetingTalk, now: dt.datetime) -> None:
    if talk.outcome or queries.is_over(meeting, talk.slot, now):
        raise MeetingRefused(_("这场洽谈已经开始或结束，不能再改。"))
    if talk.is_locked:
        raise MeetingRefused(_("这场洽谈已锁定，请先解锁。"))


def _require_fit(
    meeting: Meeting,
    before: Sequence[MeetingTalk],
    after: Sequence[MeetingTalk],
    touched: Sequence[MeetingTalk],
    *,
    now: dt.datetime,
    anyway: bool,
) -> None:
    """Refuse what can never be; say what else breaks, and let it pass if that was seen."""
    for talk in touched:
        _require_place(meeting, talk, now)
        _require_no_tie(meeting, talk)
    setting = queries.setting(meeting)
    seats = [queries.seat(talk) for talk in after]
    _require_once(setting, seats)
    known = set(rules.breaks((queries.seat(talk) for talk in before), setting))
    new = [words for words in rules.breaks(seats, setting) if words not in known]
    if new and not anyway:
        raise MeetingRefused(
            _("这样改会打破：%(what)s。仍要这样改，请勾选“仍然改”再提交。")
            % {"what": _("；").join(new[:_SHOWN])}
        )


def _require_place(meeting: Meeting, talk: MeetingTalk, now: dt.datetime) -> None:
    if not 0 <= talk.slot < meeting.slots:
        raise MeetingRefused(fields={"slot": _("场次是1到%(most)d。") % {"most": meeting.slots}})
    if not 0 <= talk.table < meeting.tables:
        raise MeetingRefused(fields={"table": _("桌号是1到%(most)d。") % {"most": meeting.tables}})
    if queries.is_over(meeting, talk.slot, now):
        raise MeetingRefused(fields={"slot": _("这一场已经开始，请选后面的场次。")})


def _require_no_tie(meeting: Meeting, talk: MeetingTalk) -> None:
    found = queries.ties_of([talk.problem], [talk.expert], on=meeting.on)
    reasons = queries.excluded_pairs([talk.problem], [talk.expert], found)
    if reasons:
        why = explain_all(next(iter(reasons.values())))
        raise MeetingRefused(
            _("%(expert)s要回避%(firm)s：%(why)s。")
            % {"expert": talk.expert.expert.name, "firm": talk.problem.problem.firm.name, "why": why}
        )


def _require_once(setting: rules.Setting, seats: Sequence[rules.Seat]) -> None:
    for kind, who, slot in rules.twice(seats):
        if kind == "table":
            raise MeetingRefused(_("第%(slot)d场这张桌已有人。") % {"slot": slot + 1})
        takers = setting.problems if kind == "problem" else setting.experts
        name = takers[who].name  # type: ignore[index]  # not a table, so an id
        raise MeetingRefused(_("%(name)s第%(slot)d场已有洽谈。") % {"name": name, "slot": slot + 1})


def _changed(meeting: Meeting, what: str, talk: MeetingTalk, actor: Account, now: dt.datetime) -> None:
    meeting.edition += 1
    meeting.save(update_fields=["edition"])
    note(
        meeting, f"meeting_{what}", actor=actor, now=now, talk=str(talk.pk), slot=talk.slot, table=talk.table
    )
