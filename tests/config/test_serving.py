"""`kexie serve` as it is run: a real server with its own database, killed and disturbed in earnest."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kexie.config.postgres import Cluster
from tests.config.processes import Serving, kexie, status_of


@pytest.fixture(scope="module")
def serving(home: Path) -> Iterator[Serving]:
    server = Serving(home)
    yield server
    server.stop()


def test_the_background_worker_runs(home: Path, serving: Serving) -> None:
    with psycopg.connect(
        host=str(Cluster(home).status().socket_folder), user="kexie", dbname="kexie"
    ) as connection:
        connection.autocommit = True
        for _ in range(300):
            if connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (1,):
                return
            connection.execute("SELECT pg_sleep(0.1)")
    pytest.fail(serving.told())


def test_static_files_are_hashed_compressed_and_kept_for_long(home: Path, serving: Serving) -> None:
    built = next((home / "static" / "vendor").glob("htmx.min.*.js"))
    request = urllib.request.Request(
        serving.url(f"static/vendor/{built.name}"), headers={"Accept-Encoding": "br, gzip"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_pages_forbid_everything_inline(serving: Serving) -> None:
    with urllib.request.urlopen(serving.url(), timeout=10) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_access_log_keeps_no_query(serving: Serving) -> None:
    serving.wait_for(404, path="static/nowhere?name=hidden")
    serving.wait_for(404, path="nowhere?name=secret")
    serving.wait_until_told("GET /nowhere 404")
    assert "secret" not in serving.told()
    assert "GET /static" not in serving.told()


def test_the_site_recovers_when_its_database_is_killed(home: Path, serving: Serving) -> None:
    killed = Cluster(home).status().pid
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (found := Cluster(home).status()) is None or found.pid == killed:
        assert time.monotonic() < deadline, serving.told()
        status_of(
            serving.url()
        )  # a connection may outlive its server for a moment; the next request finds out
        time.sleep(0.2)
    serving.wait_for(200)


def test_after_everything_was_killed_the_port_is_free_and_the_site_starts_again(home: Path) -> None:
    killed = Serving(home)
    database = Cluster(home).status().pid
    killed.stop(signal.SIGKILL)
    os.kill(database, signal.SIGKILL)
    killed.wait_until_port_is_free(seconds=60)
    again = Serving(home, port=killed.port)
    assert again.stop() == 0


def test_a_taken_port_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = kexie(home, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_commands_let_go_of_the_database_when_they_end(home: Path) -> None:
    alone = Cluster(home).status() is None
    done = kexie(home, "manage", "showmigrations", "procrastinate")
    assert "[X]" in done.stdout
    assert (Cluster(home).status() is None) == alone
