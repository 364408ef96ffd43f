"""What governance does by itself: telling units when their targets turn amber or red."""

import datetime as dt

from kexie.contexts.governance.operations import reminders
from kexie.platform import tasks


@tasks.periodic("20 0 * * *")
def remind_of_targets(*, at: dt.datetime) -> None:
    """Look at this year's targets every morning (00:20 UTC is 08:20 in Beijing) and tell of what turned."""
    reminders.remind_turned(now=at)
