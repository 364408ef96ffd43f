"""Agreements: signed, kept, renewed by a further record, ended before their day with a reason."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Agreement,
    AgreementEnd,
    AgreementFile,
    Expert,
    MatchEvent,
    Obligation,
    Problem,
    ProblemStage,
)
from kexie.contexts.matching.operations import problems
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.states import OBLIGATION_TRANSITIONS, PROBLEM_TRANSITIONS, ObligationState
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.ledger.stages import latest_stage
from kexie.platform.files import operations as files

MOST_FILES = 20


class AgreementRefused(UserError):
    """What was asked does not fit the agreement; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a form says of an agreement."""

    kind: str
    title: str
    number: str = ""
    partner_unit: Unit | None = None
    partner: str = ""
    others: str = ""
    firm: Unit | None = None
    expert: Expert | None = None
    event: MatchEvent | None = None
    problem: Problem | None = None
    valid_to: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What a form says of an obligation."""

    text: str
    side: str
    due_on: dt.date
    owner: Account | None = None


@transaction.atomic
def sign(
    *, terms: Terms, on: dt.date, unit: Unit, actor: Account, now: dt.datetime, scope: Scope
) -> Agreement:
    """Record what was signed. About a technical problem, the problem's step "signed" is recorded with it."""
    made = _record(terms, on, unit, actor=actor, now=now, scope=scope)
    if made.problem is not None:
        _move_problem(made, actor=actor, now=now, scope=scope)
    return made


