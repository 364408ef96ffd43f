"""The production server: gunicorn's web processes and one process for background tasks, kept alive by this one."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from kexie.kernel.errors import UserError

# Requests under way at once, over all web processes: what waits in a rush is committed together. Each thread may
# hold a database connection, so this stays well below the hundred that PostgreSQL allows.
IN_FLIGHT, FEWEST_THREADS = 32, 4
_GRACE_SECONDS = 25
_PAUSES = (1, 2, 5, 10, 30)  # seconds before a process that ended by itself is started again
_PR_SET_PDEATHSIG = 1


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or raise UserError saying why it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except PermissionError:
        message = (
            f"没有权限使用端口 {port}：请用 --port 选择 1024 以上的端口。 "
            f"Port {port} may not be used: choose one above 1024 with --port."
        )
        raise UserError(message) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = (
                f"端口 {port} 已被占用：请用 --port 另选端口，或停止占用它的程序。 "
                f"Port {port} is taken: choose another with --port, or stop the program that uses it."
            )
        else:
            message = (
                f"地址 {host} 不可用（{error.strerror}）：请用 --host 另选。 "
                f"Address {host} cannot be used ({error.strerror}): choose another with --host."
            )
        raise UserError(message) from None
    return listener


def web_processes() -> int:
    """Return how many web processes suit this machine."""
    return min(max(len(os.sched_getaffinity(0)), 2), 8)


def gunicorn_command(listener: socket.socket, processes: int) -> list[str]:
    """Return the command of the web server on an open socket."""
    options = {
        "bind": f"fd://{listener.fileno()}",
        "workers": processes,
        "threads": max(IN_FLIGHT // processes, FEWEST_THREADS),
        "worker-class": "kexie.config.web_worker.FrontWorker",
        "worker-tmp-dir": _memory_folder(),
        "timeout": 120,
        "graceful-timeout": _GRACE_SECONDS - 5,
        "keep-alive": 5,
        "max-requests": 200_000,  # a rush must not pay for starting processes anew
        "max-requests-jitter": 20_000,
        "access-logfile": "-",
        "access-logformat": "%(t)s %(h)s %(m)s %(U)s %(s)s %(B)sB %(M)sms",  # no query strings: they hold names
        "logger-class": "kexie.config.serving.QuietLogger",
        "log-level": "warning",
    }
    written = [f"--{name}={value}" for name, value in options.items() if value is not None]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        *written,
        "--no-control-socket",
        "kexie.config.wsgi:application",
    ]


def _memory_folder() -> str | None:
    """A folder in memory for the heartbeats of web processes: a busy disk must not get them killed."""
    shared = Path("/dev/shm")  # noqa: S108  gunicorn makes its files there safely
    return str(shared) if os.access(shared, os.W_OK) else None


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn carries no types
    """Logs requests for pages; not those for static files, of health checks, and bookings that were made.

    The latter stand in the audit log, and come by the thousand.
    """

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Log one request."""
        path = environ.get("PATH_INFO", "")
        is_booked = resp.status.startswith("201") and path.startswith("/api/v1/museums/")
        if not is_booked and not path.startswith(("/static/", "/healthz")):
            super().access(resp, req, environ, request_time)

    def now(self) -> str:
        """Return the time of a request, in the server's zone."""
        return time.strftime("%Y-%m-%d %H:%M:%S")


class Supervisor:
    """Starts processes, starts again those that end by themselves, and ends all of them together."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.commands: dict[str, tuple[list[str], tuple[int, ...]]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.due: dict[str, float] = {}
        self.failures: dict[str, int] = {}
        self.stopping = False

    def add(self, name: str, command: list[str], *, keep: tuple[int, ...] = ()) -> None:
        """Have a command run for as long as this process does; it inherits the file descriptors `keep`."""
        self.commands[name] = (command, keep)
        self.due[name] = 0

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; then let requests and tasks under way finish."""
        with self._signals():
            while not self.stopping:
                self._start_due()
                self._notice_ends()
                time.sleep(0.2)
        self._end()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _start_due(self) -> None:
        for name, at in list(self.due.items()):
            if at <= time.monotonic():
                command, keep = self.commands[name]
                # A group of its own: Ctrl+C is for us, and we tell them in order.
                self.running[name] = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    pass_fds=keep,
                    process_group=0,
                    preexec_fn=_end_with_parent,  # noqa: PLW1509  no threads here,
                )
                del self.due[name]

    def _notice_ends(self) -> None:
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                pause = _PAUSES[min(self.failures.get(name, 0), len(_PAUSES) - 1)]
                self.failures[name] = self.failures.get(name, 0) + 1
                self.say(
                    f"{name} 意外结束（{process.returncode}），{pause} 秒后重启。 {name} ended, starting again."
                )
                del self.running[name]
                self.due[name] = time.monotonic() + pause

    def _end(self) -> None:
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    """Have the kernel end a child when this process is killed by force (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
