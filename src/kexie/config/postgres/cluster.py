"""One database cluster in one KEXIE_HOME, shared by every Kexie process that uses this folder.

Sharing: each process holds a shared lock on `users` while it lives; the kernel drops it even after kill -9. Whoever
leaves last stops the server. Starting and stopping happen under an exclusive lock on `lock`.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from kexie.config.postgres import processes, system, tuning
from kexie.config.postgres.system import DatabaseError, User

DATABASE = ROLE = "kexie"
PORT = 5432
SUPERUSER = "postgres"
_SPACE_TO_CREATE, _SPACE_TO_START = 150, 40  # MB
_START_SECONDS = 60
_SURVIVOR_SECONDS = 15
_LONGEST_SOCKET = 107  # bytes; sun_path on Linux holds 108 with its closing zero


@dataclass(frozen=True)
class Status:
    """What postmaster.pid says of a server: its process and the folder of its socket."""

    pid: int
    socket_folder: Path


class Cluster:
    """The embedded database of one KEXIE_HOME. `fast` gives up durability, for tests only."""

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home = home
        self.fast = fast
        self.root = home / "postgres"
        self.data = self.root / "data"
        self._users: IO[bytes] | None = None
        self._owner_pid = 0
        self._socket_folder: Path | None = None
        self._guard = threading.Lock()

    def socket_folder(self) -> Path:
        """Return the folder of the server's socket, as last known; the first call makes sure that it runs."""
        return self._socket_folder or self.ensure()

    def ensure(self) -> Path:
        """Start the server unless it runs, keep it while this process lives, and return its socket's folder."""
        with self._guard, self._locked():
            self._hold()
            user = system.server_user(self.home, self.data)
            self._refuse_strangers(user)
            running = self._running()
            self._socket_folder = running.socket_folder if running else self._start(user)
            return self._socket_folder

    def release(self) -> None:
        """Let go of the server and stop it if nobody else uses it."""
        if self._users is None or self._owner_pid != os.getpid():
            return
        with self._guard, self._locked():
            users, self._users = self._users, None
            with users, contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()

    def stop(self) -> bool:
        """Stop the server whoever uses it; whether there was one to stop."""
        if not self.data.exists():
            return False
        with self._guard, self._locked():
            return self._stop()

    def destroy(self) -> None:
        """Stop the server and remove its data for good, wherever they lie."""
        self.stop()
        if self.data.is_symlink():
            shutil.rmtree(self.data.resolve().parent, ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def status(self) -> Status | None:
        """Return the running server, or None."""
        return self._running() if self.data.exists() else None

    # Locks

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._make_root()
            handle = _open_lock(self.root / "lock")
        except OSError as error:
            raise self._folder_error(error) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _make_root(self) -> None:
        """Create the folder, for the owner of KEXIE_HOME even where root comes first."""
        if not self.root.exists():
            self.root.mkdir(mode=0o755, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                owner = self.home.stat()
                os.chown(self.root, owner.st_uid, owner.st_gid)

    def _hold(self) -> None:
        if self._users is None:
            self._users = _open_lock(self.root / "users")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            self._owner_pid = os.getpid()
            atexit.register(self.release)

    def _folder_error(self, error: OSError) -> DatabaseError:
        if error.errno == 28:  # noqa: PLR2004  ENOSPC
            return system.disk_full(self.home)
        reason = error.strerror
        return DatabaseError(
            f"无法使用数据目录 {self.home}（{reason}）：请检查 KEXIE_HOME 是否为可写的文件夹。 "
            f"The folder {self.home} cannot be used ({reason}): KEXIE_HOME must be a folder you may write to."
        )

    def _refuse_strangers(self, user: User) -> None:
        """Refuse data that belong to somebody else, to another version, or to no database at all."""
        if not self.data.exists():
            return
        owner = self.data.stat().st_uid
        if owner != user.uid:
            name = User.of(owner).name
            message = (
                f"{self.data} 属于用户 {name}：请以该用户或 root 运行，或另设 KEXIE_HOME。 "
                f"{self.data} belongs to {name}: run as that user or as root, or set another KEXIE_HOME."
            )
            raise DatabaseError(message)
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else "?"
        if version != str(system.POSTGRES_MAJOR):
            message = (
                f"{self.data} 已被占用（PostgreSQL {version}，需要 {system.POSTGRES_MAJOR}）：请另设 KEXIE_HOME。 "
                f"{self.data} is taken (PostgreSQL {version}, needed {system.POSTGRES_MAJOR}): set another KEXIE_HOME."
            )
            raise DatabaseError(message)

    # The running server

    def _recorded(self) -> Status | None:
        """Return what postmaster.pid says, true or stale."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return Status(int(lines[0]), Path(lines[4]))
        return None

    def _running(self) -> Status | None:
        """Return the server that answers, waiting while it starts up or recovers; None if there is none."""
        deadline = time.monotonic() + _START_SECONDS
        while recorded := self._recorded():
            if answers(recorded.socket_folder):
                return recorded
            if not self._is_our_server(recorded.pid) or time.monotonic() > deadline:
                return None
            time.sleep(0.1)
        return None

    def _is_our_server(self, pid: int) -> bool:
        """Whether the process is a PostgreSQL of this folder, not another that inherited a stale number."""
        command = processes.command_line(pid)
        return "postgres" in command and str(self.data.resolve()) in command

    def _start(self, user: User) -> Path:
        if not self.data.exists():
            self._create(user)
        data = self.data.resolve()
        system.need_space(data, _SPACE_TO_START)
        self._refuse_closed_folder(user, data)
        socket_folder = self._clear_socket_folder(user, data)
        self._drop_stale_pid(data)
        tuning.write(data / "kexie.conf", socket_folder=socket_folder, fast=self.fast)
        log = data / "start.log"
        programs = system.programs(user)
        command = (programs / "pg_ctl", "start", "-D", data, "-w", "-t", str(_START_SECONDS), "-l", log)
        for wait in (0.2, 0.5, 1, 2, 4, None):
            log.unlink(missing_ok=True)
            if self._run(user, *command).returncode == 0:
                self._prepare_database(socket_folder)
                return socket_folder
            # Servers of a postmaster killed by force need a moment to notice and to let go of its memory.
            if wait is None or "still in use" not in _tail(log):
                break
            time.sleep(wait)
        raise self._start_error(data)

    def _start_error(self, data: Path) -> DatabaseError:
        newest = max(
            (data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime, default=data / "none"
        )
        told = _tail(data / "start.log") + _tail(newest)
        if "No space left on device" in told:
            return system.disk_full(data)
        fatal = [
            line for line in told.splitlines() if "FATAL" in line or "PANIC" in line or "could not" in line
        ]
        reason = fatal[-1].split("]")[-1].strip() if fatal else "?"
        return DatabaseError(
            f"数据库未能启动（{reason}），详见 {data / 'start.log'} 和 {data / 'log'}。 "
            f"The database did not start ({reason}); see {data / 'start.log'} and {data / 'log'}."
        )

    def _stop(self) -> bool:
        recorded = self._recorded()
        if recorded is None or not (self._is_our_server(recorded.pid) or answers(recorded.socket_folder)):
            return False
        user = system.server_user(self.home, self.data)
        data = self.data.resolve()
        self._run(user, system.programs(user) / "pg_ctl", "stop", "-D", data, "-m", "fast", "-w", "-t", "60")
        return True

    def _run(self, user: User, *command: str | Path) -> subprocess.CompletedProcess[str]:
        try:
            return user.run(*command)
        except PermissionError as error:
            message = (
                f"不能以用户 {user.name} 运行数据库：请以普通用户运行，或设置 DATABASE_URL。 "
                f"The database cannot run as {user.name}: run as an ordinary user, or set DATABASE_URL."
            )
            raise DatabaseError(message) from error

    # Creating

    def _create(self, user: User) -> None:
        """Make the cluster beside its place and move it there whole, so that a crash leaves no half of it."""
        folder = self._folder_for_data(user)
        system.need_space(folder, _SPACE_TO_CREATE)
        partial = folder / "data.new"
        shutil.rmtree(partial, ignore_errors=True)
        user.own(partial)
        made = self._run(
            user, system.programs(user) / "initdb", "-D", partial, "-U", SUPERUSER, "--auth-local=trust",
            "--auth-host=reject", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-instructions", *(["--no-sync"] if self.fast else []),
        )  # fmt: skip
        if made.returncode:
            raise self._create_error(folder, made.stdout + made.stderr)
        with (partial / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude_if_exists = 'kexie.conf'  # written by Kexie at every start\n")
        if folder == self.root:
            partial.rename(self.data)
        else:
            partial.rename(folder / "data")
            self.data.unlink(missing_ok=True)
            self.data.symlink_to(folder / "data")
            if self.fast:
                (folder / "for-tests").touch()

    def _create_error(self, folder: Path, told: str) -> DatabaseError:
        if "No space left on device" in told:
            return system.disk_full(folder)
        reason = next((line for line in told.splitlines() if "error" in line.lower()), told.strip()[-200:])
        return DatabaseError(
            f"无法在 {folder} 建立数据库（{reason}）。 The database could not be made in {folder} ({reason})."
        )

    def _folder_for_data(self, user: User) -> Path:
        """Return where the data go: KEXIE_HOME, or a folder of /var/lib/kexie where `user` may not enter that."""
        if user.can("-x", self.root):
            return self.root
        _remove_forgotten(system.outside_folder())
        folder = system.outside_folder() / f"db-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o755)
        (folder / "home").write_text(f"{self.home}\n")
        return folder

    def _refuse_closed_folder(self, user: User, data: Path) -> None:
        if not user.can("-x", data):
            message = (
                f"用户 {user.name} 无法进入 {data}：请放开上级文件夹的进入权限（chmod o+x），或另设 KEXIE_HOME。 "
                f"The user {user.name} may not enter {data}: chmod o+x its parent folders, or set another KEXIE_HOME."
            )
            raise DatabaseError(message)

    def _clear_socket_folder(self, user: User, data: Path) -> Path:
        """Return an empty folder that only `user` may enter and whose name leaves room for the socket's."""
        folder = data.parent / "run"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) > _LONGEST_SOCKET:
            digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"kexie-{digest}"
        user.own(folder)
        found = folder.lstat()
        if found.st_uid != user.uid or found.st_mode & 0o077:
            message = (
                f"{folder} 已被他人占用，请删除它。 {folder} is taken by somebody else; remove it."
            )  # fmt: skip
            raise DatabaseError(message)
        for leftover in folder.iterdir():
            leftover.unlink()
        return folder

    def _drop_stale_pid(self, data: Path) -> None:
        """Remove a postmaster.pid whose number belongs to an unrelated or a dead, unburied process.

        Both are usual in containers, and PostgreSQL would refuse to start. A number that belongs to nobody is left
        to PostgreSQL. Before removing, wait until the last child of the killed server is gone.
        """
        recorded = self._recorded()
        if recorded is None or not processes.exists(recorded.pid) or self._is_our_server(recorded.pid):
            return
        deadline = time.monotonic() + _SURVIVOR_SECONDS
        while processes.working_in(data) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not processes.working_in(data):
            (data / "postmaster.pid").unlink()

    def _prepare_database(self, socket_folder: Path) -> None:
        """Create the role and the database on the first start. The role is no superuser."""
        with psycopg.connect(
            host=str(socket_folder), user=SUPERUSER, dbname=SUPERUSER, autocommit=True
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            if self.fast:
                # Tests empty tables that triggers guard; nobody else may switch the triggers off.
                connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")


def orphans(outside: Path) -> list[Path]:
    """Return the folders of data kept outside a KEXIE_HOME that no longer exists, or has other data by now."""
    found = []
    for record in outside.glob("db-*/home"):
        data = Path(record.read_text().strip()) / "postgres" / "data"
        if not data.exists() or data.resolve().parent != record.parent:
            found.append(record.parent)
    return found


def _remove_forgotten(outside: Path) -> None:
    """Remove what tests in temporary checkouts left behind; data of other kinds are never removed by themselves."""
    for folder in orphans(outside):
        if (folder / "for-tests").exists() and not processes.working_in(folder / "data"):
            shutil.rmtree(folder, ignore_errors=True)


def _open_lock(path: Path) -> IO[bytes]:
    """Open a file to lock, creating it; whoever may read it may lock it, so root's files serve their owner too."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_CREAT, 0o644))


def answers(socket_folder: Path) -> bool:
    """Whether a server accepts connections on the socket in this folder."""
    try:
        psycopg.connect(host=str(socket_folder), user=SUPERUSER, dbname=SUPERUSER, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def _tail(log: Path, size: int = 4000) -> str:
    """Return the end of a log, empty if there is none."""
    with contextlib.suppress(OSError):
        return log.read_text(errors="replace")[-size:]
    return ""
