"""The worker's threads that send: a receiver that is slow holds up one of them, and only its own messages."""

import contextlib

from kexie.foundation.webhooks import delivering
from kexie.platform import loops

THREADS = 4


def running(*, seconds: float = loops.SECONDS) -> contextlib.AbstractContextManager[None]:
    """Send what waits while the block lasts."""
    return loops.running([delivering.turn] * THREADS, seconds=seconds)
