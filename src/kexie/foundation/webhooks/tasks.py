"""What webhooks do by themselves, besides the worker's senders."""

import datetime as dt

from kexie.foundation.webhooks import delivering, operations
from kexie.platform import tasks


@tasks.periodic("*/10 * * * *")
def expire(*, at: dt.datetime) -> None:
    """Give up what could not be told in time."""
    delivering.expire(now=at)


@tasks.periodic("50 19 * * *")
def purge(*, at: dt.datetime) -> None:
    """Forget old deliveries, each night."""
    operations.purge(now=at)
