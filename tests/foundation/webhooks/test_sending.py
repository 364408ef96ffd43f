"""Where a message may go, and that it goes nowhere else."""

import socket
import time

import pytest

from kexie.foundation.webhooks import sending
from kexie.foundation.webhooks.sending import Undeliverable


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https:///path",
        "https://",
        "example.com",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com/\n",
        "https://科协.example/",
        "https://example.com:99999/",
        "https://example.com:0/",
        f"https://example.com/{'a' * 500}",
        "https://localhost/",
        "https://a.localhost/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
    ],
)
def test_addresses_that_are_refused_when_they_are_written_down(url: str) -> None:
    with pytest.raises(Undeliverable):
        sending.check_url(url, private=False)


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com:8443/a?b=c", "https://93.184.216.34/"]
)
def test_addresses_that_are_taken(url: str) -> None:
    sending.check_url(url, private=False)


@pytest.mark.parametrize("resolved", ["127.0.0.1", "10.0.0.5", "::1", "fd00::1", "224.0.0.1"])
def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, resolved: str
) -> None:
    family = socket.AF_INET6 if ":" in resolved else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    inside = (family, socket.SOCK_STREAM, 6, "", (resolved, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_o: [public, inside])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_o: pytest.fail("connected"))
    with pytest.raises(Undeliverable, match="内网"):
        sending.post("https://example.com/", b"{}", {})


def test_a_message_arrives_whole_with_its_headers(receiver) -> None:
    answer = sending.post(receiver.url, "内容".encode(), {"Kexie-Event": "ping"}, private=True)
    assert (answer.status, answer.excerpt, answer.is_good) == (200, "ok", True)
    [(headers, body)] = receiver.got
    assert (headers["Kexie-Event"], body.decode()) == ("ping", "内容")


def test_a_redirect_is_not_followed(receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    answer = sending.post(receiver.url, b"{}", {}, private=True)
    assert (answer.status, answer.is_good, len(receiver.got)) == (302, False, 1)


def test_only_the_beginning_of_an_answer_is_read(receiver) -> None:
    receiver.body = "好".encode() * 100_000
    assert sending.post(receiver.url, b"{}", {}, private=True).excerpt == "好" * 1000


@pytest.mark.parametrize("drip", [False, True])
def test_a_receiver_that_takes_its_time_is_cut_off(
    receiver, monkeypatch: pytest.MonkeyPatch, *, drip: bool
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT", 0.3)
    receiver.delay, receiver.drip = (0.0, True) if drip else (2.0, False)
    began = time.monotonic()
    with pytest.raises(Undeliverable, match="没有在5秒内"):
        sending.post(receiver.url, b"{}", {}, private=True)
    assert time.monotonic() - began < 1.5


def test_a_receiver_that_is_not_there_or_speaks_no_tls_is_told_apart(receiver) -> None:
    with pytest.raises(Undeliverable, match="安全连接"):
        sending.post(receiver.url.replace("http:", "https:"), b"{}", {}, private=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Undeliverable, match="连接不上"):
        sending.post(f"http://127.0.0.1:{port}/", b"{}", {}, private=True)
    with pytest.raises(Undeliverable, match="找不到"):
        sending.post("https://nowhere.invalid/", b"{}", {}, private=True)
