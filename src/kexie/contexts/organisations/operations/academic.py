"""Academic events of societies: called, registered for, put into a programme, held or cancelled; what was held becomes a record."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.organisations.models import (
    AcademicEvent,
    AcademicOutcome,
    Conference,
    ConferenceCost,
    Guest,
    Session,
)
from kexie.contexts.organisations.queries import academic as queries
from kexie.contexts.organisations.states import CONFERENCE_TRANSITIONS
from kexie.contexts.organisations.states import ConferenceState as State
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import Method, Tenant
from kexie.platform.audit import operations as audit

Row = TypeVar("Row", bound=Model)
_ENDED = frozenset({State.HELD, State.CANCELLED})
MOST_GUESTS = 2_000


class ConferenceRefused(UserError):
    """What was asked does not fit the event; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a form says of an event."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    host: Unit | None = None
    theme: str = ""
    call: str = ""
    papers_until: dt.date | None = None
    register_until: dt.date | None = None
    venue: str = ""
    capacity: int | None = None
    budget: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a form says of one item of the programme."""

    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    title: str
    room: str = ""
    speaker: str = ""
    chair: str = ""


@transaction.atomic
def plan(*, plan: Plan, society: Unit, actor: Account, now: dt.datetime, scope: Scope) -> Conference:
    """Enter an event that a society prepares."""
    if not scope.covers(society.path):
        raise Forbidden(_("您只能为本地区的学会登记学术活动。"))
    if society.kind != Kind.SOCIETY and (plan.host is None or plan.host.kind != Kind.SOCIETY):
        raise ConferenceRefused(fields={"host": _("主办单位或承办单位中至少要有一个市级学会。")})
    made = Conference(association_id=scope.association_id, unit=society, area=society.area)
    _fill(made, plan)
    made.full_clean()
    made.save(force_insert=True)
    note(made, "plan_conference", actor=actor, now=now)
    return made


@transaction.atomic
def change(*, conference_id: UUID, plan: Plan, actor: Account, now: dt.datetime, scope: Scope) -> Conference:
    """Put right what is planned."""
    one = opened(conference_id, scope)
    _fill(one, plan)
    one.full_clean()
    outside = one.sessions.exclude(on__range=(one.starts_on, one.ends_on))
    if outside.exists():
        raise ConferenceRefused(fields={"starts_on": _("议程里有这些日期以外的内容，请先改议程。")})
    one.save()
    note(one, "change_conference", actor=actor, now=now)
    return one


@transaction.atomic
def move(*, conference_id: UUID, state: str, actor: Account, now: dt.datetime, scope: Scope) -> Conference:
    """Open the call or close it; holding and cancelling are acts of their own."""
    one = opened(conference_id, scope)
    if state in _ENDED or state not in CONFERENCE_TRANSITIONS[one.state]:
        raise ConferenceRefused(_("情况已经变了，请看最新情况后再办理。"))
    if state == State.CALLING and not one.call:
        raise ConferenceRefused(_("请先在“修改”里写征文和参会通知，再发布。"))
    one.state = state
    one.save(update_fields=["state"])
    note(one, "move_conference", actor=actor, now=now, state=state)
    return one


@transaction.atomic
def schedule(
    *,
    conference_id: UUID,
    slot: Slot,
    session_id: UUID | None = None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Session:
    """Put an item into the programme, or change one; clashes of rooms and speakers are shown, not refused."""
    one = opened(conference_id, scope)
    if not one.starts_on <= slot.on <= one.ends_on:
        raise ConferenceRefused(fields={"on": _("日期要在活动的日期之内。")})
    made = Session(association_id=one.association_id, conference=one)
    if session_id is not None:
        made = locked(Session, session_id, scope, unit="conference__unit")
    for name in Slot.__dataclass_fields__:
        setattr(made, name, getattr(slot, name))
    made.full_clean()
    made.save()
    note(one, "schedule_session", actor=actor, now=now, session=made.pk)
    return made


@transaction.atomic
def unschedule(*, session_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take an item out of the programme; its papers stay accepted."""
    found = locked(Session, session_id, scope, unit="conference__unit")
    one = opened(found.conference_id, scope)
    note(one, "unschedule_session", actor=actor, now=now, title=found.title)
    found.delete()


@transaction.atomic
def register(
    *, conference_id: UUID, lines: str, actor: Account, now: dt.datetime, scope: Scope
) -> list[Guest]:
    """Register people, one a line: name, then unit; who is registered already is left alone."""
    one = opened(conference_id, scope)
    today = timezone.localdate(now)
    known = {(guest.name, guest.employer) for guest in one.guests.all()}
    wanted = dict.fromkeys(_people(lines))
    fresh = [person for person in wanted if person not in known]
    _require_room(one, len(known) + len(fresh))
    made = [
        Guest(
            association_id=one.association_id,
            conference=one,
            name=name,
            employer=employer,
            registered_on=today,
        )
        for name, employer in fresh
    ]
    for guest in made:
        guest.full_clean(validate_constraints=False)
    Guest.objects.bulk_create(made)
    note(one, "register_guests", actor=actor, now=now, count=len(made))
    return made


