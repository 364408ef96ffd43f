"""Telling those at a meeting: the invitation, and the timetable to whoever it is new for or changed for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from kexie.contexts.matching.models import Meeting, MeetingExpert, MeetingProblem, MeetingTalk
from kexie.contexts.matching.operations import expert_self
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.operations.meeting_day import token_of
from kexie.contexts.matching.queries import meetings as queries
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

Part = MeetingProblem | MeetingExpert


@dataclass(frozen=True)
class Told:
    """How many were told, and how many could not be: no consent, no number, no account."""

    told: int
    not_reached: int


@transaction.atomic
def invite(*, meeting_id: UUID, site: str, actor: Account, now: dt.datetime, scope: Scope) -> Told:
    """Ask everybody who was not asked yet and did not answer whether they come."""
    meeting = locked(Meeting, meeting_id, scope)
    waiting = [
        one
        for one in _parts(meeting)
        if one.out_at is None and one.answer == one.Answer.OPEN and one.invited_at is None
    ]
    reached = [one for one in waiting if _tell(meeting, one, "meeting.invited", site, now)]
    for one in reached:
        one.invited_at = now
        one.save(update_fields=["invited_at"])
    note(meeting, "meeting_invite", actor=actor, now=now, told=len(reached))
    return Told(len(reached), len(waiting) - len(reached))


@transaction.atomic
def tell_talks(*, meeting_id: UUID, site: str, actor: Account, now: dt.datetime, scope: Scope) -> Told:
    """Tell the timetable to everybody whose own part of it is not what they were told last."""
    meeting = locked(Meeting, meeting_id, scope)
    talks = queries.talks(meeting)
    changed = [
        (one, said)
        for one in _parts(meeting)
        if (said := own_talks(one, talks)) != one.told_talks and (said or one.told_talks)
    ]
    wanted = [pair for pair in changed if pair[0].out_at is None]
    reached = [pair for pair in wanted if _tell(meeting, pair[0], _template(pair[0]), site, now)]
    for one, said in [*reached, *(pair for pair in changed if pair[0].out_at is not None)]:
        one.told_talks = said
        one.save(update_fields=["told_talks"])
    note(meeting, "meeting_tell_talks", actor=actor, now=now, told=len(reached))
    return Told(len(reached), len(wanted) - len(reached))


def _template(one: Part) -> str:
    return "meeting.talks_changed" if one.told_talks else "meeting.talks"


def own_talks(one: Part, talks: Sequence[MeetingTalk]) -> list[list[object]]:
    """Return where and with whom somebody sits, in order: [slot, table, the other's id]."""
    mine = [talk for talk in talks if one.pk in {talk.problem_id, talk.expert_id}]
    other = [talk.expert_id if talk.problem_id == one.pk else talk.problem_id for talk in mine]
    return sorted([talk.slot, talk.table, str(pk)] for talk, pk in zip(mine, other, strict=True))


def _parts(meeting: Meeting) -> list[Part]:
    firms = meeting.problems.select_for_update(of=("self",)).select_related("problem__firm")
    guests = meeting.experts.select_for_update(of=("self",)).select_related("expert__merged_into")
    return [*firms, *guests]


def _tell(meeting: Meeting, one: Part, template: str, site: str, now: dt.datetime) -> bool:
    path = reverse("meeting_answer:answer", args=[token_of(one)])
    values = {
        "meeting": meeting.name,
        "unit": meeting.unit.public_name,
        "day": meeting.on,
        "place": meeting.place,
        "link": f"{site}{path}",
    }
    found = _recipients(one)
    for to in found:
        notify.send(
            association_id=meeting.association_id, to=to, template=template, values=values, href=path, now=now
        )
    return bool(found)


def _recipients(one: Part) -> list[Recipient]:
    """Return the expert, if they agreed to be told; or the firm's accounts."""
    if isinstance(one, MeetingExpert):
        to = expert_self.recipient(one.expert.merged_into or one.expert)
        return [to] if to is not None else []
    accounts = Account.objects.filter(unit=one.problem.firm, is_active=True)
    return [Recipient(account_id=account.pk) for account in accounts]
