"""Reading what waits."""

import datetime as dt

from django.db.models import Q, QuerySet

from kexie.kernel.scope import Scope
from kexie.platform.outbox.consumers import consumers
from kexie.platform.outbox.models import Event, Handover


def parked(scope: Scope, *, consumer: str = "", kind: str = "", text: str = "") -> QuerySet[Handover]:
    """Return the events that a consumer failed at too often, newest first; for a scope over the whole association.

    `text` is looked for in the error and the receiver's name.
    """
    if not scope.is_whole:
        return Handover.objects.none()
    found = Handover.objects.filter(association_id=scope.association_id, parked_at__isnull=False)
    if consumer:
        found = found.filter(consumer=consumer)
    if kind:
        found = found.filter(event__kind=kind)
    if text:
        found = found.filter(Q(error__icontains=text) | Q(consumer__icontains=text))
    return found.select_related("event").order_by("-parked_at", "-id")


def oldest_waiting() -> dt.datetime | None:
    """Return when the oldest event happened that was not handed out yet; None when none waits."""
    waiting = Event.objects.filter(handed_at__isnull=True).order_by("id").values_list("at", flat=True)
    return waiting.first()


def behind(*, before: dt.datetime) -> list[str]:
    """Return the consumers that have something due before a moment."""
    due = Handover.objects.filter(parked_at__isnull=True, due_at__lt=before)
    waiting = set(due.order_by().values_list("consumer", flat=True).distinct())
    return sorted(waiting & consumers().keys())
