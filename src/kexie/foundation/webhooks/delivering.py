"""Telling endpoints what waits for them: one at a time for each, several endpoints at once.

A turn leases an endpoint, sends some of its messages in order without holding a transaction open, and gives it back.
A process that dies leaves its lease to run out; a message it was sending is then sent again.
"""

import datetime as dt
import time
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from kexie import __version__
from kexie.foundation.webhooks import rules, sending, signing
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.platform.audit import operations as audit

Clock = Callable[[], dt.datetime]


def turn(*, clock: Clock = timezone.now) -> int:
    """Send what is due at one endpoint; return how many messages were tried, 0 if nothing was due anywhere."""
    endpoint = _lease(clock())
    if endpoint is None:
        return 0
    tried = 0
    try:
        for delivery in _due(endpoint, clock()):
            tried += 1
            if not _tell(endpoint, delivery, clock) and _is_left_alone(endpoint, clock()):
                break
    finally:
        Endpoint.objects.filter(pk=endpoint.pk).update(leased_until=None)
    return tried


def expire(*, now: dt.datetime) -> int:
    """Give up messages that could not be told for three days; return how many."""
    late = Delivery.objects.filter(state=Delivery.State.WAITING, expires_at__lte=now)
    return late.update(state=Delivery.State.FAILED, next_try_at=None, finished_at=now)


@transaction.atomic
def _lease(now: dt.datetime) -> Endpoint | None:
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.WAITING, next_try_at__lte=now)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    ready = Q(quiet_until=None) | Q(quiet_until__lte=now)
    trusted = Q(client=None) | Q(client__revoked_at=None)
    found = Endpoint.objects.select_for_update(skip_locked=True, of=("self",))
    found = found.filter(free, ready, trusted, Exists(due), state=Endpoint.State.ACTIVE)
    endpoint = found.order_by(F("delivered_at").asc(nulls_first=True), "pk").first()
    if endpoint is not None:
        endpoint.leased_until = now + rules.LEASE
        endpoint.save(update_fields=["leased_until"])
    return endpoint


def _due(endpoint: Endpoint, now: dt.datetime) -> list[Delivery]:
    waiting = endpoint.deliveries.filter(state=Delivery.State.WAITING, next_try_at__lte=now)
    return list(waiting.order_by("next_try_at", "id")[: rules.BATCH])


def _tell(endpoint: Endpoint, delivery: Delivery, clock: Clock) -> bool:
    """Send one message and write down what came of it; return whether it was accepted."""
    body, began = delivery.body.encode(), time.monotonic()
    delivery.status_code, delivery.error, delivery.excerpt = None, "", ""
    try:
        answer = sending.post(
            endpoint.url, body, _headers(endpoint, delivery, clock()), private=settings.WEBHOOKS_PRIVATE
        )
    except sending.Undeliverable as error:
        is_good, delivery.error = False, str(error.message)
    else:
        is_good, delivery.status_code, delivery.excerpt = answer.is_good, answer.status, answer.excerpt
    delivery.duration_ms = round((time.monotonic() - began) * 1000)
    _write_down(endpoint, delivery, clock(), is_good=is_good)
    return is_good


def _headers(endpoint: Endpoint, delivery: Delivery, now: dt.datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Kexie-Webhooks/{__version__}",
        "Kexie-Event": delivery.kind,
        "Kexie-Delivery": str(delivery.pk),
        signing.HEADER: signing.signature(endpoint.secret, delivery.body.encode(), now=now),
    }


@transaction.atomic
def _write_down(endpoint: Endpoint, delivery: Delivery, now: dt.datetime, *, is_good: bool) -> None:
    """Note the result of an attempt at the message and at its endpoint."""
    delivery.attempts += 1
    if is_good:
        delivery.state, delivery.next_try_at, delivery.finished_at = Delivery.State.DELIVERED, None, now
    else:
        delivery.next_try_at = now + rules.pause_after(delivery.attempts)
    if not is_good and now >= delivery.expires_at:
        delivery.state, delivery.next_try_at, delivery.finished_at = Delivery.State.FAILED, None, now
    # Revoked meanwhile: the message was given up, and stays so.
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(
        **{name: getattr(delivery, name) for name in _RESULTS}
    )
    _count(endpoint, now, is_good=is_good)


_RESULTS = (
    "state",
    "attempts",
    "next_try_at",
    "finished_at",
    "status_code",
    "error",
    "excerpt",
    "duration_ms",
)


def _count(endpoint: Endpoint, now: dt.datetime, *, is_good: bool) -> None:
    """Count failures in a row; leave an endpoint alone after some of them, and pause it after many."""
    row = Endpoint.objects.filter(pk=endpoint.pk)
    if is_good:
        row.update(failures=0, quiet_until=None, delivered_at=now)
        endpoint.failures, endpoint.quiet_until = 0, None
        return
    row.update(failures=F("failures") + 1)
    endpoint.failures += 1
    if endpoint.failures >= rules.QUIET_AFTER:
        endpoint.quiet_until = now + rules.pause_after(endpoint.failures - rules.QUIET_AFTER + 1)
        row.update(quiet_until=endpoint.quiet_until)
    if endpoint.failures >= rules.PAUSE_AFTER:
        _pause(endpoint, now)


def _pause(endpoint: Endpoint, now: dt.datetime) -> None:
    active = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ACTIVE)
    if active.update(state=Endpoint.State.PAUSED, paused_by_failures=True):
        audit.append(
            association_id=endpoint.association_id,
            actor=None,
            action="webhooks.pause_after_failures",
            subject=endpoint,
            detail={"failures": endpoint.failures},
            now=now,
        )


def _is_left_alone(endpoint: Endpoint, now: dt.datetime) -> bool:
    return endpoint.quiet_until is not None and endpoint.quiet_until > now
