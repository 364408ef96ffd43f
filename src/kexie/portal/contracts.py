"""What public pages show, as plain values: nothing here names a person or an unconfirmed record."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MuseumCard:
    """A museum today. `state` is open, closed or building; `today` says it in words."""

    key: str
    name: str
    state: str
    today: str
    area: str = ""
    address: str = ""
    phone: str = ""
    note: str = ""
    facts: Sequence[tuple[str, object]] = field(default_factory=tuple)
    halls: Sequence[tuple[str, str]] = field(default_factory=tuple)
    stages: Sequence[tuple[dt.date, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class ActivityCard:
    """An activity that was, is or will be held."""

    key: str
    title: str
    kind: str
    day: dt.date
    hours: str = ""
    place: str = ""
    area: str = ""
    host: str = ""
    audience: str = ""
    subject: str = ""
    cancelled: bool = False
    online: bool = False

    @property
    def month(self) -> tuple[int, int]:
        """The year and month it falls in, for grouping."""
        return (self.day.year, self.day.month)


@dataclass(frozen=True)
class FacilityCard:
    """A popularisation facility. `working` is False when it is suspended or withdrawn; `state` says it in words."""

    key: str
    name: str
    kind: str
    kind_code: str = ""
    area_code: str = ""
    area: str = ""
    address: str = ""
    state: str = ""
    working: bool = True
    keeper: str = ""
    facts: Sequence[tuple[str, object]] = field(default_factory=tuple)
    history: Sequence[tuple[dt.date, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class ContestCard:
    """A youth contest or programme, with what is known of its latest editions."""

    key: str
    name: str
    kind: str
    latest: str = ""
    note: str = ""
    editions: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Tile:
    """One county of the schematic map: column and row from the upper left, and how many things it has."""

    code: str
    name: str
    column: int
    row: int
    count: int
    href: str = ""
    current: bool = False
