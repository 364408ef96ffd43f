"""A process of its own that books: `python -m tests.platform.capacity.booker`, orders as JSON lines in, answers out.

Each answer is written, and flushed, only when the writer has given it: what stands there is acknowledged.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import django


def main() -> None:
    """Book everything that is asked for, with several threads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie.config.testing")
    django.setup()
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    from kexie.kernel.errors import Unavailable
    from kexie.platform.capacity import writer

    lock = threading.Lock()

    def book(line: str) -> None:
        asked = json.loads(line)
        try:
            answer = writer.submit(order(asked))
            told = {"key": asked["key"], "id": str(getattr(answer, "id", "")), "size": asked["size"]}
        except Unavailable:
            told = {"key": asked["key"], "id": None, "size": asked["size"]}
        with lock:
            print(json.dumps(told), flush=True)  # noqa: T201  the parent reads it

    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(book, sys.stdin))


def order(asked: dict):
    """Return the order that a line asks for."""
    import datetime as dt

    from kexie.platform.capacity.orders import Order

    return Order(
        association_id=UUID(asked["association"]),
        key=asked["key"],
        offer_id=UUID(asked["offer"]),
        venue_id=UUID(asked["venue"]),
        day=dt.date.fromisoformat(asked["day"]),
        channel="PUBLIC",
        size=asked["size"],
        pools=tuple(map(UUID, asked["pools"])),
        window=UUID(asked["window"]),
        identities=tuple(asked["identities"]),
    )


if __name__ == "__main__":
    main()
