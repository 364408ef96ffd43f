"""Roots and proofs over leaves packed one after another: the tree of RFC 9162, level by level."""

import itertools
from collections.abc import Iterator
from hashlib import sha256
from struct import iter_unpack

import numpy as np

from kexie.ledger.merkle import EMPTY_ROOT

HASH = 32
_PAIR = 2 * HASH
_WORTH_AN_ARRAY = 48 * 1_000
_IDENTIFIED = np.dtype([("high", ">u8"), ("low", ">u8"), ("leaf", f"V{HASH}")])


def root(leaves: bytes) -> bytes:
    """Return the root over packed leaf hashes."""
    while len(leaves) > HASH:
        leaves = _above(leaves)
    return leaves or EMPTY_ROOT


def path(leaves: bytes, index: int) -> bytes:
    """Return the packed audit path of one leaf, bottom up."""
    return b"".join(_siblings(leaves, index))


def split(leaves: bytes) -> list[bytes]:
    """Return packed hashes one by one."""
    return [leaves[at : at + HASH] for at in range(0, len(leaves), HASH)]


def ordered(identified: bytes) -> bytes:
    """Return packed leaves in order of identifier, from each one's identifier (16 bytes) and leaf in any order."""
    if len(identified) < _WORTH_AN_ARRAY:
        return b"".join([leaf for _identifier, leaf in sorted(iter_unpack(f"16s{HASH}s", identified))])
    found = np.frombuffer(identified, _IDENTIFIED)
    high = found["high"].astype(np.uint64)
    order = np.argsort(high)
    if bool(np.any(high[order][1:] == high[order][:-1])):
        order = np.lexsort((found["low"], high))
    return found["leaf"][order].tobytes()


def place(identified: bytes, identifier: bytes) -> int:
    """Return which one in that order a leaf's identifier is; it must be among them."""
    found = np.frombuffer(identified, _IDENTIFIED)
    high, low = np.frombuffer(identifier, ">u8")
    before = (found["high"] < high) | ((found["high"] == high) & (found["low"] < low))
    return int(np.count_nonzero(before))


def _above(level: bytes) -> bytes:
    whole = len(level) // _PAIR * _PAIR
    parents = [sha256(b"\x01" + pair).digest() for (pair,) in iter_unpack(f"{_PAIR}s", level[:whole])]
    return b"".join(parents) + level[whole:]


def _siblings(level: bytes, index: int) -> Iterator[bytes]:
    for _height in itertools.count():
        if len(level) <= HASH:
            return
        beside = (index ^ 1) * HASH
        if beside < len(level):
            yield level[beside : beside + HASH]
        level, index = _above(level), index // 2
