"""What facilities do by themselves: reminders before titles end."""

import datetime as dt

from kexie.contexts.facilities.operations import reminders
from kexie.platform import tasks


@tasks.periodic("10 1 * * *")
def remind_holders(*, at: dt.datetime) -> None:
    """Remind of titles that end, every morning (01:10 UTC is 09:10 in Beijing)."""
    reminders.remind_due(now=at)
