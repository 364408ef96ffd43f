"""The day of a meeting: answers by link, the door, and what came of each talk."""

import datetime as dt
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Meeting,
    MeetingExpert,
    MeetingGuest,
    MeetingProblem,
    MeetingTalk,
    ProblemStage,
)
from kexie.contexts.matching.operations import visits
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.operations.meetings import MeetingRefused
from kexie.contexts.matching.queries import problems_with_state
from kexie.contexts.matching.states import PROBLEM_TRANSITIONS, ProblemState
from kexie.foundation.access.models import Account
from kexie.foundation.people import operations as people
from kexie.kernel import text
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.platform import crypto

Outcome = MeetingTalk.Outcome
_SIGNER = signing.Signer(salt="matching.meeting", sep=".")
_SHORTEST_PHONE = 7


def token_of(found: MeetingProblem | MeetingExpert) -> str:
    """Return what stands in the link of somebody's invitation: nothing of it is kept."""
    return _SIGNER.sign(found.pk.hex)


def by_token(token: str) -> MeetingProblem | MeetingExpert:
    """Return whose invitation a link is; NotFound for any other."""
    try:
        pk = UUID(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(_("没有这份邀请：请核对链接是否完整。")) from error
    for rows in (MeetingProblem.objects, MeetingExpert.objects):
        found = rows.select_related("meeting__unit").filter(pk=pk).first()
        if isinstance(found, MeetingProblem | MeetingExpert):
            return found
    raise NotFound(_("没有这份邀请：请核对链接是否完整。"))


@transaction.atomic
def answer(*, token: str, comes: bool, now: dt.datetime) -> MeetingProblem | MeetingExpert:
    """Keep whether somebody comes, as long as the day has not begun; the last answer counts."""
    meeting = Meeting.objects.select_for_update().get(pk=by_token(token).meeting_id)
    found = by_token(token)
    if timezone.localdate(now) > meeting.on:
        raise MeetingRefused(_("对接会已经结束，不用再答复。"))
    if found.out_at is not None or found.arrived_at is not None:
        raise MeetingRefused(_("主办单位已登记您的到场或退出，要改请直接联系主办单位。"))
    found.answer = found.Answer.YES if comes else found.Answer.NO
    found.answered_at = now
    found.save(update_fields=["answer", "answered_at"])
    note(meeting, "meeting_answer", actor=None, now=now, part=str(found.pk), answer=found.answer)
    return found


@transaction.atomic
def arrive(
    *, meeting_id: UUID, said: str, actor: Account, now: dt.datetime, scope: Scope
) -> tuple[MeetingProblem | MeetingExpert, bool]:
    """Sign somebody in by their code or an expert's telephone; return who, and whether they were in already."""
    meeting = locked(Meeting, meeting_id, scope)
    found = _named(meeting, text.half_width(text.clean(said)))
    if found.arrived_at is not None:
        return found, True
    found.arrived_at, found.out_at, found.out_why = now, None, ""
    found.answer = found.Answer.YES
    found.save(update_fields=["arrived_at", "out_at", "out_why", "answer"])
    note(meeting, "meeting_arrival", actor=actor, now=now, part=str(found.pk))
    return found, False


def _named(meeting: Meeting, said: str) -> MeetingProblem | MeetingExpert:
    for rows in (meeting.experts, meeting.problems):
        found = rows.select_for_update().filter(code=said.casefold()).first()
        if isinstance(found, MeetingProblem | MeetingExpert):
            return found
    found = _by_phone(meeting, said)
    if found is None:
        raise MeetingRefused(
            fields={"said": _("没有这个签到码或手机号码：请核对；不在名单上的用“现场来宾”登记。")}
        )
    return found


def _by_phone(meeting: Meeting, said: str) -> MeetingExpert | None:
    if len(said) < _SHORTEST_PHONE:
        return None
    try:
        digest = crypto.keyed_digest(people.phone_number(said))
    except UserError:
        return None
    return meeting.experts.select_for_update().filter(expert__phone_digest=digest).first()


@transaction.atomic
def walk_in(
    *, meeting_id: UUID, name: str, employer: str, actor: Account, now: dt.datetime, scope: Scope
) -> MeetingGuest:
    """Write down somebody who came without being on the list; the same once more is the same."""
    meeting = locked(Meeting, meeting_id, scope)
    made, is_new = MeetingGuest.objects.get_or_create(
        association_id=meeting.association_id, meeting=meeting, name=name, employer=employer,
        defaults={"arrived_at": now},
    )  # fmt: skip
    if is_new:
        note(meeting, "meeting_walk_in", actor=actor, now=now)
    return made


@transaction.atomic
def outcome(
    *,
    meeting_id: UUID,
    talk_id: UUID,
    outcome: str,
    said: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> MeetingTalk:
    """Keep what came of a talk that has begun: that they met is counted, an intention becomes a drafted stage, each once.

    Said to be otherwise, it is counted no more.
    """
    meeting = locked(Meeting, meeting_id, scope)
    talk = MeetingTalk.objects.select_related("problem__problem__firm__area", "expert__expert", "visit__unit").filter(
        meeting=meeting, pk=talk_id
    ).first()  # fmt: skip
    if talk is None:
        raise NotFound(_("没有找到这场洽谈。"))
    if timezone.localtime(now).replace(tzinfo=None) < meeting.begins(talk.slot):
        raise MeetingRefused(_("这场洽谈还没有开始，开始后再登记结果。"))
    if talk.stage is not None and outcome != Outcome.INTENTION:
        raise MeetingRefused(fields={"outcome": _("意向已写入难题进展：要改请先在台账里处理那条进展记录。")})
    talk.outcome, talk.said = outcome, said
    if outcome == Outcome.INTENTION and talk.stage is None:
        talk.stage = _stage(meeting, talk, actor, now, scope)
    _count(meeting, talk, actor, now)
    talk.full_clean(exclude=["meeting", "problem", "expert"], validate_constraints=False)
    talk.save(update_fields=["outcome", "said", "stage", "visit"])
    note(meeting, "meeting_outcome", actor=actor, now=now, talk=str(talk.pk), outcome=outcome)
    return talk


def _count(meeting: Meeting, talk: MeetingTalk, actor: Account, now: dt.datetime) -> None:
    """Let the talk count as the expert's service to the firm, or no more."""
    if talk.outcome in MeetingTalk.MET:
        met = visits.Met(
            expert=talk.expert.expert, firm=talk.problem.problem.firm, on=meeting.on, unit=meeting.unit,
            problem=talk.problem.problem, event=meeting.event, topic=talk.problem.problem.name,
            outcome=str(Outcome(talk.outcome).label),
        )  # fmt: skip
        talk.visit = visits.ensure(met, actor=actor, now=now)
        return
    visit, talk.visit = talk.visit, None
    others = MeetingTalk.objects.filter(visit=visit).exclude(pk=talk.pk)
    if visit is not None and not others.exists():
        reason = _("对接会洽谈结果改为“%(outcome)s”") % {"outcome": Outcome(talk.outcome).label}
        visits.take_back(visit, reason=reason, actor=actor, now=now)


def _stage(
    meeting: Meeting, talk: MeetingTalk, actor: Account, now: dt.datetime, scope: Scope
) -> ProblemStage:
    """Draft the stage that an intention is: met, or matched where that comes first."""
    problem = talk.problem.problem
    current = (
        problems_with_state(scope, at=meeting.on).filter(pk=problem.pk).values_list("current", flat=True)
    )
    follows = PROBLEM_TRANSITIONS[current.first() or ""]
    stage = next((one for one in (ProblemState.VISITED, ProblemState.MATCHED) if one in follows), None)
    if stage is None:
        raise MeetingRefused(
            fields={"outcome": _("这个难题现在的阶段接不上“已对接”：请先在难题进展里补上前面的阶段。")}
        )
    record = ProblemStage(
        association_id=meeting.association_id, unit=problem.unit, area=problem.area or problem.firm.area, occurred_on=meeting.on,
        problem=problem, stage=stage, expert=talk.expert.expert, note=f"{meeting.name} · {talk.said}",
    )  # fmt: skip
    return ledger.draft(record=record, actor=actor, now=now, scope=scope)
