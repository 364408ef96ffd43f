"""A small closed-loop HTTP client in a process of its own: `python _http_load.py < plan.json > result.json`.

The plan: host, port, concurrency, seconds, requests (a file of length-prefixed raw requests, each sent once). The
result: seconds, answers by status, latencies in milliseconds by status, sorted.
"""

import asyncio
import json
import struct
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path


def raw_requests(path: Path) -> Iterator[bytes]:
    """Yield each request of the file."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


class Connection(asyncio.Protocol):
    """Sends one request after another, as long as there are any and time is left."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        request = self.load.next_request()
        if request is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        end = lower.find(b"\r\n", start)
        if len(body) < int(lower[start : end if end > 0 else None]):
            return
        self.buffer = b""
        self.load.answered(int(head[9:12]), time.perf_counter() - self.sent_at)
        if b"connection: close" in lower:
            self.transport.close()
            self.load.reconnect()
        else:
            self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if error or self.buffer:
            self.load.answered(0, time.perf_counter() - self.sent_at)
            self.load.reconnect()
        self.load.open -= 1
        if self.load.open == 0:
            self.load.done.set()


class Load:
    """Connections, the requests they share, and what came back."""

    def __init__(self, plan: dict) -> None:
        self.plan = plan
        self.requests = raw_requests(Path(plan["requests"]))
        self.statuses: Counter[int] = Counter()
        self.latencies: dict[int, list[float]] = defaultdict(list)
        self.open = 0
        self.done = asyncio.Event()
        self.tasks: set[asyncio.Task] = set()

    def next_request(self) -> bytes | None:
        return next(self.requests, None) if time.perf_counter() < self.until else None

    def answered(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.latencies[status].append(round(seconds * 1000, 3))

    def reconnect(self) -> None:
        self.open += 1
        task = asyncio.ensure_future(self.connect())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Connection(self), self.plan["host"], self.plan["port"])

    async def run(self) -> dict:
        start = time.perf_counter()
        self.until = start + self.plan["seconds"]
        for _ in range(self.plan["concurrency"]):
            self.reconnect()
        await self.done.wait()
        return {
            "seconds": time.perf_counter() - start,
            "statuses": self.statuses,
            "latencies": {status: sorted(values) for status, values in self.latencies.items()},
        }


if __name__ == "__main__":
    json.dump(asyncio.run(Load(json.load(sys.stdin)).run()), sys.stdout)
