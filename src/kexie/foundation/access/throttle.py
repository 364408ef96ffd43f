"""How often a caller may ask: buckets that refill steadily, in the memory of each process.

With several processes a caller gets up to as many times the rate; the limit keeps one caller from taking the whole
site, it is not an account of use.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from kexie.foundation.access.callers import Caller, Kind
from kexie.kernel.errors import Throttled


@dataclass(frozen=True)
class Rate:
    """Requests per second, and how many may come at once after a pause."""

    per_second: float
    burst: float


# One visitor's phone; one address without a token, behind which may be a whole school; one scanner at a gate.
_RATES = {Kind.VISITOR: Rate(5, 30), Kind.ANYONE: Rate(20, 120), Kind.DEVICE: Rate(20, 100)}
_KEPT = 50_000

_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
_lock = threading.Lock()


def take(caller: Caller, address: str | None = None, *, at: float | None = None) -> None:
    """Count one request of a caller; raise Throttled if it is one too many. `at` is in seconds of a steady clock."""
    wait = _take(
        caller.key or f"{Kind.ANYONE}:{address}", _rate(caller.kind), time.monotonic() if at is None else at
    )
    if wait > 0:
        seconds = int(wait) + 1
        raise Throttled(
            _("请求过于频繁，请在 %(seconds)s 秒后再试。") % {"seconds": seconds}, retry_after=seconds
        )


def forget() -> None:
    """Empty the memory: everyone starts anew."""
    with _lock:
        _buckets.clear()


def _rate(kind: Kind) -> Rate:
    if kind is Kind.CLIENT:
        return Rate(settings.API_RATE, 2 * settings.API_RATE)
    return _RATES[kind]


def _take(key: str, rate: Rate, at: float) -> float:
    """Take one from the bucket; return how many seconds are missing if it is empty."""
    with _lock:
        left, since = _buckets.pop(key, (rate.burst, at))
        left = min(rate.burst, left + (at - since) * rate.per_second)
        _buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, at)
        while len(_buckets) > _KEPT:
            _buckets.popitem(last=False)
    return 0.0 if left >= 1 else (1 - left) / rate.per_second
