"""Navigation as data: what the staff rail, tabs and breadcrumbs render."""

from collections.abc import Sequence
from dataclasses import dataclass

from kexie.ui.text import Text


@dataclass(frozen=True)
class Link:
    """A place to go. `count` is shown when not None; `current` marks where the reader is."""

    label: Text
    href: str = ""
    icon: str = ""
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Group:
    """A titled group of links in the rail."""

    label: Text
    links: Sequence[Link]
