"""What `kexie doctor` looks at. Each check answers in a line, and says what to do where something is amiss."""

import datetime as dt
import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import Error, connection

from kexie.config import browser, build
from kexie.config.database import OLDEST_POSTGRES
from kexie.config.postgres.cluster import orphans
from kexie.config.postgres.system import OUTSIDE
from kexie.kernel.errors import UserError
from kexie.platform.papers import pdf

Level = Literal["ok", "warning", "failed"]
_SPACE_REQUIRED, _SPACE_WANTED = 200, 2000  # MB
_CLOCK_TOLERANCE = dt.timedelta(seconds=5)
_BACKUP_AGE = dt.timedelta(days=2)
_SECRET_LENGTH = 32


@dataclass(frozen=True)
class Finding:
    """The answer of one check: what was found and, unless all is well, what to do."""

    name: str
    level: Level
    found: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it as plain data."""
        return asdict(self)


def diagnose() -> list[Finding]:
    """Run every check; those of the database only where it answers."""
    findings = [finding for check in _LOCAL for finding in check()]
    reached = _reach_database()
    findings.append(reached)
    if reached.level == "ok":
        findings += [finding for check in _IN_DATABASE for finding in check()]
    return findings


def _verdict(name: str, found: str, *, amiss: bool, remedy: str, level: Level = "failed") -> Finding:
    return Finding(name, level, found, remedy) if amiss else Finding(name, "ok", found)


def _python() -> Iterator[Finding]:
    yield _verdict(
        "Python",
        f"{platform.python_version()}（{sys.executable}）",
        amiss=not (3, 11) <= sys.version_info < (3, 14),
        remedy="请使用 Python 3.11 至 3.13。 Use Python 3.11 to 3.13.",
    )


def _home() -> Iterator[Finding]:
    home: Path = settings.KEXIE_HOME
    yield _verdict(
        "数据目录 KEXIE_HOME",
        str(home),
        amiss=not os.access(home, os.W_OK | os.X_OK),
        remedy=f"请让运行平台的用户可写 {home}。 Let the user that runs Kexie write to {home}.",
    )
    free = shutil.disk_usage(home).free >> 20
    yield _verdict(
        "磁盘空间 disk",
        f"{free} MB",
        amiss=free < _SPACE_WANTED,
        level="failed" if free < _SPACE_REQUIRED else "warning",
        remedy=f"请清理磁盘，至少留出 {_SPACE_WANTED} MB。 Free at least {_SPACE_WANTED} MB.",
    )


def _orphans() -> Iterator[Finding]:
    left = orphans(OUTSIDE) if os.access(OUTSIDE, os.R_OK) else []
    yield _verdict(
        "无主数据 data without a KEXIE_HOME",
        "、".join(map(str, left)) or "无 none",
        amiss=bool(left),
        level="warning",
        remedy="其 KEXIE_HOME 已不存在；确认不再需要后请删除。 Their KEXIE_HOME is gone: remove them if nobody needs them.",
    )


def _keys() -> Iterator[Finding]:
    folder = settings.KEXIE_HOME / "keys"
    files = [path for path in (folder, *folder.glob("*")) if path.exists()]
    exposed = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    yield _verdict(
        "密钥文件 keys",
        f"{max(len(files) - 1, 0)} 个",
        amiss=bool(exposed),
        remedy=f"请收紧权限：chmod -R go= {folder}。 Close them to others: chmod -R go= {folder}",
    )
    yield _verdict(
        "会话密钥 KEXIE_SECRET_KEY",
        f"{len(settings.SECRET_KEY)} 个字符",
        amiss=len(settings.SECRET_KEY) < _SECRET_LENGTH,
        remedy=f"请使用至少 {_SECRET_LENGTH} 个随机字符。 Use at least {_SECRET_LENGTH} random characters.",
    )


def _static() -> Iterator[Finding]:
    yield _verdict(
        "静态文件 static files",
        str(settings.STATIC_ROOT),
        amiss=not build.static_files_are_fresh(),
        remedy="请运行 kexie setup。 Run kexie setup.",
    )


def _web() -> Iterator[Finding]:
    yield _verdict(
        "调试模式 KEXIE_DEBUG",
        "开启 on" if settings.DEBUG else "关闭 off",
        amiss=settings.DEBUG,
        remedy="正式部署请取消 KEXIE_DEBUG。 Unset KEXIE_DEBUG in production.",
    )
    hosts = settings.ALLOWED_HOSTS
    local = set(hosts) <= {"localhost", "127.0.0.1", "[::1]"}
    yield _verdict(
        "允许的域名 KEXIE_ALLOWED_HOSTS",
        ", ".join(hosts),
        amiss="*" in hosts or not hosts,
        remedy="请写明本站的域名。 Name the hosts of this site.",
    )
    yield _verdict(
        "HTTPS",
        "开启 on" if settings.HTTPS else "关闭 off",
        amiss=not settings.HTTPS and not local,
        remedy="请用 HTTPS 反向代理并设置 KEXIE_HTTPS=1。 Put HTTPS in front and set KEXIE_HTTPS=1.",
    )


def _user() -> Iterator[Finding]:
    yield _verdict(
        "运行用户 user",
        f"uid {os.geteuid()}",
        amiss=os.geteuid() == 0,
        level="warning",
        remedy="建议用普通用户运行平台。 Better run Kexie as an ordinary user.",
    )


def _office() -> Iterator[Finding]:
    yield _verdict(
        "LibreOffice",
        pdf.office() or "无 none",
        amiss=not pdf.office(),
        level="warning",
        remedy="需要 PDF 时请安装 libreoffice-writer；没有它时报告只有 .docx。 Install libreoffice-writer for PDF; without it reports are .docx only.",
    )


def _browser() -> Iterator[Finding]:
    yield _verdict(
        "浏览器和中文字体（仅测试用） Chromium and fonts, for tests only",
        browser.chromium() or "无 none",
        amiss=not (browser.chromium() and browser.has_chinese_fonts()),
        level="warning",
        remedy="运行测试前请安装 chromium 和 fonts-noto-cjk。 Install chromium and fonts-noto-cjk before testing.",
    )


def _reach_database() -> Finding:
    name = "数据库连接 database"
    try:
        connection.ensure_connection()
    except (Error, UserError) as error:
        told = " ".join(str(error).split())
        return Finding(
            name,
            "failed",
            told,
            "请检查 DATABASE_URL、KEXIE_HOME 和数据库日志。 Check DATABASE_URL, KEXIE_HOME and its log.",
        )
    where = "内置 embedded" if settings.EMBEDDED_POSTGRES else "DATABASE_URL"
    return Finding(name, "ok", where)


def _ask(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _server() -> Iterator[Finding]:
    ((version, number, encoding, fsync),) = _ask(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
        " (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()),"
        " current_setting('fsync')"
    )
    oldest = OLDEST_POSTGRES
    yield _verdict(
        "PostgreSQL",
        str(version),
        amiss=int(str(number)) < oldest * 10_000,
        remedy=f"请升级到 PostgreSQL {oldest} 或更高。 Upgrade to PostgreSQL {oldest} or later.",
    )
    yield _verdict(
        "数据库编码 encoding",
        str(encoding),
        amiss=encoding != "UTF8",
        remedy="请以 ENCODING 'UTF8' 重建数据库。 Make the database again with ENCODING 'UTF8'.",
    )
    yield _verdict(
        "写入落盘 fsync",
        str(fsync),
        amiss=fsync != "on",
        remedy="请取消 KEXIE_DATABASE_FAST 或设 fsync = on。 Unset KEXIE_DATABASE_FAST, or set fsync = on.",
    )


def _clock() -> Iterator[Finding]:
    ((server,),) = _ask("SELECT clock_timestamp()")
    apart = abs(dt.datetime.now(dt.UTC) - server)  # type: ignore[operator]  # psycopg gives timestamptz as datetime
    yield _verdict(
        "时钟 clock",
        f"与数据库相差 {apart.total_seconds():.1f} 秒",
        amiss=apart > _CLOCK_TOLERANCE,
        remedy="请在两台机器上启用时间同步。 Turn on time synchronisation on both machines.",
    )
    yield _verdict(
        "时区 time zone",
        settings.TIME_ZONE,
        amiss=settings.TIME_ZONE != "Asia/Shanghai",
        level="warning",
        remedy="全国使用北京时间，请取消 KEXIE_TIME_ZONE。 Days begin by Beijing time: unset KEXIE_TIME_ZONE.",
    )


def _migrations() -> Iterator[Finding]:
    pending = build.pending_migrations()
    yield _verdict(
        "数据库结构 migrations",
        f"{len(pending)} 项未执行" if pending else "最新 up to date",
        amiss=bool(pending),
        remedy="请运行 kexie setup。 Run kexie setup.",
    )


def _worker() -> Iterator[Finding]:
    if "procrastinate_workers" not in connection.introspection.table_names():
        return
    ((alive, overdue),) = _ask(
        "SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'),"
        " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')"
    )
    yield _verdict(
        "后台任务 worker",
        f"{alive} 个进程",
        amiss=not alive,
        level="warning",
        remedy="请运行 kexie serve 或 kexie worker。 Run kexie serve, or kexie worker.",
    )
    yield _verdict(
        "失败的后台任务 failed tasks",
        str(overdue),
        amiss=bool(overdue),
        level="warning",
        remedy="请查看日志中的错误。 See the log for their errors.",
    )


def _sms() -> Iterator[Finding]:
    """Visitors sign in by a code sent to their phone: without a gateway nobody can, save in a demonstration."""
    from kexie.foundation.units.models import Kind, Unit
    from kexie.platform.notify import gateways

    if "units_unit" not in connection.introspection.table_names():
        return
    ids = Unit.objects.filter(kind=Kind.ASSOCIATION).values_list("pk", flat=True)
    silent = [pk for pk in ids if gateways.gateway(pk) is None]
    yield _verdict(
        "短信网关 SMS gateway KEXIE_SMS",
        "无 none" if silent else "已设置，或为演示 set, or a demonstration",
        amiss=bool(silent),
        level="warning",
        remedy="观众收不到登录验证码和通知：请设置 KEXIE_SMS=http、KEXIE_SMS_URL 和 KEXIE_SMS_TOKEN。"
        " Nobody gets sign-in codes or notices: set KEXIE_SMS=http, KEXIE_SMS_URL and KEXIE_SMS_TOKEN.",
    )


def _address() -> Iterator[Finding]:
    """Reminders are written where no request tells how people reach the site: their links need it."""
    needed = settings.KEXIE_SMS == "http"
    wrong = (
        bool(settings.KEXIE_ADDRESS) and settings.HTTPS and not settings.KEXIE_ADDRESS.startswith("https://")
    )
    yield _verdict(
        "网站地址 address of the site KEXIE_ADDRESS",
        settings.KEXIE_ADDRESS or "未设置 unset",
        amiss=wrong or (needed and not settings.KEXIE_ADDRESS),
        level="warning",
        remedy="短信里的链接需要它：请设置 KEXIE_ADDRESS=https://本站域名（开启 HTTPS 时要以 https:// 开头）。"
        " Links in messages need it: set KEXIE_ADDRESS=https://your.host (with https:// where HTTPS is on).",
    )


def _backups() -> Iterator[Finding]:
    newest = max(
        (path.stat().st_mtime for path in (settings.KEXIE_HOME / "backups").glob("*.dump")), default=None
    )
    made = None if newest is None else dt.datetime.fromtimestamp(newest, tz=dt.UTC)
    yield _verdict(
        "备份 backup",
        "无 none" if made is None else f"{made:%Y-%m-%d %H:%M} UTC",
        amiss=made is None or dt.datetime.now(dt.UTC) - made > _BACKUP_AGE,
        level="warning",
        remedy="请每天运行 kexie backup，并把文件复制到另一台机器。 Run kexie backup daily, and copy it elsewhere.",
    )


_LOCAL: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _home,
    _orphans,
    _keys,
    _static,
    _web,
    _address,
    _user,
    _browser,
    _office,
    _backups,
)
_IN_DATABASE: tuple[Callable[[], Iterator[Finding]], ...] = (_server, _clock, _migrations, _worker, _sms)
