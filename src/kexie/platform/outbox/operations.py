"""Writing down what happened, and having each consumer handle it at least once.

Events are not read behind a cursor: a transaction that began early and commits late would slip in behind it and be
skipped. Each event says itself whether it was handed out (`handed_at`), so the order of commits does not matter.
"""

import datetime as dt
import itertools
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.outbox import consumers
from kexie.platform.outbox.consumers import Consumer
from kexie.platform.outbox.models import Event, Handover

log = logging.getLogger("kexie.outbox")

# How long after each failure the next attempt waits; after the last one the handover is parked.
PAUSES = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 4 * 3600))
KEEP_DAYS = 30
KEEP_PARKED_DAYS = 184


def append(
    *,
    association_id: UUID,
    kind: str,
    subject_id: UUID,
    payload: Mapping[str, object],
    now: dt.datetime,
) -> Event:
    """Write down what happened, in the caller's transaction. `payload` must fit JSON and hold no personal data."""
    return Event.objects.create(
        association_id=association_id, kind=kind, subject_id=subject_id, payload=dict(payload), at=now
    )


@transaction.atomic
def hand_out(*, now: dt.datetime, limit: int = 500) -> int:
    """Give each consumer a handover of the fresh events it wants; return how many events there were."""
    fresh = list(
        Event.objects.select_for_update(skip_locked=True)
        .filter(handed_at__isnull=True)
        .order_by("id")
        .only("id", "association_id", "kind")[:limit]
    )
    Handover.objects.bulk_create(
        Handover(association_id=event.association_id, consumer=consumer.name, event_id=event.pk, due_at=now)
        for event, consumer in itertools.product(fresh, consumers.consumers().values())
        if consumer.wants(event.kind)
    )
    Event.objects.filter(pk__in=[event.pk for event in fresh]).update(handed_at=now)
    return len(fresh)


@transaction.atomic
def consume(*, consumer: Consumer, now: dt.datetime, limit: int = 100) -> int:
    """Have one consumer handle what is due, as much as `limit`; return how many handovers were taken.

    Others may do the same at the same time: rows in hand are passed over.
    """
    taken = list(
        Handover.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event")
        .filter(consumer=consumer.name, due_at__lte=now, parked_at__isnull=True)
        .order_by("due_at", "id")[:limit]
    )
    if taken:
        _handle(consumer, taken, now)
    return len(taken)


def drain(*, now: dt.datetime) -> int:
    """Hand out and handle everything that is due, on this thread; return how many handovers were taken.

    For tests, and for commands that run without a worker.
    """
    while hand_out(now=now):
        pass
    done = 0
    for consumer in consumers.consumers().values():
        while taken := consume(consumer=consumer, now=now):
            done += taken
    return done


@transaction.atomic
def retry(*, handovers: Sequence[Handover], actor: Actor | None, now: dt.datetime) -> int:
    """Have parked events handled again, from the first attempt; return how many were still parked."""
    found = _locked(handovers)
    for one in found:
        one.attempts, one.due_at, one.parked_at = 0, now, None
        _log(one, "outbox.retry", "", actor, now)
    Handover.objects.bulk_update(found, ["attempts", "due_at", "parked_at"])
    return len(found)


@transaction.atomic
def discard(*, handovers: Sequence[Handover], reason: str, actor: Actor, now: dt.datetime) -> int:
    """Give parked events up for their consumer, for good; return how many were still parked."""
    found = _locked(handovers)
    for one in found:
        _log(one, "outbox.discard", reason, actor, now)
    Handover.objects.filter(pk__in=[one.pk for one in found]).delete()
    return len(found)


def _locked(handovers: Sequence[Handover]) -> list[Handover]:
    rows = Handover.objects.select_for_update(of=("self",)).filter(parked_at__isnull=False)
    return list(rows.filter(pk__in=[one.pk for one in handovers]).select_related("event").order_by("id"))


def _log(one: Handover, action: str, reason: str, actor: Actor | None, now: dt.datetime) -> None:
    detail = {"consumer": one.consumer, "event": one.event.kind, "attempts": one.attempts}
    audit.append(
        association_id=one.association_id, actor=actor, action=action, subject=one, detail=detail, reason=reason,
        now=now,
    )  # fmt: skip


def purge(*, now: dt.datetime) -> int:
    """Delete old events that every consumer has handled, and what stayed parked for half a year; return how many."""
    Handover.objects.filter(parked_at__lt=now - dt.timedelta(days=KEEP_PARKED_DAYS)).delete()
    old = Event.objects.filter(
        at__lt=now - dt.timedelta(days=KEEP_DAYS), handed_at__isnull=False, handovers=None
    )
    return old.delete()[0]


def _handle(consumer: Consumer, taken: Sequence[Handover], now: dt.datetime) -> None:
    """Handle all together; if that fails, each alone, so that one bad event stops no other."""
    if _tried(consumer, taken, now) is None:
        return
    for handover in taken:
        if error := _tried(consumer, [handover], now):
            _note_failure(handover, error, now)


def _tried(consumer: Consumer, taken: Sequence[Handover], now: dt.datetime) -> Exception | None:
    """Handle events and forget their handovers, or return the error and leave everything as it was."""
    try:
        with transaction.atomic():
            consumer.handle(sorted((handover.event for handover in taken), key=_moment), now)
            Handover.objects.filter(pk__in=[handover.pk for handover in taken]).delete()
    except Exception as error:  # noqa: BLE001  whatever a consumer gets wrong must not stop the others
        return error
    return None


def _moment(event: Event) -> tuple[dt.datetime, UUID]:
    return event.at, event.pk


def _note_failure(handover: Handover, error: Exception, now: dt.datetime) -> None:
    """Write down a failure: try again later, or park."""
    log.warning("%s failed at event %s: %s", handover.consumer, handover.event_id, type(error).__name__)
    handover.error = _told(error)
    if handover.attempts < len(PAUSES):
        handover.due_at = now + PAUSES[handover.attempts]
    else:
        handover.parked_at = now
    handover.attempts += 1
    handover.save(update_fields=["error", "due_at", "parked_at", "attempts"])


def _told(error: Exception) -> str:
    """The error in one line; the database's further lines quote values of rows."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}"[:300]
