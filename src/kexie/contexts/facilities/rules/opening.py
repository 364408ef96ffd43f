"""When a facility is open, in words and for a day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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
_DAYS_AHEAD = 14


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


@dataclass(frozen=True)
class Now:
    """Whether a facility is open at a moment (None where its hours are not known), and what to say of that."""

    is_open: bool | None
    words: str


def times_on(
    day: dt.date, hours: Sequence[OpenHours], changed: Sequence[OpenDay]
) -> list[tuple[dt.time, dt.time]]:
    """Return from when to when it is open on a day; empty where it is closed."""
    change = next((one for one in changed if one.on == day), None)
    if change is not None:
        return [(change.opens, change.closes)] if change.opens and change.closes else []
    found = next((one for one in hours if one.weekday == day.weekday()), None)
    if found is None:
        return []
    if found.pause_from and found.pause_to:
        return [(found.opens, found.pause_from), (found.pause_to, found.closes)]
    return [(found.opens, found.closes)]


def at(moment: dt.datetime, hours: Sequence[OpenHours], changed: Sequence[OpenDay], otherwise: str) -> Now:
    """Return how it is at a local moment; `otherwise` are the keeper's words where no hours are set."""
    if not hours and not changed:
        return Now(None, otherwise)
    day, clock = moment.date(), moment.time()
    for opens, closes in times_on(day, hours, changed):
        if opens <= clock < closes:
            return Now(True, _("正在开放，%(time)s关门") % {"time": f"{closes:%H:%M}"})
        if clock < opens:
            return Now(False, _("今天%(time)s开放") % {"time": f"{opens:%H:%M}"})
    return Now(False, _next(day, hours, changed))


def _next(today: dt.date, hours: Sequence[OpenHours], changed: Sequence[OpenDay]) -> str:
    for ahead in range(1, _DAYS_AHEAD + 1):
        day = today + dt.timedelta(days=ahead)
        times = times_on(day, hours, changed)
        if times and ahead == 1:
            return _("明天%(time)s开放") % {"time": f"{times[0][0]:%H:%M}"}
        if times:
            values = {"month": day.month, "day": day.day, "weekday": dict(WEEKDAYS)[day.weekday()]}
            return _("%(month)d月%(day)d日（%(weekday)s）%(time)s开放") % {
                **values,
                "time": f"{times[0][0]:%H:%M}",
            }
    return _("近期不开放")
