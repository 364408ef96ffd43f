"""The order in which a draw gives out places, as a pure function that anybody can repeat.

Each entry draws `lots` lots: HMAC-SHA256 under the seed of "<number>:<n>", n from 1. Its best (largest) lot counts, and
entries are ranked by it, the largest first. Two lots win about twice as often as one. The seed's SHA-256 was published
before the first entry, so nobody could choose a seed for somebody; the numbers are random, so nobody could choose theirs.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_LOTS = 5


@dataclass(frozen=True, kw_only=True)
class Lot:
    """An entry as the draw sees it."""

    number: str
    size: int
    lots: int = 1


def commitment(seed: bytes) -> str:
    """Return what is published before: 64 hex digits."""
    return hashlib.sha256(seed).hexdigest()


def score(seed: bytes, lot: Lot) -> bytes:
    """Return an entry's best lot."""
    drawn = (hmac.digest(seed, f"{lot.number}:{n}".encode(), "sha256") for n in range(1, lot.lots + 1))
    return max(drawn)


def ranked(seed: bytes, lots: Iterable[Lot]) -> list[Lot]:
    """Return the entries in the order of the draw; in whatever order they are given, it is the same."""
    return sorted(lots, key=lambda lot: (score(seed, lot), lot.number), reverse=True)


def lots_for(losses: int) -> int:
    """Return how many lots somebody has who lost so often in a row."""
    return min(1 + losses, MOST_LOTS)


def verify(*, published: str, seed: bytes, lots: Sequence[Lot], order: Sequence[str]) -> bool:
    """Whether the seed is the one promised, and the order of numbers follows from it."""
    if not hmac.compare_digest(commitment(seed), published):
        return False
    return [lot.number for lot in ranked(seed, lots)] == list(order)