@transaction.atomic
def attend(
    *, conference_id: UUID, guest_ids: Iterable[UUID], actor: Account, now: dt.datetime, scope: Scope
) -> int:
    """Say who came, of all who registered; return how many."""
    one = opened(conference_id, scope)
    came = set(guest_ids)
    one.guests.exclude(pk__in=came).update(came=False)
    count: int = one.guests.filter(pk__in=came).update(came=True)
    note(one, "attend_conference", actor=actor, now=now, count=count)
    return count


@transaction.atomic
def spend(
    *,
    conference_id: UUID,
    item: str,
    amount: Decimal,
    on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> ConferenceCost:
    """Note what something cost."""
    one = opened(conference_id, scope)
    made = ConferenceCost(
        association_id=one.association_id, conference=one, item=item, amount=amount, spent_on=on
    )
    made.full_clean()
    made.save(force_insert=True)
    note(one, "spend_conference", actor=actor, now=now, amount=amount)
    return made


@transaction.atomic
def conclude(
    *,
    conference_id: UUID,
    method: str,
    headcount: int | None = None,
    basis: str = "",
    outcome: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> AcademicEvent:
    """Say that it was held: the event and what came of it become confirmed records. By roster, those who came are counted."""
    one = opened(conference_id, scope)
    if one.ends_on > timezone.localdate(now):
        raise ConferenceRefused(_("活动还没有结束，%(day)s 以后再登记举办。") % {"day": one.ends_on})
    people = one.guests.filter(came=True).count() if method == Method.ROSTER else headcount
    if not people:
        raise ConferenceRefused(fields=_no_people(method))
    basis = basis or (_("报名到会名单") if method == Method.ROSTER else "")
    event = _event(one, headcount=people, method=method, count_basis=basis, held=True)
    papers = queries.paper_counts(one)
    came_of_it = AcademicOutcome(
        unit=one.unit, area=event.area, occurred_on=one.starts_on, event=event, conference=one, cost=queries.cost(one),
        outcome=outcome, papers_submitted=papers["submitted"], papers_accepted=papers["accepted"],
        papers_awarded=papers["awarded"],
    )  # fmt: skip
    for record in (event, came_of_it):
        ledger.draft(record=record, actor=actor, now=now, scope=scope)
        ledger.confirm(records=[record], actor=actor, now=now, scope=scope)
    _ended(one, State.HELD, actor=actor, now=now)
    return event


@transaction.atomic
def cancel(*, conference_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> Conference:
    """Say that it does not take place, and why."""
    one = opened(conference_id, scope)
    if not reason:
        raise ConferenceRefused(fields={"reason": _("取消要写明原因。")})
    one.why_cancelled = reason
    return _ended(one, State.CANCELLED, actor=actor, now=now)


def locked(model: type[Row], pk: UUID, scope: Scope, *, unit: str = "unit") -> Row:
    """Return a row of the scope, locked until the transaction ends; NotFound where there is none."""
    found = model._default_manager.select_for_update(of=("self",)).filter(scope.q(unit), pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    return found


def note(subject: Tenant, action: str, *, actor: Account, now: dt.datetime, **detail: Any) -> None:
    """Enter an act in the audit log."""
    audit.append(
        association_id=subject.association_id, actor=actor, action=f"organisations.{action}", subject=subject,
        detail=detail, now=now,
    )  # fmt: skip


def opened(pk: UUID, scope: Scope) -> Conference:
    """Return an event that is neither over nor cancelled."""
    one = locked(Conference, pk, scope)
    if one.state in _ENDED:
        raise ConferenceRefused(_("这次活动已经结束或取消，不能再改；要更正请到台账里冲销。"))
    return one


def _fill(one: Conference, plan: Plan) -> None:
    for name in Plan.__dataclass_fields__:
        setattr(one, name, getattr(plan, name))


def _people(lines: str) -> Iterable[tuple[str, str]]:
    """Yield name and unit of each line; they stand apart by spaces, a tabulator or a comma."""
    for line in lines.splitlines():
        words = text.clean(line.replace("\t", " ").replace("，", " ").replace(",", " ")).split(maxsplit=1)
        if words:
            yield words[0], words[1] if len(words) > 1 else ""


def _require_room(one: Conference, people: int) -> None:
    most = min(one.capacity or MOST_GUESTS, MOST_GUESTS)
    if people > most:
        raise ConferenceRefused(
            fields={"lines": _("最多%(most)d人，加上这些是%(people)d人。") % {"most": most, "people": people}}
        )


def _no_people(method: str) -> dict[str, str]:
    if method == Method.ROSTER:
        return {"method": _("名单里还没有人到会；请先在“到会登记”里勾选，或改用别的计数方法。")}
    return {"headcount": _("请填写参加人数。")}


def _event(one: Conference, **counted: Any) -> AcademicEvent:
    return AcademicEvent(
        unit=one.unit, area=one.area or one.unit.area, occurred_on=one.starts_on, title=one.name,
        subject=one.theme, host=one.host, **counted,
    )  # fmt: skip


def _ended(one: Conference, state: str, *, actor: Account, now: dt.datetime) -> Conference:
    one.state = state
    one.full_clean()
    one.save()
    note(one, "end_conference", actor=actor, now=now, state=state)
    return one
