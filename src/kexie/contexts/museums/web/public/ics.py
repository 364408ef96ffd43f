"""A museum's days in a form that calendars subscribe to (RFC 5545): days against the pattern, and shows."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

_LINE = 75  # octets
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event: a whole day (`ends` None) or a time."""

    key: str
    title: str
    starts: dt.date | dt.datetime
    ends: dt.datetime | None = None
    where: str = ""
    about: str = ""
    url: str = ""


def calendar(*, name: str, host: str, events: Iterable[Event], made_at: dt.datetime) -> str:
    """Return the file's text, with its line ends."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kexie//Museums//ZH", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]  # fmt: skip
    for event in events:
        lines += _event(event, host, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, host: str, made_at: dt.datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.key}@{host}"
    yield f"DTSTAMP:{_moment(made_at)}"
    if isinstance(event.starts, dt.datetime):
        yield f"DTSTART:{_moment(event.starts)}"
        yield f"DTEND:{_moment(event.ends or event.starts)}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.starts + dt.timedelta(days=1):%Y%m%d}"
    for label, value in (("SUMMARY", event.title), ("LOCATION", event.where), ("DESCRIPTION", event.about)):
        if value:
            yield f"{label}:{_text(value)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "END:VEVENT"


def key_of(kind: str, of: UUID | dt.date) -> str:
    """Return an event's lasting name."""
    return f"{kind}-{of}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").translate(_ESCAPES)


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
