"""A firm applies itself for a carrier: sent, sent back, corrected, taken back; taken up it becomes a carrier to be checked."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    ApplicationFact,
    ApplicationStep,
    CarrierApplication,
    CarrierCondition,
    ServiceCarrier,
)
from kexie.contexts.matching.operations import carriers
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.operations.problem_reminders import keepers
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import CARRIER_APPLICATION_TRANSITIONS, OPEN_APPLICATIONS
from kexie.contexts.matching.states import CarrierApplicationState as AppliedState
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.errors import Conflict, Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

MOST_WORDS = 500


class ApplicationRefused(UserError):
    """What was asked does not fit the application; the message stands beside the field."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a firm shows for one condition."""

    evidence: str
    value: int | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a form says of a carrier that a firm applies for."""

    name: str
    society: Unit | None = None
    field: str = ""
    words: str = ""
    # By the conditions' keys.
    facts: Mapping[str, Shown]


# --- the firm ----------------------------------------------------------------------------------------------------


@transaction.atomic
def send(
    *, request: Request, kind: str, level: str, actor: Account, now: dt.datetime, scope: Scope
) -> CarrierApplication:
    """Apply for the account's own unit; who confirms at the unit above is told."""
    firm = _own_firm(actor, scope)
    if level not in rules.APPLIED_FOR.get(kind, ()):
        raise NotFound(_("没有这一类建站申请。"))
    made = CarrierApplication(
        association_id=scope.association_id, firm=firm, unit=firm.parent or firm, kind=kind, level=level, sent_at=now,
        sent_by=actor,
    )  # fmt: skip
    _fill(made, request)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # the same, sent a moment earlier
        raise Conflict(_("贵单位这一类已有一份申请在办，请打开那一份查看。")) from error
    _keep_facts(made, request)
    _step(made, AppliedState.SENT, "", actor=actor, now=now)
    _tell(made, keepers(made.unit), "application.sent", now=now)
    return made


@transaction.atomic
def correct(
    *, application_id: UUID, request: Request, actor: Account, now: dt.datetime, scope: Scope
) -> CarrierApplication:
    """Change what the application says; one that was sent back waits for the office again, which is told."""
    one = _of_firm(application_id, actor, scope)
    was_returned = one.state == AppliedState.RETURNED
    _move(one, AppliedState.SENT)
    _fill(one, request)
    one.save()
    _keep_facts(one, request)
    _step(one, AppliedState.SENT, "", actor=actor, now=now)
    if was_returned:
        _tell(one, keepers(one.unit), "application.corrected", now=now)
    return one


@transaction.atomic
def attach(
    *, application_id: UUID, key: str, file: "File[bytes]", actor: Account, now: dt.datetime, scope: Scope
) -> ApplicationFact:
    """Add the paper of a condition, or put another in its place, while the application is open."""
    one = _of_firm(application_id, actor, scope)
    if one.state not in OPEN_APPLICATIONS:
        raise ApplicationRefused(_("申请已经办结，不能再添加附件。"))
    found = ApplicationFact.objects.filter(application=one, key=key).first()
    if found is None:
        raise ApplicationRefused(fields={"key": _("请选择这份附件证明的是哪一条。")})
    found.file = files.store(association_id=one.association_id, upload=file, actor=actor, now=now)
    found.save(update_fields=["file"])
    one.edition += 1
    one.save(update_fields=["edition"])
    note(one, "attach_application_file", actor=actor, now=now, condition=key)
    return found


@transaction.atomic
def withdraw(
    *, application_id: UUID, reason: str = "", actor: Account, now: dt.datetime, scope: Scope
) -> CarrierApplication:
    """Take an application back; the firm may apply anew at once."""
    one = _of_firm(application_id, actor, scope)
    _end(one, AppliedState.WITHDRAWN, text.clean_lines(reason)[:MOST_WORDS], actor=actor, now=now)
    _tell(one, keepers(one.unit), "application.withdrawn", now=now)
    return one


# --- the office --------------------------------------------------------------------------------------------------


