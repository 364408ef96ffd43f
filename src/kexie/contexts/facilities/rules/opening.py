"""When a facility is open, in words and for a day."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import OpenDay, OpenHours

WEEKDAYS = (
    (0, gettext_lazy("周一")),
    (1, gettext_lazy("周二")),
    (2, gettext_lazy("周三")),
    (3, gettext_lazy("周四")),
    (4, gettext_lazy("周五")),
    (5, gettext_lazy("周六")),
    (6, gettext_lazy("周日")),
)


def spans(hours: OpenHours) -> str:
    """Return the hours of a weekday: "09:00–11:30、14:00–17:00"."""
    if hours.pause_from is None or hours.pause_to is None:
        return f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"
    parts = (
        f"{hours.opens:%H:%M}–{hours.pause_from:%H:%M}",
        f"{hours.pause_to:%H:%M}–{hours.closes:%H:%M}",
    )
    return _("、").join(parts)


def week(hours: Sequence[OpenHours]) -> list[tuple[str, str]]:
    """Return the seven weekdays with their hours; a day without any is closed."""
    known = {one.weekday: spans(one) for one in hours}
    return [(str(label), known.get(number, _("不开放"))) for number, label in WEEKDAYS]


def on_day(day: dt.date, hours: Sequence[OpenHours], changed: Sequence[OpenDay]) -> str:
    """Return what holds on a day: the hours, or "不开放" with the reason where the day is unlike its week."""
    change = next((one for one in changed if one.on == day), None)
    if change is not None:
        times = f"{change.opens:%H:%M}–{change.closes:%H:%M}" if change.is_open else _("不开放")
        return _("%(times)s（%(reason)s）") % {"times": times, "reason": change.reason}
    found = next((one for one in hours if one.weekday == day.weekday()), None)
    return spans(found) if found else _("不开放")
