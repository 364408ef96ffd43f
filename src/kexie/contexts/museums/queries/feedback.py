"""Reads of visitors' feedback."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Feedback, Museum, Rating
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.platform.capacity.models import Reservation


def feedback(scope: Scope) -> QuerySet[Feedback]:
    """Return the feedback in sight, latest first."""
    return Feedback.objects.filter(scope.q()).select_related("handled_by").order_by("-said_at", "pk")


def one(scope: Scope, pk: UUID) -> Feedback:
    """Return one in sight, or raise NotFound."""
    found = feedback(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这条评价。"))
    return found


def by_code(museum: Museum, code: str) -> Feedback:
    """Return the feedback with this public number; the number is what one must know."""
    rows = Feedback.objects.filter(association_id=museum.association_id, unit_id=museum.unit_id, code=code)
    found = rows.first()
    if found is None:
        raise NotFound(_("没有找到这个评价编号。"))
    return found


def published(museum: Museum) -> QuerySet[Feedback]:
    """Return what the museum shows publicly, latest first."""
    rows = Feedback.objects.filter(association_id=museum.association_id, unit_id=museum.unit_id)
    return rows.filter(is_public=True).exclude(state=Feedback.State.HIDDEN).order_by("-said_at")


def not_entered(museum: Museum, scope: Scope, *, before: dt.date) -> QuerySet[Feedback]:
    """Return the feedback said before a day whose rating is not in the ledger."""
    entered = Rating.objects.filter(feedback=OuterRef("pk")).exclude(state=State.REVERSED)
    rows = Feedback.objects.filter(scope.q(), ~Exists(entered), unit_id=museum.unit_id)
    return rows.filter(said_at__date__lt=before).order_by("said_at")


def was_used(museum: Museum, ticket: str) -> bool:
    """Whether this is the number of a booking with which somebody entered the museum."""
    rows = Reservation.objects.filter(association_id=museum.association_id, venue_id=museum.unit_id)
    used = Q(admitted__gt=0) | Q(state=Reservation.State.USED)
    return rows.filter(used, code__iexact=ticket).exists()
