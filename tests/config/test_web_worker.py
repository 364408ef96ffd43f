"""The short way through the web worker takes only what gunicorn would read the same way."""

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from kexie.config.web_worker import plain

BODY = b'{"slot":"1"}'
HEADERS = ("Host: kexie.example", "Authorization: Bearer abc", f"Content-Length: {len(BODY)}")


def request(
    *headers: str,
    line: str = "POST /api/v1/museums/m1/bookings HTTP/1.1",
    body: bytes = BODY,
    replaced: tuple[str, ...] = HEADERS,
) -> bytes:
    return "\r\n".join([line, *replaced, *headers, "", ""]).encode("latin-1") + body


TAKEN = {
    "a booking": request(),
    "with the usual headers": request(
        "Content-Type: application/json; charset=utf-8", "Accept: */*", "Connection: keep-alive"
    ),
    "a check-in": request(line="POST /checkin/api/notes HTTP/1.1"),
    "names in any case, spaces around values": request("X-FORWARDED-for:   10.0.0.1, 10.0.0.2 "),
    "the next request behind it": request() + request(),
    "an empty body": request(replaced=(HEADERS[0], "Content-Length: 0"), body=b""),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_read_as_gunicorn_reads_it(name: str) -> None:
    data = TAKEN[name]
    found = plain(data)
    assert found is not None
    path, headers, body, length = found
    theirs = next(iter(RequestParser(Config(), iter([data]), ("127.0.0.1", 1))))
    assert (theirs.method, theirs.path) == ("POST", path)
    assert {name.lower(): value for name, value in theirs.headers} == headers
    assert theirs.body.read() == body
    assert length == data.index(b"\r\n\r\n") + 4 + len(body)


LEFT = {
    "another method": request(line="GET /api/v1/museums/m1/bookings HTTP/1.1"),
    "an older protocol": request(line="POST /api/v1/museums/m1/bookings HTTP/1.0"),
    "another address": request(line="POST /museums/m1 HTTP/1.1"),
    "a query": request(line="POST /api/v1/museums/m1/bookings?a=1 HTTP/1.1"),
    "dots": request(line="POST /api/v1/../museums HTTP/1.1"),
    "an absolute address": request(line="POST http://kexie.example/api/v1/museums/m1/bookings HTTP/1.1"),
    "two spaces in the first line": request(line="POST  /api/v1/museums/m1/bookings HTTP/1.1"),
    "chunks": request("Transfer-Encoding: chunked"),
    "the length twice": request(f"Content-Length: {len(BODY)}"),
    "the length with a sign": request(replaced=(HEADERS[0], f"Content-Length: +{len(BODY)}")),
    "the length in other digits": request(replaced=(HEADERS[0], "Content-Length: \xb2")),
    "no length": request(replaced=HEADERS[:1]),
    "no host": request(replaced=HEADERS[1:]),
    "two hosts": request("Host: other.example"),
    "a body that has not arrived": request(body=BODY[:-1]),
    "a head that has not arrived": request()[:60],
    "a space before the colon": request("X-Name : value"),
    "a line that goes on": request("X-Name: a", " b"),
    "an underscore in a name": request("X_Name: a"),
    "a bare line feed": request("X-Name: a\nContent-Length: 1"),
    "a bare carriage return": request("X-Name: a\rb"),
    "a letter beyond ASCII": request("X-Name: \xe9"),
    "to be told first": request("Expect: 100-continue"),
    "another protocol wanted": request("Connection: Upgrade", "Upgrade: h2c"),
    "the connection to be closed": request("Connection: close"),
    "a packed body": request("Content-Encoding: gzip"),
    "nothing": b"",
}


@pytest.mark.parametrize("name", LEFT)
def test_whatever_is_unusual_is_left_to_gunicorn(name: str) -> None:
    assert plain(LEFT[name]) is None
