"""Erasing what has been kept long enough."""

import datetime as dt

from django.db.models import Q

from kexie.foundation.visitors import hooks, operations, rules
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor

_AT_ONCE = 500


def purge(*, now: dt.datetime) -> dict[str, int]:
    """Erase old codes, companions removed for good, and accounts nobody uses any more; return how many of each."""
    return {
        "codes": OneTimeCode.objects.filter(sent_at__lt=now - rules.CODES_KEPT).delete()[0],
        "companions": Companion.objects.filter(removed_at__lte=now - rules.UNDO_LASTS).delete()[0],
        "visitors": _purge_visitors(now),
    }


def _purge_visitors(now: dt.datetime) -> int:
    before = now - rules.UNUSED_KEPT
    unused = Q(seen_at__lt=before) | Q(seen_at=None, created_at__lt=before)
    erased = 0
    for visitor in Visitor.objects.filter(unused, erased_at=None).order_by("created_at")[:_AT_ONCE]:
        if not hooks.reasons_to_keep(visitor, now):
            operations.erase(visitor=visitor, now=now)
            erased += 1
    return erased
