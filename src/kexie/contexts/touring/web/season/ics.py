"""Planned stops in a form that calendars subscribe to (RFC 5545)."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import PlannedStop
from kexie.contexts.touring.rules.days import clock

_LINE = 75  # octets
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(stops: Iterable[PlannedStop], *, host: str, made_at: dt.datetime) -> str:
    """Return the file's text, with its line ends."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kexie//Caravans//ZH", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{_text(_('科普大篷车'))}"]  # fmt: skip
    for one in stops:
        lines += _event(one, host, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(one: PlannedStop, host: str, made_at: dt.datetime) -> Iterator[str]:
    area = one.site.area.name if one.site.area else ""
    yield "BEGIN:VEVENT"
    yield f"UID:caravan-{one.pk}@{host}"
    yield f"DTSTAMP:{_moment(made_at)}"
    yield f"DTSTART:{_moment(_at(one.trip.day, one.begins))}"
    yield f"DTEND:{_moment(_at(one.trip.day, one.ends))}"
    yield f"SUMMARY:{_text(_('大篷车到%(site)s') % {'site': one.site.name})}"
    yield f"LOCATION:{_text(f'{area} {one.site.address}'.strip())}"
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
