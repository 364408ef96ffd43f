"""Cells: what is asked of a measure."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from kexie.kernel.periods import Period


@dataclass(frozen=True)
class Cell:
    """A measure asked for a period, an area or unit subtree, and filters.

    `area` is a code prefix, `unit` the root of a unit subtree, `filters` pairs of dimension and value;
    `known_at` asks what was known at an earlier moment.
    """

    measure: str
    period: Period
    area: str | None = None
    unit: UUID | None = None
    filters: tuple[tuple[str, str], ...] = ()
    known_at: dt.datetime | None = None
