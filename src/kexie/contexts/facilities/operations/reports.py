"""The yearly report of a title: kept as a draft, sent, sent back or confirmed by the county."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Accreditation, SelfReport
from kexie.contexts.facilities.operations.common import locked, note
from kexie.contexts.facilities.queries import holder_figures
from kexie.contexts.facilities.queries import reports as queries
from kexie.contexts.facilities.states import REPORT_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Conflict, UserError
from kexie.kernel.scope import Scope

State = SelfReport.State


class ReportRefused(UserError):
    """The report cannot be kept or moved like this."""


@transaction.atomic
def save(
    *,
    accreditation_id: UUID,
    year: int,
    answers: Mapping[str, Any],
    version: int,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> SelfReport:
    """Keep what was typed. Raises Conflict where somebody else has kept other words since the page was opened."""
    found = _of(accreditation_id, year, now, scope)
    if found.state not in {State.DRAFT, State.RETURNED}:
        raise ReportRefused(_("这份自评已经提交，不能再改；请县区科协退回后再改。"))
    if found.version != version:
        raise Conflict(_("您打开这一页以后，别人改过这份自评。您填的还在下面，请对照最新内容后再保存。"))
    found.answers, found.version = {**found.answers, **answers}, found.version + 1
    found.save(update_fields=["answers", "version"])
    note(found, "save_report", actor=actor, now=now, keys=sorted(answers))
    return found


@transaction.atomic
def submit(
    *, accreditation_id: UUID, year: int, actor: Account, now: dt.datetime, scope: Scope
) -> SelfReport:
    """Send a report with the figures that the records have now; late ones are taken and stay marked by their day."""
    found = _of(accreditation_id, year, now, scope)
    figures = holder_figures.of(found.unit_id, year)
    lacking = queries.missing(found.answers, figures)
    if lacking:
        what = _("、").join(str(one.label) for one in lacking)
        raise ReportRefused(_("还没有填写：%(what)s。") % {"what": what})
    found.figures, found.submitted_at, found.reason = [one.plain() for one in figures], now, ""
    return _move(found, State.SUBMITTED, "submit_report", actor, now)


@transaction.atomic
def send_back(*, report_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> SelfReport:
    """Send a report back with the reason."""
    if not reason:
        raise ReportRefused(fields={"reason": _("请写明原因，填报单位会看到。")})
    found = locked(SelfReport, report_id, scope, unit="unit")
    found.reason, found.checked_by, found.checked_at = reason, actor, now
    return _move(found, State.RETURNED, "send_back_report", actor, now)


@transaction.atomic
def confirm(*, report_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> SelfReport:
    """Confirm a report."""
    found = locked(SelfReport, report_id, scope, unit="unit")
    found.checked_by, found.checked_at = actor, now
    return _move(found, State.CONFIRMED, "confirm_report", actor, now)


def _of(accreditation_id: UUID, year: int, now: dt.datetime, scope: Scope) -> SelfReport:
    """Return the report of a title for a year, locked, begun if there was none; the title is locked first."""
    held = locked(Accreditation, accreditation_id, scope, unit="unit")
    if year > timezone.localdate(now).year or year < held.occurred_on.year:
        raise ReportRefused(_("这一年还没有到，或者还没有这个称号。"))
    found, _made = SelfReport.objects.select_for_update().get_or_create(
        association_id=held.association_id,
        accreditation=held,
        year=year,
        defaults={"unit_id": held.holder_id},
    )
    return found


def _move(found: SelfReport, state: State, action: str, actor: Account, now: dt.datetime) -> SelfReport:
    if state not in REPORT_TRANSITIONS[found.state]:
        raise ReportRefused(_("这份自评的状态已经变了，请刷新后再办理。"))
    found.state = state
    found.save()
    note(found, action, actor=actor, now=now, year=found.year)
    return found
