"""The hash tree of RFC 9162 section 2.1: roots, inclusion proofs, and their verification."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree that keeps only its frontier: one subtree root for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._frontier: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        carry, size = leaf, self.size
        while size & 1:
            carry = node(self._frontier.pop(), carry)
            size >>= 1
        self._frontier.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._frontier:
            return EMPTY_ROOT
        folded = self._frontier[-1]
        for subtree in reversed(self._frontier[:-1]):
            folded = node(subtree, folded)
        return folded


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes in order."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of RFC 9162 section 2.1.3.1 for the leaf at `index`, bottom up."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def root_from_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that a proof leads to; equal to the tree's root exactly when the leaf is in it."""
    if size == 1:
        return leaf
    split = _split(size)
    if index < split:
        return node(root_from_proof(leaf, index, split, proof[:-1]), proof[-1])
    return node(proof[-1], root_from_proof(leaf, index - split, size - split, proof[:-1]))


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
