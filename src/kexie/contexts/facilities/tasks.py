"""What facilities do by themselves: reminders before titles end and before reports are due."""

import datetime as dt

from kexie.contexts.facilities.operations import reminders
from kexie.platform import tasks


@tasks.periodic("10 1 * * *")
def remind_holders(*, at: dt.datetime) -> None:
    """Remind of titles that end, every morning (01:10 UTC is 09:10 in Beijing)."""
    reminders.remind_due(now=at)


@tasks.periodic("12 1 * * *")
def remind_of_reports(*, at: dt.datetime) -> None:
    """Remind of yearly reports that were not handed in (01:12 UTC is 09:12 in Beijing)."""
    reminders.remind_of_reports(now=at)
