"""What several commands need: the association, dates, a table on the screen."""

import datetime as dt
from typing import Any

import click
from django.utils import timezone

from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope


class Day(click.ParamType[dt.date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the day, or fail with what to write instead."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} 不是日期，请写成 2025-06-30 这样。 Write a date like 2025-06-30.", param, ctx
            )


association_option = click.option(
    "--association",
    "code",
    metavar="CODE",
    help="科协编号（只有一个科协时不必写）。 Code of the association.",
)


def association(code: str | None) -> Unit:
    """Return the association named, or the only one there is. Raises UserError with what to do."""
    roots = list(Unit.objects.filter(kind=Kind.ASSOCIATION, **({"code": code} if code else {})))
    if not roots:
        raise UserError(
            "还没有科协：请运行 ./kexie init 建立，或 ./kexie demo 载入演示城市。"
            " There is no association yet: run ./kexie init to found one, or ./kexie demo."
        )
    if len(roots) > 1:
        names = "，".join(f"{root.code}（{root.name}）" for root in roots)
        raise UserError(f"有多个科协，请用 --association 指定：{names}")
    return roots[0]


def whole(code: str | None) -> Scope:
    """Return the scope of whoever works at the command line: everything of one association."""
    return Scope(association_id=association(code).pk)


def now() -> dt.datetime:
    """Return this moment, aware."""
    return timezone.now()


def today() -> dt.date:
    """Return today in the association's time zone."""
    return timezone.localdate()
