"""The `kexie` command line: one table of commands, each loaded only when it is asked for."""

import signal
import sys
from types import FrameType

import click

from kexie import __version__
from kexie.config.cli.lazy import Entry, LazyGroup
from kexie.kernel.errors import UserError

_CLI = "kexie.config.cli"
COMMANDS = {
    "setup": Entry(f"{_CLI}.setting_up:setup", "准备好运行所需的一切。 Prepare everything that Kexie needs."),
    "demo": Entry(
        f"{_CLI}.demo:demo", "载入演示城市并启动。 Load the demonstration city and serve it.", django=True
    ),
    "init": Entry(
        f"{_CLI}.founding:init",
        "在空数据库中建立科协。 Found an association in an empty database.",
        django=True,
    ),
    "serve": Entry(
        f"{_CLI}.serving:serve", "启动网站和后台任务。 Serve the site and run its background tasks."
    ),
    "stop": Entry(f"{_CLI}.serving:stop", "停止内置数据库。 Stop the embedded database."),
    "claims": Entry(f"{_CLI}.texts:claims", "列出文稿中的数量。 List the quantities in a text.", django=True),
    "check": Entry(f"{_CLI}.texts:check", "逐个核对文稿中的数字。 Check each number of a text.", django=True),
    "release": Entry(f"{_CLI}.releases:release", "核验发布文件。 Verify release files.", django=True),
    "figures": Entry(
        f"{_CLI}.figures:figures", "查看和审计数字。 List, show and audit figures.", django=True
    ),
    "ledger": Entry(f"{_CLI}.ledger:ledger", "校验台账。 Verify the ledger and show its head.", django=True),
    "client": Entry(
        f"{_CLI}.clients:client",
        "管理可以调用开放接口的系统。 Manage the programs that may call the API.",
        django=True,
    ),
    "capacity": Entry(
        f"{_CLI}.capacity:capacity",
        "核对名额与预约。 Check counters of places against reservations.",
        django=True,
    ),
    "keys": Entry(
        f"{_CLI}.keys:keys",
        "管理数据加密密钥。 Manage the keys under which personal data are encrypted.",
        django=True,
    ),
    "import": Entry(f"{_CLI}.records:import_", "从 Excel 导入记录。 Import records from Excel.", django=True),
    "export": Entry(f"{_CLI}.records:export", "导出记录到 Excel。 Export records to Excel.", django=True),
    "plan": Entry(f"{_CLI}.plan:plan", "规划巡回路线。 Plan rounds."),
    "assign": Entry(
        f"{_CLI}.assign:assign", "求最优分配并给出证明。 Find the best assignment, with its proof."
    ),
    "match": Entry(f"{_CLI}.match:match", "评价专家匹配。 Evaluate the matching of experts."),
    "backup": Entry(f"{_CLI}.backing_up:backup", "备份数据库。 Dump the database."),
    "restore": Entry(f"{_CLI}.backing_up:restore", "从备份恢复数据库。 Restore the database from a dump."),
    "doctor": Entry(
        f"{_CLI}.doctor:doctor", "检查部署并说明如何修复。 Check the deployment and say what to do."
    ),
    "test": Entry(f"{_CLI}.developing:test", "运行全部检查和测试。 Run every check and test."),
    "lint": Entry(f"{_CLI}.developing:lint", "检查代码风格、类型和分层。 Check style, types and layers."),
    "bench": Entry(f"{_CLI}.bench:bench", "测量性能。 Measure speed.", django=True),
    "screens": Entry(f"{_CLI}.screens:screens", "为主要页面截图。 Take screenshots of the main pages."),
    "clean": Entry(f"{_CLI}.developing:clean", "删除生成的文件。 Remove what was generated."),
    "manage": Entry(f"{_CLI}.developing:manage", "Django's own commands.", hidden=True),
    "worker": Entry(f"{_CLI}.serving:worker", "Run background tasks alone.", hidden=True),
    "reference": Entry(
        f"{_CLI}.reference:reference", "Write the reference pages from the code.", django=True, hidden=True
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kexie")
def cli() -> None:
    """数字科协：地市科协的业务平台。 Kexie, the operations platform of a city association."""


def main() -> None:
    """Run one command; anticipated failures are told in one line, with exit code 1."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        cli(prog_name="kexie")
    except UserError as error:
        _fail(str(error))
    except Exception as error:
        told = _database_error(error)
        if told is None:
            raise
        _fail(told)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End as a program should, so that the embedded database is let go."""
    sys.exit(128 + signal.SIGTERM)


def _fail(message: str) -> None:
    click.secho(message, fg="red", err=True)
    sys.exit(1)


def _database_error(error: Exception) -> str | None:
    """Return one line about a database that cannot be reached or is full; None for any other error."""
    from django.db import utils

    if not isinstance(error, utils.OperationalError | utils.NotSupportedError):
        return None
    reason = " ".join(str(error).split())
    if "No space left" in reason:
        return f"磁盘空间不足：请清理磁盘。 The disk is full: free some space. ({reason})"
    return f"无法使用数据库：请检查 DATABASE_URL 和数据库。 The database cannot be used: {reason}"
