"""What the audit log does by itself."""

import datetime as dt

from kexie.platform import tasks
from kexie.platform.audit import operations


@tasks.periodic("20 19 * * *")
def purge(*, at: dt.datetime) -> None:
    """Delete what is older than it must be kept, every night (19:20 UTC is 03:20 in Beijing)."""
    operations.purge(now=at)
