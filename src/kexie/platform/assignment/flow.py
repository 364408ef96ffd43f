"""The best total under demands and loads: one min-cost flow, exact, in a graph that holds the right side only.

Every entry always has the number of people that it asks for; what moves is load between people. An arc j → k is the cheapest
exchange of j for k on any entry, and the sink T takes load up to a person's maximum and gives it back down to the
minimum. Successive shortest paths over these few nodes end without a negative cycle, which is the proof. Prices found beforehand
(coordinate descent on the dual) leave only a few units to move. Costs are integers, so nothing depends on rounding on the way.
"""

import math
from dataclasses import dataclass

import numpy as np

from kexie.platform.assignment.problem import Flags, Floats, Ints

NO_ARC = np.int64(1) << 52
_PRECISION = 40  # bits of an affinity: a path of four thousand arcs still fits
_NOTHING = 1e-200  # below it no scale fits
_ROUNDS = 30


@dataclass(frozen=True)
class Flow:
    """Who sees what (`chosen`), and the price of each person's time that proves it the best."""

    chosen: Flags
    prices: Floats


@dataclass(frozen=True)
class Cut:
    """Why there is no assignment: people `inside` cannot pass on what they have too much of, or lack."""

    inside: Flags
    sink_inside: bool


class NoFlow(Exception):
    """Demands and loads cannot be met together."""

    def __init__(self, cut: Cut) -> None:
        super().__init__()
        self.cut = cut


def best(*, value: Floats, allowed: Flags, demands: Ints, least: Ints, most: Ints) -> Flow:
    """Return the assignment of the highest total value. Raises NoFlow. Each row must have enough allowed columns."""
    highest = float(np.abs(value).max(initial=0.0))
    scale = 2.0 ** (_PRECISION - math.ceil(math.log2(highest))) if highest > _NOTHING else 1.0
    whole = np.rint(value * scale).astype(np.int64)
    network = _Network(
        whole, allowed, demands, least, most, prices=_prices(whole, allowed, demands, least, most)
    )
    network.balance()
    return Flow(chosen=network.chosen, prices=network.prices() / scale)


def _top(value: Ints, demands: Ints) -> Flags:
    """Return for each row which columns hold its `demand` highest values."""
    order = np.argsort(-value, axis=1, kind="stable")
    chosen = np.zeros(value.shape, dtype=np.bool_)
    np.put_along_axis(chosen, order, np.arange(value.shape[1])[None, :] < demands[:, None], axis=1)
    return chosen


