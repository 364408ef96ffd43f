"""Which planned visit is which of those that a host was told of."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """What a visit of one site is known by: its link, and its day."""

    code: str
    day: dt.date


def _same_code(one: Mark, other: Mark) -> bool:
    return bool(one.code) and one.code == other.code


def _same_day(one: Mark, other: Mark) -> bool:
    return one.day == other.day


_ALIKE: tuple[Callable[[Mark, Mark], bool], ...] = (_same_code, _same_day)


def pairs(told: Sequence[Mark], planned: Sequence[Mark]) -> list[tuple[int | None, int | None]]:
    """Return which told visit each planned one is, by positions: same link, else same day, else in order.

    None on the right: it is not planned any more; on the left: nobody was told of it.
    """
    left, right = list(range(len(told))), list(range(len(planned)))
    found: list[tuple[int | None, int | None]] = []
    for alike in _ALIKE:
        for n in tuple(left):
            hit = next((m for m in right if alike(told[n], planned[m])), None)
            if hit is not None:
                found.append((n, hit))
                left.remove(n)
                right.remove(hit)
    left.sort(key=lambda n: told[n].day)
    right.sort(key=lambda m: planned[m].day)
    found += zip(left, right, strict=False)
    shorter = min(len(left), len(right))
    return [*found, *((n, None) for n in left[shorter:]), *((None, m) for m in right[shorter:])]
