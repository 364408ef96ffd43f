"""Whether a year is closed: said by whoever closes periods, in a layer above; without one, no year is."""

from collections.abc import Callable
from uuid import UUID

IsClosed = Callable[[UUID, int], bool]
_askers: list[IsClosed] = []


def register(asked: IsClosed) -> None:
    """Let `asked(association, year)` say whether the association's figures of the year are closed."""
    if asked not in _askers:
        _askers.append(asked)


def is_closed(association_id: UUID, year: int) -> bool:
    """Whether the year is closed, so that its targets stay as they are."""
    return any(asked(association_id, year) for asked in _askers)
