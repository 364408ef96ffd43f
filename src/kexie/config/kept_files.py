"""The files in KEXIE_HOME/files: putting all of them under the newest data key, also those that lie in clear."""

from collections.abc import Iterator
from dataclasses import dataclass

from kexie.config.sealed import Tally
from kexie.platform import crypto
from kexie.platform.files import content
from kexie.platform.files.models import StoredFile


@dataclass(frozen=True)
class _Files:
    name: str = "files"


def survey() -> Tally:
    """Return how many files are under the newest key; the others, also those in clear, count as `renewed` to come."""
    tally = Tally(_Files())
    for digest in _digests():
        _count(tally, digest)
    return tally


def rewrap() -> Tally:
    """Seal afresh each file that is not under the newest key. It may be stopped and started again."""
    tally = Tally(_Files())
    for digest in _digests():
        if _count(tally, digest):
            _renew(tally, digest)
    return tally


def _digests() -> Iterator[str]:
    # A file that several associations keep lies on disk once.
    rows = StoredFile.objects.order_by("digest").values_list("digest", flat=True)
    return rows.distinct().iterator(chunk_size=5000)


def _count(tally: Tally, digest: str) -> bool:
    """Count a file; return whether it is to be sealed afresh."""
    try:
        current = content.is_current(digest)
    except FileNotFoundError:
        tally.unreadable += 1
        return False
    tally.current += current
    tally.renewed += not current
    return not current


def _renew(tally: Tally, digest: str) -> None:
    try:
        content.renew(digest)
    except crypto.Unreadable:
        tally.renewed, tally.unreadable = tally.renewed - 1, tally.unreadable + 1
