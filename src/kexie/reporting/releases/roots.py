"""Roots and proofs over leaves packed one after another: the tree of RFC 9162, level by level."""

import hashlib
import itertools
from collections.abc import Iterator

from kexie.ledger.merkle import EMPTY_ROOT

HASH = 32
_sha256 = hashlib.sha256


def root(leaves: bytes) -> bytes:
    """Return the root over packed leaf hashes."""
    level = split(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY_ROOT


def path(leaves: bytes, index: int) -> bytes:
    """Return the packed audit path of one leaf, bottom up."""
    return b"".join(_siblings(split(leaves), index))


def split(leaves: bytes) -> list[bytes]:
    """Return packed hashes one by one."""
    return [leaves[at : at + HASH] for at in range(0, len(leaves), HASH)]


def _above(level: list[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    parents = [_sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return parents if len(level) % 2 == 0 else [*parents, level[-1]]


def _siblings(level: list[bytes], index: int) -> Iterator[bytes]:
    for _height in itertools.count():
        if len(level) <= 1:
            return
        if index ^ 1 < len(level):
            yield level[index ^ 1]
        level, index = _above(level), index // 2
