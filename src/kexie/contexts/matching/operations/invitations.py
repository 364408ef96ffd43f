"""Inviting experts to a problem, and their answers by a link with a code."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertConsent, Invitation, Problem
from kexie.contexts.matching.operations import conflicts, disclosure, finding, problems
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import finding as queries
from kexie.contexts.matching.states import INVITATION_TRANSITIONS, ProblemState
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from kexie.platform.ties.facts import Level
from kexie.platform.ties.wording import explain_all

State = Invitation.State
# How long an expert has to answer unless told otherwise, and when they are reminded of it.
DAYS, MOST_DAYS = 7, 60
REMINDED_BEFORE = dt.timedelta(days=2)
_PAUSE = dt.timedelta(days=1)


class NotInvited(UserError):
    """Somebody who cannot be invited so."""


class NotPossible(UserError):
    """The invitation is in a state from which this cannot be done."""


# --- the broker --------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    problem_id: UUID,
    expert_ids: Sequence[UUID],
    words: str = "",
    days: int = DAYS,
    site: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> list[Invitation]:
    """Invite experts to a problem, all of them or none; whoever agreed to it and has a number is told.

    `site` is what stands before the path in the site's addresses, such as https://kexie.example.
    """
    problem = locked(Problem, problem_id, scope)
    _require_open(problem, scope, now)
    if not expert_ids:
        raise NotInvited(fields={"experts": _("请选择要邀请的专家。")})
    if not 1 <= days <= MOST_DAYS:
        raise NotInvited(fields={"days": _("答复期限在 1 到 60 天之间。")})
    chosen = _askable(problem, expert_ids, actor=actor, now=now, scope=scope)
    until = now + dt.timedelta(days=days)
    shared = {"problem": problem, "words": words, "site": site, "expires_at": until, "invited_by": actor}
    made = [_invited(Invitation(expert=one, invited_at=now, **shared)) for one in chosen]
    for one in made:
        _tell(one, "expert.invited", now)
    note(problem, "invite_experts", actor=actor, now=now, experts=[one.expert_id for one in made])
    return made


@transaction.atomic
def remind(*, invitation_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Remind an expert who has not answered, once a day at most."""
    found = locked(Invitation, invitation_id, scope, unit="problem__unit")
    _require_unanswered(found, now)
    last = found.reminded_at or found.told_at
    if last is not None and now - last < _PAUSE:
        raise NotPossible(_("一天之内已经通知过，请明天再提醒，或直接打电话。"))
    if not _tell(found, "expert.reminded", now):
        raise NotPossible(_("这位专家没有同意短信联系或没有手机号码，请把链接转给他或打电话。"))
    found.reminded_at = now
    found.save(update_fields=["reminded_at"])
    note(found.problem, "remind_expert", actor=actor, now=now, expert=found.expert_id)


