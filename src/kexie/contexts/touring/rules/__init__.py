"""Rules of the caravan programme (domain.md 2.6)."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REPLACE_AFTER_YEARS = 10
REPLACE_AFTER_KM = 100_000
REPLACE_SOURCE = gettext_lazy("科普大篷车配发工作通知（2019年度）：使用满10年或行驶满10万公里的，优先更新")


def should_replace(*, bought_on: dt.date, odometer: int, on: dt.date) -> bool:
    """Whether a vehicle has priority for replacement: ten years in use, or 100 000 km on the odometer."""
    years = on.year - bought_on.year - ((on.month, on.day) < (bought_on.month, bought_on.day))
    return years >= REPLACE_AFTER_YEARS or odometer >= REPLACE_AFTER_KM


def replacement_reasons(*, bought_on: dt.date, odometer: int, on: dt.date) -> list[str]:
    """Return which of the programme's two limits a vehicle has reached, in words; none: no advice to replace it."""
    years = on.year - bought_on.year - ((on.month, on.day) < (bought_on.month, bought_on.day))
    found = []
    if years >= REPLACE_AFTER_YEARS:
        found.append(_("已使用%(years)d年，满%(limit)d年") % {"years": years, "limit": REPLACE_AFTER_YEARS})
    if odometer >= REPLACE_AFTER_KM:
        values = {"km": f"{odometer:,}", "limit": f"{REPLACE_AFTER_KM:,}"}
        found.append(_("里程表%(km)s公里，满%(limit)s公里") % values)
    return found
