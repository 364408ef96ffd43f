import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence

import pytest

from kexie.platform.outbox import consumers, operations
from kexie.platform.outbox.consumers import Consumer
from kexie.platform.outbox.models import Event

NOW = dt.datetime(2026, 11, 25, 1, 0, tzinfo=dt.UTC)
OURS = uuid.uuid4()


class Listener:
    """A consumer that remembers what it was told, and fails when it is told to."""

    def __init__(self, name: str, kinds: tuple[str, ...] | None = None) -> None:
        self.consumer = Consumer(name=name, kinds=kinds, handle=self.handle)
        self.heard: list[str] = []
        self.calls = 0
        self.bad: set[object] = set()

    def handle(self, events: Sequence[Event], now: dt.datetime) -> None:
        self.calls += 1
        for event in events:
            if event.payload["n"] in self.bad:
                raise ValueError(f"no {event.payload['n']}\nDETAIL: secret")
            self.heard.append(f"{event.kind} {event.payload['n']}")


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Declare consumers for the length of a test; no others are asked meanwhile."""
    declared = consumers.consumers()
    before = dict(declared)
    declared.clear()

    def declare(name: str = "one", *kinds: str) -> Listener:
        listener = Listener(name, kinds or None)
        declared[name] = listener.consumer
        return listener

    yield declare
    declared.clear()
    declared.update(before)


def happen(n: object = 1, kind: str = "slot.closed", now: dt.datetime = NOW) -> Event:
    return operations.append(
        association_id=OURS, kind=kind, subject_id=uuid.uuid4(), payload={"n": n}, now=now
    )