@transaction.atomic
def withdraw(
    *, invitation_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> Invitation:
    """Take an invitation back, also one that was accepted; the expert is told if they were before."""
    found = locked(Invitation, invitation_id, scope, unit="problem__unit")
    if not texts.clean(reason):
        raise NotPossible(fields={"reason": _("请写明原因。")})
    _end(found, State.WITHDRAWN, now, reason=texts.clean(reason))
    disclosure.end_with(found, actor=actor, now=now)
    if found.told_at is not None:
        _tell(found, "expert.uninvited", now, reason=found.reason)
    note(
        found.problem,
        "withdraw_invitation",
        actor=actor,
        now=now,
        reason=found.reason,
        expert=found.expert_id,
    )
    return found


def _require_open(problem: Problem, scope: Scope, now: dt.datetime) -> str:
    current = queries.problem(scope, problem.pk, today=timezone.localdate(now)).current
    if current in queries.OVER:
        raise NotInvited(_("这个难题已经结束，不能再邀请。"))
    if current in (None, ProblemState.COLLECTED):
        raise NotInvited(_("这个难题还没有审核，请先审核再邀请专家。"))
    return str(current)


def _askable(
    problem: Problem, pks: Sequence[UUID], *, actor: Account, now: dt.datetime, scope: Scope
) -> list[Expert]:
    """Return the experts, or say for each who cannot be invited why."""
    askable = list(register.askable(scope, today=timezone.localdate(now)).order_by("name", "pk"))
    ties = conflicts.screen(
        firm=problem.firm, experts=askable, purpose=finding.purpose(problem.pk), actor=actor, now=now
    )
    by_pk = {one.pk: one for one in askable}
    loads, wanted = queries.load(pks), [by_pk.get(pk) for pk in dict.fromkeys(pks)]
    if None in wanted:
        raise NotInvited(fields={"experts": _("有专家不在推荐范围内，请刷新后重新选择。")})
    chosen = [one for one in wanted if one is not None]
    for one in chosen:
        tied = [tie for tie in ties.get(one.pk, ()) if tie.level == Level.EXCLUDE]
        _refuse(one, tied and _("须回避（%(why)s）") % {"why": explain_all(tied)})
        is_full = loads.get(one.pk, 0) >= one.most_requests
        _refuse(one, is_full and _("手上的邀请已满"))
    return chosen


def _refuse(one: Expert, why: Any) -> None:
    if why:
        said = _("%(name)s：%(why)s。") % {"name": one.name, "why": why}
        raise NotInvited(fields={"experts": said})


def _invited(made: Invitation) -> Invitation:
    made.association_id = made.problem.association_id
    _expire(Invitation.objects.filter(problem=made.problem, expert=made.expert), made.invited_at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        said = _("%(name)s已经邀请过，正在等答复或已经同意。") % {"name": made.expert.name}
        raise NotInvited(fields={"experts": said}) from error
    return made


# --- the expert --------------------------------------------------------------------------------------------------


def by_code(code: str) -> Invitation:
    """Return the invitation a link speaks of; NotFound where there is none."""
    rows = Invitation.objects.select_related("problem__firm", "problem__unit", "problem__industry", "expert")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound(_("这个链接不完整，请从收到的消息里重新打开。"))
    return found


@transaction.atomic
def accept(*, code: str, undertakes: bool = False, now: dt.datetime) -> Invitation:
    """The expert will look at the problem; `undertakes`: and keeps what they learn of it to themselves.

    The first yes makes the problem a matched one. Saying yes twice changes nothing, except that the undertaking may be added.
    """
    found = _locked_by_code(code)
    if found.state != State.ACCEPTED:
        _require_unanswered(found, now)
        _require_running(found, now)
        _end(found, State.ACCEPTED, now)
        problems.to_matched(problem=found.problem, expert=found.expert, actor=found.invited_by, now=now)
        note(found.problem, "accept_invitation", actor=None, now=now, expert=found.expert_id)
    if undertakes and found.undertaken_at is None:
        found.undertaken_at = now
        found.save(update_fields=["undertaken_at"])
    if undertakes:
        disclosure.by_link(found, now)
    return found


@transaction.atomic
def decline(*, code: str, reason: str, now: dt.datetime) -> Invitation:
    """The expert will not; saying so twice changes nothing."""
    found = _locked_by_code(code)
    if found.state == State.DECLINED:
        return found
    _require_unanswered(found, now)
    if not (said := texts.clean(reason)[:200]):
        raise NotPossible(fields={"reason": _("请简单写明原因，方便我们另找专家。")})
    _end(found, State.DECLINED, now, reason=said)
    note(found.problem, "decline_invitation", actor=None, now=now, expert=found.expert_id)
    return found


def _locked_by_code(code: str) -> Invitation:
    found = by_code(code)
    # The problem first, as whoever invites does: two who accept at once wait for each other here.
    Problem.objects.select_for_update().get(pk=found.problem_id)
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("problem__unit", "problem__firm", "problem__area", "expert", "invited_by")
        .get(pk=found.pk)
    )


def _require_running(found: Invitation, now: dt.datetime) -> None:
    whole = Scope(association_id=found.association_id)
    current = queries.problem(whole, found.problem_id, today=timezone.localdate(now)).current
    if current in queries.OVER:
        raise NotPossible(_("这个难题已经结束，谢谢您的关心。"))


# --- time --------------------------------------------------------------------------------------------------------


@transaction.atomic
def expire_due(*, now: dt.datetime) -> int:
    """End what was not answered in time; return how many."""
    return _expire(Invitation.objects.all(), now)


def _expire(rows: Any, now: dt.datetime) -> int:
    due = rows.filter(state=State.SENT, expires_at__lte=now)
    return int(due.update(state=State.EXPIRED, ended_at=now))


def remind_due(*, now: dt.datetime) -> int:
    """Remind, once, those whose time is nearly over; return how many were told."""
    due = Invitation.objects.filter(
        state=State.SENT, reminded_at=None, expires_at__gt=now, expires_at__lte=now + REMINDED_BEFORE,
        told_at__lt=now - _PAUSE,
    )  # fmt: skip
    return sum(_remind_one(pk, now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _remind_one(pk: UUID, now: dt.datetime) -> bool:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("problem", "expert")
    found = rows.filter(pk=pk, state=State.SENT, reminded_at=None).first()
    if found is None or not _tell(found, "expert.reminded", now):
        return False
    found.reminded_at = now
    found.save(update_fields=["reminded_at"])
    return True


# --- shared ------------------------------------------------------------------------------------------------------


def path_of(one: Invitation) -> str:
    """Return the path of the expert's own page about an invitation."""
    return reverse("invitation:answer", args=[one.code])


def _require_unanswered(found: Invitation, now: dt.datetime) -> None:
    if found.is_over(now) or found.state == State.EXPIRED:
        raise NotPossible(_("这份邀请已过答复期限。如仍愿意参加，请与邀请您的单位联系。"))
    if found.state == State.WITHDRAWN:
        raise NotPossible(_("这份邀请已经撤回。"))
    if found.state != State.SENT:
        raise NotPossible(_("这份邀请已经答复过。如需更改，请与邀请您的单位联系。"))


def _end(found: Invitation, to: str, now: dt.datetime, *, reason: str = "") -> None:
    if to not in INVITATION_TRANSITIONS[found.state]:
        raise NotPossible(
            _("这份邀请现在是“%(state)s”，不能这样办理。") % {"state": found.get_state_display()}
        )
    found.state, found.ended_at, found.reason = to, now, reason
    found.save(update_fields=["state", "ended_at", "reason"])


def _tell(found: Invitation, template: str, now: dt.datetime, *, reason: str = "") -> bool:
    """Tell the expert by SMS or in the inbox of their account, if they agreed; return whether somebody was told."""
    to = _recipient(found.expert)
    if to is None:
        return False
    values = {
        "unit": found.problem.unit.name, "title": found.problem.name, "until": found.expires_at, "reason": reason,
        "link": f"{found.site}{path_of(found)}",
    }  # fmt: skip
    notify.send(
        association_id=found.association_id, to=to, template=template, values=values, href=path_of(found), now=now,
        expires_at=found.expires_at if template != "expert.uninvited" else None,
    )  # fmt: skip
    if found.told_at is None:
        found.told_at = now
        found.save(update_fields=["told_at"])
    return True


def _recipient(expert: Expert) -> Recipient | None:
    expert = expert.merged_into or expert
    if ExpertConsent.Use.NOTICE not in register.standing_uses(expert):
        return None
    if expert.account_id is not None:
        return Recipient(account_id=expert.account_id)
    phone = expert.open("phone")
    return Recipient(phone=phone) if phone else None
