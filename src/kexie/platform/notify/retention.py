"""Deleting what has been kept long enough."""

import datetime as dt

from django.db.models import Q

from kexie.platform.notify import rules
from kexie.platform.notify.models import Notice


def purge(*, now: dt.datetime) -> int:
    """Delete codes after a day and all other notices after half a year; return how many."""
    old = Q(created_at__lt=now - rules.KEPT) | Q(template="code", created_at__lt=now - rules.CODES_KEPT)
    return Notice.objects.filter(old).delete()[0]
