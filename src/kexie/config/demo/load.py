"""Loading the demonstration city, with progress, into an empty database."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from kexie.config.demo import city as demo_city
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.ledger import log, rollups

SEED = 20210618


@dataclass(frozen=True)
class Step:
    """One finished step of loading: what it was and how many rows it wrote."""

    label: str
    rows: int


class DatabaseInUse(UserError):
    """The database holds a real association; a demonstration is never mixed with it."""


def existing() -> Unit | None:
    """Return the demonstration that is already loaded, if any. Raises DatabaseInUse beside real data."""
    roots = list(Unit.objects.filter(kind=Kind.ASSOCIATION))
    if any(not root.is_demo for root in roots):
        raise DatabaseInUse(
            _("这个数据库里已有正式数据，不能载入演示城市。请换一个 KEXIE_HOME 或 DATABASE_URL 再试。")
        )
    return roots[0] if roots else None


def load(*, now: dt.datetime, seed: int = SEED, only: tuple[str, ...] = ()) -> Iterator[Step]:
    """Load the city in one transaction, yielding each step; `only` names contexts for tests."""
    with transaction.atomic():
        city = demo_city.build(now=now, seed=seed)
        yield Step(
            _("区划、单位与账号"),
            Unit.objects.filter(association=city.association).count(),
        )
        for label, module in _rooms(only):
            for part, rows in import_module(module).load(city):
                yield Step(f"{label} · {part}", rows)
        _analyze()
        yield Step(_("汇总"), rollups.fold_all(association_id=city.association.pk, now=now))
    yield Step(_("签署日志"), log.sign_head(association_id=city.association.pk, now=now).size)
    _analyze()


def _analyze() -> None:
    """Tell the planner how full the tables are; taken for empty, the log alone would be sequenced for minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _rooms(only: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield label and module of each context's demo room, in the order of the installed apps."""
    # What reports on records comes when all of them are there.
    for layer in ("kexie.contexts.", "kexie.workbench.", "kexie.reporting."):
        for app in apps.get_app_configs():
            module = f"{app.name}.demo"
            wanted = not only or app.label in only
            if app.name.startswith(layer) and wanted and find_spec(module):
                yield str(app.verbose_name), module