def _prices(whole: Ints, allowed: Flags, demands: Ints, least: Ints, most: Ints) -> Ints:
    """Return prices near the best: each person's is moved most of the way to where load and limits agree."""
    rows, columns = whole.shape
    prices = np.zeros(columns, dtype=np.int64)
    if rows == 0 or len(set(demands.tolist())) != 1 or not 0 < demands[0] < columns:
        return prices
    demand, everyone = int(demands[0]), np.arange(columns)
    open_value = np.where(allowed, whole, -NO_ARC)
    upper = np.clip(rows - most, 0, rows - 1)
    lower = np.clip(rows - least, 0, rows - 1)
    for turn in range(_ROUNDS):
        net = open_value - prices
        ranked = np.partition(net, (columns - demand - 1, columns - demand), axis=1)
        last_in, first_out = ranked[:, columns - demand], ranked[:, columns - demand - 1]
        rival = np.where(net >= last_in[:, None], first_out[:, None], last_in[:, None])
        margins = np.sort(open_value - rival, axis=0)
        above = np.where(most < rows, margins[upper - 1, everyone], -NO_ARC)
        below = np.where(least > 0, margins[lower, everyone], NO_ARC)
        wanted = np.clip(0, above, np.maximum(above, below))
        step = (np.clip(wanted, -NO_ARC // 8, NO_ARC // 8) - prices) * 7 // 8
        prices = prices + step
        if turn > 2 and np.abs(step).max() < 4:  # noqa: PLR2004 - four units of 2**-40
            break
    return prices


class _Network:
    """Load between people. Node `self.sink` stands for everybody's limits."""

    def __init__(
        self, whole: Ints, allowed: Flags, demands: Ints, least: Ints, most: Ints, *, prices: Ints
    ) -> None:
        self.value, self.least, self.most = whole, least, most
        self.sink = whole.shape[1]
        self.chosen = _top(np.where(allowed, whole - prices, -NO_ARC), demands)
        self.offered = np.where(allowed & ~self.chosen, whole, -NO_ARC)
        load = self.chosen.sum(axis=0)
        self.taken = np.where(prices > 0, most, np.where(prices < 0, least, np.clip(load, least, most)))
        self.excess = np.append(load - self.taken, self.taken.sum() - demands.sum())
        nodes = self.sink + 1
        self.cost = np.full((nodes, nodes), NO_ARC)
        self.entry = np.full((nodes, nodes), -1, dtype=np.int64)
        for person in range(self.sink):
            self._renew(person)
            self._renew_limits(person)

    def _renew(self, person: int) -> None:
        """Find again the cheapest exchanges that take load from this person."""
        held = np.flatnonzero(self.chosen[:, person])
        if not len(held):
            self.cost[person, : self.sink] = NO_ARC
            return
        losses = self.value[held, person, None] - self.offered[held]
        which = losses.argmin(axis=0)
        self.entry[person, : self.sink] = held[which]
        self.cost[person, : self.sink] = np.minimum(losses[which, np.arange(self.sink)], NO_ARC)

    def _renew_limits(self, person: int) -> None:
        self.cost[person, self.sink] = 0 if self.taken[person] < self.most[person] else NO_ARC
        self.cost[self.sink, person] = 0 if self.taken[person] > self.least[person] else NO_ARC

    def balance(self) -> None:
        """Move load along shortest paths until nobody has too much or too little."""
        while (self.excess > 0).any():
            distance, before = self._distances(np.where(self.excess > 0, np.int64(0), NO_ARC))
            ends = np.flatnonzero(self.excess < 0)
            end = int(ends[distance[ends].argmin()])
            if distance[end] >= NO_ARC // 2:
                reached = distance < NO_ARC // 2
                raise NoFlow(Cut(inside=reached[: self.sink], sink_inside=bool(reached[self.sink])))
            self._move(end, before)

    def _distances(self, start: Ints) -> tuple[Ints, Ints]:
        """Return the shortest distances (Bellman and Ford), and from where each node was reached."""
        distance, before = start.copy(), np.full(len(start), -1, dtype=np.int64)
        nodes = np.arange(len(start))
        changed = np.flatnonzero(start < NO_ARC // 2)
        while len(changed):
            through = distance[changed, None] + self.cost[changed]
            which = through.argmin(axis=0)
            shortest = through[which, nodes]
            better = (shortest < distance) & (shortest < NO_ARC // 2)
            before[better] = changed[which[better]]
            distance[better] = shortest[better]
            changed = np.flatnonzero(better)
        return distance, before

    def _move(self, end: int, before: Ints) -> None:
        stale: set[int] = set()
        self.excess[end] += 1
        node = end
        while (source := int(before[node])) >= 0:
            stale |= self._move_one(source, node)
            node = source
        self.excess[node] -= 1
        for person in stale:
            self._renew(person)

    def _move_one(self, source: int, target: int) -> set[int]:
        """Move one unit along an arc; return whose exchanges have changed by it."""
        if self.sink in {target, source}:
            person, change = (source, 1) if target == self.sink else (target, -1)
            self.taken[person] += change
            self._renew_limits(person)
            return set()
        entry = int(self.entry[source, target])
        affected = set(np.flatnonzero(self.chosen[entry]).tolist()) | {target}
        self.chosen[entry, source], self.chosen[entry, target] = False, True
        self.offered[entry, source] = self.value[entry, source]
        self.offered[entry, target] = -NO_ARC
        return affected

    def prices(self) -> Floats:
        """Return the prices under which everybody's choice is already the best."""
        distance, _ = self._distances(np.zeros(self.sink + 1, dtype=np.int64))
        return (distance[self.sink] - distance[: self.sink]).astype(np.float64)
