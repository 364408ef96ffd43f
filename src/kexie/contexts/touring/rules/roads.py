"""Metres and minutes between points: a matrix that is known, else great circle × factor at a usual speed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RADIUS = 6_371_008.8
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


def with_known(roads: Roads, known: Mapping[tuple[int, int], tuple[int, int]], source: str) -> Roads:
    """Return the roads with (metres, seconds) of the pairs that a matrix or a routing service knows."""
    metres, minutes = roads.metres.copy(), roads.minutes.copy()
    for (one, other), (far, seconds) in known.items():
        metres[one, other], minutes[one, other] = far, -(-seconds // 60)
    return Roads(roads.points, metres, minutes, source)
