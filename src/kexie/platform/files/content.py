"""The bytes of kept files on disk: encrypted piece by piece, so that a large one is sent without being held whole.

A sealed file is MARK, then pieces of PIECE bytes in clear, each a ciphertext of `platform.crypto` bound to the digest of
the content, to its place and to whether it is the last: pieces cannot be swapped, left out or cut off unnoticed. What an
earlier version kept lies in clear; it is read all the same, and `kexie keys rewrap` seals it.
"""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from kexie.platform import crypto

PIECE = 64 * 1024
# No kind of file that is taken begins so: texts hold no zero byte, the others have marks of their own.
MARK = b"\x00kexie-sealed-1\x00"
_SEALED_PIECE = PIECE + crypto.OVERHEAD


def path_of(digest: str) -> Path:
    """Return where the content with this SHA-256 digest (64 hex digits) is kept."""
    return Path(settings.KEXIE_HOME) / "files" / digest[:2] / digest[2:4] / digest


def read(digest: str) -> bytes:
    """Return a content in clear; raise FileNotFoundError, or crypto.Unreadable when altered or without its key."""
    with open_clear(digest) as file:
        return file.read()


def open_clear(digest: str) -> io.BufferedIOBase:
    """Return a content to read in clear, a piece at a time, from any place. Raises as `read` does."""
    file = path_of(digest).open("rb")
    try:
        if file.read(len(MARK)) == MARK:
            clear = io.BufferedReader(_Unsealed(file, digest), PIECE)
            clear.peek(1)
            return clear
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def write(digest: str, content: bytes) -> None:
    """Keep a content sealed, whole or not at all; what is kept and sealed already stays."""
    path = path_of(digest)
    if not path.exists() or not _is_sealed(path):
        _replace(path, digest, (content[at : at + PIECE] for at in range(0, len(content), PIECE)))


def is_current(digest: str) -> bool:
    """Whether a content is sealed under the newest key. Raises FileNotFoundError."""
    with path_of(digest).open("rb") as file:
        return file.read(len(MARK)) == MARK and crypto.is_current(file.read(2))


def renew(digest: str) -> None:
    """Seal a content under the newest key, while others read it. Raises as `read` does."""
    with open_clear(digest) as file:
        _replace(path_of(digest), digest, iter(lambda: file.read(PIECE), b""))


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def _replace(path: Path, digest: str, pieces: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(MARK)
            file.writelines(_sealed(digest, pieces))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _sealed(digest: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    at, coming = 0, iter(pieces)
    piece = next(coming, b"")
    while True:
        following = next(coming, None)
        yield crypto.encrypt(piece, context=_context(digest, at, is_last=following is None))
        if following is None:
            return
        at, piece = at + 1, following


def _context(digest: str, at: int, *, is_last: bool) -> bytes:
    return f"file {digest} {at} {int(is_last)}".encode()


class _Unsealed(io.RawIOBase):
    """A sealed file read in clear."""

    def __init__(self, file: io.BufferedReader, digest: str) -> None:
        self._file, self._digest = file, digest
        sealed = os.fstat(file.fileno()).st_size - len(MARK)
        self._count = max(-(-sealed // _SEALED_PIECE), 1)
        # Else a last piece without anything in it would never be looked at; no empty file is kept.
        if sealed - (self._count - 1) * _SEALED_PIECE <= crypto.OVERHEAD:
            raise crypto.Unreadable("cut off")
        self._size = sealed - self._count * crypto.OVERHEAD
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader hands over
        if self._at >= self._size:
            return 0
        number, skip = divmod(self._at, PIECE)
        found = self._piece(number)[skip : skip + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        self._file.seek(len(MARK) + number * _SEALED_PIECE)
        sealed = self._file.read(_SEALED_PIECE)
        return crypto.decrypt(
            sealed, context=_context(self._digest, number, is_last=number == self._count - 1)
        )
