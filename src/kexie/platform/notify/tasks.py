"""Notices are sent in the background, urgent ones at once and the others within a minute."""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from kexie.platform import tasks
from kexie.platform.notify import delivery, retention


@tasks.task()
def deliver(*, notice_id: str) -> None:
    """Send one notice. What fails is tried again by `deliver_due`."""
    delivery.deliver(notice_id=UUID(notice_id), now=timezone.now())


@tasks.periodic("* * * * *")
def deliver_due(*, at: dt.datetime) -> None:
    """Send everything that is due, every minute."""
    delivery.deliver_due(now=timezone.now())


@tasks.periodic("40 19 * * *")
def purge(*, at: dt.datetime) -> None:
    """Delete what has been kept long enough, every night (19:40 UTC is 03:40 in Beijing)."""
    retention.purge(now=at)
