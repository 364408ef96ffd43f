"""Running `kexie` as a process of its own, as people do."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

COMMAND = (sys.executable, "-m", "kexie.config.cli")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a production process with its own KEXIE_HOME."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KEXIE_", "DJANGO_", "DATABASE_"))
    }
    return {**ours, "KEXIE_HOME": str(home), **more}


def kexie(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(home, **more), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=1500,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def status_of(url: str) -> int | None:
    """Return the answer's code, or None if nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


class Serving:
    """A running `kexie serve`."""

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        self.port = port or free_port()
        self.log = home / f"serve-{self.port}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.port), "--processes", "2"],
                env=environment(home), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            self.wait_for(200)
        except AssertionError:
            self.stop()
            raise

    def url(self, path: str = "healthz") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def wait_for(self, status: int | None, *, path: str = "healthz", seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while (found := status_of(self.url(path))) != status:
            assert time.monotonic() < deadline, f"{found}\n{self.told()}"
            assert status is None or self.process.poll() is None, self.told()
            time.sleep(0.1)

    def wait_until_port_is_free(self, *, seconds: float) -> None:
        """Orphaned workers notice by themselves that their master is gone; they hold the port until then."""
        deadline = time.monotonic() + seconds
        while True:
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.port))
                return
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.2)

    def wait_until_told(self, text: str, *, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.told():
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.1)

    def told(self) -> str:
        return self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)
