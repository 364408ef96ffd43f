"""Rules of the caravan programme (domain.md 2.6)."""

import datetime as dt

REPLACE_AFTER_YEARS = 10
REPLACE_AFTER_KM = 100_000


def should_replace(*, bought_on: dt.date, odometer: int, on: dt.date) -> bool:
    """Whether a vehicle has priority for replacement: ten years in use, or 100 000 km on the odometer."""
    years = on.year - bought_on.year - ((on.month, on.day) < (bought_on.month, bought_on.day))
    return years >= REPLACE_AFTER_YEARS or odometer >= REPLACE_AFTER_KM
