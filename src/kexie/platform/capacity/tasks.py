"""What capacity does by itself: lets holds go, offers places, forgets limits of days gone by, checks its counters."""

import datetime as dt
import logging

from django.utils import timezone

from kexie.platform.capacity import queries
from kexie.platform.capacity.models import Pool
from kexie.platform.capacity.operations import bookings, waiting
from kexie.platform.outbox import operations as outbox
from kexie.platform.tasks import periodic

log = logging.getLogger("kexie.capacity")


@periodic("* * * * *")
def sweep(*, at: dt.datetime) -> None:
    """Let go of holds whose time is over (their places go to who waits), and of wishes that came to nothing."""
    now = timezone.now()
    while bookings.expire(now=now):
        pass
    while waiting.lapse(now=now):
        pass


@periodic("40 19 * * *")
def drop_limits(*, at: dt.datetime) -> None:
    """Delete the counters of accounts for days that are over."""
    Pool.objects.filter(drop_on__lt=timezone.localdate()).delete()


@periodic("10 19 * * *")
def audit(*, at: dt.datetime) -> None:
    """Compare counters, reservations, seats and wishes; log what does not agree, and tell the outbox."""
    for association_id in queries.associations():
        found = queries.audit(association_id)
        for one in found:
            log.error("capacity: %s of %s is %s, should be %s", one.check, one.id, one.found, one.expected)
        if found:
            checks = {check: sum(one.check == check for one in found) for check in queries.CHECKS}
            outbox.append(
                association_id=association_id, kind="capacity.discrepancy", subject_id=found[0].id,
                payload={check: count for check, count in checks.items() if count}, now=timezone.now(),
            )  # fmt: skip
