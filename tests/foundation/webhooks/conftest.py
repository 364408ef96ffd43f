"""A receiver that really listens, and endpoints that point to it."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kexie.foundation.webhooks import operations
from kexie.foundation.webhooks.models import Endpoint
from kexie.platform.outbox import operations as outbox
from tests.foundation.conftest import NOW


class Receiver:
    """Answers as it is told and remembers what it got."""

    def __init__(self) -> None:
        self.status, self.body, self.delay, self.drip = 200, b"ok", 0.0, False
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                time.sleep(receiver.delay)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    while receiver.drip:
                        self.wfile.write(b".")
                        time.sleep(0.05)
                    self.wfile.write(receiver.body)
                except OSError:
                    pass  # cut off, as it should be

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events?from=kexie"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self) -> None:
        self.drip = False
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_PRIVATE = True
    one = Receiver()
    yield one
    one.stop()


@pytest.fixture
def make_endpoint(city, receiver) -> Callable[..., Endpoint]:
    def make(**options) -> Endpoint:
        given = {
            "unit": city.association,
            "name": "市民服务平台",
            "url": receiver.url,
            "kinds": ["reservation.confirmed"],
            "actor": None,
            "now": NOW,
            **options,
        }
        return operations.create(association=city.association, **given)

    return make


def happen(city, kind: str = "reservation.confirmed", *, venue=None, now: dt.datetime = NOW):
    """Write an event, and have everyone hear of it."""
    event = outbox.append(
        association_id=city.association.pk,
        kind=kind,
        subject_id=uuid.uuid4(),
        payload={"venue": str((venue or city.museum).pk), "size": 3},
        now=now,
    )
    outbox.drain(now=now)
    return event
