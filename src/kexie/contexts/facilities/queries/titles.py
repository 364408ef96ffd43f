"""The register of titles: what was given to whom, and how each stands on a day."""

import datetime as dt
from enum import StrEnum

from django.db.models import Case, CharField, DateField, OuterRef, QuerySet, Subquery, Value, When

from kexie.contexts.facilities.models import Accreditation, TitleEnd
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

EXPIRING_WITHIN = dt.timedelta(days=180)


class Standing(StrEnum):
    """How a title stands on a day; one that ends within half a year is still valid."""

    VALID = "VALID"
    EXPIRING = "EXPIRING"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


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
