"""Who may read a file: whoever may read something it belongs to.

Tables that point at StoredFile register a reader when their app is ready:
`files.rules.register("ledger.evidence", may_read_evidence)`.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from kexie.platform.files.models import StoredFile


class Reader(Protocol):
    """Whoever asks for a file: an account, or an anonymous visitor, whose id is None."""

    @property
    def pk(self) -> UUID | None:
        """The account's id."""


MayRead = Callable[[Reader, StoredFile], bool]

_readers: dict[str, MayRead] = {}


def register(owner: str, may_read: MayRead) -> None:
    """Let `may_read(account, file)` open files that belong to `owner` (an app and model label)."""
    _readers[owner] = may_read


def may_read(reader: Reader, file: StoredFile) -> bool:
    """Whether the reader uploaded the file or may read something it belongs to."""
    if reader.pk is not None and reader.pk == file.uploaded_by_id:
        return True
    return any(opens(reader, file) for opens in _readers.values())
