"""Metres and minutes between points: a table that is known, else great circle × factor at a usual speed."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RADIUS = 6_371_008.8
UNKNOWN = -1
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Roads:
    """Metres and whole minutes (rounded up) among numbered points; `source` is said on every plan."""

    points: Sequence[tuple[float, float]]
    metres: Numbers
    minutes: Numbers
    source: str = ""

    def between(self, one: int, other: int) -> tuple[int, int]:
        """Return metres and minutes from one point to another."""
        return int(self.metres[one, other]), int(self.minutes[one, other])


def great_circle(points: Sequence[tuple[float, float]], *, factor: float, kmh: float, source: str) -> Roads:
    """Return distances along the sphere times the county's factor."""
    degrees = np.radians(np.array(points, dtype=float).reshape(-1, 2))
    east, north = degrees[:, 0], degrees[:, 1]
    chord = (
        np.sin((north[:, None] - north[None, :]) / 2) ** 2
        + np.cos(north)[:, None] * np.cos(north)[None, :] * np.sin((east[:, None] - east[None, :]) / 2) ** 2
    )
    metres = 2 * _RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, chord))) * factor
    minutes = np.ceil(metres / 1000 / kmh * 60 - 1e-9)
    return Roads(points, np.rint(metres).astype(np.int64), minutes.astype(np.int64), source)


@dataclass(frozen=True, eq=False)
class Table:
    """Metres and seconds by road among points (WGS-84 degrees), UNKNOWN where nobody knows the way."""

    points: Sequence[tuple[float, float]]
    metres: Numbers
    seconds: Numbers

    def known(self) -> int:
        """Return of how many pairs (there and back are two) the way is known."""
        return int(((self.seconds >= 0) & ~np.eye(len(self.points), dtype=bool)).sum())

    def packed(self) -> bytes:
        """Return the numbers as kept in the database: compressed 32-bit integers, metres first."""
        return zlib.compress(np.array([self.metres, self.seconds], dtype="<i4").tobytes(), 6)


def empty(points: Sequence[tuple[float, float]]) -> Table:
    """Return a table in which nothing is known yet."""
    size = len(points)
    nothing = np.full((2, size, size), UNKNOWN, dtype=np.int64)
    return Table(points, nothing[0], nothing[1])


def unpacked(points: Sequence[tuple[float, float]], packed: bytes) -> Table:
    """Return a table that was kept; an empty one where nothing was."""
    if not packed:
        return empty(points)
    both = np.frombuffer(zlib.decompress(packed), dtype="<i4").reshape(2, len(points), len(points))
    return Table(points, both[0].astype(np.int64), both[1].astype(np.int64))


def with_table(roads: Roads, table: Table) -> tuple[Roads, int]:
    """Return the roads with the ways that a table knows, and how many pairs it lacks. Points are told by their place."""
    where: dict[tuple[int, int], int] = {}
    for number, point in enumerate(table.points):
        same = where.setdefault(spot(point), number)
        if same != number:
            _take_over(table, same, number)
    at = np.array([where.get(spot(point), UNKNOWN) for point in roads.points], dtype=np.int64)
    has = np.flatnonzero(at >= 0)
    seconds = np.full(roads.minutes.shape, UNKNOWN, dtype=np.int64)
    metres = np.zeros_like(seconds)
    if len(has):
        seconds[np.ix_(has, has)] = table.seconds[np.ix_(at[has], at[has])]
        metres[np.ix_(has, has)] = table.metres[np.ix_(at[has], at[has])]
    elsewhere = roads.metres > 0  # two sites of one place need no road
    known = (seconds >= 0) & elsewhere
    made = Roads(
        roads.points,
        np.where(known, metres, roads.metres),
        np.where(known, -(-seconds // 60), roads.minutes),
        roads.source,
    )
    return made, int((elsewhere & ~known).sum())


def _take_over(table: Table, one: int, other: int) -> None:
    """Let a point know the ways of another at the same place."""
    for seconds, metres in ((table.seconds, table.metres), (table.seconds.T, table.metres.T)):
        more = (seconds[one] < 0) & (seconds[other] >= 0)
        seconds[one, more], metres[one, more] = seconds[other, more], metres[other, more]


def spot(point: tuple[float, float]) -> tuple[int, int]:
    """Return by what two points are the same: a metre or so."""
    return round(point[0] * 1e5), round(point[1] * 1e5)