@transaction.atomic
def send_back(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> CarrierApplication:
    """Ask the firm to correct something."""
    one = locked(CarrierApplication, application_id, scope)
    _end(one, AppliedState.RETURNED, _said(reason, _("请写明要补正什么。")), actor=actor, now=now)
    _tell(one, _accounts(one), "application.returned", now=now)
    return one


@transaction.atomic
def refuse(
    *, application_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> CarrierApplication:
    """Do not take it up."""
    one = locked(CarrierApplication, application_id, scope)
    _end(one, AppliedState.REFUSED, _said(reason, _("请写明不予受理的原因。")), actor=actor, now=now)
    _tell(one, _accounts(one), "application.refused", now=now)
    return one


@transaction.atomic
def accept(
    *, application_id: UUID, edition: int, actor: Account, now: dt.datetime, scope: Scope
) -> ServiceCarrier:
    """Take it up: the carrier is there, applied for on the day the firm did, with its conditions to be checked."""
    one = locked(CarrierApplication, application_id, scope)
    if one.edition != edition:
        raise Conflict(_("企业刚刚改过这份申请，请看最新内容后再受理。"))
    _move(one, AppliedState.ACCEPTED)
    said = carriers.Application(
        name=one.name, kind=one.kind, level=one.level, host=one.firm, society=one.society, field=one.field,
        note=one.words,
    )  # fmt: skip
    made = carriers.apply(
        application=said, on=timezone.localdate(one.sent_at), unit=one.unit, actor=actor, now=now, scope=scope
    )
    CarrierCondition.objects.bulk_create(
        CarrierCondition(
            association_id=one.association_id, carrier=made, key=fact.key, value=fact.value, evidence=fact.evidence,
            file=fact.file,
        )
        for fact in one.facts.all()
    )  # fmt: skip
    one.carrier, one.reason = made, ""
    one.save()
    _step(one, AppliedState.ACCEPTED, "", actor=actor, now=now)
    _tell(one, _accounts(one), "application.accepted", now=now)
    return made


def _own_firm(actor: Account, scope: Scope) -> Unit:
    firm = actor.unit
    if firm is None or firm.kind not in rules.HOSTS or not scope.covers(firm.path):
        raise Forbidden(_("建站申请由企业、园区或基地用自己的账号提出；代企业登记请用“服务载体—登记申请”。"))
    return firm


def _fill(one: CarrierApplication, request: Request) -> None:
    """Take over what the form says; what falls short of a condition is refused beside its field."""
    wrong = dict(_wanting(one, request))
    if one.kind == ServiceCarrier.Kind.EXPERT_STATION and request.society is None:
        wrong["society"] = _("学会专家服务站要选建站的学会。")
    if wrong:
        raise ApplicationRefused(fields=wrong)
    one.name, one.society, one.field, one.words = request.name, request.society, request.field, request.words
    one.full_clean()


def _wanting(one: CarrierApplication, request: Request) -> Iterable[tuple[str, str]]:
    """Yield what is missing or too little: the name of the form's field, and what to do."""
    for condition in rules.shown_by_host(one.kind, one.level):
        said = request.facts.get(condition.key)
        if said is None or not said.evidence:
            yield f"{condition.key}_evidence", _("请写明有什么材料可以证明这一条。")
        if condition.least is None:
            continue
        if said is None or said.value is None:
            yield f"{condition.key}_value", _("请填写数值。")
        elif said.value < condition.least:
            numbers = {"least": condition.least, "value": said.value}
            yield (
                f"{condition.key}_value",
                _("这一条要求不少于%(least)d，现在填的是%(value)d。达到以后再申请；填错了请改正。") % numbers,
            )


def _keep_facts(one: CarrierApplication, request: Request) -> None:
    known = {fact.key: fact for fact in one.facts.all()}
    for condition in rules.shown_by_host(one.kind, one.level):
        said = request.facts[condition.key]
        fact = known.get(condition.key) or ApplicationFact(
            association_id=one.association_id, application=one, key=condition.key
        )
        fact.value, fact.evidence = said.value, said.evidence
        fact.full_clean(exclude=["application"])
        fact.save()


def _move(one: CarrierApplication, state: AppliedState) -> None:
    if state not in CARRIER_APPLICATION_TRANSITIONS[one.state]:
        raise Conflict(_("这份申请现在是“%(state)s”，请看最新情况。") % {"state": one.get_state_display()})
    one.state, one.edition = state, one.edition + 1


def _end(
    one: CarrierApplication, state: AppliedState, reason: str, *, actor: Account, now: dt.datetime
) -> None:
    _move(one, state)
    one.reason = reason
    one.save()
    _step(one, state, reason, actor=actor, now=now)


def _step(
    one: CarrierApplication, state: AppliedState, reason: str, *, actor: Account, now: dt.datetime
) -> None:
    ApplicationStep.objects.create(
        association_id=one.association_id, application=one, state=state, reason=reason, at=now, by=actor
    )
    note(one, f"application_{state.lower()}", actor=actor, now=now, reason=reason, edition=one.edition)


def _said(reason: str, missing: str) -> str:
    said = text.clean_lines(reason)
    if not said:
        raise ApplicationRefused(fields={"reason": missing})
    return said[:MOST_WORDS]


def _of_firm(application_id: UUID, actor: Account, scope: Scope) -> CarrierApplication:
    one = locked(CarrierApplication, application_id, scope, unit="firm")
    if actor.unit is None or not actor.unit.path.startswith(one.firm.path):
        raise Forbidden(_("申请由提出的单位自己修改或撤回；科协可以退回请其补正。"))
    return one


def _accounts(one: CarrierApplication) -> Iterable[Account]:
    return Account.objects.filter(unit__path__startswith=one.firm.path, is_active=True)


def _tell(one: CarrierApplication, accounts: Iterable[Account], template: str, *, now: dt.datetime) -> None:
    for account in {each.pk: each for each in accounts if each.is_active}.values():
        notify.send(
            association_id=one.association_id, to=Recipient(account_id=account.pk), template=template,
            values={"name": one.name, "firm": one.firm.name}, now=now,
            href=reverse("cooperation:application", args=[one.pk]),
        )  # fmt: skip