@transaction.atomic
def renew(
    *,
    agreement_id: UUID,
    on: dt.date,
    valid_to: dt.date | None,
    number: str = "",
    title: str = "",
    words: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Agreement:
    """Record that an agreement was signed again: a further record. What still ran is in force no longer from that day."""
    old = locked(Agreement, agreement_id, scope)
    if old.state != State.CONFIRMED:
        raise AgreementRefused(_("这份协议还没有确认，不能续签。"))
    ended = AgreementEnd.objects.filter(agreement=old).exclude(state=State.REVERSED)
    if ended.exists():
        raise AgreementRefused(_("这份协议已经终止，不能续签；请作为新协议登记。"))
    terms = replace(_terms_of(old), number=number, title=title or old.title, valid_to=valid_to, note=words)
    made = _record(terms, on, old.unit, actor=actor, now=now, scope=scope, renews=old)
    if old.valid_to is None or old.valid_to >= on:
        _end(old, on, AgreementEnd.Cause.RENEWED, actor=actor, now=now, scope=scope)
    return made


@transaction.atomic
def end(
    *, agreement_id: UUID, on: dt.date, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> AgreementEnd:
    """Record that an agreement is over before its day; what is still promised is open until somebody settles it."""
    one = locked(Agreement, agreement_id, scope)
    if one.state != State.CONFIRMED:
        raise AgreementRefused(_("这份协议还没有确认；草稿可以在台账里删除。"))
    if on > timezone.localdate(now):
        raise AgreementRefused(fields={"on": _("日期不能晚于今天。")})
    return _end(one, on, AgreementEnd.Cause.EARLY, reason=reason, actor=actor, now=now, scope=scope)


@transaction.atomic
def promise(
    *, agreement_id: UUID, promised: Promise, actor: Account, now: dt.datetime, scope: Scope
) -> Obligation:
    """Note what a party promised to do by a day."""
    one = locked(Agreement, agreement_id, scope)
    made = Obligation(association_id=one.association_id, agreement=one)
    _fill(made, promised)
    made.full_clean()
    made.save(force_insert=True)
    note(one, "promise", actor=actor, now=now, due_on=promised.due_on)
    return made


@transaction.atomic
def change_promise(
    *, obligation_id: UUID, promised: Promise, actor: Account, now: dt.datetime, scope: Scope
) -> Obligation:
    """Put right what was promised; another day is reminded of anew."""
    one = locked(Obligation, obligation_id, scope, unit="agreement__unit")
    before = one.due_on
    _fill(one, promised)
    one.full_clean()
    one.save()
    note(one.agreement, "change_promise", actor=actor, now=now, before=before, due_on=one.due_on)
    return one


@transaction.atomic
def settle(
    *,
    obligation_id: UUID,
    state: str,
    on: dt.date,
    outcome: str = "",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Obligation:
    """Say what became of a promise: kept, or given up with the reason; or open it again."""
    one = locked(Obligation, obligation_id, scope, unit="agreement__unit")
    if state not in OBLIGATION_TRANSITIONS[one.state]:
        raise AgreementRefused(_("这个约定事项的状态已经变了，请看最新情况后再办理。"))
    if state == ObligationState.DROPPED and not outcome:
        raise AgreementRefused(fields={"outcome": _("不再履行要写明原因。")})
    if state != ObligationState.OPEN and on > timezone.localdate(now):
        raise AgreementRefused(fields={"on": _("日期不能晚于今天。")})
    one.state, one.outcome = state, outcome
    one.settled_on = None if state == ObligationState.OPEN else on
    one.full_clean()
    one.save()
    note(one.agreement, "settle_promise", actor=actor, now=now, state=state)
    return one


@transaction.atomic
def attach(
    *,
    agreement_id: UUID,
    name: str,
    file: "File[bytes]",
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> AgreementFile:
    """Keep a scan or another paper with an agreement."""
    one = locked(Agreement, agreement_id, scope)
    if one.files.count() >= MOST_FILES:
        raise AgreementRefused(fields={"file": _("最多%(n)d份材料。") % {"n": MOST_FILES}})
    stored = files.store(association_id=one.association_id, upload=file, actor=actor, now=now)
    made = AgreementFile(association_id=one.association_id, agreement=one, file=stored, name=name)
    made.full_clean()
    made.save(force_insert=True)
    note(one, "attach_agreement_file", actor=actor, now=now, name=name)
    return made


@transaction.atomic
def detach(*, file_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take a paper away."""
    paper = locked(AgreementFile, file_id, scope, unit="agreement__unit")
    one, stored, name = paper.agreement, paper.file, paper.name
    paper.delete()
    files.discard(stored)
    note(one, "detach_agreement_file", actor=actor, now=now, name=name)


def _record(
    terms: Terms,
    on: dt.date,
    unit: Unit,
    *,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    renews: Agreement | None = None,
) -> Agreement:
    if on > timezone.localdate(now):
        raise AgreementRefused(fields={"on": _("签订日期不能晚于今天；还没有签的不要登记。")})
    given = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    if terms.problem is not None and terms.firm is None:
        given["firm"] = terms.problem.firm
    area = given["firm"].area if given["firm"] else unit.area
    made = Agreement(unit=unit, area=area or unit.area, occurred_on=on, renews=renews, **given)
    ledger.draft(record=made, actor=actor, now=now, scope=scope)
    ledger.confirm(records=[made], actor=actor, now=now, scope=scope)
    made.refresh_from_db()
    return made


def _terms_of(one: Agreement) -> Terms:
    return Terms(**{name: getattr(one, name) for name in Terms.__dataclass_fields__})


def _end(
    one: Agreement,
    on: dt.date,
    cause: str,
    *,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    reason: str = "",
) -> AgreementEnd:
    made = AgreementEnd(
        unit=one.unit, area=one.area, agreement=one, cause=cause, occurred_on=on, reason=reason
    )
    ledger.draft(record=made, actor=actor, now=now, scope=scope)
    ledger.confirm(records=[made], actor=actor, now=now, scope=scope)
    return made


def _move_problem(made: Agreement, *, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Record the step "signed" where it may follow the problem's last one; a later stage stays as it is."""
    assert made.problem is not None  # noqa: S101  asked by the caller
    probe = ProblemStage(problem=made.problem, occurred_on=made.occurred_on)
    if Stage.SIGNED in PROBLEM_TRANSITIONS[latest_stage(probe, entity="problem")]:
        problems.move(
            problem_id=made.problem.pk, stage=Stage.SIGNED, on=made.occurred_on, expert=made.expert,
            words=made.title, actor=actor, now=now, scope=scope,
        )  # fmt: skip


def _fill(one: Obligation, promised: Promise) -> None:
    if one.agreement.occurred_on > promised.due_on:
        raise AgreementRefused(fields={"due_on": _("应完成日期早于协议的签订日期，请核对。")})
    one.text, one.side = promised.text, promised.side
    one.due_on, one.owner = promised.due_on, promised.owner
