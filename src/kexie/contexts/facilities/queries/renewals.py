"""Titles near their end or past it: who is reminded of which, and how far each renewal is."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    TitleApplication,
    TitleEnd,
    TitleReminder,
    TitleRound,
)
from kexie.contexts.facilities.queries.titles import EXPIRING_WITHIN
from kexie.contexts.facilities.rules.renewals import LATE_WITHIN
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

_APPLICATION = TitleApplication.State
_GONE = (_APPLICATION.WITHDRAWN,)


def ending(scope: Scope, day: dt.date) -> QuerySet[Accreditation]:
    """Return the titles that end within half a year, or ended within a year, and were not given again.

    With `renewal` and `renewal_id` (the last application to renew it; None if there is none) and `reminded_at`.
    """
    asked = TitleApplication.objects.filter(previous=OuterRef("pk")).exclude(state__in=_GONE)
    latest = asked.order_by("-made_at")
    reminders = TitleReminder.objects.filter(accreditation=OuterRef("pk")).order_by("-sent_at")
    return _not_renewed(scope, day).annotate(
        renewal=Subquery(latest.values("state")[:1]),
        renewal_id=Subquery(latest.values("pk")[:1]),
        reminded_at=Subquery(reminders.values("sent_at")[:1]),
    )


def title(scope: Scope, pk: UUID, day: dt.date) -> Accreditation:
    """Return one title that may be renewed now; NotFound where there is none in sight."""
    found = ending(scope, day).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到可以再认定的称号：它可能还早、已经再认定，或您无权查看。"))
    return found


def open_rounds(held: Accreditation, day: dt.date) -> QuerySet[TitleRound]:
    """Return the rounds in which a title can be asked for again."""
    return TitleRound.objects.filter(
        association_id=held.association_id, title=held.title, state=TitleRound.State.OPEN, closes_on__gte=day
    ).order_by("closes_on")


def applications_of(held: Accreditation) -> QuerySet[TitleApplication]:
    """Return every application to renew a title, the latest first."""
    rows = TitleApplication.objects.filter(previous=held).select_related("round", "accreditation")
    return rows.order_by("-made_at")


def site_of(held: Accreditation) -> Facility | None:
    """Return a facility that stands at the holder, None if there is none."""
    rows = Facility.objects.filter(association_id=held.association_id, host_id=held.holder_id)
    return rows.order_by("name").first()


def _not_renewed(scope: Scope, day: dt.date) -> QuerySet[Accreditation]:
    ended = TitleEnd.objects.filter(accreditation=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=day)
    again = Accreditation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")),
        association=OuterRef("association"), holder=OuterRef("holder"), title=OuterRef("title"),
        state=State.CONFIRMED, occurred_on__gt=OuterRef("occurred_on"),
    )  # fmt: skip
    sight = Q(scope.q()) | Q(scope.q("holder"))
    span = (day - LATE_WITHIN, day + EXPIRING_WITHIN)
    rows = Accreditation.objects.filter(
        sight, state=State.CONFIRMED, occurred_on__lte=day, valid_to__range=span
    )
    rows = rows.exclude(Exists(ended)).exclude(Exists(again))
    return rows.select_related("holder__area", "area")
