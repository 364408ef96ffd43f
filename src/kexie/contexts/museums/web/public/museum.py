"""A museum's page, its rules, and its calendar file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, Slot
from kexie.contexts.museums.queries import availability, opening
from kexie.contexts.museums.queries.availability import Place, Stand
from kexie.contexts.museums.queries.crowd import Crowd, crowd
from kexie.contexts.museums.queries.halls import halls
from kexie.contexts.museums.queries.rules import history, rules_on
from kexie.contexts.museums.rules.opening import Calendar, Opening
from kexie.contexts.museums.rules.wording import group_words, in_words
from kexie.contexts.museums.web.public import ics
from kexie.contexts.museums.web.public.availability import DAYS, Cell, kept, kept_as
from kexie.contexts.museums.web.public.base import MuseumPage
from kexie.kernel.periods import Period
from kexie.platform import geo
from kexie.ui.nav import Link

_SHOW_DAYS, _ICS_DAYS = 7, 60
_MONTHS_AHEAD, _MONTHS_BACK = 6, 1


@dataclass(frozen=True)
class CalendarDay:
    """A day of the month's calendar."""

    day: dt.date
    opening: Opening
    is_today: bool
    in_month: bool


@dataclass(frozen=True)
class ShowDay:
    """A day's shows: bookable ones as cells, the others as plain times."""

    day: dt.date
    shows: tuple[Cell, ...]


class MuseumView(MuseumPage):
    """The museum as a visitor asks for it: open today, how full, when is there room, what is on, how to get there."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the page; ?month=2026-12 for another month of the calendar."""
        month = _month(request.GET.get("month", ""), self.today)
        # What it says is the same for everybody; only the frame around it is the reader's own.
        main = kept_as("museum", self.museum.pk, month, make=lambda: self.main(month)).html
        return self.page("museum", {"main": main})

    def main(self, month: dt.date) -> str:
        """Return all below the site's head."""
        museum, today = self.museum, self.today
        calendar = opening.calendar(museum, _around(today, month), self.visible)
        rules = rules_on(museum.pk, today, self.visible)
        values = {
            "museum": museum,
            "code": museum.unit.code,
            "trail": self.trail(),
            "today": today,
            "opening": calendar.on(today),
            "next_open": _next_open(calendar, today),
            "is_in_use": _is_in_use(calendar, today),
            "crowd": crowd(museum, self.visible, now=self.now),
            "crowd_words": _crowd_words(),
            "grid": kept(museum, self.visible, days=DAYS, now=self.now).html,
            "shows": list(_shows(museum, self)),
            "month": month,
            "months": _neighbours(month, today),
            "weeks": _weeks(calendar, month, today),
            "halls": halls(museum, self.visible),
            "rules": in_words(rules),
            "map_url": _map_url(museum),
            "feedback_url": _feedback_url(museum.unit.code),
        }
        return render_to_string("museums/public/_museum.html", values)


class RulesView(MuseumPage):
    """What holds for booking here, in plain words."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the rules of today, and those to come."""
        rules = rules_on(self.museum.pk, self.today, self.visible)
        values = {
            "trail": self.trail(Link(_("预约须知"))),
            "rules": in_words(rules),
            "groups": group_words(rules),
            "coming": _coming_rules(self),
        }
        return self.page("rules", values)


class CalendarFile(MuseumPage):
    """The museum's days against its pattern and its shows, for calendars of phones."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer with an .ics file."""
        host = request.get_host().partition(":")[0]
        events = [*_exceptions(self), *_show_events(self, request)]
        text = ics.calendar(name=self.museum.name, host=host, events=events, made_at=self.now)
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'inline; filename="{code}.ics"'
        return response


def _crowd_words() -> dict[str, str]:
    return {
        Crowd.CALM: _("宽松"),
        Crowd.LIVELY: _("适中"),
        Crowd.CROWDED: _("拥挤"),
        Crowd.FULL: _("已满"),
    }


def _is_in_use(calendar: Calendar, today: dt.date) -> bool:
    return any(calendar.on(today + dt.timedelta(days=n)).is_open for n in range(15))


def _next_open(calendar: Calendar, today: dt.date) -> dt.date | None:
    ahead = (today + dt.timedelta(days=n) for n in range(1, 15))
    return next((day for day in ahead if calendar.on(day).is_open), None)


def _around(today: dt.date, month: dt.date) -> Period:
    """The weeks of a month and the next two weeks."""
    first, last = month - dt.timedelta(days=6), month + dt.timedelta(days=38)
    return Period.until(max(last, today + dt.timedelta(days=15)), since=min(first, today))


