"""Navigation as data: what the staff rail, tabs and breadcrumbs render."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A place to go. `count` is shown when not None; `current` marks where the reader is."""

    label: str
    href: str = ""
    icon: str = ""
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Group:
    """A titled group of links in the rail."""

    label: str
    links: Sequence[Link]
