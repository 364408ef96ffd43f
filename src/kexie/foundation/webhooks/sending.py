"""One POST to an address that somebody else wrote down: only to public machines, short, and never further.

The name is looked up once and the connection made to the very address that was checked, so that a name cannot
point elsewhere in between.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_noop

from kexie.kernel.errors import UserError

TIMEOUT = 5.0  # seconds, for everything together
EXCERPT = 1000  # characters of the answer that are kept
_MAX_URL = 500
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Undeliverable(UserError):
    """No answer came, or the address may not be asked; the message (translated when shown) says why."""


@dataclass(frozen=True)
class Answer:
    """What the receiver said."""

    status: int
    excerpt: str

    @property
    def is_good(self) -> bool:
        """Whether the message was accepted."""
        return 200 <= self.status < 300  # noqa: PLR2004  HTTP's own numbers


def check_url(url: str, *, private: bool) -> SplitResult:
    """Return the parts of an address that may be told of events; raise Undeliverable for any other.

    `private` allows machines of one's own network, and plain HTTP to them.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Undeliverable(gettext_noop("地址格式不正确，应形如 https://example.com/events。")) from None
    schemes = {"https", "http"} if private else {"https"}
    if parts.scheme not in schemes or not parts.hostname or len(url) > _MAX_URL or port == 0:
        raise Undeliverable(gettext_noop("地址应以 https:// 开头，形如 https://example.com/events。"))
    if (
        parts.username is not None
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise Undeliverable(gettext_noop("地址中不能有账号、空格、# 或中文。"))
    if not private and _is_private_literal(parts.hostname):
        raise Undeliverable(gettext_noop("不能推送到内网或本机地址。"))
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool = False) -> Answer:
    """Send the body and return the answer; redirects are an answer like any other."""
    parts = check_url(url, private=private)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with _connected(host, port, tls=parts.scheme == "https", private=private) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            excerpt = answer.read(EXCERPT * 4).decode("utf-8", "replace").replace("\0", "")
            return Answer(answer.status, excerpt[:EXCERPT])
    except TimeoutError:
        raise Undeliverable(gettext_noop("对方没有在5秒内应答。")) from None
    except ssl.SSLError:
        raise Undeliverable(gettext_noop("对方的证书无效，或不支持安全连接。")) from None
    except (OSError, http.client.HTTPException):
        raise Undeliverable(gettext_noop("连接不上对方，或连接中断。")) from None


@contextlib.contextmanager
def _connected(host: str, port: int, *, tls: bool, private: bool) -> Iterator[http.client.HTTPConnection]:
    """Yield a connection to a checked address of the host, cut off when the time is over."""
    deadline = time.monotonic() + TIMEOUT
    sock = socket.create_connection((_address(host, port, private=private), port), timeout=TIMEOUT)
    cut = _CutOff(sock)
    timer = threading.Timer(max(deadline - time.monotonic(), 0.01), cut)
    timer.start()
    try:
        if tls:
            sock = _tls().wrap_socket(sock, server_hostname=host)
            cut.sock = sock
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.sock = sock
        yield connection
    except (OSError, http.client.HTTPException) as error:
        raise (TimeoutError() if cut.done else error) from None
    else:
        if cut.done:
            raise TimeoutError
    finally:
        timer.cancel()
        sock.close()


class _CutOff:
    """Ends a connection from another thread: a receiver that answers letter by letter resets every other timeout."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.done = sock, False

    def __call__(self) -> None:
        self.done = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _address(host: str, port: int, *, private: bool) -> str:
    """Return the first address of the host; refuse the host if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Undeliverable(gettext_noop("找不到这个域名的地址。")) from None
    addresses = [str(one[4][0]) for one in found]
    if not private and not all(is_public(address) for address in addresses):
        raise Undeliverable(gettext_noop("不能推送到内网或本机地址。"))
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _is_private_literal(host: str) -> bool:
    """Whether the host names an address that is refused without asking: one written in digits, or our own machine."""
    try:
        return not is_public(host)
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")
