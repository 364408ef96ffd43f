"""One check: what the checker found becomes a record and faults; it can be taken back and done again."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    CheckSample,
    FacilityCheck,
    FacilityFault,
    SampleCheck,
)
from kexie.contexts.facilities.operations.checks import CheckRefused
from kexie.contexts.facilities.operations.common import note, require_city
from kexie.contexts.facilities.rules import checks as rules
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger

State = SampleCheck.State
Result = FacilityCheck.Result
_LONGEST = 200


@transaction.atomic
def report(
    *,
    check_id: UUID,
    outcome: str,
    on: dt.date,
    answers: Mapping[str, str],
    words: Mapping[str, str],
    fix_by: dt.date | None,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> SampleCheck:
    """Write down what was found: answers (GOOD, FAULT, NONE) and words by item; faults are to be mended by `fix_by`.

    The city's handing out is what lets the checker write: also of another county, and confirmed at once.
    """
    found = _mine(check_id, actor, scope)
    _check_day(found, on, now)
    found.visits, found.checker = found.visits + 1, actor
    if outcome == rules.LATER:
        found.note = text or _("到的那天不开放")
        found.save(update_fields=["visits", "checker", "note"])
        note(found, "check_postponed", actor=actor, now=now, on=str(on))
        return found
    faults = _faults(outcome, answers, words)
    _check_faults(faults, fix_by, on)
    found.record = _confirmed(found, outcome, on=on, faults=len(faults), actor=actor, now=now)
    found.state, found.answers, found.note, found.checked_at = State.DONE, dict(answers), text, now
    found.save()
    for item, said in faults:
        _report_fault(found, item, said, fix_by, now)
    note(found, "report_check", actor=actor, now=now, result=found.record.result, faults=len(faults))
    return found


@transaction.atomic
def redo(*, check_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> SampleCheck:
    """Take a check back: its record is reversed, its faults that nobody has taken up end, and it waits again."""
    if not reason:
        raise CheckRefused(fields={"reason": _("请写明为什么重查。")})
    found = _locked(check_id, scope)
    require_city(scope, found.association)
    if found.state != State.DONE or found.record is None or found.sample.state != CheckSample.State.OPEN:
        raise CheckRefused(_("这一处的状态已经变了，请刷新后再办理。"))
    ledger.reverse(record=found.record, reason=reason, actor=actor, now=now, scope=scope)
    untouched = found.faults.filter(state=FacilityFault.State.REPORTED)
    untouched.update(
        state=FacilityFault.State.REJECTED,
        answer=_("重查：%(why)s") % {"why": reason},
        handled_by=actor,
        handled_at=now,
    )
    found.state, found.record, found.answers, found.checked_at = State.TODO, None, {}, None
    found.note = reason
    found.save()
    note(found, "redo_check", actor=actor, now=now, reason=reason)
    return found


def _locked(check_id: UUID, scope: Scope) -> SampleCheck:
    rows = SampleCheck.objects.select_for_update(of=("self",)).select_related(
        "association", "sample", "record", "facility__unit__area", "facility__area"
    )
    found = rows.filter(association_id=scope.association_id, pk=check_id).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    return found


def _mine(check_id: UUID, actor: Account, scope: Scope) -> SampleCheck:
    """Return a check that waits for this account; the city may fill in anybody's."""
    found = _locked(check_id, scope)
    if found.checker_id != actor.pk and not scope.covers(found.association.path):
        raise Forbidden(_("这一处分给了别人检查。"))
    if found.state != State.TODO or found.sample.state != CheckSample.State.OPEN:
        raise CheckRefused(_("这一处的状态已经变了，请刷新后再办理。"))
    return found


def _check_day(found: SampleCheck, on: dt.date, now: dt.datetime) -> None:
    if not timezone.localdate(found.sample.drawn_at) <= on <= timezone.localdate(now):
        raise CheckRefused(fields={"on": _("检查日期在抽样那天和今天之间。")})


def _faults(
    outcome: str, answers: Mapping[str, str], words: Mapping[str, str]
) -> list[tuple[rules.Item, str]]:
    if outcome == rules.CLOSED:
        return [(rules.ITEMS[0], words.get(rules.ITEMS[0].key, ""))]
    unanswered = [one.key for one in rules.ITEMS if not answers.get(one.key)]
    if unanswered:
        raise CheckRefused(fields={f"item_{key}": _("请选一项。") for key in unanswered})
    return [(one, words.get(one.key, "")) for one in rules.ITEMS if answers[one.key] == rules.FAULT]


def _check_faults(faults: list[tuple[rules.Item, str]], fix_by: dt.date | None, on: dt.date) -> None:
    mute = [item.key for item, said in faults if not said and item.key != rules.ITEMS[0].key]
    if mute:
        raise CheckRefused(fields={f"text_{key}": _("请写明是什么问题，管理员照着整改。") for key in mute})
    if faults and (fix_by is None or fix_by < on):
        raise CheckRefused(fields={"fix_by": _("请填整改期限，不早于检查日期。")})


def _confirmed(
    found: SampleCheck, outcome: str, *, on: dt.date, faults: int, actor: Account, now: dt.datetime
) -> FacilityCheck:
    facility, whole = found.facility, Scope(association_id=found.association_id)
    result = Result.CLOSED if outcome == rules.CLOSED else Result.FAULTS if faults else Result.GOOD
    record = FacilityCheck(
        unit=facility.unit, area=facility.area or facility.unit.area, facility=facility, occurred_on=on,
        result=result, found=faults, sample=found.sample.name,
    )  # fmt: skip
    ledger.draft(record=record, actor=actor, now=now, scope=whole)
    ledger.confirm(records=[record], actor=actor, now=now, scope=whole)
    return record


def _report_fault(
    found: SampleCheck, item: rules.Item, said: str, fix_by: dt.date | None, now: dt.datetime
) -> None:
    FacilityFault.objects.create(
        association_id=found.association_id, facility=found.facility, kind=item.fault,
        text=f"{item.label}{_('：')}{said}"[:_LONGEST] if said else str(item.label), said_at=now, due_on=fix_by,
        check_of=found,
    )  # fmt: skip
