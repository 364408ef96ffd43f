"""Venues are looked at, and are closed for some days."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import TourVenue, VenueCheck, VenueClosure
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.rules.venues import lacking
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope


class VenueRefused(UserError):
    """What was said of a venue cannot be."""


@transaction.atomic
def check(
    *, venue_id: UUID, on: dt.date, by: str, exception: str, actor: Account, now: dt.datetime, scope: Scope
) -> VenueCheck:
    """Keep what somebody found at a venue. What is lacking is worked out, not typed in."""
    venue = locked(TourVenue, venue_id, scope)
    if on > timezone.localdate(now) + dt.timedelta(days=1):
        raise VenueRefused(fields={"on": _("查看日期不能晚于今天。")})
    missing = lacking(venue)
    made = VenueCheck.objects.create(
        association_id=venue.association_id, venue=venue, checked_on=on, checked_by=by, lacking=missing,
        passed=not missing, exception=exception if missing else "", recorded_by=actor, recorded_at=now,
    )  # fmt: skip
    note(venue, "check_venue", actor=actor, now=now, lacking=len(missing), exception=made.exception)
    return made


@transaction.atomic
def close(
    *,
    venue_id: UUID,
    first_on: dt.date,
    last_on: dt.date,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> VenueClosure:
    """Say that a venue cannot take a set on some days."""
    venue = locked(TourVenue, venue_id, scope)
    if last_on < first_on:
        raise VenueRefused(fields={"last_on": _("结束日期不能早于开始日期。")})
    made = VenueClosure.objects.create(
        association_id=venue.association_id, venue=venue, first_on=first_on, last_on=last_on, reason=reason
    )
    note(venue, "close_venue", actor=actor, now=now, first=str(first_on), last=str(last_on))
    return made


@transaction.atomic
def reopen(*, closure_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take back that a venue is closed."""
    closure = locked(VenueClosure, closure_id, scope, unit="venue__unit")
    note(closure.venue, "reopen_venue", actor=actor, now=now, first=str(closure.first_on))
    closure.delete()
