"""Planned stops in a form that calendars subscribe to (RFC 5545)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import PlannedStop, Site
from kexie.contexts.touring.queries.hosts import Visit
from kexie.contexts.touring.rules.days import clock

_LINE = 75  # octets
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """A visit in a calendar. A calendar knows it again by `uid`; of two with the same, the higher `sequence` counts."""

    uid: str
    day: dt.date
    begins: int
    ends: int
    title: str
    site: Site
    sequence: int = 0
    status: str = "CONFIRMED"
    note: str = ""


def calendar(
    events: Iterable[Event], *, host: str, made_at: dt.datetime, name: str = "", method: str = "PUBLISH"
) -> str:
    """Return the file's text, with its line ends."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kexie//Caravans//ZH", f"METHOD:{method}",
             f"X-WR-CALNAME:{_text(name or _('科普大篷车'))}"]  # fmt: skip
    for one in events:
        lines += _lines(one, host, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def answer(
    events: Iterable[Event], request: HttpRequest, *, name: str = "", method: str = "PUBLISH", file: str = ""
) -> HttpResponse:
    """Send a calendar; with a name for the `file`, to be saved."""
    body = calendar(events, host=request.get_host(), made_at=timezone.now(), name=name, method=method)
    kind = f"text/calendar; charset=utf-8; method={method}"
    headers = {"Content-Disposition": f'attachment; filename="{file}.ics"'} if file else {}
    return HttpResponse(body, content_type=kind, headers=headers)


def for_everybody(stop: PlannedStop) -> Event:
    """Return what everybody may know of a visit."""
    return Event(
        uid=f"caravan-{stop.site_id}-{stop.trip.day:%Y%m%d}", day=stop.trip.day, begins=stop.begins,
        ends=stop.ends, title=_("大篷车到%(site)s") % {"site": stop.site.name}, site=stop.site,
    )  # fmt: skip


def for_host(season_id: UUID, one: Visit) -> Event:
    """Return a visit as its host's calendar has it: what is called off stays, marked so."""
    day, begins, ends, van, site = _facts(one)
    is_off = one.told is not None and one.told.off_at is not None
    confirmed = one.stop is not None and one.stop.host_state == PlannedStop.Host.CONFIRMED
    return Event(
        uid=f"visit-{season_id}-{site.pk}-{one.number}", day=day, begins=begins, ends=ends, site=site,
        title=_("科普大篷车来访"), note=van, sequence=_sequence(one),
        status="CANCELLED" if is_off else "CONFIRMED" if confirmed else "TENTATIVE",
    )  # fmt: skip


def for_crew(season_id: UUID, one: Visit, caravan_id: UUID) -> Event | None:
    """Return a visit as the calendar of one van has it; cancelled where another van goes, or none. None: never this van's."""
    told, stop = one.told, one.stop
    is_its = stop is not None and stop.trip.van.caravan_id == caravan_id
    if not is_its and (told is None or caravan_id not in {told.caravan_id, told.old_caravan_id}):
        return None
    day, begins, ends, _van, site = _facts(one)
    return Event(
        uid=f"van-{caravan_id}-{season_id}-{site.pk}-{one.number}", day=day, begins=begins, ends=ends, site=site,
        title=_("大篷车到%(site)s") % {"site": site.name}, note=stop.get_host_state_display() if stop else "",
        sequence=_sequence(one), status="CONFIRMED" if is_its else "CANCELLED",
    )  # fmt: skip


def _facts(one: Visit) -> tuple[dt.date, int, int, str, Site]:
    if one.stop is not None:
        stop, van = one.stop, one.stop.trip.van.caravan
        return stop.trip.day, stop.begins, stop.ends, f"{van.name} {van.plate}", stop.site
    if one.told is None:
        raise ValueError("a visit is planned or was told")
    van = one.told.caravan
    return one.told.day, one.told.begins, one.told.ends, f"{van.name} {van.plate}", one.told.site


def _sequence(one: Visit) -> int:
    """Return how often a visit changed, what its host has not been told yet included: telling changes nothing then."""
    if one.told is None:
        return 0
    is_untold = one.told.off_at is None and (one.is_moved or one.stop is None)
    return one.told.sequence + is_untold


def _lines(one: Event, host: str, made_at: dt.datetime) -> Iterator[str]:
    area = one.site.area.name if one.site.area else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}@{host}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"STATUS:{one.status}"
    yield f"DTSTAMP:{_moment(made_at)}"
    yield f"DTSTART:{_moment(_at(one.day, one.begins))}"
    yield f"DTEND:{_moment(_at(one.day, one.ends))}"
    yield f"SUMMARY:{_text(one.title)}"
    yield f"LOCATION:{_text(f'{area} {one.site.name} {one.site.address}'.strip())}"
    if one.note:
        yield f"DESCRIPTION:{_text(one.note)}"
    yield "END:VEVENT"


def _at(day: dt.date, minutes: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, clock(minutes)))


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets, none of which splits a character."""
    part, room = "", _LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield part
            part, room = " ", _LINE - 1
        part, room = part + letter, room - size
    yield part
