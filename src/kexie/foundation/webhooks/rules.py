"""How often and how long a message is tried."""

import datetime as dt

LASTS = dt.timedelta(days=3)
PAUSE_AFTER = 50  # failures in a row
# After this many failures in a row the whole endpoint is left alone for a while, not only the message.
QUIET_AFTER = 3
_FIRST, _LONGEST = dt.timedelta(seconds=10), dt.timedelta(hours=3)
KEEP_DAYS = 30
# Messages sent in one turn, and how long nobody else may send to the endpoint meanwhile.
BATCH = 10
LEASE = dt.timedelta(seconds=90)


def pause_after(failures: int) -> dt.timedelta:
    """Return how long to wait after so many failures in a row: 10 seconds, then twice as long each time."""
    return min(_FIRST * 2.0 ** min(failures - 1, 20), _LONGEST)
