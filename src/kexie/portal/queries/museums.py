"""The museums as a visitor asks for them: open today, and if not, when next."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext as _

from kexie.contexts.museums import facade
from kexie.contexts.museums.facade import MuseumOnDay
from kexie.kernel.scope import Scope
from kexie.portal.contracts import MuseumCard
from kexie.ui.templatetags.ui import month_day, weekday

IN_USE: Final = ("TRIAL", "OPEN")
LOOK_AHEAD: Final = 10  # days; the longest public holidays close a museum for less


def cards(scope: Scope, today: dt.date) -> list[MuseumCard]:
    """The museums with their state today, those one can visit first."""
    found = facade.museums_on(today, scope)
    next_open = _next_open(
        scope, today, {one.code for one in found if one.stage in IN_USE and not one.is_open}
    )
    order = {"open": 0, "closed": 1, "other": 2}
    return sorted((_card(one, next_open.get(one.code)) for one in found), key=lambda card: order[card.state])


def _next_open(scope: Scope, today: dt.date, codes: set[str]) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {}
    for ahead in range(1, LOOK_AHEAD + 1):
        if codes <= found.keys():
            break
        day = today + dt.timedelta(days=ahead)
        for one in facade.museums_on(day, scope):
            if one.code in codes and one.is_open:
                found.setdefault(one.code, day)
    return found


def _card(museum: MuseumOnDay, next_open: dt.date | None) -> MuseumCard:
    in_use = museum.stage in IN_USE
    state = "open" if museum.is_open else "closed" if in_use else "other"
    labels = {"open": _("今日开放"), "closed": _("今日闭馆"), "other": museum.stage_label or _("未登记")}
    return MuseumCard(
        code=museum.code,
        name=museum.name,
        state=state,
        label=labels[state],
        line=_line(museum, next_open) if in_use else museum.stage_label,
        county=museum.county,
        address=museum.address,
    )


def _line(museum: MuseumOnDay, next_open: dt.date | None) -> str:
    if museum.is_open:
        hours = hours_of(museum.opens_at, museum.closes_at)
        last = museum.last_entry_at
        return (
            _("%(hours)s，%(last)s 停止入馆") % {"hours": hours, "last": f"{last:%H:%M}"} if last else hours
        )
    if next_open is None:
        return museum.why_closed
    day = f"{month_day(next_open)} {weekday(next_open)}"
    return _("%(why)s，%(day)s开放") % {"why": museum.why_closed, "day": day}


def hours_of(start: dt.time | None, end: dt.time | None) -> str:
    """9:00–16:30; either may be unknown."""
    return "–".join(f"{moment.hour}:{moment:%M}" for moment in (start, end) if moment)
