"""Chance: the same on every machine for the same seed."""

import numpy as np

from kexie.platform.routing.arrays import State
from kexie.platform.routing.compiled import compiled


@compiled
def draw(s: State) -> float:
    """Return a number in [0, 1): xorshift64*, the same on every machine."""
    x = s.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    s.random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def below(s: State, n: int) -> int:
    """Return an integer in [0, n)."""
    return min(int(draw(s) * n), n - 1)
