"""A request and an answer without a framework: for the few addresses that must stay cheap in a rush."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRequest:
    """What a handler may ask of a request. Header names are lower case; `args` are the groups of the path."""

    args: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    ip: str | None
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """A status, the content to be written as JSON, and further headers."""

    status: int
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that another thread works at: `finish` makes it of what is promised."""

    promise: Future[Any]
    finish: Callable[[Any], PlainAnswer]


@dataclass(frozen=True, slots=True)
class FastRoute:
    """An address of the API that is served before the framework; `rest` rooms list theirs as `FAST`.

    `handle` may wait. `begin` must not, nor ask the database: it runs in the one thread that serves all connections, and
    returns None, having changed nothing, for what only `handle` can do.
    """

    method: str
    path: re.Pattern[str]
    handle: Callable[[PlainRequest], PlainAnswer]
    begin: Callable[[PlainRequest], PlainAnswer | Later | None] = lambda _request: None
