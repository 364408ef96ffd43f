"""Has events handled within about a second: threads of the worker that look for what waits.

NOTIFY would tell us at once, but every notifying transaction commits behind one lock of the whole database, and a
popular museum's slots open in one second. An index of the few fresh rows makes looking cheap.
"""

import contextlib

from django.utils import timezone

from kexie.platform import loops
from kexie.platform.outbox import consumers, operations
from kexie.platform.outbox.consumers import Consumer


def running(*, seconds: float = loops.SECONDS) -> contextlib.AbstractContextManager[None]:
    """Hand out and consume events while the block lasts: a slow consumer holds up no other."""
    each = [_consume(consumer) for consumer in consumers.consumers().values()]
    return loops.running([_hand_out, *each], seconds=seconds)


def _hand_out() -> int:
    return operations.hand_out(now=timezone.now())


def _consume(consumer: Consumer) -> loops.Turn:
    return lambda: operations.consume(consumer=consumer, now=timezone.now())
