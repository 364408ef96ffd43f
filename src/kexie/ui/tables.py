"""What a data table shows, as plain values: the seam between a list page and the component."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kexie.ui.text import Text


@dataclass(frozen=True)
class Column:
    """A column head. `sort_url` makes it a link; `sorted` is "", "ascending" or "descending"."""

    label: Text
    numeric: bool = False
    nowrap: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: a value with an optional link, state tag (draft, confirmed, reversed) or error message."""

    value: object = ""
    href: str = ""
    state: str = ""
    error: str = ""


@dataclass(frozen=True)
class Row:
    """A row; the cell at `title` (its index) names it. `key` is the value of its checkbox."""

    cells: Sequence[Cell]
    key: str = ""
    reversed: bool = False
    title: int = 0
    name: str = ""


@dataclass(frozen=True)
class Table:
    """Columns, rows and the numbers a pager needs."""

    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=tuple)
    foot: Sequence[Cell] = field(default_factory=tuple)
