"""What is to be assigned: entries on the left, judges (experts, tables) on the right, how well each pair fits."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Left:
    """An entry, and by how many different people on the right it is to be seen."""

    id: str
    demand: int = 1


@dataclass(frozen=True)
class Right:
    """Somebody who takes at least `min` and at most `max` entries."""

    id: str
    min: int = 0
    max: int | None = None
    org: str = ""
    senior: bool = False


@dataclass(frozen=True)
class Rules:
    """What is asked beyond demands and loads.

    `fair`: the worst entry (sum of its affinities) is made as good as possible before the total.
    `distinct_org`: no two of one organisation on one entry. `min_senior`: seniors at least on every entry.
    `time_limit`: seconds of wall time for the parts that search; the answer then carries its bound.
    """

    fair: bool = False
    distinct_org: bool = False
    min_senior: int = 0
    time_limit: float = 60.0


@dataclass(frozen=True)
class Problem:
    """A whole task. `affinity[l, r]` is finite; forbidden and forced pairs are indices (left, right)."""

    left: Sequence[Left]
    right: Sequence[Right]
    affinity: Floats
    forbidden: Sequence[Pair] = ()
    forced: Sequence[Pair] = ()
    rules: Rules = field(default_factory=Rules)

    @property
    def demands(self) -> Ints:
        """How many people each entry asks for."""
        return np.array([entry.demand for entry in self.left], dtype=np.int64)

    @property
    def least(self) -> Ints:
        """How many entries each person takes at least."""
        return np.array([one.min for one in self.right], dtype=np.int64)

    @property
    def most(self) -> Ints:
        """How many entries each person takes at most."""
        all_of_them = len(self.left)
        return np.array(
            [all_of_them if one.max is None else min(one.max, all_of_them) for one in self.right],
            dtype=np.int64,
        )

    def mask(self, pairs: Sequence[Pair]) -> Flags:
        """Return a matrix that is true at these pairs."""
        found = np.zeros(self.affinity.shape, dtype=np.bool_)
        if pairs:
            rows, columns = np.array(pairs, dtype=np.int64).T
            found[rows, columns] = True
        return found


@dataclass(frozen=True)
class Solution:
    """Who sees what, and how good it could be at best.

    `bound` is an upper bound of the total (with `fair`: of the total among assignments whose worst entry is at least
    `worst`); `worst_bound` is an upper bound of the worst entry.
    `prices` (one a person) prove `bound` when there are no side rules: see `checking`.
    """

    pairs: Sequence[Pair]
    total: float
    worst: float
    bound: float
    worst_bound: float
    prices: Sequence[float] = ()
    method: str = "flow"

    @property
    def gap(self) -> float:
        """How far the total may be from the best, relative to the bound; 0 when proven."""
        missing = self.bound - self.total
        scale = max(abs(self.bound), 1e-9)
        return 0.0 if missing <= scale * 1e-9 else missing / scale

    @property
    def worst_gap(self) -> float:
        """As `gap`, for the worst entry."""
        missing = self.worst_bound - self.worst
        scale = max(abs(self.worst_bound), 1e-9)
        return 0.0 if missing <= scale * 1e-9 else missing / scale
