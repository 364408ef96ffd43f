"""What happens to visitor accounts by itself."""

import datetime as dt

from kexie.foundation.visitors import retention
from kexie.platform import tasks


@tasks.periodic("*/30 * * * *")
def purge(*, at: dt.datetime) -> None:
    """Erase what has been kept long enough: a removed companion must not outlive the time to put it back."""
    retention.purge(now=at)
