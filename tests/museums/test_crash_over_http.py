"""The production server is killed three times while a crowd books: nothing acknowledged is lost, nothing sold twice."""

import contextlib
import datetime as dt
import http.client
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kexie.config.postgres import Cluster
from kexie.kernel.codes import synthetic_resident_id
from tests.config.processes import Serving, environment
from tests.museums.crash_world import PLACES, VISITORS

ROOT = Path(__file__).parents[2]
KILLS_AT = (80, 200, 350)  # bookings acknowledged
CLIENTS = 32


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kexie-crash-"))
    folder.chmod(0o755)  # the database's user must be able to enter
    yield folder / "home"
    Cluster(folder / "home").destroy()
    shutil.rmtree(folder, ignore_errors=True)


def told(home: Path, what: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.museums.crash_world", what], env=environment(home), cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Crowd:
    """Clients that send each booking under one key until they get an answer."""

    def __init__(self, port: int, world: dict) -> None:
        self.port, self.world = port, world
        self.numbers = itertools.count()
        self.acknowledged: list[str] = []
        self.refused = 0
        self.lost_answers = 0
        self.threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]

    def _work(self) -> None:
        while (number := next(self.numbers)) < VISITORS:
            status, answer = self._until_answered(number)
            if status == 409:
                assert answer["code"] == "sold_out"
                self.refused += 1
            else:
                self.acknowledged.append(answer["code"])

    def _until_answered(self, number: int) -> tuple[int, dict]:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer = self._send(number)
                if status in {200, 201, 409}:
                    return status, answer
                assert status == 503, (status, answer)
            self.lost_answers += 1
            time.sleep(0.2)
        raise AssertionError("never answered")

    def _send(self, number: int) -> tuple[int, dict]:
        person = synthetic_resident_id(
            number % 500, birth_date=dt.date(1980 + number // 500, 1, 1), is_male=True
        )
        body = {"slot": self.world["slot"], "party": [{"name": "测试观众", "number": person}]}
        headers = {
            "Authorization": f"Bearer {self.world['tokens'][number]}",
            "Idempotency-Key": f"crowd-{number:06}",
            "Content-Type": "application/json",
        }
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link):
            path = f"/api/v1/museums/{self.world['code']}/bookings"
            link.request("POST", path, json.dumps(body).encode(), headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())


def kill_web_processes(server: Serving) -> None:
    """SIGKILL gunicorn and its workers; `kexie serve` starts it again."""
    asked = ["ps", "-e", "-o", "pid=,ppid="]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in map(str.split, listed.splitlines())}
    masters = [pid for pid, parent in parents.items() if parent == server.process.pid]
    workers = [pid for pid, parent in parents.items() if parent in masters]
    for pid in (*masters, *workers):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_killed_three_times_the_server_loses_nothing_and_sells_nothing_twice(home: Path) -> None:
    home.mkdir()
    world = told(home, "make")
    server = Serving(home)
    try:
        crowd = Crowd(server.port, world)
        for thread in crowd.threads:
            thread.start()
        for count in KILLS_AT:
            while len(crowd.acknowledged) < count and any(thread.is_alive() for thread in crowd.threads):
                time.sleep(0.01)
            kill_web_processes(server)
        for thread in crowd.threads:
            thread.join(180)
    finally:
        server.stop()
    found = told(home, "count")
    assert crowd.lost_answers > 0
    assert (len(crowd.acknowledged), crowd.refused) == (PLACES, VISITORS - PLACES)
    assert sorted(found["codes"]) == sorted(set(crowd.acknowledged))
    assert (found["taken"], len(found["codes"]), found["discrepancies"]) == (PLACES, PLACES, [])
