"""What public pages show, as plain values: nothing here names a person or an unconfirmed record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kexie.kernel.errors import Text
from kexie.ui.nav import Link


@dataclass(frozen=True, kw_only=True)
class MuseumCard:
    """A museum on a day. `state` is open, closed or other (not in use yet, or no more); `line` says it in words."""

    code: str
    name: str
    state: str
    label: str
    line: str
    county: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something one can go to, or that was held: an activity, a regular show, a touring exhibition, a contest day."""

    title: str
    kind: str
    day: dt.date
    href: str = ""
    hours: str = ""
    where: str = ""
    until: dt.date | None = None
    cancelled: bool = False

    @property
    def month(self) -> tuple[int, int]:
        """The year and month it falls in, for grouping."""
        return (self.day.year, self.day.month)


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A page of facts about one thing; history (latest last), list, photographs (id, caption) and links may follow."""

    title: str
    sub: str = ""
    tag: str = ""
    facts: Sequence[tuple[Text, object]] = ()
    history_title: Text = ""
    history: Sequence[tuple[dt.date, str]] = ()
    list_title: Text = ""
    list: Sequence[tuple[str, str]] = ()
    photos: Sequence[tuple[UUID, str]] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One county of the schematic map: column and row from the upper left, and how many things it has."""

    code: str
    name: str
    column: int
    row: int
    count: int
    href: str = ""
    current: bool = False
