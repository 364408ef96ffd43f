"""Counties apply for a set; the association accepts or declines."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import TourApplication, TourVenue
from kexie.contexts.touring.operations.sets_common import locked, note, require_city
from kexie.contexts.touring.rules.venues import lacking
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

State = TourApplication.State
LIVE = (State.SUBMITTED, State.ACCEPTED, State.PLANNED)


class ApplicationRefused(UserError):
    """The application cannot be made or answered like this."""


@transaction.atomic
def apply(
    *,
    venue_id: UUID,
    year: int,
    months: Sequence[int],
    days: int,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TourApplication:
    """Apply for a set at a venue; one application of a county a year is under way."""
    venue = locked(TourVenue, venue_id, scope)
    rows = TourApplication.objects.filter(association_id=venue.association_id, unit=venue.unit, year=year)
    if rows.filter(state__in=LIVE).exists():
        raise ApplicationRefused(
            fields={"year": _("这个单位%(year)d年已有一份申请，请先撤回，或改年度。") % {"year": year}}
        )
    made = TourApplication.objects.create(
        association_id=venue.association_id, unit=venue.unit, venue=venue, year=year, months=sorted(months),
        days=days, reason=reason, made_by=actor, made_at=now,
    )  # fmt: skip
    note(made, "apply", actor=actor, now=now, year=year)
    return made


@transaction.atomic
def accept(
    *, application_id: UUID, answer: str, actor: Account, now: dt.datetime, scope: Scope
) -> TourApplication:
    """Accept an application: it waits for a place in a plan. A venue that lacks something needs a reason."""
    found = _waiting(application_id, scope)
    missing = lacking(found.venue)
    if missing and not answer:
        raise ApplicationRefused(
            fields={
                "answer": _("场馆还不符合要求：%(what)s请写明例外同意的理由，或不同意。")
                % {"what": "".join(missing)}
            }
        )
    return _answer(found, State.ACCEPTED, answer, actor, now)


@transaction.atomic
def decline(
    *, application_id: UUID, answer: str, actor: Account, now: dt.datetime, scope: Scope
) -> TourApplication:
    """Decline an application, with the reason for the county."""
    if not answer:
        raise ApplicationRefused(fields={"answer": _("请写明不同意的原因，申请单位会看到。")})
    return _answer(_waiting(application_id, scope), State.DECLINED, answer, actor, now)


@transaction.atomic
def withdraw(*, application_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TourApplication:
    """Take an application back before it has a place."""
    found = locked(TourApplication, application_id, scope)
    if found.state not in {State.SUBMITTED, State.ACCEPTED}:
        raise ApplicationRefused(_("这份申请已排期或已办结，不能撤回；已排期的请先取消计划巡展站。"))
    return _answer(found, State.WITHDRAWN, found.answer, actor, now)


def _waiting(application_id: UUID, scope: Scope) -> TourApplication:
    found = locked(TourApplication, application_id, scope)
    require_city(scope, found.association)
    if found.state != State.SUBMITTED:
        raise ApplicationRefused(_("这份申请已经办理过，请刷新后再看。"))
    return found


def _answer(
    found: TourApplication, state: str, answer: str, actor: Account, now: dt.datetime
) -> TourApplication:
    found.state, found.answer, found.answered_at = state, answer, now
    found.save(update_fields=["state", "answer", "answered_at"])
    note(found, "answer_application", actor=actor, now=now, state=state)
    return found
