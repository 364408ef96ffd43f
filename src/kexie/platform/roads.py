"""Metres and seconds by road from any server that speaks OSRM's `GET {base}/table/v1/driving/…`.

Whatever comes back is looked at before it is believed: the right shape, finite numbers that can be ways on earth, null where
there is none. Everything else is `NoAnswer`, and so is no answer in time, however slowly it drips.
"""

import http.client
import json
import math
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Point = tuple[float, float]
BLOCK = 50  # places of one side: servers take a hundred in one request unless told otherwise
UNKNOWN = -1
_LARGEST = 8 * 2**20
_MOST = 10_000_000  # metres or seconds of one way: no drive within a country is longer
_PIECE = 65_536


class NoAnswer(Exception):
    """The service gave no usable answer; the message says in a few words what it gave."""


@dataclass(frozen=True)
class Service:
    """Where ways come from. `timeout`: seconds for a whole answer."""

    url: str
    timeout: float = 30.0

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Numbers, Numbers]:
        """Return metres and seconds from each source to each target, UNKNOWN where there is no way. Raises NoAnswer."""
        places = [*sources, *targets]
        path = ";".join(f"{east:.6f},{north:.6f}" for east, north in places)
        rows, columns = range(len(sources)), range(len(sources), len(places))
        query = (
            f"sources={';'.join(map(str, rows))}&destinations={';'.join(map(str, columns))}"
            "&annotations=distance,duration"
        )
        told = self._got(f"{self.url.rstrip('/')}/table/v1/driving/{path}?{query}")
        if not isinstance(told, dict) or told.get("code") != "Ok":
            raise NoAnswer("the code is not Ok")
        shape = len(sources), len(targets)
        return _numbers(told.get("distances"), shape), _numbers(told.get("durations"), shape)

    def _got(self, url: str) -> Any:
        try:
            with _opener.open(url, timeout=self.timeout) as answer:
                return json.loads(b"".join(_pieces(answer, time.monotonic() + self.timeout)))
        except urllib.error.HTTPError as error:
            error.close()
            raise NoAnswer(f"status {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise NoAnswer("the answer is not JSON") from None


def blocks(size: int) -> list[tuple[range, range]]:
    """Return the parts in which a square table of so many places is asked for."""
    parts = [range(first, min(first + BLOCK, size)) for first in range(0, size, BLOCK)]
    return [(rows, columns) for rows in parts for columns in parts]


def _pieces(answer: http.client.HTTPResponse, until: float) -> Iterator[bytes]:
    length = 0
    while piece := answer.read1(_PIECE):
        length += len(piece)
        if length > _LARGEST:
            raise NoAnswer("the answer is too long")
        if time.monotonic() > until:
            raise NoAnswer("no answer: too slow")
        yield piece


def _numbers(rows: Any, shape: tuple[int, int]) -> Numbers:
    if not isinstance(rows, list) or len(rows) != shape[0]:
        raise NoAnswer("the table has another shape")
    made = np.full(shape, UNKNOWN, dtype=np.int64)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != shape[1]:
            raise NoAnswer("the table has another shape")
        made[number] = [_number(value) for value in row]
    return made


def _number(value: Any) -> int:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoAnswer("a value is no number")
    if not math.isfinite(value) or not 0 <= value <= _MOST:
        raise NoAnswer("a value is no way on earth")
    return round(value)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A service that sends us elsewhere is not the one that was declared."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow nowhere."""


_opener = urllib.request.build_opener(_Stay)
