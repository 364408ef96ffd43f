"""The register of titles: what was given to whom, and how each stands on a day."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, CharField, DateField, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Accreditation, TitleEnd
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

EXPIRING_WITHIN = dt.timedelta(days=180)


class Standing(StrEnum):
    """How a title stands on a day; one that ends within half a year is still valid."""

    VALID = "VALID"
    EXPIRING = "EXPIRING"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


def certificate(scope: Scope, pk: UUID, day: dt.date) -> Accreditation:
    """Return a title given by a day, with how it stands; NotFound where there is none in sight."""
    found = register(scope, day).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个称号，或您无权查看。"))
    return found


def end_of(one: Accreditation) -> TitleEnd | None:
    """Return how a title ended before its term, if it did."""
    return TitleEnd.objects.filter(accreditation=one, state=State.CONFIRMED).first()


def was_reversed(scope: Scope, pk: UUID) -> bool:
    """Whether a title was entered by mistake and taken out of the register again."""
    return Accreditation.objects.filter(scope.q(), pk=pk, state=State.REVERSED).exists()


def register(scope: Scope, day: dt.date) -> QuerySet[Accreditation]:
    """Return the titles given by a day with `standing` and `ended_on` (taken back or given up; None if not)."""
    ends = TitleEnd.objects.filter(
        accreditation=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=day
    ).values("occurred_on")[:1]
    standing = Case(
        When(ended_on__isnull=False, then=Value(Standing.ENDED)),
        When(valid_to__lt=day, then=Value(Standing.EXPIRED)),
        When(valid_to__lte=day + EXPIRING_WITHIN, then=Value(Standing.EXPIRING)),
        default=Value(Standing.VALID),
        output_field=CharField(),
    )
    return (
        Accreditation.objects.filter(scope.q(), state=State.CONFIRMED, occurred_on__lte=day)
        .select_related("holder", "area")
        .annotate(ended_on=Subquery(ends, output_field=DateField()))
        .annotate(standing=standing)
    )
