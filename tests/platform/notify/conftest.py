"""An SMS gateway that is a real HTTP server, and notices of an invented association."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from kexie.platform.notify import operations
from kexie.platform.notify.models import Notice
from kexie.platform.notify.recipients import Recipient

ASSOCIATION = UUID(int=0xA55)
# 10:00 in Beijing.
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
PHONE = "13800138000"
CODE = {"code": "012345", "minutes": 5, "site": "阜阳市科协"}
BOOKED = {
    "museum": "阜阳市科技馆",
    "day": dt.date(2026, 3, 7),
    "slot": "9:00–11:00",
    "people": 5,
    "code": "k7m2",
}


class SmsService:
    """What it was sent, and what it answers: a list of statuses, then 200."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.tokens: list[str | None] = []
        self.answers: list[int] = []
        self.url = ""


@pytest.fixture
def sms(settings) -> Iterator[SmsService]:
    service = SmsService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.received.append(json.loads(body))
            service.tokens.append(self.headers["Authorization"])
            status = service.answers.pop(0) if service.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", service.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/sms"
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL, settings.KEXIE_SMS_TOKEN = "http", service.url, "secret"
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


def send(
    *, to: Recipient | None = None, template: str = "code", now: dt.datetime = NOW, **given: object
) -> Notice:
    given.setdefault("values", CODE if template == "code" else BOOKED)
    return operations.send(
        association_id=ASSOCIATION, to=to or Recipient(phone=PHONE), template=template, now=now, **given
    )
