"""Who wants to know what happened: found in the `consumers` room of the installed apps."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from kexie.kernel.errors import NotFound
from kexie.platform.outbox.models import Event

Handler = Callable[[Sequence[Event], dt.datetime], None]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """Handles events of some kinds, each at least once and in no promised order.

    `handle(events, now)` runs in a transaction of its own, shared by the events it is given: what it writes to the
    database is written once, however often it is tried. It must not wait for other machines; for that it defers a task.
    `kinds` are whole kinds such as "reservation.confirmed"; None is every kind. `name` is lasting: rows bear it.
    """

    name: str
    handle: Handler
    kinds: tuple[str, ...] | None = None

    def wants(self, kind: str) -> bool:
        """Whether events of this kind are handed to this consumer."""
        return self.kinds is None or kind in self.kinds


@cache
def consumers() -> dict[str, Consumer]:
    """Return all consumers by name."""
    found: dict[str, Consumer] = {}
    for app in apps.get_app_configs():
        room = f"{app.name}.consumers"
        if not app.name.startswith("kexie.") or app.name == "kexie.platform.outbox" or not find_spec(room):
            continue
        for consumer in getattr(import_module(room), "CONSUMERS", ()):
            if consumer.name in found:
                raise ValueError(f"declared twice: {consumer.name}")
            found[consumer.name] = consumer
    return found


def consumer(name: str) -> Consumer:
    """Return one consumer, or raise NotFound."""
    if name not in consumers():
        raise NotFound(name)
    return consumers()[name]
