"""The free slots of a museum, rendered once for everybody and kept for a moment by each process.

A popular museum's page is read thousands of times in the minute before its slots open. What is read there is the
same for all, so it is made anew at most every 1.5 seconds; a page that has not changed is answered with 304.
"""

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from kexie.contexts.museums.models import Museum, Slot
from kexie.contexts.museums.queries import opening
from kexie.contexts.museums.queries.availability import Place, Stand, places
from kexie.contexts.museums.rules.opening import Opening
from kexie.contexts.museums.web.public.base import MuseumPage
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope

SECONDS = 1.5
# From when before a release one may stand in line for it, with the number of people already said.
ROOM = dt.timedelta(minutes=30)
DAYS, MOST_DAYS = 7, 30
_MOST, _DIGITS = 500, 3


@dataclass(frozen=True)
class Cell:
    """A slot as the grid shows it. `stand` is in lower case, as class names are."""

    place: Place
    stand: str
    is_soon: bool = False  # released so soon that one can already stand in line

    @property
    def is_link(self) -> bool:
        """Whether one can book it or wait for it."""
        return self.is_soon or self.stand in {Stand.FREE.lower(), Stand.FULL.lower()}

    @property
    def is_scarce(self) -> bool:
        """Whether few places are left."""
        return self.stand == "free" and self.place.left * 10 <= self.place.capacity


@dataclass(frozen=True)
class Day:
    """A day of the grid, with its slots."""

    day: dt.date
    opening: Opening
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Kept:
    """A rendered grid."""

    html: str
    etag: str
    made: float


_kept: dict[tuple[object, ...], Kept] = {}
_locks: dict[tuple[object, ...], threading.Lock] = {}


def grid(museum: Museum, scope: Scope, *, days: int, now: dt.datetime) -> list[Day]:
    """Return the coming days with their slots; past slots of today are left out."""
    today = timezone.localdate(now)
    period = Period.until(today + dt.timedelta(days=days - 1), since=today)
    calendar = opening.calendar(museum, period, scope)
    found = by_day(places(museum, period, scope, kind=Slot.Kind.ENTRY), now)
    ahead = (today + dt.timedelta(days=n) for n in range(days))
    return [Day(day, calendar.on(day), found.get(day, ())) for day in ahead]


def by_day(found: Iterable[Place], now: dt.datetime) -> dict[dt.date, tuple[Cell, ...]]:
    """Return slots that are not over, by day."""
    cells = (Cell(one, one.stand(now).lower(), now < one.opens_at <= now + ROOM) for one in found)
    shown = (cell for cell in cells if cell.stand != Stand.OVER.lower())
    return {day: tuple(some) for day, some in groupby(shown, key=lambda cell: cell.place.day)}


def fresh(*key: object) -> Kept | None:
    """Return what is kept under a key in the reader's language if it is new enough; asks no database."""
    found = _kept.get((*key, get_language()))
    return found if found and time.monotonic() - found.made < SECONDS else None


def kept(museum: Museum, scope: Scope, *, days: int, now: dt.datetime) -> Kept:
    """Return the grid as HTML, at most SECONDS old."""

    def make() -> str:
        values = {"days": grid(museum, scope, days=days, now=now), "museum": museum, "code": museum.unit.code}
        return render_to_string("museums/public/_grid.html", values)

    return kept_as(museum.unit.code, days, make=make)


def kept_as(*key: object, make: Callable[[], str]) -> Kept:
    """Return what is kept under a key, at most SECONDS old; while one thread makes it anew the others get the old one."""
    if found := fresh(*key):
        return found
    full = (*key, get_language())
    old, lock = _kept.get(full), _locks.setdefault(full, threading.Lock())
    if not lock.acquire(blocking=old is None):
        return old or _made(full, make())
    try:
        return fresh(*key) or _made(full, make())
    finally:
        lock.release()


def _made(key: tuple[object, ...], html: str) -> Kept:
    if len(_kept) > _MOST:
        forget()
    etag = f'"{hashlib.sha256(html.encode()).hexdigest()[:24]}"'
    _kept[key] = Kept(html, etag, time.monotonic())
    return _kept[key]


def forget() -> None:
    """Forget what was rendered (between tests)."""
    _kept.clear()


class SlotsView(MuseumPage):
    """The grid alone, for pages that bring it up to date; ?days=30 for more days."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer with the kept grid, or 304."""
        days = _days(request.GET.get("days", ""))
        found = fresh(code, days) or kept(self.museum, self.visible, days=days, now=self.now)
        return answer(request, found)


def answer(request: HttpRequest, found: Kept) -> HttpResponse:
    """Answer with a kept page, or 304 to whoever has it."""
    if request.headers.get("If-None-Match") == found.etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.html)
    response["ETag"], response["Cache-Control"] = found.etag, "no-cache"
    return response


def _days(asked: str) -> int:
    return min(max(int(asked), 1), MOST_DAYS) if asked.isdecimal() and len(asked) <= _DIGITS else DAYS
