"""The production server under load: starting it on the benchmark's database, driving it, and reading what CPU it uses."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
PORT = 8765
PAUSE = 0.5


@dataclass
class Result:
    """What one run gave."""

    seconds: float
    statuses: dict[int, int]
    latencies: dict[int, list[float]]
    web: float
    database: float | None

    def percentile(self, status: int, share: float) -> float:
        values = self.latencies.get(status) or [float("nan")]
        return values[min(int(len(values) * share), len(values) - 1)]


def request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a POST of JSON as it travels."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{PORT}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "\r\n"]
    return "\r\n".join(lines).encode() + body


def drive(server: subprocess.Popen, requests: Iterable[bytes], *, clients: int, seconds: float) -> Result:
    """Send requests, each once, from as many clients, and return what came back and what CPU it took.

    The clients are a process of their own, whose CPU is not counted.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests"
        with path.open("wb") as file:
            for one in requests:
                file.write(struct.pack(">I", len(one)) + one)
        plan = {
            "host": "127.0.0.1", "port": PORT, "concurrency": clients, "seconds": seconds, "requests": str(path)
        }  # fmt: skip
        time.sleep(PAUSE)
        web, database = cpu(server.pid), database_cpu()
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("_http_load.py")],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
        after = database_cpu()
        said = json.loads(done.stdout)
        return Result(
            said["seconds"],
            {int(code): count for code, count in said["statuses"].items()},
            {int(code): values for code, values in said["latencies"].items()},
            cpu(server.pid) - web,
            None if database is None or after is None else after - database,
        )


class serving:  # noqa: N801  used as a function
    """The production server on the benchmark's database, for as long as the block runs."""

    def __enter__(self) -> subprocess.Popen:
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kexie.config.cli", "serve", "--port", str(PORT), "--no-worker"],
            env={**os.environ, "DATABASE_URL": _database_url()},
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(300):
            if self.process.poll() is not None:
                self.log.seek(0)
                raise SystemExit(self.log.read().decode())
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=1)
            except OSError:
                time.sleep(0.2)
            else:
                break
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


def _database_url() -> str:
    params = connection.get_connection_params()
    user, host = params.get("user", ""), params.get("host", "")
    password = f":{params['password']}" if params.get("password") else ""
    port = params.get("port") or 5432
    return f"postgresql://{user}{password}@/{params['dbname']}?host={host}&port={port}"


def cpu(pid: int) -> float:
    """Seconds of CPU that a process and all below it have used."""
    return sum(map(_own_cpu, _tree(pid)))


def database_cpu() -> float | None:
    """The same for all of the database's processes, or None when it runs elsewhere."""
    if not settings.EMBEDDED_POSTGRES:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cpu(_parent(cursor.fetchone()[0]))


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = _parent(int(path.parent.name))
        except OSError:
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _own_cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Own time, and that of children that have ended.
    return sum(map(int, fields[11:15])) / TICKS
