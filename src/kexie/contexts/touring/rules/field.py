"""What a crew's notes say of a day: folded in the order of their times, whatever order they arrived in.

Of one phone the later note on the same matter holds. Where two phones say different things, nothing is chosen here:
the matter is a conflict until a person sets one side aside.
"""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol
from uuid import UUID


class Note(Protocol):
    """A note as the fold sees it; `FieldNote` is one."""

    id: UUID
    phone_id: UUID
    kind: str
    at: dt.datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Conflict:
    """Two phones on one matter: START, END or COUNT, at which stop, and every note that speaks of it."""

    what: str
    spot: str
    notes: list[Note]
    # The last word of each phone: what a person chooses from.
    options: list[Note]


@dataclass
class Stop:
    """One place of the day, merged from all phones. `count` is None while nobody counted, or while phones differ."""

    spot: str
    site: str = ""
    audience: str = "MIXED"
    arrived: dt.datetime | None = None
    left: dt.datetime | None = None
    count: int | None = None
    method: str = ""


@dataclass
class Day:
    """A day's log."""

    start: Note | None = None
    end: Note | None = None
    stops: list[Stop] = field(default_factory=list)
    others: list[Note] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def driven(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the stretches between leaving one place and arriving at the next."""
        if self.start is None or self.end is None:
            return []
        marks = [self.start.at]
        for one in self.stops:
            if one.arrived and one.left:
                marks += [one.arrived, one.left]
        marks.append(self.end.at)
        return [pair for pair in list(pairwise(marks))[::2] if pair[1] > pair[0]]


def fold(notes: Iterable[Note]) -> Day:
    """Return what the notes say together. The order in which they are given makes no difference."""
    known = list(notes)
    undone = {str(one.data.get("of")) for one in known if one.kind == "UNDO"}
    rows = sorted((one for one in known if str(one.id) not in undone), key=lambda one: (one.at, str(one.id)))
    day = Day()
    day.start = _agreed(day, "START", "", [one for one in rows if one.kind == "START"], ("km", "driver"))
    day.end = _agreed(day, "END", "", [one for one in rows if one.kind == "END"], ("km",))
    day.others = [one for one in rows if one.kind in {"NOTE", "INCIDENT", "COST"}]
    for spot, told in _by_place(rows).items():
        day.stops.append(_stop(day, spot[0], told))
    day.stops.sort(key=lambda one: (one.arrived is None, one.arrived, one.spot))
    return day


def _by_place(rows: list[Note]) -> dict[tuple[str, int], list[Note]]:
    """Gather the notes of each place; a place a phone goes to twice is two stops."""
    names = {(one.phone_id, one.data.get("stop")): one.data["spot"] for one in rows if one.kind == "ARRIVE"}
    turns: dict[tuple[UUID, str], list[Any]] = defaultdict(list)
    found: dict[tuple[str, int], list[Note]] = defaultdict(list)
    for one in rows:
        key = one.phone_id, one.data.get("stop")
        if one.kind not in {"ARRIVE", "COUNT", "LEAVE"} or key not in names:
            continue
        place = plain(names[key])
        turn = turns[one.phone_id, place]
        if key[1] not in turn:
            turn.append(key[1])
        found[place, turn.index(key[1])].append(one)
    return found


def _stop(day: Day, place: str, told: list[Note]) -> Stop:
    arrivals = [one for one in told if one.kind == "ARRIVE"]
    last = arrivals[-1].data if arrivals else {}
    made = Stop(str(last.get("spot") or place), str(last.get("site") or ""))
    counts = [one for one in told if one.kind == "COUNT"]
    agreed = _agreed(day, "COUNT", made.spot, counts, ("count", "method"))
    made.arrived = arrivals[0].at if arrivals else None
    made.left = max((one.at for one in told if one.kind == "LEAVE"), default=None)
    if agreed is not None:
        made.count, made.method = agreed.data["count"], agreed.data["method"]
        made.audience = agreed.data.get("audience") or made.audience
    return made


def _agreed(day: Day, what: str, spot: str, notes: list[Note], names: tuple[str, ...]) -> Note | None:
    latest = {one.phone_id: one for one in notes}
    said = {tuple(one.data.get(name) for name in names) for one in latest.values()}
    if len(said) > 1:
        day.conflicts.append(Conflict(what, spot, notes, list(latest.values())))
        return None
    return next(iter(latest.values()), None)


def plain(name: str) -> str:
    """Return a place's name as it is compared: whatever its width, spaces and case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
