"""When notices are sent, how often they are tried, and how long they are kept."""

import datetime as dt

from django.utils import timezone

# No message that can wait reaches a phone between these times of day.
QUIET_FROM, QUIET_UNTIL = dt.time(22), dt.time(7)
# The pause after each attempt that failed; after the last, the notice has failed.
PAUSES = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
)
# While a notice is being sent nobody else takes it up; if its sender dies, it is taken up after this.
LEASE = dt.timedelta(minutes=5)
# How many are taken up together: all of them must have been tried within the lease.
BATCH = 20
# As long as the bookings they speak of. A code is of no use after a day.
KEPT = dt.timedelta(days=184)
CODES_KEPT = dt.timedelta(days=1)


def not_at_night(moment: dt.datetime) -> dt.datetime:
    """Return the moment, or, if it is at night, the morning after."""
    local = timezone.localtime(moment)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + dt.timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return timezone.make_aware(dt.datetime.combine(day, QUIET_UNTIL))
