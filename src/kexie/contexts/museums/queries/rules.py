"""Which booking rules hold on which day."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from kexie.contexts.museums.models import BookingRules
from kexie.kernel.scope import Scope


def rules_on(museum_id: UUID, day: dt.date, scope: Scope) -> BookingRules:
    """Return what holds for visits on a day: the latest rules with effect by then, else the defaults, unsaved."""
    found = history(museum_id, scope).filter(valid_from__lte=day).first()
    return found or defaults(museum_id, day, scope)


def history(museum_id: UUID, scope: Scope) -> QuerySet[BookingRules]:
    """Return a museum's rules, the latest first."""
    rows = BookingRules.objects.filter(scope.q("museum__unit"), museum=museum_id)
    return rows.select_related("made_by").order_by("-valid_from")


def defaults(museum_id: UUID, day: dt.date, scope: Scope) -> BookingRules:
    """Return what holds where a museum has set nothing; not saved."""
    return BookingRules(association_id=scope.association_id, museum_id=museum_id, valid_from=day)