def _month(asked: str, today: dt.date) -> dt.date:
    """Return the first day of the month asked for, if it is near, else of this month."""
    this = today.replace(day=1)
    try:
        month = dt.datetime.strptime(asked, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return this
    return month if _shift(this, -_MONTHS_BACK) <= month <= _shift(this, _MONTHS_AHEAD) else this


def _shift(month: dt.date, by: int) -> dt.date:
    number = month.year * 12 + month.month - 1 + by
    return dt.date(number // 12, number % 12 + 1, 1)


def _neighbours(month: dt.date, today: dt.date) -> dict[str, dt.date | None]:
    before, after, this = _shift(month, -1), _shift(month, 1), today.replace(day=1)
    return {
        "before": before if before >= _shift(this, -_MONTHS_BACK) else None,
        "after": after if after <= _shift(this, _MONTHS_AHEAD) else None,
    }


def _weeks(calendar: Calendar, month: dt.date, today: dt.date) -> list[list[CalendarDay]]:
    start = month - dt.timedelta(days=month.weekday())
    end = _shift(month, 1)
    days = []
    while start < end or start.weekday():
        days.append(CalendarDay(start, calendar.on(start), start == today, start.month == month.month))
        start += dt.timedelta(days=1)
    return [days[n : n + 7] for n in range(0, len(days), 7)]


def _shows(museum: Museum, view: MuseumPage) -> Iterator[ShowDay]:
    """Yield the coming days with their shows that are not over."""
    period = Period.until(view.today + dt.timedelta(days=_SHOW_DAYS - 1), since=view.today)
    found = availability.places(museum, period, view.visible, kind=Slot.Kind.SHOW)
    ahead = [one for one in found if one.ends_at > view.now]
    for day, some in groupby(ahead, key=lambda one: one.day):
        yield ShowDay(day, tuple(Cell(one, _stand_of_show(one, view.now)) for one in some))


def _stand_of_show(one: Place, now: dt.datetime) -> str:
    return (Stand.NO_BOOKING if not one.needs_booking else one.stand(now)).lower()


def _map_url(museum: Museum) -> str:
    """Return a link to a map of the place; Chinese maps count in GCJ-02."""
    place = museum.unit.place
    if place is None or place.longitude is None or place.latitude is None:
        return f"https://uri.amap.com/search?{urlencode({'keyword': museum.name})}"
    spot = geo.Point(float(place.longitude), float(place.latitude)).to(geo.System.GCJ02)
    where = {"position": f"{spot.longitude:.6f},{spot.latitude:.6f}", "name": museum.name}
    return f"https://uri.amap.com/marker?{urlencode(where)}"


def _feedback_url(code: str) -> str:
    try:
        return reverse("exhibit:feedback", kwargs={"code": code})
    except NoReverseMatch:
        return ""


def _coming_rules(view: MuseumPage) -> Sequence[tuple[dt.date, list[str]]]:
    rows = history(view.museum.pk, view.visible).filter(valid_from__gt=view.today)
    return [(row.valid_from, in_words(row)) for row in reversed(rows)]


def _exceptions(view: MuseumPage) -> Iterator[ics.Event]:
    """Yield the days on which the museum is closed, or open, against its weekly pattern."""
    museum, last = view.museum, view.today + dt.timedelta(days=_ICS_DAYS)
    calendar = opening.calendar(museum, Period.until(last, since=view.today), view.visible)
    for number in range(_ICS_DAYS):
        day = view.today + dt.timedelta(days=number)
        state = calendar.on(day)
        usual = str(day.isoweekday()) in museum.open_weekdays
        if state.is_open == usual:
            continue
        what = _("%(museum)s开放：%(why)s") if state.is_open else _("%(museum)s闭馆：%(why)s")
        title = what % {"museum": museum.name, "why": state.why}
        yield ics.Event(key=f"{museum.unit.code}-{day}", title=title, starts=day)


def _show_events(view: MuseumPage, request: HttpRequest) -> Iterator[ics.Event]:
    museum, last = view.museum, view.today + dt.timedelta(days=_ICS_DAYS)
    url = request.build_absolute_uri(view.url("museum"))
    period = Period.until(last, since=view.today)
    for one in availability.places(museum, period, view.visible, kind=Slot.Kind.SHOW):
        where = " ".join(part for part in (museum.name, one.hall) if part)
        yield ics.Event(
            key=str(one.id), title=one.title, starts=one.starts_at, ends=one.ends_at, where=where,
            about=one.audience, url=url,
        )  # fmt: skip
