"""gunicorn's threaded worker, with a short way for the few addresses that are asked in a rush.

When a connection has something to read, the worker's own thread looks at it. A complete, plain request for one of the
front's addresses is begun there and then; its answer is written as soon as the process's writer has it, so that no
thread is woken for it. Whatever is unusual in the least (also for reasons of safety: two readers of HTTP must never
read one request in two ways) is left unread in the socket and goes gunicorn's usual way.
"""

import re
import socket
import time
from collections import Counter
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.workers import gthread

from kexie.kernel.plain import Later

_SEEN = 16_384  # bytes looked at: head and body of a plain request
_LONGEST = 5  # digits of the length of a body that can be seen whole
_WAIT_SECONDS = 20
_TOLD_EVERY = 10.0
_FIRST_LINE = re.compile(r"POST (/(?:api/v1|checkin/api)/[A-Za-z0-9/_-]+) HTTP/1\.1")
_NAME = re.compile(r"[A-Za-z0-9-]+")
# What changes how a request is to be read; gunicorn knows how.
_UNUSUAL = frozenset(
    {"transfer-encoding", "expect", "upgrade", "te", "trailer", "content-encoding", "http2-settings"}
)
Written = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body
Plain = tuple[str, dict[str, str], bytes, int]


def plain(data: bytes) -> Plain | None:
    """Return path, headers, body and length of a complete plain POST at the beginning of `data`, or None."""
    head, end, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    found = _FIRST_LINE.fullmatch(first)
    headers = _headers(lines) if end and found else None
    if found is None or headers is None:
        return None
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > _LONGEST or int(length) > len(rest):
        return None
    return found[1], headers, rest[: int(length)], len(head) + 4 + int(length)


def _headers(lines: list[str]) -> dict[str, str] | None:
    """Return the headers by their names in lower case; None when any is unusual or stands twice."""
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not _NAME.fullmatch(name) or name in headers or name in _UNUSUAL:
            return None
        if not value.isprintable() or not value.isascii():
            return None
        headers[name] = value.strip()
    is_kept = headers.get("connection", "keep-alive").lower() == "keep-alive"
    return headers if is_kept and headers.get("host") else None


class FrontWorker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Serves the front's addresses in its own thread, everything else in its pool of threads."""

    alive: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun: dict[gthread.TConn, tuple[float, Later, dict[str, str]]] = {}
        self.answered: Counter[str] = Counter()
        self.told_at = time.monotonic()

    def load_wsgi(self) -> None:
        """Load the application, and only then what needs it to be ready."""
        super().load_wsgi()
        from kexie.api import front

        self.front = front

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and wait, without a thread, for what it has to say."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = gthread.TConn(self.cfg, client, address, listener.getsockname())
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(
            conn.sock, gthread.selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
        )

    def on_client_socket_readable(self, conn: gthread.TConn, client: socket.socket) -> None:
        """A kept connection has something to read."""
        if not self._begin(conn, self.keepalived_conns):
            super().on_client_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: gthread.TConn, client: socket.socket) -> None:
        """A connection says its first."""
        if not self._begin(conn, self.pending_conns):
            super().on_pending_socket_readable(conn, client)

    def notify(self) -> None:
        """Once a round: show that this process lives, and answer whoever waited too long."""
        super().notify()
        now = time.monotonic()
        for conn, (deadline, later, _headers) in list(self.begun.items()):
            if deadline > now:
                break
            later.promise.cancel()
            self._answer(conn, self.front.unavailable())
        if now - self.told_at > _TOLD_EVERY:
            self._tell(now)

    def _tell(self, now: float) -> None:
        """Log how many requests were answered and how, instead of a line for each."""
        if self.answered:
            counts = ", ".join(f"{status[:3]}: {count}" for status, count in sorted(self.answered.items()))
            self.log.access_log.info("%s bookings and check-ins answered: %s", self.log.now(), counts)
            self.answered.clear()
        self.told_at = now

    def _begin(self, conn: gthread.TConn, waiting: Any) -> bool:
        """Begin what a connection asks for; False leaves everything as it was."""
        try:
            found = plain(conn.sock.recv(_SEEN, socket.MSG_PEEK))
        except OSError:
            return False
        if found is None or self.cfg.is_ssl or not isinstance(conn.client, tuple):
            return False
        path, headers, body, length = found
        begun = self.front.begin("POST", path, headers, body, conn.client[0])
        if begun is None:
            return False
        conn.sock.recv(length)
        self.poller.unregister(conn.sock)
        waiting.remove(conn)
        self._count()
        if isinstance(begun, Later):
            self.begun[conn] = (time.monotonic() + _WAIT_SECONDS, begun, headers)
            begun.promise.add_done_callback(lambda _done: self.method_queue.defer(self._finish, conn, begun))
        else:
            self._answer(conn, begun)
        return True

    def _count(self) -> None:
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.alive = False

    def _finish(self, conn: gthread.TConn, later: Later) -> None:
        """Answer with what was promised, unless the connection was told already to come again."""
        found = self.begun.get(conn)
        if found and found[1] is later:
            self._answer(conn, self.front.finish(later, found[2]))

    def _answer(self, conn: gthread.TConn, written: Written) -> None:
        self.begun.pop(conn, None)
        status, headers, body = written
        self.answered[status] += 1
        keeps = self.alive and bool(self.cfg.keepalive) and len(self.keepalived_conns) < self.max_keepalived
        data = _bytes(status, headers, body, keeps=keeps)
        try:
            is_sent = conn.sock.send(data) == len(data)  # an answer is far smaller than the socket's buffer
        except OSError:
            is_sent = False
        if is_sent and keeps:
            self._keep(conn)
        else:
            self.nr_conns -= 1
            conn.close()

    def _keep(self, conn: gthread.TConn) -> None:
        conn.set_timeout()
        conn.data_ready = True
        self.keepalived_conns.append(conn)
        self.poller.register(
            conn.sock, gthread.selectors.EVENT_READ, partial(self.on_client_socket_readable, conn)
        )


def _bytes(status: str, headers: list[tuple[str, str]], body: bytes, *, keeps: bool) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Date: {util.http_date()}", f"Connection: {'keep-alive' if keeps else 'close'}", "\r\n"]
    return "\r\n".join(lines).encode("latin-1") + body
